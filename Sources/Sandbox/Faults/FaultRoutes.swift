import SandboxCalls
import SandboxStore
import SandboxWire

/// The paths for adding and listing fault scripts. `Sandbox` answers them itself: faults are not part of the stored
/// state, and a restart clears them.
enum FaultRoutes: ServedAPI {
  static let path = "/_sandbox/faults"

  /// None.
  static let records: [any Record.Type] = []

  static let routes: [Route] = [
    Route(own: .get, path, purpose: "the remaining faults") { (_, _) throws(APIError) in [:] },
    Route(own: .post, path, purpose: "adds faults; returns the remaining ones") {
      (_, _) throws(APIError) in [:]
    },
    Route(own: .delete, path, purpose: "removes all faults") { (_, _) throws(APIError) in [:] },
  ]
}
