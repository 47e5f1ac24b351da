import SandboxIAM
import SandboxStore
import SandboxWire

/// The filter for lists of projects, such as `lifecycleState:ACTIVE AND (labels.team:web OR NOT labels.env:*)`.
///
/// If fields are separated by spaces only, one match is enough; but `parent.type` and `parent.id` must both match
/// (discovery `cloudresourcemanager.v1 projects.list`).
struct ProjectFilter {
  private let filter: Filter?

  init(_ text: String, of parameter: String = "filter") throws(APIError) {
    filter = try Filter.parse(text, field: parameter).map(Self.pairingParents)
    for term in filter?.terms ?? [] where !Self.isField(term.field.lowercased()) {
      throw .badField(parameter, "Invalid \(parameter): \(term.field)")
    }
  }

  func matches(_ project: ProjectRecord) -> Bool {
    filter?.holds(anyOfSequence: true) { Self.fits($0, project) } ?? true
  }

  /// Turns `parent.type` and `parent.id` in one sequence into a single part.
  private static func pairingParents(_ filter: Filter) -> Filter {
    switch filter {
    case .term: return filter
    case .not(let inner): return .not(pairingParents(inner))
    case .all(let parts): return .all(parts.map(pairingParents))
    case .any(let parts): return .any(parts.map(pairingParents))
    case .sequence(let parts):
      let isParent = { (part: Filter) in
        if case .term(let term) = part { return term.field.lowercased().hasPrefix("parent.") }
        return false
      }
      let parents = parts.filter(isParent)
      let others = parts.filter { !isParent($0) }.map(pairingParents)
      return .sequence(parents.isEmpty ? others : [.all(parents)] + others)
    }
  }

  private static func isField(_ name: String) -> Bool {
    [
      "lifecyclestate", "state", "id", "projectid", "projectnumber", "name", "displayname",
      "parent", "parent.type", "parent.id", "labels", "createtime",
    ].contains(name) || (name.hasPrefix("labels.") && name.utf8.count > "labels.".utf8.count)
  }

  private static func fits(_ term: Filter.Term, _ project: ProjectRecord) -> Bool {
    let parent = project.parent?.split(separator: "/").map(String.init) ?? []
    let name = term.field.lowercased()
    switch name {
    case "lifecyclestate", "state":
      return term.fits(project.deleteTime == nil ? "ACTIVE" : "DELETE_REQUESTED")
    case "id", "projectid": return term.fits(project.id)
    case "projectnumber": return term.fits(project.number)
    case "name", "displayname": return term.fits(project.displayName)
    case "parent": return present(project.parent, term)
    case "parent.type": return present(parent.first.map { String($0.dropLast()) }, term)
    case "parent.id": return present(parent.last, term)
    case "createtime": return term.fits(Timestamps.text(project.createTime))
    case "labels": return project.labels.contains { term.fits($0.key) || term.fits($0.value) }
    default:
      let key = name.dropFirst("labels.".count)
      return present(project.labels[String(key)], term)
    }
  }

  /// The comparison with a value that may be missing: a missing value is unequal to every value and matches no other
  /// comparison.
  private static func present(_ value: String?, _ term: Filter.Term) -> Bool {
    value.map(term.fits) ?? (term.comparator == "!=")
  }
}
