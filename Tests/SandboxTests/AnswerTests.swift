import JSON
import Testing

@testable import Sandbox

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
}
