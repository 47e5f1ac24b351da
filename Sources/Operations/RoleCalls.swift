import CloudResources
import GoogleCloud
import JSON
import Model

/// The writes of a custom role. Source: gcp-api.md 2.6.
struct RoleCalls: ResourceCalls {
  let calls: CloudCalls
  let address: Address

  func create(_ spec: JSONObject) async throws(OperationFailure) -> OperationResult {
    let role = SchemaDiff.createBody(spec: spec, schema: schema)
    let call = APICall(
      .iam, .post, APIPath.join("v1", "projects", address.project, "roles"),
      body: ["roleId": .string(address.id), "role": .object(role)], retry: .namedCreate,
      label: label("create"), consumerProject: address.project)
    let live: JSONValue?
    do {
      live = try await createNamed(call, spec) { (call) async throws(APIError) in
        try await written(call, on: Address(project: address.project, .project))
      }
    } catch {
      throw isBlocked(error) ? blocked(error) : OperationFailure(error)
    }
    calls.memory.recordCreated(address)
    guard let live else { return OperationResult() }
    if live["deleted"]?.bool == true {
      throw .stale(call.label, "a deleted role has this id since the plan")
    }
    return try found(live, for: spec, call)
  }

  func update(_ spec: JSONObject) async throws(OperationFailure) -> OperationResult {
    try await failing { () async throws(APIError) in
      try await repeated(label("update")) { () async throws(APIError) in
        guard let live = try await calls.read(address, for: spec), live["deleted"]?.bool != true
        else {
          throw APIError(.notFound, label("update"), "the role is gone")
        }
        return try await patch(spec, live)
      }
    }
  }

  private func patch(_ spec: JSONObject, _ live: JSONValue) async throws(APIError)
    -> OperationResult
  {
    let fields = differences(spec, live)
    guard !fields.isEmpty else { return OperationResult(detail: "already so") }
    var (body, mask) = SchemaDiff.patchBody(spec: spec, fields: fields, live: live, schema: schema)
    body["etag"] = try etag(of: live, label("update"))
    let call = APICall(
      .iam, .patch, path(), query: [("updateMask", mask.joined(separator: ","))],
      body: .object(body), retry: .idempotentWrite, label: label("update"),
      consumerProject: address.project)
    try await written(call)
    return OperationResult()
  }

  func delete() async throws(OperationFailure) -> OperationResult {
    try await failing { () async throws(APIError) in
      try await repeated(label("delete")) { () async throws(APIError) in
        guard let live = try await calls.read(address), live["deleted"]?.bool != true else {
          return OperationResult(detail: "already gone")
        }
        let etag = try etag(of: live, label("delete")).string ?? ""
        let call = APICall(
          .iam, .delete, path(), query: [("etag", etag)], retry: .idempotentWrite,
          label: label("delete"), consumerProject: address.project)
        try LiveAnswer.checkWrite(try await calls.client.call(call), of: address, call)
        return OperationResult()
      }
    }
  }

  /// Undeletes the role, or creates it where Google refuses that because its seven days are over.
  func undelete(uid: String?, _ spec: JSONObject) async throws(OperationFailure) -> OperationResult
  {
    guard let refusal = try await refusalOfUndelete() else {
      _ = try await update(spec)
      return OperationResult()
    }
    do {
      _ = try await create(spec)
      return OperationResult(
        detail: "created instead", warnings: ["Google did not undelete it: \(refusal.message)"])
    } catch {
      var failure = error
      failure.message = "\(refusal.message) To create it was refused too: \(error.message)"
      throw failure
    }
  }

  /// Undeletes the role; the answer that says that it is too late for that, or nil where the role is back.
  private func refusalOfUndelete() async throws(OperationFailure) -> APIError? {
    try await failing { () async throws(APIError) -> APIError? in
      do throws(APIError) {
        try await repeated(label("undelete")) { () async throws(APIError) in
          guard let live = try await calls.read(address) else {
            throw APIError(.notFound, label("undelete"), "The deleted role is gone.")
          }
          guard live["deleted"]?.bool == true else { return }
          let call = APICall(
            .iam, .post, path(verb: "undelete"),
            body: ["etag": try etag(of: live, label("undelete"))], retry: .idempotentWrite,
            label: label("undelete"), consumerProject: address.project)
          try LiveAnswer.checkWrite(try await calls.client.call(call), of: address, call)
        }
        return nil
      } catch {
        guard try await saysTooLate(error, permission: "iam.roles.undelete") else { throw error }
        // Another process may have undeleted it meanwhile.
        let live = try await calls.read(address)
        return live == nil || live?["deleted"]?.bool == true ? error : nil
      }
    }
  }

  private func isBlocked(_ error: APIError) -> Bool {
    error.message.contains("marked for deletion")
  }

  /// The id of a deleted role that Google neither undeletes nor gives away again.
  private func blocked(_ error: APIError) -> OperationFailure {
    var failure = OperationFailure(error)
    failure.isFinal = true
    failure.help =
      "take another id for the role: that of a deleted one stays blocked for up to 37 days after its deletion, and "
      + "Google does not report when that was. In its first 7 days a plan shows the role as `undelete`"
    return failure
  }
}
