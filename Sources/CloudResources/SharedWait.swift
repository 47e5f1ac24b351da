import Synchronization

/// A limit on the total wait of a run, over all operations: simultaneous pauses count once.
final class SharedWait: Sendable {
  private struct State {
    /// The total of completed pauses.
    var spent = Duration.zero
    var waiting = 0
    /// When the current unbroken series of pauses began.
    var since = Duration.zero
  }
  private let state = Mutex(State())
  private let limit: Duration

  init(atMost limit: Duration) { self.limit = limit }

  /// Whether a pause that begins now stays within the limit; if so, the caller must call `end` after it.
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
