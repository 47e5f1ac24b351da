import CLibCurl
import Glibc
import Platform
import Synchronization

/// What tasks and libcurl's thread exchange: new transfers, cancelled ones and the end.
final class TransferInbox: Sendable {
  /// The thread's outstanding work.
  struct Delivery {
    var submitted: [Transfer] = []
    var cancelled: [UInt64] = []
    var isClosed = false
  }

  private struct State {
    var delivery = Delivery()
    var multi: MultiHandle?
    /// Whether the thread waits, or is about to, and so has to be woken.
    var isWaiting = false

    /// The handle by which to wake the thread; nil if it looks here anyway before it waits.
    mutating func takeWaiting() -> MultiHandle? {
      guard isWaiting else { return nil }
      isWaiting = false
      return multi
    }
  }

  private let state = Mutex(State())

  /// Passes a transfer to the thread, which starts with the first one.
  func submit(_ transfer: Transfer, _ configuration: CurlTransport.Configuration) {
    let outcome: Result<MultiHandle?, HTTPFailure> = state.withLock { state in
      // Under the lock that `cancel` takes: a cancellation comes either before this check or after the append.
      if state.delivery.isClosed || Task.isCancelled {
        return .failure(HTTPFailure(.cancelled, "\(transfer.request.host): not sent"))
      }
      if state.multi == nil {
        do throws(HTTPFailure) {
          state.multi = try start(configuration)
        } catch {
          return .failure(error)
        }
      }
      state.delivery.submitted.append(transfer)
      return .success(state.takeWaiting())
    }
    switch outcome {
    case .success(let multi): multi?.wakeUp()
    case .failure(let refusal): transfer.finish(.failure(refusal))
    }
  }

  /// Starts the thread.
  private func start(
    _ configuration: CurlTransport.Configuration
  ) throws(HTTPFailure) -> MultiHandle {
    if let problem = LibCurl.problem {
      throw HTTPFailure(.exhausted, "nothing can be sent: \(problem)")
    }
    guard let multi = MultiHandle(maximumConnections: configuration.maximumConnections) else {
      // libcurl does not report which one it was: memory, or descriptors for the pipe that wakes it.
      let reason = Limits.freeDescriptors < 4 ? Limits.explanation(of: EMFILE) : nil
      throw HTTPFailure(.exhausted, "nothing can be sent: \(reason ?? "out of memory")")
    }
    do throws(FileError) {
      try Threads.start { [self] in TransferLoop(multi, self, configuration).run() }
    } catch {
      throw HTTPFailure(.exhausted, "nothing can be sent: \(error.reason)")
    }
    return multi
  }

  /// Ends a transfer early, if it has not ended.
  func cancel(_ id: UInt64) {
    let multi = state.withLock { state in
      state.delivery.cancelled.append(id)
      return state.takeWaiting()
    }
    multi?.wakeUp()
  }

  /// Ends the thread.
  func close() {
    let multi = state.withLock { state in
      state.delivery.isClosed = true
      defer { state.multi = nil }
      return state.takeWaiting()
    }
    multi?.wakeUp()
  }

  /// What has arrived since the last call.
  func take() -> Delivery {
    state.withLock { state in
      state.isWaiting = false
      defer { state.delivery = Delivery(isClosed: state.delivery.isClosed) }
      return state.delivery
    }
  }

  /// Whether the thread may wait: nothing has arrived since the last `take`. What arrives from now on wakes it.
  func beginWaiting() -> Bool {
    state.withLock { state in
      let delivery = state.delivery
      state.isWaiting =
        delivery.submitted.isEmpty && delivery.cancelled.isEmpty && !delivery.isClosed
      return state.isWaiting
    }
  }
}

/// The set of all transfers and their connections; owns it (CURLM).
// Sendable although it contains a pointer: only the loop's thread uses it, except for waking that thread, which libcurl
// allows from any thread.
final class MultiHandle: @unchecked Sendable {
  let pointer: UnsafeMutableRawPointer
  /// The TLS sessions of all connections: a new connection resumes one of them, and its handshake is shorter. Without it,
  /// each handle knows only those of its own connections. Nil if there is no memory for it. (CURLSH)
  let sessions: UnsafeMutableRawPointer?

  /// Nil if there is no memory, or no descriptor for the pipe that wakes it. (curl_multi_init)
  init?(maximumConnections: Int) {
    guard let pointer = shim_multi_init() else { return nil }
    self.pointer = pointer
    sessions = shim_share_init()
    if let sessions { _ = shim_share(sessions, CURL_LOCK_DATA_SSL_SESSION) }
    _ = shim_multi_set_long(pointer, CURLMOPT_MAX_TOTAL_CONNECTIONS, maximumConnections)
    _ = shim_multi_set_long(pointer, CURLMOPT_MAXCONNECTS, maximumConnections)
  }

  deinit {
    shim_multi_cleanup(pointer)
    if let sessions { shim_share_cleanup(sessions) }
  }

  /// Ends the wait of the loop. (curl_multi_wakeup)
  func wakeUp() { shim_multi_wakeup(pointer) }
}
