import Crypto
import Foundation
import HTTP
import JSON
import Platform

/// The real `arctl-sandbox` in its own process, and a client that owns it.
///
/// Owns the process: `kill` or `stop` ends it, and so does the end of this process, through its standard input. Not
/// Foundation's `Process`, which reads out of bounds and crashes if this process has many files open.
final class SandboxProcess: Sendable {
  let baseURL: String
  let process: ChildProcess
  let transport: CurlTransport
  let token: String

  /// The folder of this test's executable, and of the product next to it. (readlink)
  static let binary = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
    .deletingLastPathComponent().appending(path: "arctl-sandbox")

  init(folder: String, _ arguments: [String] = [], connections: Int = 64) async throws {
    process = try ChildProcess(
      Self.binary.path(), arguments: ["--data", folder, "--stop-with-input"] + arguments,
      environment: .current, input: .untilWeEnd, output: .lines)
    baseURL = await process.firstLine(within: .seconds(3600)) ?? ""
    transport = CurlTransport(
      .init(maximumConnections: connections, userAgent: "test"))
    token = try await Self.signIn(folder, baseURL, transport)
  }

  /// Requests an access token with owner.json, as every client does.
  static func signIn(
    _ folder: String, _ baseURL: String, _ transport: CurlTransport
  ) async throws -> String {
    let file = try JSONValue(parsing: try Data(contentsOf: URL(filePath: "\(folder)/owner.json")))
    let key = try RSAPrivateKey(pemBytes: Array((file["private_key"]?.string ?? "").utf8))
    let now = Int64(Date().timeIntervalSince1970)
    let claims: JSONValue = [
      "iss": file["client_email"] ?? .null, "aud": "https://oauth2.googleapis.com/token",
      "iat": .integer(now), "exp": .integer(now + 3600),
      "scope": "https://www.googleapis.com/auth/cloud-platform",
    ]
    let header: JSONValue = ["alg": "RS256", "kid": file["private_key_id"] ?? .null]
    let text = Base64.urlEncode(header.serialized()) + "." + Base64.urlEncode(claims.serialized())
    let jwt = text + "." + Base64.urlEncode(try key.signature(for: Array(text.utf8)))
    let form = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=\(jwt)"
    let answer = try await transport.send(
      HTTPRequest(.post, "\(baseURL)/token", body: Array(form.utf8)))
    return try JSONValue(parsing: answer.body)["access_token"]?.string ?? ""
  }

  func call(
    _ method: HTTPMethod, _ path: String, _ body: JSONValue? = nil
  ) async throws(HTTPFailure) -> (status: Int, body: JSONValue) {
    let answer = try await transport.send(
      HTTPRequest(
        method, baseURL + path, headers: ["Authorization": "Bearer \(token)"],
        body: body?.serialized()))
    return (answer.status, (try? JSONValue(parsing: answer.body)) ?? .null)
  }

  /// Sends SIGKILL and waits for the end of the process.
  func kill() async {
    process.send(SIGKILL)
    await process.wait()
    transport.shutdown()
  }

  /// Sends SIGTERM and waits for the end of the process. Returns how it ended.
  @discardableResult
  func stop() async -> ExitStatus {
    process.send(SIGTERM)
    let status = await process.wait()
    transport.shutdown()
    return status
  }

  /// VmRSS, in KiB.
  var residentMemory: Int {
    let status = try? String(
      contentsOfFile: "/proc/\(process.id)/status", encoding: .utf8)
    let line = status?.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
    return line.flatMap { Int($0.split(whereSeparator: \.isWhitespace)[1]) } ?? 0
  }
}
