import CLibCurl
import Glibc

/// The work of libcurl's thread: advances each transfer as its sockets become ready.
struct TransferLoop {
  private let multi: MultiHandle
  private let inbox: TransferInbox
  private let configuration: CurlTransport.Configuration
  /// The handles of the transfers in progress.
  private var active: [UnsafeMutableRawPointer: EasyHandle] = [:]
  /// Handles without a transfer, which are cheaper to reuse than to create.
  private var idle: [EasyHandle] = []

  init(
    _ multi: MultiHandle, _ inbox: TransferInbox, _ configuration: CurlTransport.Configuration
  ) {
    self.multi = multi
    self.inbox = inbox
    self.configuration = configuration
  }

  /// Runs until the inbox is closed.
  consuming func run() {
    // OpenSSL writes with write(2): a closed connection must be an error on this thread, not a signal.
    var (blocked, previous) = (sigset_t(), sigset_t())
    sigemptyset(&blocked)
    sigaddset(&blocked, SIGPIPE)
    pthread_sigmask(SIG_BLOCK, &blocked, &previous)
    defer { pthread_sigmask(SIG_SETMASK, &previous, nil) }

    while takeDelivery() {
      var running: Int32 = 0
      shim_multi_perform(multi.pointer, &running)
      collect()
      // Answers lead to further requests, which need no wake-up if they arrive now.
      if inbox.beginWaiting() { shim_multi_poll(multi.pointer, 60_000) }
    }
  }

  /// Starts and cancels transfers as tasks requested. Returns false at the end.
  private mutating func takeDelivery() -> Bool {
    let delivery = inbox.take()
    for transfer in delivery.submitted { start(transfer) }
    if delivery.isClosed {
      for handle in active.values { cancel(handle) }
      idle = []
      return false
    }
    for id in delivery.cancelled {
      if let handle = active.values.first(where: { $0.transfer?.id == id }) { cancel(handle) }
    }
    return true
  }

  private mutating func start(_ transfer: Transfer) {
    guard let handle = idle.popLast() ?? EasyHandle(configuration, sessions: multi.sessions) else {
      return transfer.finish(
        .failure(HTTPFailure(.exhausted, "nothing can be sent: out of memory")))
    }
    handle.begin(transfer)
    active[handle.pointer] = handle
    let code = shim_multi_add(multi.pointer, handle.pointer)
    if code != CURLM_OK {
      let reason = String(cString: shim_multi_strerror(code))
      let kind: HTTPFailure.Kind = code == CURLM_OUT_OF_MEMORY ? .exhausted : .notSent
      let failure = HTTPFailure(kind, "\(transfer.request.host): \(reason)")
      end(handle, transfer, .failure(failure))
    }
  }

  private mutating func cancel(_ handle: EasyHandle) {
    guard let transfer = handle.transfer else { return }
    end(handle, transfer, .failure(transfer.cancellation))
  }

  /// Hands over the complete answers.
  private mutating func collect() {
    var left: Int32 = 0
    while let message = shim_multi_read(multi.pointer, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
        let handle = active[easy], let transfer = handle.transfer
      else { continue }
      end(handle, transfer, transfer.result(of: shim_message_result(message), handle))
    }
  }

  private mutating func end(
    _ handle: EasyHandle, _ transfer: Transfer, _ result: Result<HTTPResponse, HTTPFailure>
  ) {
    active[handle.pointer] = nil
    shim_multi_remove(multi.pointer, handle.pointer)
    if case .failure = result { handle.end(failed: true) } else { handle.end(failed: false) }
    idle.append(handle)
    transfer.finish(result)
  }
}
