import Synchronization

/// A limit on how long a run waits in all, over all operations: pauses at the same time count once.
final class SharedWait: Sendable {
  private struct State {
    /// Of pauses that are over.
    var spent = Duration.zero
    var waiting = 0
    /// When the pauses that are still running began, without a break between them.
    var since = Duration.zero
  }
  private let state = Mutex(State())
  private let limit: Duration

  init(atMost limit: Duration) { self.limit = limit }

  /// Whether a pause that begins now stays within the limit; where it does, `end` has to follow it.
  func begin(_ pause: Duration, at now: Duration) -> Bool {
    state.withLock { state in
      let running = state.waiting > 0 ? now - state.since : .zero
      guard state.spent + running + pause <= limit else { return false }
      if state.waiting == 0 { state.since = now }
      state.waiting += 1
      return true
    }
  }

  /// The end of a pause.
  func end(at now: Duration) {
    state.withLock { state in
      state.waiting -= 1
      if state.waiting == 0 { state.spent += now - state.since }
    }
  }
}
