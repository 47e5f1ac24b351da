import CloudResources
import GoogleCloud
import Model

/// A search for undeclared resources of a kind in all locations of a project.
struct LocationSearch: Sendable, Hashable {
  let kind: KindID
  let project: String

  /// The searches of a run that looks everywhere: in every declared project, for the kinds that it reports.
  static func all(
    _ graph: DesiredGraph, kinds: KindSet, selected: Set<Address>?, listsIgnored: Bool
  ) -> [LocationSearch] {
    let searched = kinds.resources.map(\.id).filter { kind in
      isPossible(for: kind)
        && reports(kind, graph, selected: selected, listsIgnored: listsIgnored)
    }
    let projects = graph.resources.values.filter {
      $0.address.kind == kinds.root && $0.origin == .declared
    }.map(\.address.project).sorted()
    return projects.flatMap { project in
      searched.map { LocationSearch(kind: $0, project: project) }
    }
  }

  /// Whether resources of a kind are in locations, and a list shows those of one.
  static func isPossible(for kind: KindID) -> Bool {
    guard kind.resource?.place.isLocation == true, case .list? = kind.rest?.grouping else {
      return false
    }
    return true
  }

  /// Whether a run reports undeclared resources of a kind.
  static func reports(
    _ kind: KindID, _ graph: DesiredGraph, selected: Set<Address>?, listsIgnored: Bool
  ) -> Bool {
    selected == nil
      && (listsIgnored || graph.stack.scope.meaning(ofUndeclared: kind) != .ignore)
  }
}
