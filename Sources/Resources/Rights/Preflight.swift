import CloudResources
package import GoogleCloud
import JSON
package import Model

/// Tests the permissions of a plan's operations before the first write.
///
/// `testIamPermissions` of each resource that an operation concerns, or of the nearest one around it that exists. Only
/// for an existing resource that was tested itself does a missing permission prove anything: one that is missing on a
/// project may be granted on what is in it, and this plan may grant it.
package struct Preflight: Sendable {
  private let client: APIClient

  /// Tests the client's own credential.
  package init(client: APIClient) { self.client = client }

  /// What the tests showed. Sends nothing if there is no operation.
  package func result(for operations: [Operation]) async -> PreflightResult {
    let tests = PermissionTests(
      operations, caller: client.credential.principal ?? "")
    var result = PreflightResult()
    await withTaskGroup(of: (PermissionTests.Batch, Result<Set<String>, APIError>).self) { group in
      for batch in tests.batches { group.addTask { (batch, await held(batch)) } }
      for await (batch, outcome) in group {
        switch outcome {
        case .success(let held):
          result.missing += tests.missing(of: batch, held: held)
        case .failure(let error):
          result.untested.append(.init(resource: batch.resource, reason: Self.reason(error)))
        }
      }
    }
    result.sort()
    return result
  }

  /// The permissions of a batch that the answer says are held.
  private func held(_ batch: PermissionTests.Batch) async -> Result<Set<String>, APIError> {
    guard let call = batch.resource.rest?.permissionTest(batch.resource, batch.permissions) else {
      return .failure(
        APIError(.other, label: "\(batch.resource)", "it has no testIamPermissions"))
    }
    do throws(APIError) {
      return .success(try Self.permissions(in: try await client.call(call), call))
    } catch {
      return .failure(error)
    }
  }

  /// An answer without `permissions` says that none is held; any other form says nothing.
  private static func permissions(
    in answer: JSONValue, _ call: APICall
  ) throws(APIError) -> Set<String> {
    guard let value = answer["permissions"] else {
      guard answer.object != nil else {
        throw APIError(.malformed, label: call.label, "the answer is not an object")
      }
      return []
    }
    guard let list = value.array, list.allSatisfy({ $0.string != nil }) else {
      throw APIError(.malformed, label: call.label, "`permissions` is not a list of texts")
    }
    return Set(list.compactMap(\.string))
  }

  private static func reason(_ error: APIError) -> String {
    if case .serviceDisabled(let service, _) = error.kind {
      return "\(service ?? "its API") is not enabled"
    }
    return error.message
  }
}

/// What a preflight showed.
package struct PreflightResult: Sendable {
  /// A permission that a test did not show.
  package struct Missing: Sendable, Hashable {
    /// In full.
    package var permission: String
    /// The resource that was tested.
    package var tested: Address
    /// What the operation is about.
    package var subject: Address
    /// Whether the operation would be refused for certain.
    package var isFinal: Bool
  }
  /// A resource whose test failed, which proves nothing.
  package struct Untested: Sendable, Hashable {
    /// The resource.
    package var resource: Address
    /// Why, as text.
    package var reason: String
  }
  /// In order of the tested resource and the permission.
  package var missing: [Missing] = []
  /// In order of the resource.
  package var untested: [Untested] = []

  /// Those without which an operation is refused for certain.
  package var final: [Missing] { missing.filter(\.isFinal) }
  /// Those that may be granted elsewhere.
  package var doubtful: [Missing] { missing.filter { !$0.isFinal } }

  fileprivate mutating func sort() {
    missing.sort {
      ($0.tested, $0.permission, $0.subject) < ($1.tested, $1.permission, $1.subject)
    }
    untested = Set(untested).sorted { ($0.resource, $0.reason) < ($1.resource, $1.reason) }
  }
}
