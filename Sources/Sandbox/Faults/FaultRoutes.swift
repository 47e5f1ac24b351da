import SandboxCalls
import SandboxWire

/// The paths that fault scripts go in and out by. `Sandbox` answers them itself: faults are not part of the state.
enum FaultRoutes {
  static let path = "/_sandbox/faults"

  static let routes: [Route] = [
    Route(.get, path, .sandbox, .open) { (_, _) throws(APIError) in [:] },
    Route(.post, path, .sandbox, .open) { (_, _) throws(APIError) in [:] },
    Route(.delete, path, .sandbox, .open) { (_, _) throws(APIError) in [:] },
  ]
}
