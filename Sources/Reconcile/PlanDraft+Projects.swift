import JSON
import Model

extension PlanDraft {
  /// Names on the row of every deleted project what the deletion destroys, as far as a read showed it.
  mutating func nameWhatGoesWithProjects() {
    for (address, change) in changes
    where address.resource?.place.isRoot == true && change.intended == .delete {
      let names = inhabitants(of: address.project)
      guard !names.isEmpty else { continue }
      let shown = names.prefix(10).joined(separator: ", ")
      let more: Statement.Sentence = names.count > 10 ? " and \(names.count - 10) more" : ""
      changes[address]?.reason = Statement(
        "project.contents", "deletes all that is in it, such as \(shown)" + more)
    }
  }

  /// The live resources of a project, with their contents, except those that the same plan deletes itself.
  private func inhabitants(of project: String) -> [String] {
    var found = snapshot.undeclared
    for (address, observation) in snapshot.resources
    where address.project == project && changes[address]?.intended != .delete {
      if case .present(let resource) = observation { found.append(resource) }
    }
    return found.filter { resource in
      resource.address.project == project && resource.address.resource?.canBeListed == true
    }
    .sorted { $0.address < $1.address }
    .map { resource in
      let contents = resource.address.resource?.contents(of: resource.value)
      return resource.address.local + (contents.map { " (\($0))" } ?? "")
    }
  }

  /// Whether this plan deletes the project, and with it everything in it.
  func isDeleted(projectOf address: Address) -> Bool {
    changes[address.root]?.intended == .delete
  }
}
