import Glibc

/// One connection to the front: first its head, then bytes in both directions between the client and one of the
/// sandbox's own servers, or a refusal.
///
/// Owns its sockets. Used by the front's thread only.
final class Tunnel {
  /// The ports of the sandbox's own servers.
  struct Ports: Sendable, Hashable {
    /// The one with TLS.
    let tls: UInt16
    let plain: UInt16
  }

  let client: Int32
  /// -1 until the head is complete, and for a refusal.
  private(set) var server: Int32 = -1
  private var head: [UInt8]? = []
  private var toServer = Flow()
  private var toClient = Flow()
  /// When the last byte moved, in milliseconds of the monotonic clock.
  private var lastProgress: Int64
  private let limits: ConnectFront.Limits

  init(_ client: Int32, _ limits: ConnectFront.Limits, now: Int64) {
    self.client = client
    self.limits = limits
    lastProgress = now
  }

  deinit {
    close(client)
    if server >= 0 { close(server) }
  }

  /// What to wait for on both sockets. (poll)
  var events: (client: Int16, server: Int16) {
    if head != nil { return (Int16(POLLIN), 0) }
    func events(_ reads: Flow, _ writes: Flow) -> Int16 {
      (reads.wantsToRead ? Int16(POLLIN) : 0) | (writes.wantsToWrite ? Int16(POLLOUT) : 0)
    }
    return (events(toServer, toClient), events(toClient, toServer))
  }

  /// Whether nothing moved for too long.
  func isExpired(_ now: Int64) -> Bool {
    let limit =
      head != nil ? limits.head : toClient.isFinished ? limits.lingering : limits.silence
    return now - lastProgress > limit
  }

  /// Whether the client has everything that it will get.
  var isAnswered: Bool { head != nil || toClient.isFinished }

  /// Does what can be done without waiting. False if the connection is over.
  func step(
    _ ports: Ports, _ names: ServedNames, buffer: inout [UInt8], now: Int64
  ) -> Bool {
    if head != nil {
      guard readHead(ports, names, buffer: &buffer, now: now) else { return false }
      if head != nil { return true }
    }
    let wasAnswered = toClient.isFinished
    var moved = 0
    let isAlive = copy(&buffer, &moved)
    // What is discarded after the answer is no progress: it would keep the connection for ever.
    if moved > 0, !wasAnswered { lastProgress = now }
    return isAlive && !(toServer.isFinished && toClient.isFinished)
  }

  private func copy(_ buffer: inout [UInt8], _ moved: inout Int) -> Bool {
    switch toServer.pump(from: client, to: server, buffer: &buffer, moved: &moved) {
    case nil: break
    // The server does not read the rest, but may have answered.
    case .sink: toServer.discards = true
    case .source: return reset()
    }
    return toClient.pump(from: server, to: client, buffer: &buffer, moved: &moved) == nil || reset()
  }

  /// Passes a reset of one side on to the other.
  private func reset() -> Bool {
    for socket in [client, server] where socket >= 0 { LoopbackSocket.abort(socket) }
    return false
  }

  /// False if the client is gone.
  private func readHead(
    _ ports: Ports, _ names: ServedNames, buffer: inout [UInt8], now: Int64
  ) -> Bool {
    let count = recv(client, &buffer, buffer.count, 0)
    guard count > 0 else { return count < 0 && (errno == EAGAIN || errno == EINTR) }
    lastProgress = min(lastProgress, now)
    let bytes = (head ?? []) + buffer[..<count]
    switch FrontRequest(bytes, names: names) {
    case .incomplete: head = bytes
    case .tunnel(let length):
      open(ports.tls, first: Array(bytes[length...]), "HTTP/1.1 200 Connection established\r\n\r\n")
    case .plain: open(ports.plain, first: bytes, "")
    case .refused(let status, let reason): refuse(status, reason)
    }
    return true
  }

  private func open(_ port: UInt16, first: [UInt8], _ answer: String) {
    server = LoopbackSocket.connecting(to: port)
    guard server >= 0 else { return refuse(502, "The sandbox cannot be reached") }
    head = nil
    toServer = Flow(first)
    toClient = Flow(Array(answer.utf8))
  }

  /// The reason is in the status line, too: pip and uv show only that of a proxy's refusal.
  private func refuse(_ status: Int, _ reason: String) {
    let text = """
      HTTP/1.1 \(status) \(reason)\r
      Content-Type: text/plain; charset=UTF-8\r
      Content-Length: \(reason.utf8.count + 2)\r
      Connection: close\r
      \r
      \(reason).\n
      """
    head = nil
    toServer = Flow()
    toServer.discards = true
    toClient = Flow(Array(text.utf8), thenEnds: true)
  }
}
