import CloudResources
import GoogleCloud
import JSON
import Model

/// The writes of a service account. Source: gcp-api.md 2.4.
struct ServiceAccountCalls: ResourceCalls {
  let calls: CloudCalls
  let address: Address

  func create(_ spec: JSONObject) async throws(OperationFailure) -> OperationResult {
    let call = APICall(
      .iam, .post, APIPath.join("v1", "projects", address.project, "serviceAccounts"),
      body: [
        "accountId": .string(address.id), "serviceAccount": .object(described(spec)),
      ],
      retry: .namedCreate, label: label("create"), consumerProject: address.project)
    let live = try await failing { () async throws(APIError) in
      try await createNamed(call, spec) { (call) async throws(APIError) in
        try await written(call, on: Address(project: address.project, .project))
      }
    }
    var wanted = spec
    wanted["disabled"] = nil
    if let live {
      // Made under an answer that got lost, it may still have to be disabled.
      let result = try found(live, for: wanted, call)
      calls.memory.recordCreated(address)
      try await failing { () async throws(APIError) in try await switchState(spec, live) }
      return result
    }
    calls.memory.recordNew(address)
    try await failing { () async throws(APIError) in
      let live = try await calls.readCreated(address, for: spec)
      try await switchState(spec, live)
    }
    return OperationResult()
  }

  /// The fields that create and patch take.
  private func described(_ spec: JSONObject) -> JSONObject {
    var body = JSONObject()
    for name in ["displayName", "description"] {
      if let value = spec[name], !value.isNull { body[name] = value }
    }
    return body
  }

  func update(_ spec: JSONObject) async throws(OperationFailure) -> OperationResult {
    try await failing { () async throws(APIError) in
      try await repeated(label("patch")) { () async throws(APIError) in
        guard let live = try await calls.read(address, for: spec) else {
          throw APIError(.notFound, label("patch"), "the account is gone")
        }
        try await patch(spec, live)
        try await switchState(spec, live)
        return OperationResult()
      }
    }
  }

  /// The mask goes into the body; a reset is an empty text.
  private func patch(_ spec: JSONObject, _ live: JSONValue) async throws(APIError) {
    let changed = differences(spec, live).map(\.mask).filter { $0 != "disabled" }
    guard !changed.isEmpty else { return }
    var body = JSONObject()
    for name in changed { body[name] = .string(spec[name]?.string ?? "") }
    let call = APICall(
      .iam, .patch, path(),
      body: [
        "serviceAccount": .object(body), "updateMask": .string(changed.joined(separator: ",")),
      ],
      retry: .idempotentWrite, label: label("patch"), consumerProject: address.project)
    try await written(call)
  }

  /// `:disable` or `:enable`, where the manifest says which and it is the other.
  private func switchState(_ spec: JSONObject, _ live: JSONValue) async throws(APIError) {
    guard let written = spec["disabled"] else { return }
    let wanted = written.bool ?? false
    guard wanted != (live["disabled"]?.bool ?? false) else { return }
    let verb = wanted ? "disable" : "enable"
    let call = APICall(
      .iam, .post, path(verb: verb), body: [:], retry: .idempotentWrite, label: label(verb),
      consumerProject: address.project)
    try await repeated(call.label) { () async throws(APIError) in
      try LiveAnswer.checkEmpty(try await calls.call(call, on: address), call)
    }
  }

  func delete() async throws(OperationFailure) -> OperationResult {
    try await deleted(
      APICall(
        .iam, .delete, path(), retry: .idempotentWrite, label: label("delete"),
        consumerProject: address.project))
  }

  /// Undeletes the identity with this number, with the grants that still name it; or creates the account where Google
  /// refuses that because its thirty days are over.
  func undelete(uid: String?, _ spec: JSONObject) async throws(OperationFailure) -> OperationResult
  {
    guard let uid else {
      throw OperationFailure(
        .other, call: label("undelete"), message: "the number of the deleted account is not known")
    }
    let call = APICall(
      .iam, .post, APIPath.join("v1", "projects", "-", "serviceAccounts", uid, verb: "undelete"),
      body: [:], retry: .idempotentWrite, label: label("undelete"),
      consumerProject: address.project)
    if let refusal = try await refusalOfUndelete(uid, call) {
      guard try await failing({ () async throws(APIError) in try await calls.read(address) }) == nil
      else { throw .stale(call.label, "another account has its e-mail since the plan") }
      _ = try await create(spec)
      return OperationResult(
        detail: "created instead",
        warnings: [
          "Google did not undelete uid \(uid): \(refusal.message) This is another identity: the grants of the old one do "
            + "not return"
        ])
    }
    let live = try await failing { () async throws(APIError) in
      try await calls.readCreated(address)
    }
    let found = live["uniqueId"]?.string ?? ""
    guard found == uid else {
      throw .stale(call.label, "another account has its e-mail since the plan, with uid \(found)")
    }
    _ = try await update(spec)
    return OperationResult(detail: "uid \(uid)")
  }

  /// Undeletes the account; the answer that says that it is too late for that, or nil where an account is there.
  private func refusalOfUndelete(_ uid: String, _ call: APICall) async throws(OperationFailure)
    -> APIError?
  {
    try await failing { () async throws(APIError) -> APIError? in
      do throws(APIError) {
        try await repeated(call.label) { () async throws(APIError) in
          if try await calls.read(address) == nil { try await restore(uid, call) }
        }
        return nil
      } catch {
        guard try await saysTooLate(error, permission: "iam.serviceAccounts.undelete") else {
          throw error
        }
        return error
      }
    }
  }

  /// The answer holds the account that came back, which has to be this one.
  private func restore(_ uid: String, _ call: APICall) async throws(APIError) {
    let answer = try await calls.client.call(call)
    guard let restored = answer["restoredAccount"] else { return }
    try LiveAnswer.checkWrite(restored, of: address, call)
    guard restored["uniqueId"]?.string == uid else {
      throw APIError(.ambiguous, call.label, "the answer is about another account")
    }
  }
}
