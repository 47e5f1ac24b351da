import CloudResources
import GoogleCloud
import JSON
import Model

/// The writes of a repository. Source: gcp-api.md 2.3.
struct RepositoryCalls: ResourceCalls {
  let calls: CloudCalls
  let address: Address

  func create(_ spec: JSONObject) async throws(OperationFailure) -> OperationResult {
    guard address.names.count == 2 else {
      throw OperationFailure(.other, call: "\(address)", message: "not the address of a repository")
    }
    let body = SchemaDiff.createBody(spec: spec, schema: schema)
    let call = APICall(
      .artifactRegistry, .post,
      APIPath.join(
        "v1", "projects", address.project, "locations", address.names[0], "repositories"),
      query: [("repositoryId", address.id)], body: .object(body), retry: .namedCreate,
      label: label("create"), consumerProject: address.project)
    let live = try await failing { () async throws(APIError) in
      try await createNamed(call, spec) { (call) async throws(APIError) in
        let operation = try await calls.call(call, on: address)
        let response = try await calls.wait(operation, of: call)
        // Some operations end with an empty response.
        guard response["name"] != nil else { return }
        try LiveAnswer.checkWrite(response, of: address, call)
      }
    }
    calls.memory.recordCreated(address)
    guard let live else { return OperationResult() }
    return try found(live, for: spec, call)
  }

  func update(_ spec: JSONObject) async throws(OperationFailure) -> OperationResult {
    try await failing { () async throws(APIError) in
      try await repeated(label("update")) { () async throws(APIError) in
        guard let live = try await calls.read(address, for: spec) else {
          throw APIError(.notFound, label("update"), "the repository is gone")
        }
        let fields = differences(spec, live)
        guard !fields.isEmpty else { return OperationResult(detail: "already so") }
        let (body, mask) = SchemaDiff.patchBody(
          spec: spec, fields: fields, live: live, schema: schema)
        let call = APICall(
          .artifactRegistry, .patch, path(),
          query: [("updateMask", mask.joined(separator: ","))], body: .object(body),
          retry: .idempotentWrite, label: label("update"), consumerProject: address.project)
        try await written(call)
        return OperationResult()
      }
    }
  }

  func delete() async throws(OperationFailure) -> OperationResult {
    try await deleted(
      APICall(
        .artifactRegistry, .delete, path(), retry: .idempotentWrite, label: label("delete"),
        consumerProject: address.project), waiting: true)
  }
}
