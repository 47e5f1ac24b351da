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
  private let waiting: WaitingAnswers

  /// - Parameter waiting: those of the server.
  init(_ waiting: WaitingAnswers) { self.waiting = waiting }

  var response: WireResponse? {
    state.withLock { if case .given(let response) = $0 { response } else { nil } }
  }

  /// Suspends the connection until the answer is given. Returns the answer if it already is.
  func wait(on connection: OpaquePointer) -> WireResponse? {
    let wrapped = Suspended(pointer: connection)
    return state.withLock { state in
      if case .given(let response) = state { return response }
      guard waiting.add(self, wrapped) else {
        state = .given(WaitingAnswers.abandoned)
        return WaitingAnswers.abandoned
      }
      // Inside of the lock: `give` must not resume a connection that is not suspended yet.
      MHD_suspend_connection(wrapped.pointer)
      state = .awaited
      return nil
    }
  }

  /// Gives the answer, and resumes the connection if it waits. Does nothing if the answer was given already: the server
  /// no longer waited for it, and the connection may be gone.
  func give(_ response: WireResponse, to connection: Suspended) {
    state.withLock { state in
      switch state {
      case .open: state = .given(response)
      case .awaited:
        state = .given(response)
        // Inside of the lock: neither `response` nor `abandonAll` returns before it is done, so the connection and its
        // daemon still exist.
        MHD_resume_connection(connection.pointer)
        waiting.remove(self)
      case .given: break
      }
    }
  }
}

/// A connection that waits for an answer. Sendable although it holds a pointer: MHD_resume_connection can be called from
/// any thread, and nothing else uses the connection until then.
struct Suspended: @unchecked Sendable {
  let pointer: OpaquePointer
}

/// The connections of a server that wait for answers of other threads. libmicrohttpd ends the process if there is one
/// when its daemon is stopped.
final class WaitingAnswers: Sendable {
  private struct Waiting: Sendable {
    var answers: [ObjectIdentifier: (answer: LateAnswer, connection: Suspended)] = [:]
    var isOver = false
  }
  private let waiting = Mutex(Waiting())

  /// The answer for those who wait when the server stops.
  static let abandoned = Answers.text(
    503, "The sandbox stopped before the answer was there. What was asked for may be done, or not.")

  /// Notes a connection. Returns false if the server no longer waits for answers.
  fileprivate func add(_ answer: LateAnswer, _ connection: Suspended) -> Bool {
    waiting.withLock { waiting in
      guard !waiting.isOver else { return false }
      waiting.answers[ObjectIdentifier(answer)] = (answer, connection)
      return true
    }
  }

  fileprivate func remove(_ answer: LateAnswer) {
    waiting.withLock { _ = $0.answers.removeValue(forKey: ObjectIdentifier(answer)) }
  }

  /// Answers everyone who waits with 503, now and from now on.
  func abandonAll() {
    let left = waiting.withLock { waiting in
      waiting.isOver = true
      return Array(waiting.answers.values)
    }
    for (answer, connection) in left { answer.give(Self.abandoned, to: connection) }
  }
}
