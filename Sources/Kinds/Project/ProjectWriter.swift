import CloudResources
import GoogleCloud
import JSON
import Model
import Resources

/// The writes of a project, and of its billing account, which belongs to Cloud Billing.
struct ProjectWriter: ResourceWrites {
  let generic: ResourceWriter

  private var calls: CloudCalls { generic.calls }
  private var address: Address { generic.address }
  private var id: String { address.project }

  func create(_ spec: JSONObject) async throws -> OperationResult {
    let own = generic.takenByWrites(spec)
    let body = SchemaDiff.createBody(spec: own, schema: generic.schema)
    guard let call = generic.rest.create(address, body) else {
      throw generic.impossible("created")
    }
    let isNew = try await begin(call)
    calls.memory.recordCreated(address)
    let live = try await calls.readCreated(address, for: own)
    let result = isNew ? OperationResult() : try generic.found(live, for: own)
    try await linkBilling(spec)
    return result
  }

  /// False if the project exists already. A conflict is final: project ids are unique worldwide, and a project of
  /// another owner answers like an absent one. Only after a lost answer may it be the project of this run.
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
      try await calls.backOff(attempt: round, call.label)
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

  func update(_ update: ShownUpdate) async throws -> OperationResult {
    if !generic.heldHere(update.spec).isEmpty { _ = try await generic.update(update) }
    try await linkBilling(update.spec, insteadOf: update.shown["billingAccount"]?.string ?? "")
    return OperationResult()
  }

  /// Links the billing account, or (null) unlinks the project, if it differs.
  ///
  /// - Parameter shown: the account in the plan; nil if the plan could not show one.
  private func linkBilling(_ spec: JSONObject, insteadOf shown: String? = nil) async throws {
    guard let written = spec["billingAccount"] else { return }
    let wanted = written.string ?? ""
    let label = "cloudbilling.projects.updateBillingInfo \(id)"
    try await generic.repeated(label) {
      let answer = try await calls.call(ReadCalls.billing(project: id), on: address)
      let live = try LiveAnswer.billingAccount(in: answer, of: id, label) ?? ""
      guard live != wanted else { return }
      guard live == shown ?? live else {
        throw OperationFailure.stale(label, "`billingAccount` changed since the plan")
      }
      try await link(wanted, label)
    }
  }

  private func link(_ account: String, _ label: String) async throws(APIError) {
    let call = APICall(
      .cloudBilling, method: .put, path: APIPath.join("v1", "projects", id, "billingInfo"),
      body: ["billingAccountName": .string(account)], retry: .idempotentWrite, label: label,
      consumerProject: id)
    let written = try await calls.call(call, on: address)
    do {
      _ = try LiveAnswer.billingAccount(in: written, of: id, label)
    } catch {
      throw APIError(.ambiguous, label: label, error.message)
    }
  }

  /// Requests the deletion, which Google carries out after 30 days.
  func delete(shown: JSONValue, replacement: JSONObject?) async throws -> OperationResult {
    try await generic.delete(shown: shown, replacement: replacement)
  }

  func undelete(
    uid: String?, _ spec: JSONObject, shown: JSONValue
  ) async throws -> OperationResult {
    let own = generic.heldHere(spec)
    _ = try await generic.undelete(uid: uid, own, shown: shown)
    try await linkBilling(spec)
    return OperationResult()
  }
}
