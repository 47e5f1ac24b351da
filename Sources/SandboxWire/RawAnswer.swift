import CMicroHTTPD
import Glibc

/// Answers that an HTTP server never sends, written directly to the connection's socket.
///
/// The server still owns the socket and closes it afterwards.
enum RawAnswer {
  /// Ends the connection with a TCP reset. (connect to AF_UNSPEC)
  static func reset(_ socket: Int32) {
    var nowhere = sockaddr()
    nowhere.sa_family = sa_family_t(AF_UNSPEC)
    connect(socket, &nowhere, socklen_t(MemoryLayout<sockaddr>.size))
  }

  /// Sends half of the header block.
  static func halfHeaders(_ response: WireResponse, to socket: Int32) {
    let head = head(response, length: length(response))
    send(Array(head.prefix(head.count / 2)), to: socket)
  }

  /// Sends the headers and the first bytes of the body; half of them if `count` is nil.
  static func truncated(_ response: WireResponse, count: Int?, framed: Bool, to socket: Int32) {
    let whole = length(response)
    let head = head(response, length: framed ? whole : nil)
    send(head + start(of: response, count: min(count ?? whole / 2, whole)), to: socket)
  }

  private static func length(_ response: WireResponse) -> Int {
    response.file.map { Int($0.range.count) } ?? response.body.count
  }

  /// The first bytes of the body; at most a mebibyte of a file. (pread)
  private static func start(of response: WireResponse, count: Int) -> [UInt8] {
    guard let file = response.file else { return Array(response.body.prefix(count)) }
    var bytes = [UInt8](repeating: 0, count: min(count, 1 << 20))
    let got = pread(file.content.descriptor, &bytes, bytes.count, off_t(file.range.lowerBound))
    return Array(bytes.prefix(max(0, got)))
  }

  private static func head(_ response: WireResponse, length: Int?) -> [UInt8] {
    var text = "HTTP/1.1 \(response.status) \(reason(response.status))\r\n"
    for (name, value) in response.headers { text += "\(name): \(value)\r\n" }
    text += length.map { "Content-Length: \($0)\r\n" } ?? "Connection: close\r\n"
    return Array("\(text)\r\n".utf8)
  }

  /// The phrase that the server would send, such as "Service Unavailable". (MHD_get_reason_phrase_for)
  private static func reason(_ status: Int) -> String {
    UInt32(exactly: status).flatMap { MHD_get_reason_phrase_for($0) }.map { String(cString: $0) }
      ?? "Unknown"
  }

  /// Sends all bytes, or as many as the peer accepts within a second. Other connections of the thread wait for it.
  /// (send, poll)
  private static func send(_ bytes: [UInt8], to socket: Int32) {
    var rest = bytes[...]
    let end = ContinuousClock.now + .seconds(1)
    while !rest.isEmpty, ContinuousClock.now < end {
      let count = rest.withUnsafeBytes {
        Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count > 0 {
        rest = rest.dropFirst(count)
        continue
      }
      guard errno == EAGAIN || errno == EINTR else { return }
      var wait = pollfd(fd: socket, events: Int16(POLLOUT), revents: 0)
      guard poll(&wait, 1, 100) >= 0 else { return }
    }
  }
}
