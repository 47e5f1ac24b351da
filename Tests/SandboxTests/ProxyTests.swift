import Foundation
import HTTP
import JSON
import Platform
import TestSupport
import Testing

@testable import Sandbox

/// The product's HTTP client and a real proxy (nghttpx) with TLS and HTTP/2 in front of the sandbox.
@Suite(.serialized) struct ProxyTests {
  private let folder = NSTemporaryDirectory() + "arctl-proxy-\(UUID().uuidString)"

  /// Starts a program whose output is discarded.
  private func run(_ program: String, _ arguments: [String]) throws -> ChildProcess {
    try ChildProcess(
      "/bin/sh", arguments: ["-c", "exec \"$0\" \"$@\" 2>/dev/null", program] + arguments,
      environment: .current, output: .discarded)
  }

  /// A certificate authority, and a certificate for localhost that it signed.
  private func makeCertificates(_ label: String) async throws {
    let name = "\(folder)/\(label)"
    try "subjectAltName=DNS:localhost,IP:127.0.0.1\n".write(
      toFile: "\(name).ext", atomically: true, encoding: .utf8)
    for arguments in [
      [
        "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=throw-away \(label)",
        "-days",
        "2", "-keyout", "\(name)-ca.key", "-out", "\(name)-ca.pem",
      ],
      [
        "req", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=localhost", "-keyout",
        "\(name).key", "-out", "\(name).csr",
      ],
      [
        "x509", "-req", "-in", "\(name).csr", "-CA", "\(name)-ca.pem", "-CAkey", "\(name)-ca.key",
        "-CAcreateserial", "-days", "2", "-extfile", "\(name).ext", "-out", "\(name).pem",
      ],
    ] {
      try #require(await run("/usr/bin/openssl", arguments).wait() == .exited(0))
    }
  }

  private func get(
    _ url: String, _ transport: CurlTransport
  ) async throws(HTTPFailure) -> HTTPResponse {
    try await transport.send(HTTPRequest(.get, "\(url)/_sandbox/clock"))
  }

  /// Waits until the proxy accepts connections.
  private func wait(for url: String, _ transport: CurlTransport) async throws {
    for _ in 0..<200 {
      if (try? await get(url, transport)) != nil { return }
      try await Task.sleep(for: .milliseconds(50))
    }
  }

  @Test func usesHTTP2AndTrustsOnlyTheGivenAuthority() async throws {
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await makeCertificates("right")
    try await makeCertificates("wrong")
    let server = try SandboxServer(.init(dataDirectory: "\(folder)/data"))
    defer { server.stop() }
    let port = TLSProxy.freePort()
    let backend = server.baseURL.split(separator: ":").last ?? ""
    let proxy = try run(
      "/usr/sbin/nghttpx",
      [
        "--single-process", "--workers=1", "--conf=/dev/null", "-f", "127.0.0.1,\(port)", "-b",
        "127.0.0.1,\(backend)", "--accesslog-file=\(folder)/access",
        "--accesslog-format=$alpn $request $status", "--errorlog-file=\(folder)/errors",
        "\(folder)/right.key", "\(folder)/right.pem",
      ])
    defer { proxy.send(SIGTERM) }
    let url = "https://localhost:\(port)"
    let right = CurlTransport(.init(caFile: "\(folder)/right-ca.pem", userAgent: "test"))
    defer { right.shutdown() }
    try await wait(for: url, right)

    // Many requests share one HTTP/2 connection, and a POST with a body works as well.
    let statuses = try await withThrowingTaskGroup(of: Int.self) { group in
      for _ in 0..<50 { group.addTask { try await get(url, right).status } }
      return try await group.reduce(into: []) { $0.append($1) }
    }
    #expect(statuses == Array(repeating: 200, count: 50))
    let post = try await right.send(
      HTTPRequest(
        .post, "\(url)\(FaultRoutes.path)", body: Array("{\"fault\":{\"reset\":true}}".utf8))
    )
    #expect(post.status == 200)
    // The sandbox resets the proxy's connection; the proxy answers in its place.
    let broken = try await right.send(HTTPRequest(.get, "\(url)/v1/projects/p"))
    #expect(broken.status == 502)

    for authority in ["\(folder)/wrong-ca.pem", nil] {
      let stranger = CurlTransport(.init(caFile: authority, userAgent: "test"))
      defer { stranger.shutdown() }
      let failure = await #expect(throws: HTTPFailure.self) { try await get(url, stranger) }
      #expect(failure?.kind == .tls)
    }
    // The certificate is for localhost; another name of the same host is refused.
    let failure = await #expect(throws: HTTPFailure.self) {
      try await get("https://ip6-localhost:\(port)", right)
    }
    #expect(failure?.kind == .tls || failure?.kind == .notSent)

    let log = try String(contentsOfFile: "\(folder)/access", encoding: .utf8)
    let lines = log.split(separator: "\n")
    #expect(lines.count >= 52)
    #expect(lines.allSatisfy { $0.hasPrefix("h2 ") }, "\(log.prefix(300))")
  }
}
