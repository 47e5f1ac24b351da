import Diagnostics
import Kinds
import Model
import Resources

/// The arguments of `arctl ls` that are not options: for a list of contents the resources that hold them, then a
/// pattern.
struct ListOperands: Sendable {
  private(set) var containers = ListContainers.scope
  private(set) var pattern: AddressGlob?
  /// The resources that the user named one by one: each must exist.
  private(set) var required: [Address] = []

  /// Throws, reported, if the first argument names nothing that can be listed.
  init(
    _ list: String, _ operands: [String], _ scope: ListScope, location: String?,
    _ reporter: Reporter
  ) throws(EarlyExit) {
    guard let id = ListReader.container(of: list, kinds: Kinds.catalog), let kind = id.resource
    else {
      pattern = operands.first.map(AddressGlob.init)
      return
    }
    pattern = operands.dropFirst().first.map(AddressGlob.init)
    guard let text = operands.first else { return }
    let glob = AddressGlob(text)
    let candidates = scope.projects.flatMap { scope.graph.declaredAddresses(in: $0) }
      .filter { $0.kind == id }
    let declared = candidates.filter { $0.isMatched(by: glob) }
    if !text.contains("*") {
      required =
        declared.isEmpty
        ? [Self.whole(text, kind, scope, location: location)].compactMap { $0 } : declared
      if !required.isEmpty {
        containers = .named(required)
        return
      }
    } else if !declared.isEmpty {
      containers = .named(declared)
      return
    }
    guard scope.projects.contains(where: { !scope.hasManifests(of: $0) }) else {
      let near = closestMatch(to: text, in: candidates.flatMap { [$0.id, $0.local] })
      let names = Array(repeating: "LOCATION", count: kind.place.nameCount - 1) + ["ID"]
      throw reporter.earlyExit(
        .invalid, code: .selectionEmpty,
        "`\(text)` matches no declared \(kind.name)",
        help: [
          near.map { "did you mean `\($0)`?" }
            ?? "for an undeclared one, write PROJECT/\(kind.addressName)/\(names.joined(separator: "/"))"
        ])
    }
    containers = .matching(glob)
  }

  /// The resource that a text names in full: its address, or its name at Google. With one project and `--location`, its
  /// id is enough.
  private static func whole(
    _ text: String, _ kind: any ResourceKind, _ scope: ListScope, location: String?
  ) -> Address? {
    if let address = Kinds.catalog.address(parsing: text), address.kind == kind.id,
      address.names.count == kind.place.nameCount
    {
      return address
    }
    let only = scope.projects.count == 1 ? scope.projects.first : nil
    switch kind.read(reference: text, project: only ?? "") {
    case .full(let address): return address
    case .short(_, let names):
      guard let only else { return nil }
      let all = names.count == 1 ? [location].compactMap { $0 } + names : names
      return all.count == kind.place.nameCount ? Address(project: only, kind.id, names: all) : nil
    case nil: return nil
    }
  }
}

extension DesiredGraph {
  /// The addresses that the manifests declare in a project, in order.
  fileprivate func declaredAddresses(in project: String) -> [Address] {
    resources.values.filter { $0.address.project == project && $0.origin == .declared }
      .map(\.address).sorted()
  }
}
