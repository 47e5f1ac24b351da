import Testing

@testable import Sandbox
@testable import SandboxIAM

/// A token is verified once; whether it opens anything is decided with every request.
@Suite struct RememberedTokenTests {
  private let sandbox: TestSandbox
  private let email: String
  private let token: String
  private let project = "/v1/projects/my-project"

  init() throws {
    sandbox = try TestSandbox("my-project")
    (email, token) = sandbox.account("worker")
    sandbox.grant("roles/viewer", to: "serviceAccount:\(email)", on: "projects/my-project")
  }

  private func status(_ path: String = "") -> Int {
    sandbox.call("GET", project + path, token: token).status
  }

  @Test func theNextRequestSeesAChangedPolicy() {
    #expect(status() == 200)
    sandbox.call("POST", "\(project):setIamPolicy", ["policy": ["bindings": []]])
    #expect(status() == 403)
    sandbox.grant("roles/viewer", to: "serviceAccount:\(email)", on: "projects/my-project")
    #expect(status() == 200)
  }

  @Test func theNextRequestSeesADisabledService() {
    #expect(status("/locations/us/repositories") == 200)
    let service = "\(project)/services/artifactregistry.googleapis.com"
    sandbox.call("POST", "\(service):disable", [:])
    #expect(status("/locations/us/repositories") == 403)
    sandbox.call("POST", "\(service):enable", [:])
    #expect(status("/locations/us/repositories") == 200)
  }

  @Test func theNextRequestSeesADeletedAccount() {
    #expect(status() == 200)
    sandbox.call("DELETE", "\(project)/serviceAccounts/\(email)")
    #expect(status() == 401)
    // Its successor under the same e-mail does not inherit the token.
    _ = sandbox.account("worker")
    #expect(status() == 401)
  }

  @Test func aTokenThatExpiresMeanwhileOpensNothing() {
    #expect(status() == 200)
    sandbox.call("POST", "/_sandbox/clock", ["advanceSeconds": 3599])
    #expect(status() == 200)
    sandbox.call("POST", "/_sandbox/clock", ["advanceSeconds": 2])
    #expect(status() == 401)
  }

  @Test func anotherSandboxDoesNotKnowTheToken() throws {
    #expect(status() == 200)
    let other = try TestSandbox("my-project")
    #expect(other.call("GET", project, token: token).status == 401)
    #expect(status() == 200)
  }

  @Test func onlyGenuineTokensAreRememberedAndNotForEver() {
    let tokens = VerifiedTokens<Int>(capacity: 2)
    var asked: [String] = []
    func content(_ token: String, from signer: String = "a", is content: Int? = 1) -> Int? {
      tokens.content(of: token, from: signer) {
        asked.append("\(token) \(signer)")
        return content
      }
    }
    #expect(content("x", is: nil) == nil && content("x") == 1 && content("x") == 1)
    // What one signed, another did not.
    #expect(content("x", from: "b", is: nil) == nil && content("x") == 1)
    #expect(content("y") == 1 && content("z") == 1 && content("x") == 1)
    #expect(asked == ["x a", "x a", "x b", "y a", "z a", "x a"])
  }
}
