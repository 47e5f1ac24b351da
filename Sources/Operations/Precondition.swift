import CloudResources
import JSON
import Model

/// What must still hold of a resource directly before a write: a plan does what it showed, to what it showed, or nothing.
///
/// Between a plan and its writes a reader may think about it for a while, and others go on working. Every check is about
/// a value that was just read, and the write is made from that value.
struct Precondition {
  let address: Address
  let rest: RESTResource
  let schema: Schema
  /// The resource as the plan saw it.
  let shown: JSONValue

  /// Throws where another one has the name now, or the update would change more than the plan showed, or from another
  /// value.
  ///
  /// - Parameter differences: what still differs between the written fields and `live`.
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
    let lost = Set(losses(update, live)).subtracting(losses(update, shown))
    guard lost.isEmpty else {
      throw stale("update", "\(list(lost)) appeared since the plan, and would be lost")
    }
  }

  /// What arctl does not know, and an update removes with an element around it.
  private func losses(_ update: ShownUpdate, _ live: JSONValue) -> [FieldPath] {
    SchemaDiff.unknownLosses(
      spec: update.spec, fields: update.fields, live: live, schema: schema)
  }

  /// Throws where another one has the name now, where it is no longer empty, or where what made it be replaced is no
  /// longer so.
  func check(
    _ live: JSONValue, beforeDeletionFor replacement: JSONObject?
  ) throws(OperationFailure) {
    try check(live, before: .delete)
    if let replacement { try compare(live, with: replacement) }
    if let contents = address.resource?.contents(of: live),
      address.resource?.contents(of: shown) == nil
    {
      throw stale("delete", "it was empty, and holds \(contents) since the plan")
    }
  }

  /// A list that was read for the plan may have been stale or damaged: a deletion needs the very differences that were
  /// shown, and takes away nothing but what was shown.
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

  /// What cannot be written in place, from and to.
  private func reasons(_ spec: JSONObject, _ live: JSONValue) -> [FieldPath: [JSONValue?]] {
    let changes = SchemaDiff.changes(desired: spec, live: live, schema: schema)
    return Dictionary(
      changes.filter(\.isImmutable).map { ($0.path, [$0.from, $0.to]) },
      uniquingKeysWith: { first, _ in first })
  }

  /// What goes with the resource. At the top a list and a GET may show different members that arctl does not know.
  private func unwritten(_ spec: JSONObject, _ live: JSONValue) -> Set<FieldPath> {
    let unknown = SchemaDiff.unknownMembers(of: live, schema: schema)
      .filter { $0.components.count > 1 }
    return Set(SchemaDiff.unwritten(desired: spec, live: live, schema: schema) + unknown)
  }

  /// Throws where what the plan knew it by has another value now, or is missing. Before an undelete that is what comes
  /// back: with the name comes what holders of it may do.
  func check(_ live: JSONValue, before action: Change.Action) throws(OperationFailure) {
    let old = address.identity(of: shown, before: action)
    let new = address.identity(of: live, before: action)
    let other = old.keys.filter { new[$0] != old[$0] }
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
