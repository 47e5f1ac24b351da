package import CloudResources
import GoogleCloud
package import JSON
package import Model

/// Disables one service of a project. Services are enabled in batches, by `ServiceCalls`.
package struct ServiceWriter: ResourceWrites {
  private let calls: CloudCalls
  private let address: Address

  /// The service at this address.
  package init(calls: CloudCalls, address: Address) {
    self.calls = calls
    self.address = address
  }

  /// Disables it. Google refuses while enabled services depend on it, and names them; arctl never disables those along.
  /// Source: docs/google-apis.md#services.
  package func delete(
    shown: JSONValue, replacement: JSONObject?
  ) async throws -> OperationResult {
    let project = address.project
    let call = APICall(
      .serviceUsage, method: .post,
      path: APIPath.join("v1", "projects", project, "services", address.id, verb: "disable"),
      body: ["disableDependentServices": false], retry: .idempotentWrite,
      label: "serviceusage.services.disable \(project)/\(address.id)", consumerProject: project)
    var round = 0
    while true {
      do {
        let operation = try await calls.call(call, on: address.root)
        _ = try await calls.wait(operation, of: call)
        return OperationResult()
      } catch {
        // Disabling what is disabled changes nothing, so it is repeated after a lost answer.
        round += 1
        guard error.kind == .ambiguous || error.kind == .aborted, round < CloudCalls.rounds else {
          throw error
        }
        try await calls.backOff(attempt: round, call.label)
      }
    }
  }

  /// Always fails: services are enabled in batches.
  package func create(_ spec: JSONObject) async throws -> OperationResult { throw notOneByOne }
  /// Always fails: a service has no fields.
  package func update(_ update: ShownUpdate) async throws -> OperationResult { throw notOneByOne }
  /// Always fails: a service is enabled again.
  package func undelete(
    uid: String?, _ spec: JSONObject, shown: JSONValue
  ) async throws -> OperationResult { throw notOneByOne }

  private var notOneByOne: OperationFailure {
    OperationFailure(
      .other, call: "\(address)", message: "services are enabled in batches and have no fields")
  }
}
