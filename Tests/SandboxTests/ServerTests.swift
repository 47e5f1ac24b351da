import Crypto
import Foundation
import HTTP
import JSON
import Platform
import Synchronization
import Testing

@testable import Sandbox
@testable import SandboxIAM
@testable import SandboxWire

/// The whole server: folder, store and sockets.
@Suite struct ServerTests {
  private let folder = NSTemporaryDirectory() + "arctl-sandbox-\(UUID().uuidString)"

  private let transport = CurlTransport(.init(userAgent: "test"))

  private func end() {
    transport.shutdown()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Sends a request over a real socket. A nil `token` sends none.
  private func send(
    _ server: SandboxServer, _ method: HTTPMethod, _ path: String, body: String? = nil,
    token: String? = nil
  ) async throws -> (status: Int, body: String) {
    let headers: HTTPHeaders = token.map { ["Authorization": "Bearer \($0)"] } ?? [:]
    let answer = try await transport.send(
      HTTPRequest(
        method, server.baseURL + path, headers: headers, body: body.map { Array($0.utf8) }))
    return (answer.status, String(decoding: answer.body, as: UTF8.self))
  }

  /// The status that curl reports for requests that our own client never sends.
  private func curl(_ arguments: [String]) async throws -> String? {
    let process = try ChildProcess(
      "curl", arguments: ["-s", "-o", "/dev/null", "-w", "%{http_code}\n"] + arguments,
      environment: .current, output: .lines)
    return await process.firstLine(within: .seconds(3600))
  }

  /// Signs in with owner.json, as a client would.
  private func ownerToken(_ server: SandboxServer) async throws -> String {
    let file = try JSONValue(parsing: try Data(contentsOf: URL(fileURLWithPath: server.ownerFile)))
    #expect(file["token_uri"]?.string == "\(server.baseURL)/token")
    let key = try RSAPrivateKey(pemBytes: Array((file["private_key"]?.string ?? "").utf8))
    let now = Timestamps.seconds(RealTime.microseconds())
    let claims: JSONValue = [
      "iss": file["client_email"] ?? .null, "aud": file["token_uri"] ?? .null,
      "iat": .integer(now), "exp": .integer(now + 3600),
      "scope": .string(TokenScope.cloud),
    ]
    let header: JSONValue = ["alg": "RS256", "kid": file["private_key_id"] ?? .null]
    let text =
      Base64.urlEncode(header.serialized()) + "." + Base64.urlEncode(claims.serialized())
    let jwt = text + "." + Base64.urlEncode(try key.signature(for: Array(text.utf8)))
    let answer = try await send(
      server, .post, "/token",
      body: "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=\(jwt)")
    return try #require(try JSONValue(parsing: answer.body.utf8)["access_token"]?.string)
  }

  @Test func servesAndStores() async throws {
    defer { end() }
    var options = SandboxServer.Options(dataDirectory: folder, projects: ["my-project"])
    let first = try SandboxServer(options)
    let rights = try FileManager.default.attributesOfItem(atPath: first.ownerFile)
    #expect((rights[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    let token = try await ownerToken(first)
    let account = "/v1/projects/my-project/serviceAccounts"
    let made = try await send(
      first, .post, account, body: "{\"accountId\":\"worker\"}", token: token)
    #expect(made.status == 200)
    // Stays percent-encoded in transit: the slash is part of the name, not of the path.
    let encoded = try await send(first, .get, "\(account)/a%2Fb", token: token)
    #expect(encoded.status == 404)
    #expect(encoded.body.contains("Unknown service account"))
    #expect(throws: SandboxError.self) { try SandboxServer(options) }
    first.stop()

    options.projects = []
    let second = try SandboxServer(options)
    defer { second.stop() }
    let again = try await send(second, .get, account, token: try await ownerToken(second))
    #expect(again.body.contains("worker@my-project.iam.gserviceaccount.com"))
    // The first server's tokens are still valid: the secret that signs them is in the store.
    #expect(try await send(second, .get, account, token: token).status == 200)
  }

  /// The key files name the port.
  @Test func aFolderKeepsItsFirstPort() throws {
    defer { end() }
    let first = try SandboxServer(.init(dataDirectory: folder))
    first.stop()
    let again = try SandboxServer(.init(dataDirectory: folder))
    #expect(again.baseURL == first.baseURL)
    again.stop()
    let other = try SandboxServer(.init(dataDirectory: folder, port: 0))
    #expect(other.baseURL != first.baseURL)
    other.stop()
    // Another process takes the port in the meantime: the sandbox uses another one, and the first again when it is
    // free.
    let port = try #require(UInt16(first.baseURL.split(separator: ":").last ?? ""))
    let blocker = MicroHTTPServer(latency: .zero, workers: try Workers(threads: 1)) { _, _ in
      WireResponse(status: 200, headers: [], body: [])
    }
    #expect(blocker.start(port: port) == port)
    let moved = try SandboxServer(.init(dataDirectory: folder))
    #expect(moved.baseURL != first.baseURL)
    #expect(throws: SandboxError.self) {
      try SandboxServer(.init(dataDirectory: folder + "-other", port: port))
    }
    moved.stop()
    blocker.stop()
    let back = try SandboxServer(.init(dataDirectory: folder))
    #expect(back.baseURL == first.baseURL)
    back.stop()
    try? FileManager.default.removeItem(atPath: folder + "-other")
  }

