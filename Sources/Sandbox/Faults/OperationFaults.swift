import JSON
import SandboxCalls
import SandboxStore

extension LongRunningOperations {
  /// Makes the operation that the request started slow, or lets it fail with the state unchanged.
  static func applyFault(to value: JSONValue, _ fault: Fault, in state: inout State) {
    guard let name = value["name"]?.string, var operation = state[OperationRecord.self][name] else {
      return
    }
    if case .slowOperation(let time) = fault { operation.doneAt += Int64(time) * 1000 }
    if case .failedOperation(let code, let message) = fault {
      operation.error = JSONText(["code": .integer(Int64(code)), "message": .string(message)])
      // The serial stays consumed: the failed operation keeps its name, which must never be used again.
      let serial = state.meta.lastSerial
      state.rollback()
      state.meta.lastSerial = serial
    }
    state.put(operation)
  }
}
