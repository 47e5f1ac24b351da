import CMicroHTTPD
import Glibc
package import Platform
import Synchronization

/// An HTTP/1.1 server on 127.0.0.1 (libmicrohttpd): the only place that knows MHD.
///
/// Owns its daemon: `stop` lets answers in flight end and then frees it (MHD_stop_daemon).
package final class MicroHTTPServer: Sendable {
  /// Gives the answer to a request.
  package typealias Handler = @Sendable (WireRequest) -> WireResponse
  /// Asked once the headers of a request with a body are there.
  package typealias Planner = @Sendable (WireRequest) -> BodyPlan

  /// How many threads it serves with.
  package static let threads = 8
  /// The largest body that is taken; a larger one is answered with 413.
  static let maximumBody = 10 << 20

  fileprivate let handler: Handler
  fileprivate let planner: Planner
  fileprivate let latency: Duration
  private let running = Mutex<Running?>(nil)
  fileprivate let inFlight = Atomic<Int>(0)
  fileprivate let held: HeldAnswers
  /// Finish bodies and let held answers go: MHD's threads do neither.
  fileprivate let workers: Workers

  /// The daemon's handle. MHD's calls on it are safe from any thread.
  private struct Running: @unchecked Sendable {
    let daemon: OpaquePointer
    /// Keeps the server alive for as long as the daemon's threads may call it.
    let context: Unmanaged<MicroHTTPServer>
  }

  /// - Parameter latency: how long each answer is held back once it is ready.
  package init(
    latency: Duration, workers: Workers, planner: @escaping Planner = { _ in .collect },
    handler: @escaping Handler
  ) {
    self.latency = latency
    self.workers = workers
    held = HeldAnswers(workers)
    self.planner = planner
    self.handler = handler
  }

  /// Listens and gives the port; port 0 takes a free one. Nil when the port cannot be had.
  ///
  /// - Parameter patience: how many seconds a client may be silent before its first headers are there.
  package func start(port: UInt16, patience: UInt32 = 30) -> UInt16? {
    let context = Unmanaged.passRetained(self)
    guard
      let daemon = sandbox_mhd_start(
        port, UInt32(MicroHTTPServer.threads), patience, handleRequest, beginRequest, endRequest,
        context.toOpaque())
    else {
      context.release()
      return nil
    }
    running.withLock { $0 = Running(daemon: daemon, context: context) }
    return sandbox_mhd_port(daemon)
  }

  /// Takes no more connections, waits until the requests that came are answered, and ends.
  package func stop() {
    guard let running = running.withLock({ $0.take() }) else { return }
    let listener = MHD_quiesce_daemon(running.daemon)
    held.releaseAll()
    var waited = 0
    while inFlight.load(ordering: .acquiring) > 0, waited < 20_000 {
      usleep(5_000)
      waited += 5
    }
    MHD_stop_daemon(running.daemon)
    if listener >= 0 { close(listener) }
    running.context.release()
  }
}

/// One request in the making, and then its answer. Used by one of MHD's threads at a time.
private final class Exchange {
  let target: String
  var headers: [String: String]?
  var body: [UInt8] = []
  var isTooLarge = false
  /// Takes the body in place of `body`.
  var receiver: (any BodyReceiver)?
  /// The answer to a body that nobody wants, which is read and dropped.
  var refusal: WireResponse?
  var response: WireResponse?
  /// The answer was held back for as long as it had to be.
  var wasHeld = false

  init(target: String) { self.target = target }
}

private func server(_ context: UnsafeMutableRawPointer?) -> MicroHTTPServer? {
  context.map { Unmanaged<MicroHTTPServer>.fromOpaque($0).takeUnretainedValue() }
}

/// The request line came: keeps the target as it was sent, which MHD otherwise takes apart.
private func beginRequest(
  _ context: UnsafeMutableRawPointer?, _ uri: UnsafePointer<CChar>?, _: OpaquePointer?
) -> UnsafeMutableRawPointer? {
  server(context)?.inFlight.add(1, ordering: .acquiringAndReleasing)
  let exchange = Exchange(target: uri.map { String(cString: $0) } ?? "")
  return Unmanaged.passRetained(exchange).toOpaque()
}

