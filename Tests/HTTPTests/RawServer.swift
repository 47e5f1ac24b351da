import Foundation
import Synchronization

/// A server on a loopback port that answers each connection with a script, byte by byte. It ends with the process or
/// with `stopListening()`.
final class RawServer: Sendable {
  let port: UInt16
  private let listener: Int32
  private let log = Mutex<(connections: Int, requests: [String])>((0, []))

  /// `script` runs on its own thread for each connection, which is closed afterwards.
  init(_ script: @escaping @Sendable (Connection) -> Void) throws {
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    self.listener = listener
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let failed = withUnsafeMutablePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        bind(listener, $0, length) != 0 || listen(listener, 128) != 0
          || getsockname(listener, $0, &length) != 0
      }
    }
    if failed { throw POSIXError(.EADDRINUSE) }
    port = UInt16(bigEndian: address.sin_port)
    Thread.detachNewThread { [self] in
      while true {
        let descriptor = accept(listener, nil, nil)
        guard descriptor >= 0 else { return }
        let number = log.withLock {
          $0.connections += 1
          return $0.connections
        }
        Thread.detachNewThread { [self] in
          let connection = Connection(descriptor, number, self)
          script(connection)
          connection.close()
        }
      }
    }
  }

  deinit { close(listener) }

  /// Refuses further connections.
  func stopListening() { shutdown(listener, Int32(SHUT_RDWR)) }

  var connections: Int { log.withLock(\.connections) }
  var requests: [String] { log.withLock(\.requests) }
  func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

  /// One accepted connection.
  final class Connection: Sendable {
    let number: Int
    private let descriptor: Mutex<Int32?>
    let server: RawServer

    fileprivate init(_ descriptor: Int32, _ number: Int, _ server: RawServer) {
      self.descriptor = Mutex(descriptor)
      self.number = number
      self.server = server
    }

    /// The next complete request; nil if the client closed the connection.
    func request() -> String? {
      guard let descriptor = descriptor.withLock({ $0 }) else { return nil }
      var text = ""
      var bytes = [UInt8](repeating: 0, count: 65536)
      while !Self.isWhole(text) {
        let count = recv(descriptor, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        text += String(decoding: bytes.prefix(count), as: UTF8.self)
      }
      server.log.withLock { $0.requests.append(text) }
      return text
    }

    func send(_ text: String) {
      guard let descriptor = descriptor.withLock({ $0 }) else { return }
      let bytes = Array(text.utf8)
      _ = Foundation.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL))
    }

    func answer(_ body: String, status: String = "200 OK", _ headers: String = "") {
      send("HTTP/1.1 \(status)\r\nContent-Length: \(body.utf8.count)\r\n\(headers)\r\n\(body)")
    }

    /// Closes with a TCP reset.
    func reset() {
      descriptor.withLock { descriptor in
        guard let open = descriptor else { return }
        var option = linger(l_onoff: 1, l_linger: 0)
        setsockopt(
          open, SOL_SOCKET, SO_LINGER, &option, socklen_t(MemoryLayout<linger>.size))
        Foundation.close(open)
        descriptor = nil
      }
    }

    func close() {
      descriptor.withLock { descriptor in
        if let open = descriptor { Foundation.close(open) }
        descriptor = nil
      }
    }

    private static func isWhole(_ text: String) -> Bool {
      guard let end = text.range(of: "\r\n\r\n") else { return false }
      let head = text[..<end.lowerBound].lowercased()
      guard let field = head.range(of: "content-length: ") else { return true }
      let length = Int(head[field.upperBound...].prefix { $0.isNumber }) ?? 0
      return text[end.upperBound...].utf8.count >= length
    }
  }
}
