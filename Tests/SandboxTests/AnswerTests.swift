import JSON
import Synchronization
import Testing

@testable import Sandbox
@testable import SandboxStore
@testable import SandboxWire

@Suite struct AnswerTests {
  @Test func partialAnswers() throws {
    let sandbox = try TestSandbox("my-project")
    let reply = sandbox.call(
      "GET",
      "/v1/projects/my-project/services?filter=state:ENABLED&fields=services/name,services(state)")
    let first = try #require(reply["services"]?.array?.first?.object)
    #expect(Set(first.keys) == ["name", "state"])
  }

  @Test func answersCarryGooglesHeaders() throws {
    let sandbox = try TestSandbox("my-project")
    let headers = sandbox.call("GET", "/v1/projects/my-project").headers
    #expect(headers.filter { $0.name == "Vary" }.map(\.value) == ["Origin", "X-Origin", "Referer"])
    #expect(headers.contains { $0 == ("Server", "ESF") })
    #expect(headers.contains { $0 == ("Content-Type", "application/json; charset=UTF-8") })
    #expect(!headers.contains { $0.name.lowercased().hasPrefix("access-control") })
  }

  @Test(arguments: [
    ("127.0.0.1:80", true), ("localhost", true), ("[::1]:9", true), ("iam.googleapis.com", true),
    ("evil.example", false), ("127.0.0.1.evil.example", false),
    ("googleapis.com.evil.example", false), ("pkg.dev.evil.example", false), ("", false),
  ])
  func hostsAreChecked(_ host: String, _ allowed: Bool) throws {
    let sandbox = try TestSandbox("my-project")
    let status = sandbox.call("GET", "/v1/projects/my-project", host: host).status
    #expect(status == (allowed ? 200 : 421))
  }

  @Test func malformedBodiesAreRefused() throws {
    let sandbox = try TestSandbox("my-project")
    let headers = ["host": "localhost", "authorization": "Bearer \(sandbox.owner)"]
    for text in ["{", "[]", "{\"a\":1,\"a\":2}", "nul"] {
      let reply = sandbox.raw(
        "POST", "/v1/projects/my-project/roles", headers: headers, body: Array(text.utf8))
      #expect(reply.status == 400)
      #expect(reply.message.hasPrefix("Invalid JSON payload received."))
    }
  }

  /// A web page can send such requests to any port of this machine without asking.
  @Test(arguments: [
    ("origin", "http://evil.example", 403), ("origin", "null", 403),
    ("sec-fetch-site", "cross-site", 403), ("sec-fetch-site", "Same-Site", 403),
    ("sec-fetch-site", "same-origin", 403), ("sec-fetch-site", "none", 200), ("accept", "*/*", 200),
  ])
  func webPagesCannotControlTheSandbox(_ name: String, _ value: String, _ status: Int) throws {
    let sandbox = try TestSandbox("my-project")
    for (method, path) in [
      ("POST", "/_sandbox/clock"), ("POST", "/_sandbox/cleanup"), ("GET", "/_sandbox/journal"),
      ("DELETE", "/_sandbox/faults"), ("PUT", "/_sandbox/constraints"),
    ] {
      let reply = sandbox.raw(
        method, path, headers: ["host": "127.0.0.1", "content-type": "text/plain", name: value])
      #expect(reply.status == status, "\(path)")
    }
  }

  @Test func unservedPackageRequestsAreLogged() throws {
    let lines = Mutex<[String]>([])
    let sandbox = Sandbox(
      state: try State(records: ServedAPIs.records), database: try SQLiteDatabase(path: ":memory:"),
      settings: .init(baseURL: TestSandbox.baseURL)
    ) { line in lines.withLock { $0.append(line) } }
    let path = "/us-east4-python.pkg.dev/p/r/simple/demo/"
    let answer = sandbox.answer(
      WireRequest(method: "PUT", target: path, headers: ["host": "localhost"]))
    #expect(answer.status == 405)
    #expect(lines.withLock { $0 } == ["not served: PUT \(path)"])
  }

  @Test func logLinesCannotControlATerminal() throws {
    let lines = Mutex<[String]>([])
    let sandbox = Sandbox(
      state: try State(records: ServedAPIs.records), database: try SQLiteDatabase(path: ":memory:"),
      settings: .init(baseURL: TestSandbox.baseURL)
    ) { line in lines.withLock { $0.append(line) } }
    _ = sandbox.answer(
      WireRequest(
        method: "GET",
        target: "/v9/\u{1B}[2J\u{FFFD}\u{202E}" + String(repeating: "x", count: 1000),
        headers: ["host": "localhost"]))
    let line = lines.withLock { $0.first ?? "" }
    #expect(line.hasPrefix("not served: GET /v9/%1B[2J%EF%BF%BD%E2%80%AExxx"))
    #expect(line.utf8.allSatisfy { (0x20..<0x7F).contains($0) } && line.utf8.count < 1000)
  }
}
