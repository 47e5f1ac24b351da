import CloudResources
import GoogleCloud
import JSON
import Model

/// Enables services of one project. Source: docs/google-apis.md#services.
struct ServiceCalls: Sendable {
  let calls: CloudCalls
  /// The project of the services.
  let project: Address

  /// Enables up to 20 services in one call; enabled ones stay enabled.
  func enable(_ names: [String]) async throws(APIError) -> OperationResult {
    let call = call(names)
    var pause = Pause(calls)
    while try await !isCarriedOut(call, &pause) {}
    calls.memory.recordEnabled(names, in: project.project)
    return OperationResult(detail: names.count == 1 ? "" : "\(names.count) services")
  }

  /// Creates the service agent of an enabled service; an agent that exists stays as it is. Source:
  /// docs/google-apis.md#service-agents.
  func createAgent(of name: String) async throws(APIError) {
    let id = project.project
    let call = APICall(
      .serviceUsage, method: .post,
      path: APIPath.join(
        "v1beta1", "projects", id, "services", name, verb: "generateServiceIdentity"),
      body: [:], retry: .idempotentWrite,
      label: "serviceusage.services.generateServiceIdentity \(id)/\(name)", consumerProject: id)
    var pause = Pause(calls)
    while try await !isCarriedOut(call, &pause, version: "v1beta1") {}
  }

  /// False after a temporary failure, once the pause before the next attempt is over.
  private func isCarriedOut(
    _ call: APICall, _ pause: inout Pause, version: String = "v1"
  ) async throws(APIError) -> Bool {
    do {
      try await carryOut(call, version)
      return true
    } catch {
      guard isPassing(error),
        try await pause.wait(atMost: CloudCalls.servicePatience, call.label)
      else { throw error }
      return false
    }
  }

  /// As gcloud does: one service by `:enable`, more by `:batchEnable`.
  private func call(_ names: [String]) -> APICall {
    let id = project.project
    if let name = names.first, names.count == 1 {
      return APICall(
        .serviceUsage, method: .post,
        path: APIPath.join("v1", "projects", id, "services", name, verb: "enable"), body: [:],
        retry: .idempotentWrite, label: "serviceusage.services.enable \(id)/\(name)",
        consumerProject: id)
    }
    return APICall(
      .serviceUsage, method: .post,
      path: APIPath.join("v1", "projects", id, "services", verb: "batchEnable"),
      body: ["serviceIds": .array(names.map(JSONValue.string))], retry: .idempotentWrite,
      label: "serviceusage.services.batchEnable \(id)", consumerProject: id)
  }

  private func carryOut(_ call: APICall, _ version: String) async throws(APIError) {
    let operation = try await calls.call(call, on: project)
    let response = try await calls.wait(operation, of: call, version: version)
    guard response["failures"].map({ $0.array != nil }) ?? true else {
      throw APIError(
        .ambiguous, label: call.label, "the answer cannot be used: `failures` is not a list")
    }
    let failures = (response["failures"]?.array ?? []).map { failure in
      let name = failure["serviceId"]?.string ?? "a service"
      return "\(name): \(failure["errorMessage"]?.string ?? "not enabled")"
    }
    guard failures.isEmpty else {
      throw APIError(.failedPrecondition, label: call.label, failures.joined(separator: "; "))
    }
  }

  /// Enabling is idempotent, so it is repeated after a lost answer; the other cases are those that Terraform's google
  /// provider repeats (docs/google-apis.md#errors-that-pass).
  private func isPassing(_ error: APIError) -> Bool {
    switch error.kind {
    case .ambiguous, .aborted: return true
    default:
      return error.message.contains("encountered internal error")
        && error.message.contains("160009") && error.message.contains("with failed services")
    }
  }
}
