import JSON
import Testing

@testable import Sandbox

/// Download rules: the permissions that they need, and what the clients of `Tests/Clients/test_rules.py` cannot send.
@Suite struct RuleTests {
  private let sandbox: TestSandbox
  private let path = "\(TestSandbox.repositories)/lib"
  private let deny: JSONValue = ["action": "DENY", "operation": "DOWNLOAD"]

  init() throws {
    sandbox = try TestSandbox("my-project")
    sandbox.repository("lib")
  }

  private func create(_ id: String, _ body: JSONValue, token: String? = nil) -> TestSandbox.Reply {
    sandbox.call("POST", "\(path)/rules?ruleId=\(id)", body, token: token)
  }

  @Test(arguments: [
    ("roles/artifactregistry.reader", false), ("roles/artifactregistry.writer", false),
    ("roles/artifactregistry.repoAdmin", true),
  ])
  func permissionsToReadAndWrite(_ role: String, _ mayWrite: Bool) {
    let (email, token) = sandbox.account("worker")
    #expect(create("mine", deny).status == 200)
    let refused = sandbox.call("GET", "\(path)/rules", token: token)
    #expect(refused.status == 403 && refused.message.contains("artifactregistry.rules.list"))
    sandbox.grant(role, to: "serviceAccount:\(email)", on: String(path.dropFirst("/v1/".count)))
    #expect(sandbox.call("GET", "\(path)/rules", token: token).status == 200)
    #expect(sandbox.call("GET", "\(path)/rules/mine", token: token)["action"] == "DENY")
    let write = mayWrite ? 200 : 403
    let patch: JSONValue = ["action": "ALLOW"]
    #expect(
      create("other", ["action": "DENY", "operation": "DOWNLOAD", "packageId": "p"], token: token)
        .status == write)
    #expect(
      sandbox.call("PATCH", "\(path)/rules/mine?updateMask=action", patch, token: token).status
        == write)
    #expect(sandbox.call("DELETE", "\(path)/rules/mine", token: token).status == write)
    let left = sandbox.call("GET", "\(path)/rules")["rules"]?.array?.compactMap {
      $0["name"]?.string
    }
    #expect(left?.first?.hasSuffix(mayWrite ? "/rules/other" : "/rules/mine") == true)
  }

  @Test(arguments: ["a", "A.b_c~d:e@f+g^h-1", "a%252Fb", String(repeating: "x", count: 256)])
  func goodIDs(_ id: String) {
    // A plus sign in a query is a space.
    let made = create(id.replacing("+", with: "%2B"), deny)
    #expect(made.status == 200, "\(made.message)")
    let listed = sandbox.call("GET", "\(path)/rules")["rules"]?.array?.first
    #expect(listed == made.body)
    let name = made["name"]?.string ?? ""
    for path in ["/v1/\(name)", "/v1/\(name.replacing("%", with: "%25"))"] {
      #expect(sandbox.call("GET", path).body == made.body, "\(path)")
    }
  }

  @Test(arguments: ["", "a%20b", "a/b", "ñ", "a%25", String(repeating: "x", count: 257)])
  func badIDs(_ id: String) {
    #expect(create(id, deny).status == 400)
    #expect(sandbox.call("GET", "\(path)/rules").body == [:])
  }

  @Test func aRuleIsNotAnOperation() {
    let made = create("mine", deny)
    #expect(
      made.body == [
        "name": .string("\(path.dropFirst(4))/rules/mine"), "action": "DENY",
        "operation": "DOWNLOAD",
      ])
    let changed = sandbox.call("PATCH", "\(path)/rules/mine", ["action": "ALLOW"])
    #expect(
      changed["action"] == "ALLOW" && changed["done"] == nil && changed["operation"] == "DOWNLOAD")
  }

  @Test(
    arguments: [
      ("updateMask=colour", ["action": "ALLOW"], 400),
      ("updateMask=action", [:], 400),
      ("updateMask=operation", [:], 400),
      ("updateMask=condition.title", ["condition": ["title": "t"]], 400),
      ("updateMask=*", ["action": "ALLOW"], 400),
      ("updateMask=*", ["action": "ALLOW", "operation": "DOWNLOAD"], 200),
      ("updateMask=name", ["name": "projects/p"], 200),
      ("nosuch=1", ["action": "ALLOW"], 400),
    ] as [(String, JSONValue, Int)])
  func validPatchesAreAccepted(_ query: String, _ body: JSONValue, _ status: Int) {
    let made = create("mine", deny)
    let reply = sandbox.call("PATCH", "\(path)/rules/mine?\(query)", body)
    #expect(reply.status == status, "\(reply.message)")
    let after = sandbox.call("GET", "\(path)/rules/mine").body
    #expect(after == (status == 200 ? reply.body : made.body))
    #expect(after["name"] == made["name"])
  }

  @Test func anAbsentRepositoryHasNoRules() {
    #expect(sandbox.call("GET", "\(TestSandbox.repositories)/none/rules").status == 404)
    #expect(
      sandbox.call("POST", "\(TestSandbox.repositories)/none/rules?ruleId=a", deny).status == 404)
  }

  @Test func aDelayedRuleIsSeenLater() {
    sandbox.call(
      "POST", FaultRoutes.path, ["match": ["method": "POST"], "fault": ["lag": ["reads": 1]]])
    #expect(create("mine", deny).status == 200)
    #expect(sandbox.call("GET", "\(path)/rules/mine").status == 404)
    #expect(sandbox.call("GET", "\(path)/rules/mine").status == 200)
  }
}
