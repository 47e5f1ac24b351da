import JSON
import Testing

@testable import Sandbox

@Suite struct FaultScriptTests {
  private let sandbox: TestSandbox
  private let accounts = "/v1/projects/my-project/serviceAccounts"

  init() throws { sandbox = try TestSandbox("my-project") }

  @discardableResult
  private func script(_ script: JSONValue) -> TestSandbox.Reply {
    sandbox.call("POST", FaultRoutes.path, script, token: "")
  }

  @Test(arguments: [
    ("/v1/projects/*/serviceAccounts", "/v1/projects/p/serviceAccounts", true),
    ("/v1/projects/*/serviceAccounts", "/v1/projects/p/x/serviceAccounts", false),
    ("/v1/projects/*/serviceAccounts", "/v1/projects/p/serviceAccounts/e", false),
    ("/v1/**/keys", "/v1/projects/-/serviceAccounts/e/keys", true),
    ("**:setIamPolicy", "/v1/projects/p:setIamPolicy", true), ("**", "/x", true), ("", "/", false),
    ("/v1/*a*b", "/v1/xaxb", true), ("/v1/*a*b", "/v1/xaxbx", false),
  ])
  func globsMatch(_ pattern: String, _ path: String, _ fits: Bool) {
    #expect(Glob(pattern).fits(path) == fits)
  }

  @Test func hostileGlobsTakeLinearTime() {
    let pattern = String(repeating: "*a", count: 200) + "b"
    #expect(!Glob(pattern).fits("/" + String(repeating: "a", count: 4000)))
  }

  @Test func theFaultAppliesToTheNthMatchingRequests() {
    script([
      "match": ["method": "POST", "path": "/v1/projects/*/serviceAccounts"], "nth": 2, "count": 2,
      "fault": ["status": 503],
    ])
    let statuses = (0..<5).map { index in
      sandbox.call("GET", accounts)
      return sandbox.call("POST", accounts, ["accountId": .string("worker-\(index)")]).status
    }
    #expect(statuses == [200, 503, 503, 200, 200])
    // With `before`, the requests were not carried out.
    #expect(sandbox.call("GET", accounts)["accounts"]?.array?.count == 3)
  }

  @Test func aFaultAfterTheRequestKeepsItsChange() {
    script(["match": ["method": "POST"], "when": "after", "fault": ["status": 500]])
    let reply = sandbox.call("POST", accounts, ["accountId": "worker"])
    #expect(reply.status == 500)
    #expect(reply.message == "Internal error encountered.")
    #expect(sandbox.call("POST", accounts, ["accountId": "worker"]).status == 409)
  }

  @Test func statusesCanHaveHeadersAndBodies() {
    script(["fault": ["status": 429, "headers": ["Retry-After": "2"]]])
    let limited = sandbox.call("GET", accounts)
    #expect(limited.status == 429)
    #expect(limited.headers.contains { $0.name == "Retry-After" && $0.value == "2" })
    #expect(limited.reason == "RATE_LIMIT_EXCEEDED")
    script(["fault": ["status": 429]])
    #expect(!sandbox.call("GET", accounts).headers.contains { $0.name == "Retry-After" })
    script(["fault": ["status": 418, "body": ["error": "tea"]]])
    #expect(sandbox.call("GET", accounts).body == ["error": "tea"])
    script(["fault": ["status": 502]])
    #expect(sandbox.call("GET", accounts).body == .null)
    script(["fault": ["status": 200, "body": "<html>"]])
    #expect(sandbox.call("GET", accounts).status == 200)
  }

  @Test func remainingFaultsAreListedAndCanBeCleared() {
    let fault: JSONValue = ["match": ["body": "worker-b"], "count": 0, "fault": ["status": 503]]
    script(["faults": [fault, ["nth": 9, "fault": ["reset": true]]], "seed": 1])
    #expect(sandbox.call("POST", accounts, ["accountId": "worker-a"]).status == 200)
    #expect(sandbox.call("POST", accounts, ["accountId": "worker-b"]).status == 503)
    #expect(sandbox.call("POST", accounts, ["accountId": "worker-b"]).status == 503)
    let left = sandbox.call("GET", FaultRoutes.path)["faults"]?.array ?? []
    #expect(left.count == 2)
    #expect(left.first?["struck"] == 2)
    #expect(left.last?["seen"] == 3)
    #expect(sandbox.call("DELETE", FaultRoutes.path).body == ["faults": []])
    #expect(sandbox.call("POST", accounts, ["accountId": "worker-b"]).status == 200)
  }

  @Test(arguments: [
    "{}", "{\"fault\": {}}", "{\"fault\": {\"reset\": true, \"close\": true}}",
    "{\"fault\": {\"reset\": false}}", "{\"fault\": {\"status\": 42}}",
    "{\"fault\": {\"stall\": 0}}",
    "{\"fault\": {\"status\": 503, \"headers\": {\"A\": \"b\\r\\nC: d\"}}}",
    "{\"fault\": {\"lag\": {}}}", "{\"fault\": {\"lag\": {\"reads\": 0}}}",
    "{\"fault\": {\"operation\": {\"error\": {\"code\": 99}}}}",
    "{\"when\": \"before\", \"fault\": {\"lag\": {\"reads\": 1}}}",
    "{\"when\": \"never\", \"fault\": {\"reset\": true}}",
    "{\"nth\": 0, \"fault\": {\"reset\": true}}",
    "{\"chance\": 0, \"fault\": {\"reset\": true}}", "{\"fault\": {\"reset\": true}, \"x\": 1}",
    "{\"match\": {\"host\": \"x\"}, \"fault\": {\"reset\": true}}",
    "{\"faults\": [{\"fault\": {\"reset\": true}}, {}]}",
    "{\"fault\": {\"truncatedBody\": {\"bytes\": -1}}}",
  ])
  func malformedScriptsAreRefused(_ text: String) throws {
    #expect(script(try JSONValue(parsing: text.utf8)).status == 400)
    #expect(sandbox.call("GET", FaultRoutes.path).body == ["faults": []])
  }

  @Test func chancesFollowTheSeed() {
    func failures(_ seed: Int64) -> [Bool] {
      sandbox.call("DELETE", FaultRoutes.path)
      script([
        "faults": [["count": 0, "chance": 300, "fault": ["status": 503]]], "seed": .integer(seed),
      ])
      return (0..<200).map { _ in sandbox.call("GET", accounts).status == 503 }
    }
    let first = failures(7)
    #expect(first == failures(7))
    #expect(first != failures(8))
    #expect((30...90).contains(first.count { $0 }))
  }
}