  @Test func theOwnersFileHasAnAbsolutePath() throws {
    defer { end() }
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let name = folder.split(separator: "/").last ?? ""
    let server = try SandboxServer(.init(dataDirectory: "\(folder)/../\(name)"))
    server.stop()
    #expect(server.ownerFile.hasPrefix("/") && !server.ownerFile.contains(".."))
    #expect(FileManager.default.fileExists(atPath: server.ownerFile))
  }

  /// A client that stops in its headers is disconnected soon; one that stops in its body is not.
  @Test func anIncompleteRequestTimesOut() async throws {
    defer { end() }
    let server = MicroHTTPServer(latency: .zero, workers: try Workers(threads: 1)) { request, _ in
      WireResponse(status: 200, headers: [], body: request.body)
    }
    let port = try #require(server.start(port: 0, patience: 1))
    defer { server.stop() }
    let half = try Connection(to: port)
    half.send("GET / HTTP/1.1\r\nHo")
    let slow = try Connection(to: port)
    slow.send("POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\na")
    #expect(half.receive().isEmpty || half.receive().contains("408"))
    try await Task.sleep(for: .seconds(3))
    slow.send("b")
    #expect(slow.receive().hasPrefix("HTTP/1.1 200"))
  }

  @Test func latencyDoesNotBlockOtherRequests() async throws {
    defer { end() }
    // All requests reach the handler before the first answer is sent, with fewer threads than requests: fast enough for
    // the shortest of these latencies, or for a longer one on a busy machine.
    var all = false
    for latency in [3, 30, 300] where !all {
      all = try await fortyRequests(latency: .seconds(latency)) == 40
    }
    #expect(all)
  }

