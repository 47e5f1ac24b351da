import Foundation
import Synchronization
import Testing

@testable import SandboxWire

/// The front over real sockets, before a server that only handles bytes.
@Suite struct ConnectFrontTests {
  private static let names = ServedNames(["*.googleapis.com"], summary: "*.googleapis.com")
  private static let connect = "CONNECT iam.googleapis.com:443 HTTP/1.1\r\n\r\n"
  private static let established = "HTTP/1.1 200 Connection established\r\n\r\n"

  private func front(
    _ server: ByteServer, plain: ByteServer? = nil, limits: ConnectFront.Limits = .init()
  ) throws -> ConnectFront {
    try #require(
      try ConnectFront(
        port: 0, names: Self.names, tls: server.port, plain: (plain ?? server).port, limits: limits)
    )
  }

  @Test func bytesPassInBothDirections() throws {
    let server = try ByteServer { $0.echo() }
    let front = try front(server)
    defer { front.stop() }
    let client = try ByteSocket(to: front.port)
    // A byte at a time, and the first bytes for the server together with the last of the head.
    for byte in Self.connect.utf8.dropLast(2) { client.send([byte]) }
    client.send("\r\nearly")
    #expect(client.read(count: Self.established.utf8.count + 5) == Self.established + "early")
    client.send("late")
    #expect(client.read(count: 4) == "late")
    client.endSending()
    #expect(client.readAll() == "")
  }

  @Test func plainRequestsGoToTheOtherServer() throws {
    let server = try ByteServer { $0.send("tls") }
    let plain = try ByteServer { $0.send("plain: " + $0.read(until: "\r\n\r\n")) }
    let front = try front(server, plain: plain)
    defer { front.stop() }
    let client = try ByteSocket(to: front.port)
    let request = "GET http://iam.googleapis.com/v1 HTTP/1.1\r\nHost: x\r\n\r\n"
    client.send(request)
    #expect(client.readAll() == "plain: \(request)")
    #expect(server.connections == 0)
  }

  @Test(arguments: [
    ("CONNECT example.com:443 HTTP/1.1\r\n\r\n", "403"),
    ("CONNECT iam.googleapis.com:8443 HTTP/1.1\r\n\r\n", "403"),
    ("GET http://example.com/ HTTP/1.1\r\n\r\n", "403"), ("GET / HTTP/1.1\r\n\r\n", "400"),
    ("CONNECT iam.googleapis.com:443 HTTP/1.1\r\n" + String(repeating: "x", count: 9000), "431"),
    (String(repeating: "x", count: 100_000), "431"),
  ])
  func whatIsNotServedReachesNoServer(_ head: String, _ status: String) throws {
    let server = try ByteServer { $0.echo() }
    let front = try front(server)
    defer { front.stop() }
    let client = try ByteSocket(to: front.port)
    client.send(head)
    let answer = client.readAll()
    #expect(answer.hasPrefix("HTTP/1.1 \(status) "), "\(answer)")
    #expect(answer.contains("Connection: close\r\n"))
    let parts = answer.components(separatedBy: "\r\n\r\n")
    #expect(parts.count == 2 && answer.contains("Content-Length: \(parts[1].utf8.count)\r\n"))
    #expect(server.connections == 0)
  }

  /// A client that begins and does not go on gets no answer, and its connection ends.
  @Test(arguments: ["", "CONNECT", "CONNECT iam.googleapis.com:443 HTTP/1.1\r\nA: b\r\n"])
  func anUnfinishedHeadEnds(_ start: String) throws {
    let server = try ByteServer { $0.echo() }
    var limits = ConnectFront.Limits()
    limits.head = 20
    let front = try front(server, limits: limits)
    defer { front.stop() }
    let client = try ByteSocket(to: front.port)
    client.send(start)
    #expect(client.readAll() == "")
    #expect(server.connections == 0)
  }

  /// Bytes now and then do not give a head more time.
  @Test func aSlowHeadEnds() throws {
    let server = try ByteServer { $0.echo() }
    var limits = ConnectFront.Limits()
    limits.head = 20
    let front = try front(server, limits: limits)
    defer { front.stop() }
    let client = try ByteSocket(to: front.port)
    // Ends only when the front closes the connection, however slow this machine is.
    while client.send("x") { usleep(5_000) }
    #expect(server.connections == 0)
  }

  /// What a client sends after its answer does not keep the connection.
  @Test func aRefusedClientThatGoesOnSendingIsClosed() throws {
    let server = try ByteServer { $0.echo() }
    var limits = ConnectFront.Limits()
    limits.lingering = 200
    let front = try front(server, limits: limits)
    defer { front.stop() }
    let client = try ByteSocket(to: front.port)
    client.send("GET / HTTP/1.1\r\n\r\n")
    // Ends only when the front closes the connection, however slow this machine is.
    while client.send("x") { usleep(5_000) }
    #expect(server.connections == 0)
  }

  @Test func aSilentTunnelEnds() throws {
    let server = try ByteServer { _ = $0.readAll() }
    var limits = ConnectFront.Limits()
    limits.silence = 20
    let front = try front(server, limits: limits)
    defer { front.stop() }
    let client = try ByteSocket(to: front.port)
    client.send(Self.connect)
    #expect(client.readAll() == Self.established)
    server.waitUntilServed(1)
  }

  /// A client that has sent everything still gets the whole answer.
  @Test func anEndOfOneDirectionLeavesTheOther() throws {
    let server = try ByteServer { connection in
      let all = connection.readAll()
      connection.send("after the end: \(all)")
    }
    let front = try front(server)
    defer { front.stop() }
    let client = try ByteSocket(to: front.port)
    client.send(Self.connect + "question")
    client.endSending()
    #expect(client.readAll() == Self.established + "after the end: question")
  }

  /// The server ends first, and the client may still send without harm.
  @Test func anEndOfTheServerReachesTheClient() throws {
    let server = try ByteServer { $0.send("bye") }
    let front = try front(server)
    defer { front.stop() }
    let client = try ByteSocket(to: front.port)
    client.send(Self.connect)
    #expect(client.readAll() == Self.established + "bye")
    server.waitUntilServed(1)
  }

  @Test func aResetOfTheServerReachesTheClient() throws {
    let server = try ByteServer { connection in
      _ = connection.read(count: 1)
      connection.reset()
    }
    let front = try front(server)
    defer { front.stop() }
    let client = try ByteSocket(to: front.port)
    client.send(Self.connect + "x")
    #expect(client.readAll() == Self.established)
    #expect(client.wasReset)
  }

  @Test func aClientThatGoesAwayLeavesNothing() throws {
    let server = try ByteServer { _ = $0.readAll() }
    let front = try front(server)
    defer { front.stop() }
    for index in 1...20 {
      let client = try ByteSocket(to: front.port)
      client.send(Self.connect + "x")
      _ = client.read(count: Self.established.utf8.count)
      if index.isMultiple(of: 2) { client.reset() } else { client.close() }
    }
    // Each of the server's connections has ended, too.
    server.waitUntilServed(20)
  }

  /// Megabytes in both directions at once; each side reads slowly at first, so the front has to wait for it.
  @Test func nothingIsLostUnderPressure() throws {
    let size = 4 << 20
    let server = try ByteServer { connection in
      usleep(50_000)
      connection.echo()
    }
    let front = try front(server)
    defer { front.stop() }
    let client = try ByteSocket(to: front.port)
    client.send(Self.connect)
    _ = client.read(count: Self.established.utf8.count)
    let sent = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) }
    let sender = Thread {
      client.send(sent)
      client.endSending()
    }
    sender.start()
    usleep(50_000)
    #expect(client.allBytes() == sent)
  }

  @Test func connectionsAreBounded() throws {
    let server = try ByteServer { $0.echo() }
    var limits = ConnectFront.Limits()
    limits.connections = 2
    let front = try front(server, limits: limits)
    defer { front.stop() }
    func tunnel() throws -> ByteSocket? {
      let client = try ByteSocket(to: front.port)
      client.send(Self.connect)
      return client.read(count: Self.established.utf8.count) == Self.established ? client : nil
    }
    let first = try #require(try tunnel())
    let second = try #require(try tunnel())
    #expect(try tunnel() == nil)
    first.close()
    server.waitUntilServed(1)
    // The front forgets the connection once both sides have ended, which may take a moment.
    var third = try tunnel()
    while third == nil { third = try tunnel() }
    second.send("still here")
    #expect(second.read(count: 10) == "still here")
  }

  @Test func stoppingEndsEverything() throws {
    let server = try ByteServer { connection in
      _ = connection.read(count: 1)
      connection.send("last words")
    }
    var limits = ConnectFront.Limits()
    limits.lingering = 200
    let front = try front(server, limits: limits)
    let unfinished = try ByteSocket(to: front.port)
    unfinished.send("CONNECT")
    let client = try ByteSocket(to: front.port)
    client.send(Self.connect + "x")
    #expect(client.read(count: Self.established.utf8.count + 10) == Self.established + "last words")
    front.stop()
    #expect(client.readAll() == "" && unfinished.readAll() == "")
    #expect((try? ByteSocket(to: front.port)) == nil)
    // A second call has no effect.
    front.stop()
  }

  @Test func aPortThatIsTakenIsReported() throws {
    let server = try ByteServer { $0.echo() }
    let front = try front(server)
    defer { front.stop() }
    let other = try ConnectFront(port: front.port, names: Self.names, tls: 1, plain: 1)
    #expect(other == nil)
  }

  @Test func aServerThatIsGoneEndsTheTunnel() throws {
    let server = try ByteServer { $0.echo() }
    let front = try front(server)
    defer { front.stop() }
    server.stopListening()
    let client = try ByteSocket(to: front.port)
    client.send(Self.connect + "x")
    let answer = client.readAll()
    #expect(answer == "" || answer == Self.established || answer.hasPrefix("HTTP/1.1 502 "))
  }
}
