import CloudResources
import GoogleCloud
import JSON
import Model
import Registry

/// What must still hold directly before a write: a plan does what it showed, or nothing.
///
/// Between a plan and its writes somebody may think about it for a while, and others go on working.
struct Precondition {
  let resource: any ResourceCalls

  private var address: Address { resource.address }

  /// Throws where the update would change more than the plan showed, or from another value.
  func check(update spec: JSONObject, shown: [FieldChange]) async throws(OperationFailure) {
    // The billing account is another API's, and is compared by its own write.
    var spec = spec
    if address.kind == "project" { spec["billingAccount"] = nil }
    guard !spec.isEmpty, let live = try await read() else { return }
    let unseen = resource.differences(spec, live).filter { change in
      !shown.contains { $0.path == change.path && $0.from == change.from && $0.to == change.to }
    }
    guard unseen.isEmpty else {
      let names = unseen.map { "`\($0.path)`" }.joined(separator: ", ")
      throw .stale(resource.label("update"), "\(names) changed since the plan")
    }
  }

  /// Throws where something else stands there now than what the plan showed, or it is no longer empty.
  func check(delete shown: JSONValue) async throws(OperationFailure) {
    guard ["repository", "serviceAccount"].contains(address.kind), let live = try await read()
    else { return }
    let rules = CloudRules()
    if let contents = rules.contents(of: live, kind: address.kind),
      rules.contents(of: shown, kind: address.kind) == nil
    {
      throw .stale(
        resource.label("delete"), "it was empty, and holds \(contents) since the plan")
    }
    if let old = shown["uniqueId"]?.string, let new = live["uniqueId"]?.string, old != new {
      throw .stale(resource.label("delete"), "it is another account since the plan")
    }
  }

  /// Nil where the server knows none: what that means is for the write to say.
  private func read() async throws(OperationFailure) -> JSONValue? {
    try await failing { () async throws(APIError) in try await resource.calls.read(address) }
  }
}
