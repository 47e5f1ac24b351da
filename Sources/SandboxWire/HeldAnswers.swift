import CMicroHTTPD
import Platform
import Synchronization

/// Connections whose answers are delayed. They are suspended, so that no thread waits for them.
final class HeldAnswers: Sendable {
  private struct Held {
    var connections: [Int: Suspended] = [:]
    var next = 0
    var isOver = false
  }
  private let held = Mutex(Held())
  private let workers: Workers

  init(_ workers: Workers) { self.workers = workers }

  /// Suspends a connection for some time. Returns false if the server is about to end and holds nothing any more.
  func hold(_ connection: OpaquePointer, for time: Duration) -> Bool {
    let wrapped = Suspended(pointer: connection)
    let id = held.withLock { held -> Int? in
      guard !held.isOver else { return nil }
      // Inside of the lock: `releaseAll` must not resume a connection that is not suspended yet.
      MHD_suspend_connection(wrapped.pointer)
      held.next += 1
      held.connections[held.next] = wrapped
      return held.next
    }
    guard let id else { return false }
    workers.call(after: time) { self.release(id) }
    return true
  }

  private func release(_ id: Int) {
    held.withLock { held in
      guard let connection = held.connections.removeValue(forKey: id) else { return }
      // Inside of the lock: `releaseAll` must not return before it is resumed.
      MHD_resume_connection(connection.pointer)
    }
  }

  /// Sends every held answer now, and holds no later ones.
  func releaseAll() {
    let waiting = held.withLock { held in
      held.isOver = true
      defer { held.connections = [:] }
      return Array(held.connections.values)
    }
    for connection in waiting { MHD_resume_connection(connection.pointer) }
  }
}
