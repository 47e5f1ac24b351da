import Crypto
import HTTP
package import JSON
package import SandboxIAM
package import SandboxStore
package import SandboxWire

/// Long-running operations. Handlers start them; they are done a little later.
///
/// Those of Service Usage and Resource Manager have names without a parent, and their routes are here. Those with a
/// parent use an `OperationPlace`.
package enum LongRunningOperations: ServedAPI {
  /// The operations.
  package static let records: [any Record.Type] = [OperationRecord.self]

  /// The paths of operations without a parent.
  package static let routes: [Route] = [
    Route(
      .get, "/v1/operations/{operation}", api: .serviceUsage, access: .signedIn, run: getGlobal),
    Route(
      .get, "/v3/operations/{operation}", api: .resourceManager, access: .signedIn, run: getGlobal),
  ]

  /// How long an operation runs, in microseconds, in addition to the latency: long enough that clients must poll.
  static let duration: Int64 = 50_000

  /// How long an operation can be polled after its end, in microseconds.
  package static let retention: Int64 = 3600 * 1_000_000

  /// Removes the operations that ended before a time.
  package static func forget(before limit: Int64, _ state: inout State) {
    let old = state[OperationRecord.self].rows.values.filter { $0.doneAt < limit }
    for operation in old { state.remove(operation) }
  }

  /// Starts an operation whose outcome is known. It is reported as done after `duration`.
  ///
  /// - Parameters:
  ///   - project: nil for the project that the path names.
  ///   - response: nil for an API whose finished operations have none.
  ///   - error: what it ends with instead of the response.
  package static func start(
    _ name: String, for call: Call, in state: inout State, project: String? = nil,
    metadata: JSONValue? = nil, response: JSONValue?, error: APIError? = nil
  ) {
    // Now and then: sandboxes run for days.
    if state.meta.lastSerial % 500 == 0 { forget(before: call.realNow - retention, &state) }
    state.put(
      OperationRecord(
        name: name, doneAt: call.realNow + duration + call.settings.latency,
        metadata: metadata.map(JSONText.init), response: response.map(JSONText.init),
        error: error.map { JSONText($0.operationError) },
        project: project ?? call.resource?.project, caller: call.caller?.uniqueID))
  }

  /// A number that no operation had.
  package static func serial(_ state: inout State) -> Int64 {
    state.meta.lastSerial += 1
    return state.meta.lastSerial
  }

  /// A name in the form of a UUID, always the same for one number, so that runs can be compared.
  package static func uuid(_ serial: Int64) -> String {
    let digits = Array(Hex.encode(SHA256.hash(Array("operation \(serial)".utf8))).utf8)
    var text: [UInt8] = []
    for (place, digit) in digits.prefix(32).enumerated() {
      if [8, 12, 16, 20].contains(place) { text.append(UInt8(ascii: "-")) }
      text.append(digit)
    }
    return String(decoding: text, as: UTF8.self)
  }

  /// The operation as the API shows it at this time.
  static func json(_ operation: OperationRecord, realNow: Int64) -> JSONValue {
    var object: JSONObject = ["name": .string(operation.name)]
    if let metadata = operation.metadata { object["metadata"] = metadata.value }
    if realNow >= operation.doneAt {
      object["done"] = true
      if let error = operation.error {
        object["error"] = error.value
      } else if let response = operation.response {
        object["response"] = response.value
      }
    }
    return .object(object)
  }

  private static func getGlobal(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    if call["operation"] == "noop.DONE_OPERATION" {
      return ["name": "operations/noop.DONE_OPERATION", "done": true]
    }
    let name = "operations/\(call["operation"])"
    // Names of Service Usage start with this; older clients of Resource Manager use the same path.
    let isUsage = call["operation"].hasPrefix("acf.")
    return try get(
      name, permission: isUsage ? "serviceusage.services.get" : "resourcemanager.projects.get",
      api: isUsage ? .serviceUsage : .resourceManager, for: call, in: state)
  }

  /// An operation shows what it changed. So only the account that started it can read it, and accounts that can read
  /// such things in its project.
  ///
  /// - Parameters:
  ///   - checked: the resource whose policies decide; nil for the project.
  ///   - named: the resource that a refusal names; nil for the checked one.
  package static func get(
    _ name: String, permission: String, api: API, for call: Call, in state: State,
    checked: Resource? = nil, named: Resource? = nil
  ) throws(APIError) -> JSONValue {
    guard let operation = state[OperationRecord.self][name] else {
      throw APIError(.notFound, "Requested entity was not found.")
    }
    let resource = checked ?? Resource.project(operation.project ?? "-")
    guard let caller = call.caller,
      caller.uniqueID == operation.caller
        || AccessCheck.allows(
          caller, permission: permission, on: resource, in: state, now: call.now)
    else { throw AccessCheck.denial(permission, on: named ?? resource, api) }
    return json(operation, realNow: call.realNow)
  }
}
