import CloudResources
import GoogleCloud
import JSON
import Model

/// The writes of a project and of its billing account. Source: gcp-api.md 2.1; v3, whose PATCH has a mask.
struct ProjectCalls: ResourceCalls {
  let calls: CloudCalls
  let address: Address

  private var id: String { address.project }

  func create(_ spec: JSONObject) async throws(OperationFailure) -> OperationResult {
    var body = SchemaDiff.createBody(spec: ownFields(spec), schema: schema)
    body["projectId"] = .string(id)
    let call = APICall(
      .resourceManager, .post, APIPath.join("v3", "projects"), body: .object(body),
      retry: .namedCreate, label: label("create"), consumerProject: nil)
    let isNew = try await failing { () async throws(APIError) in try await begin(call) }
    calls.memory.recordCreated(address)
    let live = try await failing { () async throws(APIError) in
      try await calls.readCreated(address, for: ownFields(spec))
    }
    let result = isNew ? OperationResult() : try found(live, for: ownFields(spec), call)
    try await failing { () async throws(APIError) in try await linkBilling(spec) }
    return result
  }

  /// False when it turned out to be there. A conflict is final: project ids are Google's worldwide, and somebody else's
  /// project answers like an absent one. Only after an answer that got lost may it be the one that was just made.
  private func begin(_ call: APICall) async throws(APIError) -> Bool {
    var mayBeOurs = false
    for round in 0..<CloudCalls.rounds {
      do {
        let operation = try await calls.client.call(call)
        _ = try await calls.wait(operation, of: call, version: "v3")
        return true
      } catch {
        if error.kind == .alreadyExists, mayBeOurs { return false }
        guard error.kind == .ambiguous, round < CloudCalls.rounds - 1 else { throw error }
        mayBeOurs = true
      }
      if try await isVisible() { return false }
      try await calls.breathe(round: round, call.label)
    }
    return false
  }

  private func isVisible() async throws(APIError) -> Bool {
    do {
      return try await calls.read(address) != nil
    } catch {
      if error.isPermissionDenied { return false }
      throw error
    }
  }

  /// Everything but the billing account, which another API holds.
  private func ownFields(_ spec: JSONObject) -> JSONObject {
    var fields = spec
    fields["billingAccount"] = nil
    return fields
  }

  func update(_ spec: JSONObject) async throws(OperationFailure) -> OperationResult {
    try await failing { () async throws(APIError) in
      if !ownFields(spec).isEmpty {
        try await repeated(label("update")) { () async throws(APIError) in try await patch(spec) }
      }
      try await linkBilling(spec)
      return OperationResult()
    }
  }

  private func patch(_ spec: JSONObject) async throws(APIError) {
    let wanted = ownFields(spec)
    guard let live = try await calls.read(address, for: wanted) else {
      throw APIError(.notFound, label("update"), "the project is gone")
    }
    let fields = differences(wanted, live)
    guard !fields.isEmpty else { return }
    var (body, mask) = SchemaDiff.patchBody(
      spec: wanted, fields: fields, live: live, schema: schema)
    body["etag"] = try etag(of: live, label("update"))
    let call = APICall(
      .resourceManager, .patch, path(), query: [("updateMask", mask.joined(separator: ","))],
      body: .object(body), retry: .idempotentWrite, label: label("update"), consumerProject: id)
    let operation = try await calls.call(call, on: address)
    _ = try await calls.wait(operation, of: call, version: "v3")
  }

  /// Links the billing account, or (null) unlinks the project, where it is not so.
  private func linkBilling(_ spec: JSONObject) async throws(APIError) {
    guard let written = spec["billingAccount"] else { return }
    let wanted = written.string ?? ""
    let label = "cloudbilling.projects.updateBillingInfo \(id)"
    try await repeated(label) { () async throws(APIError) in
      let answer = try await calls.call(ReadCalls.billing(project: id), on: address)
      guard try LiveAnswer.billingAccount(in: answer, of: id, label) ?? "" != wanted else { return }
      let call = APICall(
        .cloudBilling, .put, APIPath.join("v1", "projects", id, "billingInfo"),
        body: ["billingAccountName": .string(wanted)], retry: .idempotentWrite, label: label,
        consumerProject: id)
      let written = try await calls.call(call, on: address)
      do throws(APIError) {
        _ = try LiveAnswer.billingAccount(in: written, of: id, label)
      } catch {
        throw APIError(.ambiguous, label, error.message)
      }
    }
  }

  /// Asks for the deletion, which Google carries out after 30 days.
  func delete() async throws(OperationFailure) -> OperationResult {
    try await failing { () async throws(APIError) in
      try await repeated(label("delete")) { () async throws(APIError) in
        guard let live = try await calls.read(address), !isDeleted(live) else {
          return OperationResult(detail: "already gone")
        }
        let call = APICall(
          .resourceManager, .delete, path(), retry: .idempotentWrite, label: label("delete"),
          consumerProject: id)
        _ = try await calls.wait(try await calls.client.call(call), of: call, version: "v3")
        return OperationResult()
      }
    }
  }

  func undelete(uid: String?, _ spec: JSONObject) async throws(OperationFailure) -> OperationResult
  {
    try await failing { () async throws(APIError) in
      try await repeated(label("undelete")) { () async throws(APIError) in
        guard let live = try await calls.read(address) else {
          throw APIError(.notFound, label("undelete"), "the deleted project is gone for good")
        }
        guard isDeleted(live) else { return }
        let call = APICall(
          .resourceManager, .post, path(verb: "undelete"), body: [:], retry: .idempotentWrite,
          label: label("undelete"), consumerProject: id)
        _ = try await calls.wait(try await calls.client.call(call), of: call, version: "v3")
      }
    }
    return try await update(spec)
  }

  private func isDeleted(_ live: JSONValue) -> Bool { live["state"]?.string == "DELETE_REQUESTED" }
}
