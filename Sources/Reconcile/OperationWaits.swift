import Synchronization

/// How many of the running operations only wait until the server has finished its part. Others may start meanwhile.
public final class OperationWaits: Sendable {
  private struct State {
    var count = 0
    var hasChanged = false
    var isOver = false
    var listener: CheckedContinuation<Void, Never>?
  }
  private let state = Mutex(State())

  /// None waits.
  public init() {}

  /// The number of them.
  var count: Int { state.withLock { $0.count } }

  /// Begins a run, in which none waits yet.
  func begin() { state.withLock { $0 = State() } }

  /// Called when an operation begins to wait, and with false when it goes on.
  public func report(_ begins: Bool) {
    let listener = state.withLock { state in
      state.count += begins ? 1 : -1
      guard begins else { return nil as CheckedContinuation<Void, Never>? }
      if state.listener == nil { state.hasChanged = true }
      defer { state.listener = nil }
      return state.listener
    }
    listener?.resume()
  }

  /// Returns once another operation begins to wait, or after `end`.
  func next() async {
    await withCheckedContinuation { continuation in
      let isOver = state.withLock { state in
        defer { state.hasChanged = false }
        if state.hasChanged || state.isOver { return true }
        state.listener = continuation
        return false
      }
      if isOver { continuation.resume() }
    }
  }

  /// Ends `next`.
  func end() {
    let listener = state.withLock { state in
      state.isOver = true
      defer { state.listener = nil }
      return state.listener
    }
    listener?.resume()
  }
}
