import CMicroHTTPD
import Glibc
package import Platform
import Synchronization

/// An HTTP/1.1 server (libmicrohttpd), on 127.0.0.1 unless another address is asked for. With `RawAnswer`, `HeldAnswers` and `LateAnswer` the only code that knows MHD.
///
/// Owns its daemon: `stop` lets answers in flight finish and then frees it (MHD_stop_daemon).
package final class MicroHTTPServer: Sendable {
  /// Returns the answer to a request; nil if the answer comes later, by a call of the second argument from any thread.
  /// The connection waits for it without a thread.
  package typealias Handler =
    @Sendable (WireRequest, @escaping @Sendable (WireResponse) -> Void) -> WireResponse?
  /// Decides about the body once the headers of a request are complete.
  package typealias Planner = @Sendable (WireRequest) -> BodyPlan

  /// The number of its threads: one for each processor, between 2 and 8. More would only take turns. A handler that may
  /// take long gives its answer later. (sysconf)
  package static let threads = min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 2), 8)
  /// The largest accepted body, in bytes; a larger one gets a 413.
  static let maximumBody = 10 << 20

  fileprivate let handler: Handler
  fileprivate let planner: Planner
  fileprivate let latency: Duration
  private let running = Mutex<Running?>(nil)
  fileprivate let inFlight = Atomic<Int>(0)
  fileprivate let held: HeldAnswers
  fileprivate let waiting = WaitingAnswers()
  /// Finish bodies and release held answers, which would block MHD's own threads.
  fileprivate let workers: Workers
  /// What it speaks TLS with; nil for plain HTTP.
  fileprivate let identity: ServerIdentity?

  /// The daemon's handle. MHD's calls on it are safe from any thread.
  private struct Running: @unchecked Sendable {
    let daemon: OpaquePointer
    /// Keeps the server alive as long as the daemon's threads may call it.
    let context: Unmanaged<MicroHTTPServer>
  }

  /// - Parameters:
  ///   - latency: how long each answer is held once it is ready.
  ///   - identity: what it speaks TLS with; nil for plain HTTP.
  package init(
    latency: Duration, workers: Workers, identity: ServerIdentity? = nil,
    planner: @escaping Planner = { _ in .collect }, handler: @escaping Handler
  ) {
    self.identity = identity
    self.latency = latency
    self.workers = workers
    held = HeldAnswers(workers)
    self.planner = planner
    self.handler = handler
  }

  /// Listens and returns the port; port 0 takes a free one. Returns nil if the port is not available.
  ///
  /// - Parameters:
  ///   - address: where it listens.
  ///   - patience: how many seconds a client may be silent before its first headers are complete.
  package func start(
    _ address: ListenAddress = .loopback, port: UInt16, patience: UInt32 = 30
  ) -> UInt16? {
    let context = Unmanaged.passRetained(self)
    func start(_ key: UnsafePointer<CChar>?, _ certificate: UnsafePointer<CChar>?) -> OpaquePointer?
    {
      sandbox_mhd_start(
        address.networkOrder, port, UInt32(MicroHTTPServer.threads), patience, handleRequest,
        beginRequest, endRequest, context.toOpaque(), key, certificate)
    }
    guard let daemon = identity.map({ $0.withTexts(start) }) ?? start(nil, nil) else {
      context.release()
      return nil
    }
    running.withLock { $0 = Running(daemon: daemon, context: context) }
    return sandbox_mhd_port(daemon)
  }

  /// Accepts no more connections, waits until the requests in flight are answered, and ends. What is not ready by then
  /// is answered with 503.
  ///
  /// - Parameter patience: how long it waits at most, since a client that does not read its answer must not keep the
  ///   process alive.
  package func stop(patience: Duration = .seconds(20)) {
    guard let running = running.withLock({ $0.take() }) else { return }
    let listener = MHD_quiesce_daemon(running.daemon)
    held.releaseAll()
    awaitAnswers(patience)
    waiting.abandonAll()
    awaitAnswers(.seconds(5))
    MHD_stop_daemon(running.daemon)
    if listener >= 0 { close(listener) }
    running.context.release()
  }

  private func awaitAnswers(_ patience: Duration) {
    let step = Duration.milliseconds(5)
    var waited = Duration.zero
    while inFlight.load(ordering: .acquiring) > 0, waited < patience {
      usleep(5_000)
      waited += step
    }
  }
}

