package import JSON
package import Model

/// One line of an apply's log: an event as a JSON object. No type that it takes can hold a secret.
package struct ApplyLogLine: Sendable {
  /// RFC 3339 with milliseconds.
  var time: String

  /// A line of this time, in RFC 3339 format with milliseconds.
  package init(time: String) { self.time = time }

  /// The first line: what was applied, by whom.
  package func header(planID: String, caller: String, version: String) -> JSONValue {
    line(
      "apply", ["plan": .string(planID), "caller": .string(caller), "version": .string(version)])
  }

  /// The last line: the exit code. `isCut`: a second signal stopped the process with operations in flight.
  package func footer(exitCode: Int32, isCut: Bool = false) -> JSONValue {
    line(
      "ended", ["exit": .integer(Int64(exitCode))], isCut ? ["stoppedAtOnce": true] : [:])
  }

  /// The line for one event.
  package func event(_ event: ExecutorEvent) -> JSONValue {
    switch event {
    case .began(let count, _): line("began", ["operations": .integer(Int64(count))])
    case .started(let operation): line("started", members(operation))
    case .finished(let operation, let result, let took):
      line(
        "finished", members(operation),
        [
          "milliseconds": milliseconds(took), "detail": .string(result.detail),
          "warnings": PlanJSON.strings(result.warnings),
        ], result.file.map { ["file": .string($0)] } ?? [:])
    case .failed(let operation, let failure, let took):
      line(
        "failed", members(operation),
        [
          "milliseconds": milliseconds(took), "kind": .string(failure.kind.rawValue),
          "call": .string(failure.call), "message": .string(failure.message),
          "help": .string(failure.help), "partial": .bool(failure.isPartial),
          "final": .bool(failure.isFinal),
        ],
        failure.refusedGrants.isEmpty
          ? [:] : ["refusedGrants": .array(failure.refusedGrants.map(value))])
    case .skipped(let operation, let because):
      line("skipped", members(operation), ["because": .string(because.text)])
    case .notStarted(let operation): line("notStarted", members(operation))
    }
  }

  private func members(_ operation: Operation) -> JSONObject {
    var object: JSONObject = [
      "operation": .string(operation.id.text), "address": .string(operation.address.description),
    ]
    object["source"] = operation.source.map(PlanJSON.value)
    return object
  }

  private func value(_ refused: RefusedGrant) -> JSONValue {
    [
      "change": .string(refused.change.rawValue), "role": .string(refused.grant.role),
      "condition": refused.grant.condition.map(PlanJSON.value) ?? .null,
      "member": .string(refused.grant.member), "reason": .string(refused.reason),
      "source": refused.source.map(PlanJSON.value) ?? .null,
    ]
  }

  private func milliseconds(_ duration: Duration) -> JSONValue {
    .integer(
      duration.components.seconds * 1000 + duration.components.attoseconds / 1_000_000_000_000_000)
  }

  private func line(_ event: String, _ parts: JSONObject...) -> JSONValue {
    var object: JSONObject = ["time": .string(time), "event": .string(event)]
    for part in parts { for (key, value) in part { object[key] = value } }
    return .object(object)
  }
}
