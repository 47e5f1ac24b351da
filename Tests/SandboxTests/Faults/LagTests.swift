import JSON
import Testing

@testable import Sandbox

@Suite struct LagTests {
  private let sandbox: TestSandbox
  private let accounts = "/v1/projects/my-project/serviceAccounts"

  init() throws { sandbox = try TestSandbox("my-project") }

  private func lag(_ path: String, _ length: JSONValue) {
    sandbox.call(
      "POST", FaultRoutes.path,
      ["match": ["method": "POST", "path": .string(path)], "fault": ["lag": length]])
  }

  @Test func newRecordsAreHidden() {
    lag("/v1/projects/*/serviceAccounts", ["reads": 2])
    let (email, _) = sandbox.account("worker")
    #expect(sandbox.call("GET", "\(accounts)/\(email)").status == 404)
    #expect(sandbox.call("GET", accounts)["accounts"] == nil)
    #expect(sandbox.call("GET", "\(accounts)/\(email)").status == 200)
    #expect(sandbox.call("POST", accounts, ["accountId": "worker"]).status == 409)
  }

  @Test func policiesRefuseAHiddenAccount() {
    lag("/v1/projects/*/serviceAccounts", ["milliseconds": 60_000])
    let (email, _) = sandbox.account("worker")
    let refused = sandbox.grant(
      "roles/viewer", to: "serviceAccount:\(email)", on: "projects/my-project")
    #expect(refused.status == 400)
    #expect(refused.message == "Service account \(email) does not exist.")
    let (other, _) = sandbox.account("other-one")
    let allowed = sandbox.grant(
      "roles/viewer", to: "serviceAccount:\(other)", on: "projects/my-project")
    #expect(allowed.status == 200)
  }

  @Test func aWriteWithAStaleEtagIsRefused() {
    let policy = { sandbox.call("POST", "/v1/projects/my-project:getIamPolicy", [:])["etag"] }
    let before = policy()
    lag("**:setIamPolicy", ["reads": 1])
    let set = { (etag: JSONValue?) in
      sandbox.call(
        "POST", "/v1/projects/my-project:setIamPolicy",
        ["policy": ["etag": etag ?? .null, "bindings": []]])
    }
    #expect(set(before).status == 200)
    #expect(policy() == before)
    #expect(set(before).status == 409)
    let now = policy()
    #expect(now != before)
    #expect(set(now).status == 200)
  }

  @Test func deletedRecordsAreStillVisible() {
    let (email, _) = sandbox.account("worker")
    sandbox.call(
      "POST", FaultRoutes.path, ["match": ["method": "DELETE"], "fault": ["lag": ["reads": 1]]])
    #expect(sandbox.call("DELETE", "\(accounts)/\(email)").status == 200)
    #expect(sandbox.call("GET", "\(accounts)/\(email)").status == 200)
    #expect(sandbox.call("GET", "\(accounts)/\(email)").status == 404)
  }

  @Test func lagOverlaps() {
    lag("/v1/projects/*/serviceAccounts", ["reads": 1])
    let (first, _) = sandbox.account("first-one")
    lag("/v1/projects/*/serviceAccounts", ["reads": 2])
    let (second, _) = sandbox.account("second-one")
    #expect(sandbox.call("GET", accounts)["accounts"] == nil)
    #expect(sandbox.call("GET", "\(accounts)/\(first)").status == 200)
    #expect(sandbox.call("GET", "\(accounts)/\(second)").status == 200)
  }
}
