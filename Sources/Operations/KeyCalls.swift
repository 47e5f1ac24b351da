import CloudResources
import GoogleCloud
import JSON
import Keys
import Model

/// The one write that a key of no declaration can have: its deletion, under an authoritative scope.
struct KeyCalls: ResourceCalls {
  let calls: CloudCalls
  let address: Address

  func create(_ spec: JSONObject) async throws(OperationFailure) -> OperationResult {
    throw .init(.key, call: "\(address)", message: "a key is made by its declaration only")
  }

  func update(_ spec: JSONObject) async throws(OperationFailure) -> OperationResult {
    throw .init(.key, call: "\(address)", message: "a key has nothing that can be changed")
  }

  func delete() async throws(OperationFailure) -> OperationResult {
    guard address.names.count == 2 else {
      throw .init(.key, call: "\(address)", message: "not the address of a key")
    }
    let account = Address(project: address.project, .serviceAccount, address.names[0])
    let email = ResourceNames.email(account: account.id, project: account.project)
    let requests = KeyRequests(calls: calls, email: email, account: account)
    let wasThere = try await failing { () async throws(APIError) in
      try await requests.delete(address.id)
    }
    return OperationResult(detail: wasThere ? "" : "already gone")
  }
}
