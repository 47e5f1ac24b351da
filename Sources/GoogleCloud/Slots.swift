import Synchronization

/// Limits how many calls are in flight. Waiting calls continue in order of arrival.
package final class Slots: Sendable {
  private struct State {
    var free: Int
    var nextID: UInt64 = 0
    /// The waiting calls by number, and the order in which they arrived.
    var waiters: [UInt64: CheckedContinuation<Bool, Never>] = [:]
    var order: [UInt64] = []
    var head = 0
  }

  private let state: Mutex<State>

  /// This many at a time, but at least one.
  package init(_ count: Int) { state = Mutex(State(free: max(1, count))) }

  /// Runs `body` in a slot. Returns nil if the task is cancelled before it gets one.
  package func run<Value: Sendable>(_ body: () async -> Value) async -> Value? {
    guard await acquire() else { return nil }
    defer { release() }
    return await body()
  }

  private func acquire() async -> Bool {
    let taken = state.withLock { state in
      guard state.free > 0 else { return false }
      state.free -= 1
      return true
    }
    if taken { return true }
    let id = state.withLock { state in
      state.nextID += 1
      return state.nextID
    }
    return await withTaskCancellationHandler {
      await withCheckedContinuation { enqueue(id, $0) }
    } onCancel: {
      state.withLock { $0.waiters.removeValue(forKey: id) }?.resume(returning: false)
    }
  }

  private func enqueue(_ id: UInt64, _ continuation: CheckedContinuation<Bool, Never>) {
    // Between the two locks, a slot may have become free, or the task may have been cancelled.
    let answer: Bool? = state.withLock { state in
      if Task.isCancelled { return false }
      if state.free > 0 {
        state.free -= 1
        return true
      }
      state.waiters[id] = continuation
      state.order.append(id)
      return nil
    }
    if let answer { continuation.resume(returning: answer) }
  }

  /// Passes the slot to the next waiting call. The array of numbers is shortened now and then, because removing at its
  /// front each time would take time in proportion to its length.
  private func release() {
    let next: CheckedContinuation<Bool, Never>? = state.withLock { state in
      while state.head < state.order.count {
        let id = state.order[state.head]
        state.head += 1
        if state.head > 1024, state.head * 2 > state.order.count {
          state.order.removeFirst(state.head)
          state.head = 0
        }
        if let waiter = state.waiters.removeValue(forKey: id) { return waiter }
      }
      state.free += 1
      return nil
    }
    next?.resume(returning: true)
  }
}
