import JSON
import Testing

@testable import Sandbox

@Suite struct ImpersonationTests {
  private let sandbox: TestSandbox
  private let project = "projects/my-project"

  init() throws { sandbox = try TestSandbox("my-project") }

  private func ask(_ target: String, _ token: String, delegates: [String] = []) -> TestSandbox.Reply
  {
    var body: JSONObject = ["scope": ["https://www.googleapis.com/auth/cloud-platform"]]
    if !delegates.isEmpty {
      body["delegates"] = .array(
        delegates.map { .string("projects/-/serviceAccounts/\($0)") })
    }
    return sandbox.call(
      "POST", "/v1/projects/-/serviceAccounts/\(target):generateAccessToken", .object(body),
      token: token)
  }

  private func allow(_ member: String, on account: String) {
    sandbox.grant(
      "roles/iam.serviceAccountTokenCreator", to: "serviceAccount:\(member)",
      on: "\(project)/serviceAccounts/\(account)")
  }

  @Test func theTokenBelongsToTheTarget() {
    let (target, _) = sandbox.account("target")
    let (caller, token) = sandbox.account("caller")
    sandbox.repository("lib")
    sandbox.grant("roles/artifactregistry.reader", to: "serviceAccount:\(target)", on: project)
    let refused = ask(target, token)
    #expect(refused.status == 403)
    #expect(refused.reason == "IAM_PERMISSION_DENIED")
    #expect(refused.message.contains("iam.serviceAccounts.getAccessToken"))
    allow(caller, on: target)
    let got = ask(target, token)["accessToken"]?.string ?? ""
    #expect(sandbox.call("GET", TestSandbox.repositories, token: token).status == 403)
    #expect(sandbox.call("GET", TestSandbox.repositories, token: got).status == 200)
    sandbox.call("POST", "/v1/projects/-/serviceAccounts/\(target):disable", [:])
    #expect(sandbox.call("GET", TestSandbox.repositories, token: got).status == 401)
    #expect(ask(target, token).status == 400)
  }

  @Test func delegatesMustEachBeAllowedOnTheNext() {
    let (target, _) = sandbox.account("target")
    let (middle, _) = sandbox.account("middle")
    let (caller, token) = sandbox.account("caller")
    allow(middle, on: target)
    #expect(ask(target, token, delegates: [middle]).status == 403)
    allow(caller, on: middle)
    #expect(ask(target, token).status == 403)
    #expect(ask(target, token, delegates: [middle]).status == 200)
    let (other, _) = sandbox.account("other-one")
    let refused = ask(target, token, delegates: [middle, other])
    #expect(refused.status == 403)
    #expect(refused.message.contains("iam.serviceAccounts.implicitDelegation"))
    #expect(ask(target, token, delegates: ["nobody@x.example"]).status == 404)
    sandbox.call("POST", "/v1/projects/-/serviceAccounts/\(middle):disable", [:])
    #expect(ask(target, token, delegates: [middle]).status == 400)
  }

  @Test func delegatesAreNames() {
    let (target, token) = sandbox.account("target")
    let reply = sandbox.call(
      "POST", "/v1/projects/-/serviceAccounts/\(target):generateAccessToken",
      ["scope": ["x"], "delegates": ["target"]], token: token)
    #expect(reply.status == 400)
    #expect(reply.message.contains("projects/-/serviceAccounts/ACCOUNT"))
  }
}
