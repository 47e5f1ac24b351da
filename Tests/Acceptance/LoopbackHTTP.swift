import Foundation
import Glibc

/// Plain HTTP/1.1 on loopback with one connection for each request; it shares no code with the product's client.
struct LoopbackHTTP: Sendable {
  struct Answer {
    var status: Int
    var body: String
  }

  let port: UInt16

  init(url: String) throws {
    guard let port = url.split(separator: ":").last.flatMap({ UInt16($0) }) else {
      throw StoryFailure("no port in \(url)")
    }
    self.port = port
  }

  func send(
    _ method: String, _ path: String, headers: [String: String] = [:], body: String = ""
  ) throws -> Answer {
    var fields = headers
    fields["Host"] = "127.0.0.1:\(port)"
    fields["Connection"] = "close"
    if !body.isEmpty || method != "GET" { fields["Content-Length"] = "\(body.utf8.count)" }
    if !body.isEmpty, fields["Content-Type"] == nil { fields["Content-Type"] = "application/json" }
    let lines = ["\(method) \(path) HTTP/1.1"] + fields.map { "\($0.key): \($0.value)" }
    return try answer(to: lines.joined(separator: "\r\n") + "\r\n\r\n" + body)
  }

  private func answer(to request: String) throws -> Answer {
    let connection = try connect()
    defer { close(connection) }
    var unsent = Array(request.utf8)[...]
    while !unsent.isEmpty {
      let count = unsent.withUnsafeBytes {
        Glibc.send(connection, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      guard count > 0 else { throw StoryFailure("the sandbox read only a part of the request") }
      unsent = unsent.dropFirst(count)
    }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while case let count = recv(connection, &buffer, buffer.count, 0), count > 0 {
      bytes += buffer[..<count]
    }
    return try parse(String(decoding: bytes, as: UTF8.self))
  }

  private func parse(_ text: String) throws -> Answer {
    // For Swift, CR LF is one Character.
    guard let end = text.range(of: "\r\n\r\n"),
      let status = text.split(separator: " ", maxSplits: 2).dropFirst().first.flatMap({ Int($0) })
    else { throw StoryFailure("the sandbox's response is not HTTP: \(text.prefix(200))") }
    return Answer(status: status, body: String(text[end.upperBound...]))
  }

  private func connect() throws -> Int32 {
    let connection = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    var limit = timeval(tv_sec: 30, tv_usec: 0)
    setsockopt(
      connection, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    let code = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(connection, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else {
      close(connection)
      throw StoryFailure("nothing listens on port \(port)")
    }
    return connection
  }
}
