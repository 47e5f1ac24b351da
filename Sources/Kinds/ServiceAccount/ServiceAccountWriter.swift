import CloudResources
import GoogleCloud
import JSON
import Model
import Resources

/// The writes of a service account: separate calls set `disabled`, and a deleted account is undeleted by its unique id.
struct ServiceAccountWriter: ResourceWrites {
  let generic: ResourceWriter

  private var calls: CloudCalls { generic.calls }
  private var address: Address { generic.address }

  func create(_ spec: JSONObject) async throws -> OperationResult {
    guard let live = try await generic.existing(afterCreating: spec) else {
      calls.memory.recordNew(address)
      try await switchNew(spec, try await calls.readCreated(address, for: spec))
      return OperationResult()
    }
    // After a lost answer the new account may still have to be disabled.
    let result = try generic.found(live, for: generic.takenByWrites(spec))
    calls.memory.recordCreated(address)
    try await switchNew(spec, live)
    return result
  }

  private func switchNew(_ spec: JSONObject, _ live: JSONValue) async throws {
    try await generic.repeated(generic.label("create")) { try await switchState(spec, live) }
  }

  func update(_ update: ShownUpdate) async throws -> OperationResult {
    try await generic.repeated(generic.label(generic.updateMethod)) {
      try await write(update.spec, try await generic.current(for: update))
      return OperationResult()
    }
  }

  private func write(_ spec: JSONObject, _ live: LiveValue) async throws {
    _ = try await generic.patch(spec, live)
    try await switchState(spec, live.value)
  }

  /// Calls `:disable` or `:enable` if the manifest sets the field and the live state differs.
  private func switchState(_ spec: JSONObject, _ live: JSONValue) async throws {
    guard let written = spec["disabled"] else { return }
    let wanted = written.bool ?? false
    guard wanted != (live["disabled"]?.bool ?? false) else { return }
    let verb = wanted ? "disable" : "enable"
    guard let call = generic.rest.method(verb, on: address) else {
      throw generic.impossible("changed")
    }
    try await generic.send(call, .empty)
  }

  func delete(shown: JSONValue, replacement: JSONObject?) async throws -> OperationResult {
    try await generic.delete(shown: shown, replacement: replacement)
  }

  /// Undeletes the identity with this unique id, with the grants that still name it; or creates the account if Google
  /// refuses because its thirty days are over.
  func undelete(
    uid: String?, _ spec: JSONObject, shown: JSONValue
  ) async throws -> OperationResult {
    let label = generic.label("undelete")
    guard let uid else {
      throw OperationFailure(
        .other, call: label, message: "arctl does not know the number of the deleted account")
    }
    if let refusal = try await refusalOfUndelete(uid, label) {
      guard try await calls.read(address) == nil else {
        throw OperationFailure.stale(label, "another account took its e-mail after the plan")
      }
      _ = try await create(spec)
      return OperationResult(
        detail: "created instead",
        warnings: [
          "Google did not undelete uid \(uid): \(refusal.message) The new account is another identity: it does not "
            + "get the grants of the old one"
        ])
    }
    return try await generic.repeated(label) {
      let live = try await calls.readCreated(address, for: spec)
      let found = live["uniqueId"]?.string ?? ""
      guard found == uid else {
        throw OperationFailure.stale(
          label, "another account took its e-mail after the plan, with uid \(found)")
      }
      let differences = generic.differences(spec, live)
      try await write(spec, LiveValue(value: live, differences: differences))
      return OperationResult(detail: "uid \(uid)")
    }
  }

  /// Undeletes the account; returns the refusal if it is too late for that, or nil if an account exists.
  private func refusalOfUndelete(_ uid: String, _ label: String) async throws -> APIError? {
    do {
      try await generic.repeated(label) {
        if try await calls.read(address) == nil { try await restore(uid, label) }
      }
      return nil
    } catch let error as APIError {
      guard try await generic.saysTooLate(error) else { throw error }
      return error
    }
  }

  /// The answer contains the restored account, which must be this one.
  private func restore(_ uid: String, _ label: String) async throws {
    let call = APICall(
      .iam, method: .post,
      path: APIPath.join("v1", "projects", "-", "serviceAccounts", uid, verb: "undelete"),
      body: [:], retry: .idempotentWrite, label: label, consumerProject: address.project)
    let answer = try await calls.client.call(call)
    guard let restored = answer["restoredAccount"] else { return }
    try LiveAnswer.checkWrite(restored, of: address, call)
    guard restored["uniqueId"]?.string == uid else {
      throw APIError(.ambiguous, label: call.label, "the answer is about another account")
    }
  }
}
