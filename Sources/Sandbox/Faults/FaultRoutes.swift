import SandboxCalls
import SandboxStore
import SandboxWire

/// The paths that fault scripts go in and out by. `Sandbox` answers them itself: faults are not part of the state.
enum FaultRoutes: ServedAPI {
  static let path = "/_sandbox/faults"

  /// The records that it keeps.
  static let records: [any Record.Type] = []

  static let routes: [Route] = [
    Route(own: .get, path, "the faults that are left") { (_, _) throws(APIError) in [:] },
    Route(own: .post, path, "adds faults; the answer shows all that are left") {
      (_, _) throws(APIError) in [:]
    },
    Route(own: .delete, path, "takes all faults away") { (_, _) throws(APIError) in [:] },
  ]
}
