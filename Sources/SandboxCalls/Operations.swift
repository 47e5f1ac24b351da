import Crypto
import HTTP
package import JSON
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Long-running operations: started by the handlers, done a little later.
package enum Operations {
  /// The paths on which operations are asked for.
  package static let routes: [Route] = [
    Route(.get, "/v1/operations/{operation}", .serviceUsage, .signedIn, getGlobal),
    Route(.get, "/v3/operations/{operation}", .resourceManager, .signedIn, getGlobal),
    Route(
      .get, "/v1/projects/{project}/locations/{location}/operations/{operation}", .artifactRegistry,
      .signedIn, getLocal),
  ]

  /// How long an operation runs, in microseconds, beside the latency.
  static let duration: Int64 = 50_000

  /// How long an operation that ended can still be asked for, in microseconds.
  package static let retention: Int64 = 3600 * 1_000_000

  /// Drops the operations that ended before a time.
  package static func forget(before limit: Int64, _ state: inout State) {
    for operation in state.operations.rows.values where operation.doneAt < limit {
      state.operations[operation.name] = nil
    }
  }

  /// Starts an operation whose outcome is known; it is reported done after `duration`.
  ///
  /// - Parameter project: nil for the one that the path names.
  package static func start(
    _ name: String, _ call: Call, _ state: inout State, project: String? = nil,
    metadata: JSONValue? = nil, response: JSONValue
  ) {
    if state.meta.lastSerial % 500 == 0 { forget(before: call.realNow - retention, &state) }
    state.operations[name] = OperationRecord(
      name: name, doneAt: call.realNow + duration + call.settings.latency,
      metadata: metadata.map(JSONText.init), response: JSONText(response),
      project: project ?? call.resource?.project, caller: call.caller?.uniqueID)
  }

  /// Starts an operation of Artifact Registry.
  package static func artifactRegistry(
    _ response: JSONValue, _ call: Call, _ state: inout State,
    metadata type: String = "OperationMetadata"
  ) -> JSONValue {
    let id = uuid(serial(&state))
    let name = "projects/\(call.project)/locations/\(call["location"])/operations/\(id)"
    let metadata: JSONValue = [
      "@type": .string("type.googleapis.com/google.devtools.artifactregistry.v1.\(type)")
    ]
    start(name, call, &state, metadata: metadata, response: response)
    return ["name": .string(name), "metadata": metadata]
  }

  /// A name that no operation had.
  package static func serial(_ state: inout State) -> Int64 {
    state.meta.lastSerial += 1
    return state.meta.lastSerial
  }

  /// A name in the form of a UUID, the same for the same number.
  package static func uuid(_ serial: Int64) -> String {
    let digits = Array(Hex.encode(SHA256.hash(Array("operation \(serial)".utf8))))
    let lengths = [8, 4, 4, 4, 12]
    var start = 0
    return lengths.map { length in
      defer { start += length }
      return String(digits[start..<(start + length)])
    }.joined(separator: "-")
  }

  static func json(_ operation: OperationRecord, realNow: Int64) -> JSONValue {
    var object: JSONObject = ["name": .string(operation.name)]
    if let metadata = operation.metadata { object["metadata"] = metadata.value }
    if realNow >= operation.doneAt {
      object["done"] = true
      if let error = operation.error {
        object["error"] = error.value
      } else {
        object["response"] = operation.response.value
      }
    }
    return .object(object)
  }

  private static func getGlobal(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    if call["operation"] == "noop.DONE_OPERATION" {
      return ["name": "operations/noop.DONE_OPERATION", "done": true]
    }
    let name = "operations/\(call["operation"])"
    // Service Usage's names begin so; Resource Manager's older clients ask by this path too.
    let isUsage = call["operation"].hasPrefix("acf.")
    return try get(
      name, isUsage ? "serviceusage.services.get" : "resourcemanager.projects.get",
      isUsage ? .serviceUsage : .resourceManager, call, state)
  }

  private static func getLocal(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let project = state.project(call["project"])?.id ?? call["project"]
    return try get(
      "projects/\(project)/locations/\(call["location"])/operations/\(call["operation"])",
      "artifactregistry.repositories.get", .artifactRegistry, call, state)
  }

  /// An operation shows what it changed: whoever started it may look, and who may see such things in its project.
  private static func get(
    _ name: String, _ permission: String, _ api: API, _ call: Call, _ state: State
  ) throws(APIError) -> JSONValue {
    guard let operation = state.operations[name] else {
      throw APIError(.notFound, "Requested entity was not found.")
    }
    let resource = Resource.project(operation.project ?? "-")
    guard let caller = call.caller,
      caller.uniqueID == operation.caller
        || AccessCheck.allows(caller, permission, on: resource, state, now: call.now)
    else {
      let isLocal = api == .artifactRegistry
      throw AccessCheck.denial(
        permission, on: isLocal ? .location(resource.project, call["location"]) : resource, api)
    }
    return json(operation, realNow: call.realNow)
  }
}
