import CLibCurl
import Glibc

/// The work of libcurl's thread: advances each transfer as its sockets become ready.
struct TransferLoop {
  private let multi: MultiHandle
  private let inbox: TransferInbox
  /// The transfers in progress, by their handles.
  private var active: [UnsafeMutableRawPointer: Transfer] = [:]
  /// Handles of finished transfers, which are cheaper to reuse than to create.
  private var idle: [UnsafeMutableRawPointer] = []

  init(_ multi: MultiHandle, _ inbox: TransferInbox) {
    self.multi = multi
    self.inbox = inbox
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
      curl_multi_perform(multi.pointer, &running)
      collect()
      curl_multi_poll(multi.pointer, nil, 0, 60_000, nil)
    }
  }

  /// Starts and cancels transfers as tasks requested. Returns false at the end.
  private mutating func takeDelivery() -> Bool {
    let delivery = inbox.take()
    for transfer in delivery.submitted { start(transfer) }
    if delivery.isClosed {
      for (easy, transfer) in active { end(easy, transfer, .failure(transfer.cancellation)) }
      for easy in idle { curl_easy_cleanup(easy) }
      return false
    }
    for id in delivery.cancelled {
      if let (easy, transfer) = active.first(where: { $0.value.id == id }) {
        end(easy, transfer, .failure(transfer.cancellation))
      }
    }
    return true
  }

  private mutating func start(_ transfer: Transfer) {
    guard let easy = idle.popLast() ?? curl_easy_init() else {
      return transfer.finish(
        .failure(HTTPFailure(.exhausted, "nothing can be sent: out of memory")))
    }
    transfer.configure(easy)
    active[easy] = transfer
    let code = curl_multi_add_handle(multi.pointer, easy)
    if code != CURLM_OK {
      let reason = String(cString: curl_multi_strerror(code))
      let kind: HTTPFailure.Kind = code == CURLM_OUT_OF_MEMORY ? .exhausted : .notSent
      end(easy, transfer, .failure(HTTPFailure(kind, "\(transfer.request.host): \(reason)")))
    }
  }

  /// Hands over the complete answers.
  private mutating func collect() {
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi.pointer, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let easy = message.pointee.easy_handle,
        let transfer = active[easy]
      else { continue }
      end(easy, transfer, transfer.result(of: shim_message_result(message), easy))
    }
  }

  private mutating func end(
    _ easy: UnsafeMutableRawPointer, _ transfer: Transfer,
    _ result: Result<HTTPResponse, HTTPFailure>
  ) {
    active[easy] = nil
    curl_multi_remove_handle(multi.pointer, easy)
    curl_easy_reset(easy)
    idle.append(easy)
    transfer.finish(result)
  }
}
