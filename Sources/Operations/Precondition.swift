import CloudResources
import GoogleCloud
import JSON
import Model
import Registry

/// What must still hold directly before a write: a plan does what it showed, to what it showed, or nothing.
///
/// Between a plan and its writes somebody may think about it for a while, and others go on working.
struct Precondition {
  let resource: any ResourceCalls
  /// The resource as the plan saw it.
  let shown: JSONValue

  private var address: Address { resource.address }

  /// Throws where another one stands there now, or the update would change more than the plan showed, or from another
  /// value.
  func check(update spec: JSONObject, _ fields: [FieldChange]) async throws(OperationFailure) {
    // The billing account is another API's, and is compared by its own write.
    var spec = spec
    if address.kind == .project { spec["billingAccount"] = nil }
    guard !spec.isEmpty, let live = try await read(for: spec) else { return }
    try compare(live, before: .update)
    let unseen = resource.differences(spec, live).filter { change in
      !fields.contains { $0.path == change.path && $0.from == change.from && $0.to == change.to }
    }
    guard unseen.isEmpty else {
      throw .stale(resource.label("update"), "\(names(unseen)) changed since the plan")
    }
    let lost = Set(losses(spec, fields, live)).subtracting(losses(spec, fields, shown))
    guard lost.isEmpty else {
      throw .stale(
        resource.label("update"), "\(list(lost)) appeared since the plan, and would be lost")
    }
  }

  /// What arctl does not know, and an update removes with an element around it.
  private func losses(
    _ spec: JSONObject, _ fields: [FieldChange], _ live: JSONValue
  ) -> [FieldPath] {
    SchemaDiff.unknownLosses(spec: spec, fields: fields, live: live, schema: resource.schema)
  }

  /// Throws where something else stands there now than what the plan showed, where it is no longer empty, or where what
  /// made it be replaced is no longer so.
  func checkDeletion(replacement: JSONObject?) async throws(OperationFailure) {
    guard isNameReusable,
      let live = try await read(for: replacement ?? [:]), live["deleted"]?.bool != true
    else { return }
    try compare(live, before: .delete)
    if let replacement { try compare(live, with: replacement) }
    let kind = Kinds.of(address.kind)
    if let contents = kind?.contents(of: live), kind?.contents(of: shown) == nil {
      throw .stale(
        resource.label("delete"), "it was empty, and holds \(contents) since the plan")
    }
  }

  /// A list that was read for the plan may have been stale or damaged: a deletion needs the very differences that were
  /// shown, and takes away nothing but what was shown.
  private func compare(_ live: JSONValue, with spec: JSONObject) throws(OperationFailure) {
    let (old, new) = (reasons(spec, shown), reasons(spec, live))
    let changed = Set(old.keys).union(new.keys).filter { old[$0] != new[$0] }
    guard !new.isEmpty, changed.isEmpty else {
      throw .stale(
        resource.label("delete"),
        "\(list(changed)) changed since the plan, for which it was to be replaced")
    }
    let lost = unwritten(spec, live).subtracting(unwritten(spec, shown))
    guard lost.isEmpty else {
      throw .stale(
        resource.label("delete"), "\(list(lost)) appeared since the plan, and would be lost")
    }
  }

  /// What cannot be written in place, from and to.
  private func reasons(_ spec: JSONObject, _ live: JSONValue) -> [FieldPath: [JSONValue?]] {
    Dictionary(
      resource.differences(spec, live).filter(\.isImmutable).map { ($0.path, [$0.from, $0.to]) },
      uniquingKeysWith: { first, _ in first })
  }

  /// What goes with the resource. At the top a list and a GET may show different members that arctl does not know.
  private func unwritten(_ spec: JSONObject, _ live: JSONValue) -> Set<FieldPath> {
    let schema = resource.schema
    let unknown = SchemaDiff.unknownMembers(of: live, schema: schema)
      .filter { $0.components.count > 1 }
    return Set(SchemaDiff.unwritten(desired: spec, live: live, schema: schema) + unknown)
  }

  private func list(_ paths: Set<FieldPath>) -> String {
    paths.map { "`\($0)`" }.sorted().joined(separator: ", ")
  }

  /// Throws where what would come back is not what the plan showed: with the name comes what holders of it may do.
  func checkReturn() async throws(OperationFailure) {
    guard isReturnReadable, let live = try await read(for: [:]) else { return }
    try compare(live, before: .undelete)
  }

  /// Whether another resource may have taken the name since the plan.
  private var isNameReusable: Bool {
    switch address.kind {
    case .repository, .serviceAccount, .role: true
    // A project's id is never free again; a key is deleted by Google's own id; a service is Google's name.
    case .project, .serviceAccountKey, .service, .iam: false
    }
  }

  /// Whether a soft-deleted resource can be read before it is undeleted.
  private var isReturnReadable: Bool {
    switch address.kind {
    case .role: true
    // A deleted account is undeleted by its unique id and cannot be read; a project's own write reads it.
    case .serviceAccount, .project: false
    // Google has no undelete for these, and no plan contains one.
    case .repository, .serviceAccountKey, .service, .iam: false
    }
  }

  /// Throws where what the plan knew it by has another value now, or is no longer told.
  private func compare(_ live: JSONValue, before action: Change.Action) throws(OperationFailure) {
    let kind = Kinds.of(address.kind)
    let old = kind?.identity(of: shown, before: action) ?? [:]
    let new = kind?.identity(of: live, before: action) ?? [:]
    let other = old.keys.filter { new[$0] != old[$0] }
    guard !other.isEmpty else { return }
    let names = other.map { "`\($0)`" }.joined(separator: ", ")
    let what =
      address.kind == .role
      ? "\(names) changed since the plan"
      : "another one has its name since the plan, with another \(names)"
    throw .stale(resource.label(action.rawValue), what)
  }

  private func names(_ changes: [FieldChange]) -> String {
    changes.map { "`\($0.path)`" }.joined(separator: ", ")
  }

  /// Nil where the server knows none: what that means is for the write to say.
  private func read(for spec: JSONObject) async throws(OperationFailure) -> JSONValue? {
    try await failing { () async throws(APIError) in
      try await resource.calls.read(address, for: spec)
    }
  }
}
