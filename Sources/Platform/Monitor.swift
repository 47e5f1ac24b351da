import Glibc

/// A value that threads read and change under one lock, and whose changes they can wait for. (pthread_mutex_t,
/// pthread_cond_t)
///
/// Owns its lock. Waits use the monotonic clock, so setting the computer's time does not affect them. Sendable
/// although it contains pointers: every thread can call these functions, and the state is only used under the lock.
package final class Monitor<State: Sendable>: @unchecked Sendable {
  /// The result of looking at the state.
  package enum Look<Result> {
    /// What the thread waited for.
    case found(Result)
    /// Look again after the next `signal`, or when the monotonic clock reaches this time (`SystemClock.uptime`).
    case wait(until: Duration?)
  }

  private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
  private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
  private var state: State

  /// A value that no thread has seen yet.
  package init(_ state: State) {
    self.state = state
    pthread_mutex_init(mutex, nil)
    var attributes = pthread_condattr_t()
    pthread_condattr_init(&attributes)
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC)
    pthread_cond_init(condition, &attributes)
    pthread_condattr_destroy(&attributes)
  }

  deinit {
    pthread_cond_destroy(condition)
    pthread_mutex_destroy(mutex)
    condition.deallocate()
    mutex.deallocate()
  }

  /// Changes or reads the state. `body` must not wait for anything.
  package func withLock<Result>(_ body: (inout State) -> Result) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    return body(&state)
  }

  /// Blocks the thread until `look` finds something.
  package func wait<Result>(_ look: (inout State) -> Look<Result>) -> Result {
    pthread_mutex_lock(mutex)
    defer { pthread_mutex_unlock(mutex) }
    while true {
      switch look(&state) {
      case .found(let result): return result
      case .wait(nil): pthread_cond_wait(condition, mutex)
      case .wait(let time?):
        let parts = time.components
        var end = timespec(
          tv_sec: Int(parts.seconds), tv_nsec: Int(parts.attoseconds / 1_000_000_000))
        pthread_cond_timedwait(condition, mutex, &end)
      }
    }
  }

  /// Wakes one waiting thread, which then looks at the state again.
  package func signal() { pthread_cond_signal(condition) }

  /// Wakes every waiting thread.
  package func signalAll() { pthread_cond_broadcast(condition) }
}