/// The answer is sent, or the connection is gone.
private func endRequest(
  _ context: UnsafeMutableRawPointer?, _: OpaquePointer?,
  _ slot: UnsafeMutablePointer<UnsafeMutableRawPointer?>?, _: MHD_RequestTerminationCode
) {
  guard let pointer = slot?.pointee else { return }
  Unmanaged<Exchange>.fromOpaque(pointer).release()
  slot?.pointee = nil
  server(context)?.inFlight.subtract(1, ordering: .acquiringAndReleasing)
}

/// Called when the headers are there, for each part of the body, at its end, and after a resumption.
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
  if let response = exchange.response {
    return deliver(response, exchange, on: connection, of: server)
  }
  guard let headers = exchange.headers else {
    let headers = readHeaders(connection)
    exchange.headers = headers
    sandbox_mhd_set_timeout(connection, 300)
    let head = WireRequest(
      method: String(cString: method), target: exchange.target, headers: headers)
    switch server.planner(head) {
    case .collect: break
    case .stream(let receiver):
      exchange.receiver = receiver
      return .YES
    case .refuse(let response):
      // A client that waits for leave to send can be told at once; another one reads no answer before
      // its body is sent.
      if headers["expect"] != nil { return finish(response, on: connection) }
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
    receive(data, size.pointee, exchange)
    size.pointee = 0
    return .YES
  }
  if let receiver = exchange.receiver {
    exchange.receiver = nil
    complete(connection, exchange, receiver, server.workers)
    return .YES
  }
  let response =
    exchange.isTooLarge
    ? tooLarge
    : exchange.refusal
      ?? server.handler(
        WireRequest(
          method: String(cString: method), target: exchange.target, headers: headers,
          body: exchange.body))
  return deliver(response, exchange, on: connection, of: server)
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
  return finish(response, on: connection)
}

/// Sends the answer, or does to the connection what its fault says; .NO makes MHD close it.
private func finish(_ response: WireResponse, on connection: OpaquePointer) -> MHD_Result {
  let socket = sandbox_mhd_socket(connection)
  switch response.transmission {
  case .whole, .delayed: return send(response, on: connection)
  case .reset, .stall: RawAnswer.reset(socket)
  case .close: break
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

private func receive(_ data: UnsafePointer<CChar>?, _ count: Int, _ exchange: Exchange) {
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

/// What a connection that waits is to be answered with. The connection is suspended meanwhile, so that
/// one thread at a time has it.
private struct Completion: @unchecked Sendable {
  let connection: OpaquePointer
  let exchange: Exchange
  let receiver: any BodyReceiver
}

/// Lets a receiver finish, which may take the disk a while, without holding up the other connections.
private func complete(
  _ connection: OpaquePointer, _ exchange: Exchange, _ receiver: any BodyReceiver,
  _ workers: Workers
) {
  MHD_suspend_connection(connection)
  let completion = Completion(connection: connection, exchange: exchange, receiver: receiver)
  workers.call {
    completion.exchange.response = completion.receiver.finish()
    MHD_resume_connection(completion.connection)
  }
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

/// A response with its body; a file's content is sent from the kernel (sendfile).
private func make(_ response: WireResponse) -> OpaquePointer? {
  guard let file = response.file else {
    var body = response.body
    return body.withUnsafeMutableBytes {
      MHD_create_response_from_buffer($0.count, $0.baseAddress, .RESPMEM_MUST_COPY)
    }
  }
  // MHD closes the descriptor that it is given.
  let descriptor = fcntl(file.content.descriptor, F_DUPFD_CLOEXEC, 0)
  guard descriptor >= 0 else { return nil }
  let made = MHD_create_response_from_fd_at_offset64(
    UInt64(file.range.count), descriptor, UInt64(file.range.lowerBound))
  if made == nil { close(descriptor) }
  return made
}