/// One request while it arrives, and then its answer. Used by one of MHD's threads at a time.
private final class Exchange {
  let target: String
  /// The request without its body; nil until its headers are complete.
  var head: WireRequest?
  var body: [UInt8] = []
  var isTooLarge = false
  /// Receives the body instead of `body`.
  var receiver: (any BodyReceiver)?
  /// The answer to a body that is read and discarded.
  var refusal: WireResponse?
  var response: WireResponse?
  /// Whether the answer was already held for its time.
  var wasHeld = false
  /// The answer that another thread gives.
  let late: LateAnswer

  init(target: String, _ waiting: WaitingAnswers) {
    self.target = target
    late = LateAnswer(waiting)
  }
}

private func server(_ context: UnsafeMutableRawPointer?) -> MicroHTTPServer? {
  context.map { Unmanaged<MicroHTTPServer>.fromOpaque($0).takeUnretainedValue() }
}

/// Called after the request line. Keeps the target as it was sent, which MHD otherwise decodes and splits.
private func beginRequest(
  _ context: UnsafeMutableRawPointer?, _ uri: UnsafePointer<CChar>?, _: OpaquePointer?
) -> UnsafeMutableRawPointer? {
  guard let server = server(context) else { return nil }
  server.inFlight.add(1, ordering: .acquiringAndReleasing)
  let exchange = Exchange(target: uri.map { String(cString: $0) } ?? "", server.waiting)
  return Unmanaged.passRetained(exchange).toOpaque()
}

/// Called when the answer is sent, or the connection is gone.
private func endRequest(
  _ context: UnsafeMutableRawPointer?, _: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _: MHD_RequestTerminationCode
) {
  guard let pointer = slot?.pointee else { return }
  Unmanaged<Exchange>.fromOpaque(pointer).release()
  slot?.pointee = nil
  server(context)?.inFlight.subtract(1, ordering: .acquiringAndReleasing)
}

/// Called when the headers are complete, for each part of the body, at its end, and after a resume.
private func handleRequest(
  _ context: UnsafeMutableRawPointer?, _ connection: OpaquePointer?, _: UnsafePointer<CChar>?,
  _ method: UnsafePointer<CChar>?, _: UnsafePointer<CChar>?, _ data: UnsafePointer<CChar>?,
  _ size: UnsafeMutablePointer<Int>?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?
) -> MHD_Result {
  guard let server = server(context), let connection, let method, let size,
    let pointer = slot?.pointee
  else { return .NO }
  let exchange = Unmanaged<Exchange>.fromOpaque(pointer).takeUnretainedValue()
  if let response = exchange.response ?? exchange.late.response {
    return deliver(response, exchange, on: connection, of: server)
  }
  guard let head = exchange.head else {
    let headers = readHeaders(connection)
    sandbox_mhd_set_timeout(connection, 300)
    let head = WireRequest(
      method: String(cString: method), target: exchange.target, headers: headers,
      isFromThisMachine: sandbox_mhd_is_local(connection) != 0)
    exchange.head = head
    switch server.planner(head) {
    case .collect: break
    case .stream(let receiver):
      exchange.receiver = receiver
      return .YES
    case .refuse(let response):
      // A client that waits for permission to send gets the answer at once. Any other client does not read an answer
      // before it has sent its body.
      if headers["expect"] != nil { return finish(response, on: connection, of: server) }
      exchange.refusal = response
      return .YES
    }
    if let length = headers["content-length"].flatMap({ Int($0) }),
      length > MicroHTTPServer.maximumBody
    {
      return send(tooLarge, on: connection)
    }
    return .YES
  }
  if size.pointee > 0 {
    receive(data, count: size.pointee, for: exchange)
    size.pointee = 0
    return .YES
  }
  if let receiver = exchange.receiver {
    exchange.receiver = nil
    guard let response = complete(connection, exchange, with: receiver, on: server.workers)
    else { return .YES }
    return deliver(response, exchange, on: connection, of: server)
  }
  guard let response = answer(head, exchange, on: connection, of: server) else { return .YES }
  return deliver(response, exchange, on: connection, of: server)
}

/// The answer to a request whose body is complete; nil if the connection waits for it.
private func answer(
  _ head: WireRequest, _ exchange: Exchange, on connection: OpaquePointer,
  of server: MicroHTTPServer
) -> WireResponse? {
  if exchange.isTooLarge { return tooLarge }
  if let refusal = exchange.refusal { return refusal }
  let suspended = Suspended(pointer: connection)
  let late = exchange.late
  return server.handler(head.with(exchange.body)) { late.give($0, to: suspended) }
    ?? late.wait(on: connection)
}

