import CloudResources
import Grammar
import JSON
import Keys
import Model

/// The only write of an undeclared key: its deletion, under an authoritative scope.
struct KeyWriter: ResourceWrites {
  let calls: CloudCalls
  let address: Address

  func create(_ spec: JSONObject) async throws -> OperationResult {
    throw failure("only a declaration creates a key")
  }

  func update(_ update: ShownUpdate) async throws -> OperationResult {
    throw failure("a key cannot be changed")
  }

  func undelete(
    uid: String?, _ spec: JSONObject, shown: JSONValue
  ) async throws -> OperationResult {
    throw failure("a key cannot be undeleted")
  }

  /// Google's id is the key's identity: a key with this id is the one that the plan saw.
  func delete(shown: JSONValue, replacement: JSONObject?) async throws -> OperationResult {
    guard address.names.count == 2, let account = address.parent else {
      throw failure("not the address of a key")
    }
    let email = AccountEmail(id: account.id, project: account.project).description
    let requests = KeyRequests(calls: calls, email: email, account: account)
    let wasThere = try await requests.delete(address.id)
    return OperationResult(detail: wasThere ? "" : "already gone")
  }

  private func failure(_ message: String) -> OperationFailure {
    OperationFailure(.key, call: "\(address)", message: message)
  }
}
