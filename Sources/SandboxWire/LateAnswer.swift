import CMicroHTTPD
import Synchronization

/// An answer that another thread gives, maybe before the connection has begun to wait for it.
final class LateAnswer: Sendable {
  private enum State: Sendable {
    case open
    case awaited
    case given(WireResponse)
  }
  private let state = Mutex(State.open)

  var response: WireResponse? {
    state.withLock { if case .given(let response) = $0 { response } else { nil } }
  }

  /// Suspends the connection until the answer is given. Returns the answer if it already is.
  func wait(on connection: OpaquePointer) -> WireResponse? {
    let wrapped = Suspended(pointer: connection)
    return state.withLock { state in
      if case .given(let response) = state { return response }
      // Inside of the lock: `give` must not resume a connection that is not suspended yet.
      MHD_suspend_connection(wrapped.pointer)
      state = .awaited
      return nil
    }
  }

  /// Gives the answer, and resumes the connection if it waits.
  func give(_ response: WireResponse, to connection: Suspended) {
    let isAwaited = state.withLock { state in
      defer { state = .given(response) }
      if case .awaited = state { return true }
      return false
    }
    if isAwaited { MHD_resume_connection(connection.pointer) }
  }
}

/// A connection that waits for an answer. Sendable although it holds a pointer: MHD_resume_connection can be called from
/// any thread, and nothing else uses the connection until then.
struct Suspended: @unchecked Sendable {
  let pointer: OpaquePointer
}
