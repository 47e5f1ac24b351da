import CloudResources
import JSON
import Model

/// The checks directly before a write: the run does to the resource what the plan showed, or nothing.
///
/// A reader may take hours to approve a plan, and others change the resource meanwhile. Every check uses a value that
/// was just read, and the write is made from that same value, so no change can fall between check and write unnoticed.
struct Precondition {
  let address: Address
  let rest: RESTResource
  let schema: Schema
  /// The resource as the plan saw it.
  let shown: JSONValue

  /// Throws if another resource has the name now, or if the update would change more than the plan showed, or would
  /// change it from another value.
  ///
  /// - Parameter differences: the remaining differences between the written fields and `live`.
  func check(
    _ live: JSONValue, before update: ShownUpdate, _ differences: [FieldChange]
  ) throws(OperationFailure) {
    try check(live, before: .update)
    let unseen = differences.filter { change in
      !update.fields.contains {
        $0.path == change.path && $0.from == change.from && $0.to == change.to
      }
    }
    guard unseen.isEmpty else {
      let names = unseen.map { "`\($0.path)`" }.joined(separator: ", ")
      throw stale("update", "\(names) changed since the plan")
    }
    // The update replaces the whole element, so members that appeared in it since the plan would disappear unseen.
    let lost = Set(losses(update, live)).subtracting(losses(update, shown))
    guard lost.isEmpty else {
      throw stale("update", "\(list(lost)) appeared since the plan, and would be lost")
    }
  }

  /// The unknown members of elements that the update removes.
  private func losses(_ update: ShownUpdate, _ live: JSONValue) -> [FieldPath] {
    SchemaDiff.unknownLosses(
      spec: update.spec, fields: update.fields, live: live, schema: schema)
  }

  /// Throws if another resource has the name now, if it is no longer empty, or if the reason for its replacement is
  /// gone.
  func check(
    _ live: JSONValue, beforeDeletionFor replacement: JSONObject?
  ) throws(OperationFailure) {
    try check(live, before: .delete)
    if let replacement { try compare(live, with: replacement) }
    // The plan showed a deletion without loss of data, so contents that arrived later refuse it.
    if let contents = address.resource?.contents(of: live),
      address.resource?.contents(of: shown) == nil
    {
      throw stale("delete", "it was empty, and holds \(contents) since the plan")
    }
  }

  /// The list that the plan read may have been stale or damaged. So a replacement needs exactly the differences that
  /// the plan showed, and deletes nothing beyond them.
  private func compare(_ live: JSONValue, with spec: JSONObject) throws(OperationFailure) {
    let (old, new) = (reasons(spec, shown), reasons(spec, live))
    let changed = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
    guard !new.isEmpty, changed.isEmpty else {
      throw stale(
        "delete", "\(list(changed)) changed since the plan, which was the reason to replace it")
    }
    let lost = unwritten(spec, live).subtracting(unwritten(spec, shown))
    guard lost.isEmpty else {
      throw stale("delete", "\(list(lost)) appeared since the plan, and would be lost")
    }
  }

  /// The fields that force the replacement, with their old and new values.
  private func reasons(_ spec: JSONObject, _ live: JSONValue) -> [FieldPath: [JSONValue?]] {
    let changes = SchemaDiff.changes(desired: spec, live: live, schema: schema)
    return Dictionary(
      changes.filter(\.isImmutable).map { ($0.path, [$0.from, $0.to]) },
      uniquingKeysWith: { first, _ in first })
  }

  /// The fields that the deletion loses. Unknown members at the top level do not count, because a list and a GET may
  /// return different ones.
  private func unwritten(_ spec: JSONObject, _ live: JSONValue) -> Set<FieldPath> {
    let unknown = SchemaDiff.unknownMembers(of: live, schema: schema)
      .filter { $0.components.count > 1 }
    return Set(SchemaDiff.unwritten(desired: spec, live: live, schema: schema) + unknown)
  }

  /// Throws if an identifying field changed since the plan or is missing now. Before an undelete the identity covers
  /// what the undelete restores, because the holders of the name regain its rights.
  func check(_ live: JSONValue, before action: Change.Action) throws(OperationFailure) {
    let old = address.identity(of: shown, before: action)
    let new = address.identity(of: live, before: action)
    let other = old.keys.filter { new[$0] != old[$0] }
    // A field that appeared is not a contradiction: only what the plan knew must still hold.
    guard !other.isEmpty else { return }
    let names = other.map { "`\($0)`" }.joined(separator: ", ")
    throw stale(
      action.rawValue,
      address.identity(of: shown, before: .update).isEmpty
        ? "\(names) changed since the plan"
        : "another resource has its name now, with another \(names)")
  }

  private func stale(_ verb: String, _ message: String) -> OperationFailure {
    .stale(rest.label(verb, address), message)
  }

  private func list(_ paths: Set<FieldPath>) -> String {
    paths.map { "`\($0)`" }.sorted().joined(separator: ", ")
  }
}
