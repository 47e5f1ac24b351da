import Crypto
import Foundation
import JSON
import Testing

@testable import Sandbox

/// The whole server: folder, store and sockets.
@Suite struct ServerTests {
  private let folder = NSTemporaryDirectory() + "arctl-sandbox-\(UUID().uuidString)"

  /// Sends a request over a real socket; `token` nil sends none.
  private func send(
    _ server: SandboxServer, _ method: String, _ path: String, body: String? = nil,
    token: String? = nil, headers: [String: String] = [:]
  ) throws -> (status: Int, body: String) {
    let curl = Process()
    curl.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    var arguments = [
      "-s", "-X", method, "-w", "\n%{http_code}", "--path-as-is", server.baseURL + path,
    ]
    if let body { arguments += ["--data-binary", body] }
    if let token { arguments += ["-H", "Authorization: Bearer \(token)"] }
    for (name, value) in headers { arguments += ["-H", "\(name): \(value)"] }
    curl.arguments = arguments
    let pipe = Pipe()
    curl.standardOutput = pipe
    try curl.run()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    curl.waitUntilExit()
    let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    return (Int(lines.last ?? "") ?? 0, lines.dropLast().joined(separator: "\n"))
  }

  /// Signs in with owner.json, as a client would.
  private func ownerToken(_ server: SandboxServer) throws -> String {
    let file = try JSONValue(parsing: try Data(contentsOf: URL(fileURLWithPath: server.ownerFile)))
    #expect(file["token_uri"]?.string == "\(server.baseURL)/token")
    let key = try RSAPrivateKey(pemBytes: Array((file["private_key"]?.string ?? "").utf8))
    let now = Timestamps.seconds(RealTime.microseconds())
    let claims: JSONValue = [
      "iss": file["client_email"] ?? .null, "aud": file["token_uri"] ?? .null,
      "iat": .integer(now), "exp": .integer(now + 3600),
    ]
    let header: JSONValue = ["alg": "RS256", "kid": file["private_key_id"] ?? .null]
    let text =
      Base64.urlEncode(header.serialized()) + "." + Base64.urlEncode(claims.serialized())
    let jwt = text + "." + Base64.urlEncode(try key.signature(for: Array(text.utf8)))
    let answer = try send(
      server, "POST", "/token",
      body: "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=\(jwt)")
    return try #require(try JSONValue(parsing: answer.body.utf8)["access_token"]?.string)
  }

  @Test func servesAndRemembers() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    var options = SandboxServer.Options(dataDirectory: folder, projects: ["my-project"])
    let first = try SandboxServer(options)
    let rights = try FileManager.default.attributesOfItem(atPath: first.ownerFile)
    #expect((rights[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    let token = try ownerToken(first)
    let account = "/v1/projects/my-project/serviceAccounts"
    let made = try send(first, "POST", account, body: "{\"accountId\":\"worker\"}", token: token)
    #expect(made.status == 200)
    // Stays percent-encoded on its way in: the slash is part of the name, not of the path.
    let encoded = try send(first, "GET", "\(account)/a%2Fb", token: token)
    #expect(encoded.status == 404)
    #expect(encoded.body.contains("Unknown service account"))
    #expect(throws: SandboxError.self) { try SandboxServer(options) }
    first.stop()

    options.projects = []
    let second = try SandboxServer(options)
    defer { second.stop() }
    let again = try send(second, "GET", account, token: try ownerToken(second))
    #expect(again.body.contains("worker@my-project.iam.gserviceaccount.com"))
    // The first server's tokens are still good: what signs them is in the store.
    #expect(try send(second, "GET", account, token: token).status == 200)
  }

  @Test func latencyDelaysWithoutHoldingOthersUp() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try SandboxServer(
      .init(dataDirectory: folder, projects: ["my-project"], latency: .milliseconds(200)))
    let clock = ContinuousClock()
    let start = clock.now
    let answer = try send(server, "GET", "/_sandbox/clock")
    #expect(answer.status == 200)
    #expect(clock.now - start >= .milliseconds(200))
    // Many at once take about as long as one, on a pool of a few threads.
    let curl = Process()
    curl.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    curl.arguments =
      ["-s", "--parallel", "--parallel-immediate", "--parallel-max", "40"]
      + (0..<40).flatMap { _ in ["-o", "/dev/null", "\(server.baseURL)/_sandbox/clock"] }
    let second = clock.now
    try curl.run()
    curl.waitUntilExit()
    #expect(curl.terminationStatus == 0)
    #expect(clock.now - second < .milliseconds(2000))
    server.stop()
  }

  @Test func stoppingFinishesAnswersInFlight() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try SandboxServer(
      .init(dataDirectory: folder, projects: ["my-project"], latency: .milliseconds(400)))
    let curl = Process()
    curl.executableURL = URL(fileURLWithPath: "/usr/bin/curl")
    curl.arguments = ["-s", "-f", "\(server.baseURL)/_sandbox/clock"]
    let pipe = Pipe()
    curl.standardOutput = pipe
    try curl.run()
    Thread.sleep(forTimeInterval: 0.2)
    server.stop()
    let text = String(decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    curl.waitUntilExit()
    #expect(curl.terminationStatus == 0)
    #expect(text.contains("now"))
  }

  @Test func largeBodiesAndStrangeHostsAreRefused() throws {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let server = try SandboxServer(.init(dataDirectory: folder))
    defer { server.stop() }
    let file = folder + "/large"
    try Data(count: MicroHTTPServer.maximumBody + 1).write(to: URL(fileURLWithPath: file))
    #expect(try send(server, "POST", "/v1/projects", body: "@\(file)").status == 413)
    let chunked = ["Transfer-Encoding": "chunked"]
    #expect(
      try send(server, "POST", "/v1/projects", body: "@\(file)", headers: chunked).status == 413)
    #expect(try send(server, "GET", "/", headers: ["Host": "evil.example"]).status == 421)
  }

  @Test func malformedProjectsAreRefusedAtTheStart() {
    defer { try? FileManager.default.removeItem(atPath: folder) }
    #expect(throws: SandboxError.self) {
      try SandboxServer(.init(dataDirectory: folder, projects: ["No"]))
    }
  }
}