/// Sends the answer when its time has come, which may be at the next call.
private func deliver(
  _ response: WireResponse, _ exchange: Exchange, on connection: OpaquePointer,
  of server: MicroHTTPServer
) -> MHD_Result {
  exchange.response = response
  let wait = server.latency + response.transmission.wait
  if !exchange.wasHeld, wait > .zero {
    exchange.wasHeld = true
    if server.held.hold(connection, for: wait) { return .YES }
  }
  return finish(response, on: connection, of: server)
}

/// Sends the answer, or does to the connection what its fault says. `.NO` makes MHD close it.
private func finish(
  _ response: WireResponse, on connection: OpaquePointer, of server: MicroHTTPServer
) -> MHD_Result {
  let socket = sandbox_mhd_socket(connection)
  switch response.transmission {
  case .whole, .delayed: return send(response, on: connection)
  case .reset, .stall: RawAnswer.reset(socket)
  case .close: break
  // Bytes on the socket itself would not be TLS: the client sees its connection end before the answer does, as well.
  case .halfHeaders where server.identity != nil, .truncated where server.identity != nil:
    RawAnswer.reset(socket)
  case .halfHeaders: RawAnswer.halfHeaders(response, to: socket)
  case .truncated(let bytes, let framed):
    RawAnswer.truncated(response, count: bytes, framed: framed, to: socket)
  }
  return .NO
}

extension WireResponse.Transmission {
  /// How long nothing is sent.
  fileprivate var wait: Duration {
    switch self {
    case .delayed(let time), .stall(let time): time
    case .whole, .reset, .close, .halfHeaders, .truncated: .zero
    }
  }
}

private func receive(_ data: UnsafePointer<CChar>?, count: Int, for exchange: Exchange) {
  guard let data, !exchange.isTooLarge, exchange.refusal == nil else { return }
  if let receiver = exchange.receiver {
    receiver.receive(UnsafeRawBufferPointer(start: data, count: count))
    return
  }
  guard exchange.body.count + count <= MicroHTTPServer.maximumBody else {
    exchange.isTooLarge = true
    exchange.body = []
    return
  }
  exchange.body.append(contentsOf: UnsafeRawBufferPointer(start: data, count: count))
}

/// A body that a worker finishes.
// Sendable although a receiver is not: the thread of the connection gives it up first, so one thread at a time has it.
private struct CompleteBody: @unchecked Sendable {
  let receiver: any BodyReceiver
}

/// Lets a receiver finish on a worker, because writing to disk would hold up the other connections of the thread.
/// Returns the answer if it is ready, and else nil: the connection waits for it.
private func complete(
  _ connection: OpaquePointer, _ exchange: Exchange, with receiver: any BodyReceiver,
  on workers: Workers
) -> WireResponse? {
  let (late, suspended) = (exchange.late, Suspended(pointer: connection))
  let body = CompleteBody(receiver: receiver)
  workers.call { late.give(body.receiver.finish(), to: suspended) }
  return late.wait(on: connection)
}

private func readHeaders(_ connection: OpaquePointer) -> [String: String] {
  var headers: [String: String] = [:]
  withUnsafeMutablePointer(to: &headers) { target in
    _ = MHD_get_connection_values(
      connection, .HEADER_KIND,
      { context, _, name, value in
        guard let context, let name else { return .YES }
        let headers = context.assumingMemoryBound(to: [String: String].self)
        headers.pointee[String(cString: name).lowercased()] =
          value.map { String(cString: $0) } ?? ""
        return .YES
      }, target)
  }
  return headers
}

private let tooLarge = Answers.text(413, "The request is larger than the sandbox takes.")

private func send(_ response: WireResponse, on connection: OpaquePointer) -> MHD_Result {
  guard let made = make(response) else { return .NO }
  defer { MHD_destroy_response(made) }
  for (name, value) in response.headers { MHD_add_response_header(made, name, value) }
  return MHD_queue_response(connection, UInt32(response.status), made)
}

/// A response with its body. The kernel sends the content of a file (sendfile).
private func make(_ response: WireResponse) -> OpaquePointer? {
  guard let file = response.file else {
    var body = response.body
    return body.withUnsafeMutableBytes {
      MHD_create_response_from_buffer($0.count, $0.baseAddress, .RESPMEM_MUST_COPY)
    }
  }
  // A duplicate, since MHD closes the descriptor that it gets.
  let descriptor = fcntl(file.content.descriptor, F_DUPFD_CLOEXEC, 0)
  guard descriptor >= 0 else { return nil }
  let made = MHD_create_response_from_fd_at_offset64(
    UInt64(file.range.count), descriptor, UInt64(file.range.lowerBound))
  if made == nil { close(descriptor) }
  return made
}
