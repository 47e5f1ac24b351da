import Glibc

/// A value that several threads may read at the same time, and that one thread at a time may change. (pthread_rwlock_t)
///
/// A thread that waits to change it comes before threads that then want to read it, so that constant reads do not keep it
/// from ever changing. A thread that reads it must therefore not read it again inside.
///
/// Owns its lock.
// Sendable, which the compiler cannot see for a pointer and a variable: the pointer is that of the lock, which every
// thread may use; the variable is changed only by a thread that holds the lock alone, and its type is Sendable, so
// several threads may read it.
package final class ReadWriteLock<State: Sendable>: @unchecked Sendable {
  private let lock = UnsafeMutablePointer<pthread_rwlock_t>.allocate(capacity: 1)
  private var state: State

  /// A value that no thread has seen yet.
  package init(_ state: State) {
    self.state = state
    var attributes = pthread_rwlockattr_t()
    pthread_rwlockattr_init(&attributes)
    pthread_rwlockattr_setkind_np(
      &attributes, Int32(PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP))
    pthread_rwlock_init(lock, &attributes)
    pthread_rwlockattr_destroy(&attributes)
  }

  deinit {
    pthread_rwlock_destroy(lock)
    lock.deallocate()
  }

  /// Reads the state, beside other threads that read it. `body` must not wait for anything.
  package func read<Result>(_ body: (State) -> Result) -> Result {
    pthread_rwlock_rdlock(lock)
    defer { pthread_rwlock_unlock(lock) }
    return body(state)
  }

  /// Changes the state, or reads it alone. `body` must not wait for anything.
  package func withLock<Result>(_ body: (inout State) -> Result) -> Result {
    pthread_rwlock_wrlock(lock)
    defer { pthread_rwlock_unlock(lock) }
    return body(&state)
  }
}