  /// How many of forty requests the handler had received when the first answer was sent.
  private func fortyRequests(latency: Duration) async throws -> Int {
    let seen = Atomic<Int>(0)
    let server = MicroHTTPServer(latency: latency, workers: try Workers(threads: 1)) { _, _ in
      seen.add(1, ordering: .relaxed)
      return WireResponse(status: 200, headers: [], body: Array("{}".utf8))
    }
    let port = try #require(server.start(port: 0))
    defer { server.stop() }
    let clock = ContinuousClock()
    let start = clock.now
    return try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<40 {
        group.addTask {
          try await transport.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/")).status
        }
      }
      let first = try await group.next()
      #expect(first == 200)
      #expect(clock.now - start >= latency)
      return seen.load(ordering: .relaxed)
    }
  }

  @Test func stoppingFinishesAnswersInFlight() async throws {
    defer { end() }
    let seen = Atomic<Int>(0)
    let server = MicroHTTPServer(latency: .seconds(2), workers: try Workers(threads: 1)) { _, _ in
      seen.add(1, ordering: .relaxed)
      return WireResponse(status: 200, headers: [], body: Array("then".utf8))
    }
    let port = try #require(server.start(port: 0))
    async let answer = transport.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/"))
    while seen.load(ordering: .relaxed) == 0 { try await Task.sleep(for: .milliseconds(2)) }
    server.stop()
    #expect(try await answer.status == 200)
    #expect(String(decoding: try await answer.body, as: UTF8.self) == "then")
  }

  /// A disk that hangs must not make libmicrohttpd end the process, and its answer may come at any time afterwards.
  @Test func stoppingAnswersThoseWhoStillWait() async throws {
    defer { end() }
    let pending = Mutex<[@Sendable (WireResponse) -> Void]>([])
    let server = MicroHTTPServer(latency: .zero, workers: try Workers(threads: 1)) { _, later in
      pending.withLock { $0.append(later) }
      return nil
    }
    let port = try #require(server.start(port: 0))
    async let one = transport.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/one"))
    async let other = transport.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/other"))
    while pending.withLock({ $0.count }) < 2 { try await Task.sleep(for: .milliseconds(2)) }
    server.stop(patience: .zero)
    #expect(try await one.status == 503)
    #expect(try await other.status == 503)
    for later in pending.withLock({ $0 }) {
      later(WireResponse(status: 200, headers: [], body: []))
    }
  }

  @Test func stoppingDoesNotWaitForABodyThatIsBeingStored() async throws {
    defer { end() }
    let workers = try Workers(threads: 1)
    let receiver = StuckReceiver()
    let server = MicroHTTPServer(
      latency: .zero, workers: workers, planner: { _ in .stream(receiver) }
    ) { _, _ in WireResponse(status: 200, headers: [], body: []) }
    let port = try #require(server.start(port: 0))
    async let answer = transport.send(
      HTTPRequest(.post, "http://127.0.0.1:\(port)/", body: Array("content".utf8)))
    while !receiver.hasBegun.load(ordering: .acquiring) {
      try await Task.sleep(for: .milliseconds(2))
    }
    server.stop(patience: .zero)
    #expect(try await answer.status == 503)
    receiver.goOn.signal()
    workers.end()
  }

  @Test func largeBodiesAndStrangeHostsAreRefused() async throws {
    defer { end() }
    let server = try SandboxServer(.init(dataDirectory: folder))
    defer { server.stop() }
    let file = folder + "/large"
    try Data(count: MicroHTTPServer.maximumBody + 1).write(to: URL(fileURLWithPath: file))
    let upload = ["--data-binary", "@\(file)", "\(server.baseURL)/v1/projects"]
    #expect(try await curl(upload) == "413")
    #expect(try await curl(["-H", "Transfer-Encoding: chunked"] + upload) == "413")
    #expect(try await curl(["-H", "Host: evil.example", server.baseURL]) == "421")
  }

  @Test func malformedProjectsAreRefusedAtTheStart() {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(throws: SandboxError.self) {
      try SandboxServer(.init(dataDirectory: folder, projects: ["No"]))
    }
  }
}

/// Finishes when a test says so.
private final class StuckReceiver: BodyReceiver, Sendable {
  let hasBegun = Atomic<Bool>(false)
  let goOn = DispatchSemaphore(value: 0)

  func receive(_: UnsafeRawBufferPointer) {}
  func finish() -> WireResponse {
    hasBegun.store(true, ordering: .releasing)
    goOn.wait()
    return WireResponse(status: 200, headers: [], body: [])
  }
}

/// A TCP connection on loopback that sends what clients never send. Owns its descriptor (close).
private final class Connection: Sendable {
  private let descriptor: Int32

  init(to port: UInt16) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = port.bigEndian
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    let done = withUnsafePointer(to: &address) {
      $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    try #require(done == 0)
  }

  deinit { close(descriptor) }

  func send(_ text: String) { _ = write(descriptor, text, text.utf8.count) }

  /// The next bytes, within a minute; empty at the end of the connection.
  func receive() -> String {
    var wait = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&wait, 1, 60_000) > 0 else { return "nothing came" }
    var bytes = [UInt8](repeating: 0, count: 4096)
    let count = read(descriptor, &bytes, bytes.count)
    return String(decoding: bytes.prefix(max(0, count)), as: UTF8.self)
  }
}
