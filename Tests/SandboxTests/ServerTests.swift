import Crypto
import Foundation
import HTTP
import JSON
import Platform
import Synchronization
import Testing

@testable import Sandbox

/// The whole server: folder, store and sockets.
@Suite struct ServerTests {
  private let folder = NSTemporaryDirectory() + "arctl-sandbox-\(UUID().uuidString)"

  private let transport = CurlTransport(.init(userAgent: "test"))

  private func end() {
    transport.shutdown()
    try? FileManager.default.removeItem(atPath: folder)
  }

  /// Sends a request over a real socket; `token` nil sends none.
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

  /// The status that curl sees, for what our own client would never send.
  private func curl(_ arguments: [String]) async throws -> String? {
    let process = try ChildProcess(
      "curl", arguments: ["-s", "-o", "/dev/null", "-w", "%{http_code}\n"] + arguments,
      environment: .current, output: .lines)
    return await process.firstLine(within: .seconds(60))
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

  @Test func servesAndRemembers() async throws {
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
    // Stays percent-encoded on its way in: the slash is part of the name, not of the path.
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
    // The first server's tokens are still good: what signs them is in the store.
    #expect(try await send(second, .get, account, token: token).status == 200)
  }

  @Test func latencyDelaysWithoutHoldingOthersUp() async throws {
    defer { end() }
    let seen = Atomic<Int>(0)
    let server = MicroHTTPServer(latency: .seconds(3)) { _ in
      seen.add(1, ordering: .relaxed)
      return WireResponse(status: 200, headers: [], body: Array("{}".utf8))
    }
    let port = try #require(server.start(port: 0))
    defer { server.stop() }
    let clock = ContinuousClock()
    let start = clock.now
    try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<40 {
        group.addTask {
          try await transport.send(HTTPRequest(.get, "http://127.0.0.1:\(port)/")).status
        }
      }
      let first = try await group.next()
      #expect(first == 200)
      #expect(clock.now - start >= .seconds(3))
      // All came to the handler before the first answer went out, on a pool of eight threads.
      #expect(seen.load(ordering: .relaxed) == 40)
    }
  }

  @Test func stoppingFinishesAnswersInFlight() async throws {
    defer { end() }
    let seen = Atomic<Int>(0)
    let server = MicroHTTPServer(latency: .seconds(2)) { _ in
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
