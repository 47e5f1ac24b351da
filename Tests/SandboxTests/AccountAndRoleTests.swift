import JSON
import Testing

@testable import Sandbox

@Suite struct AccountAndRoleTests {
  private let sandbox: TestSandbox
  private let accounts = "/v1/projects/my-project/serviceAccounts"
  private let roles = "/v1/projects/my-project/roles"

  init() throws { sandbox = try TestSandbox("my-project") }

  /// Recorded: a new account that is not visible yet has another text than an absent one.
  @Test func aDelayedAccountIsNamedInFull() {
    sandbox.call(
      "POST", FaultRoutes.path,
      ["match": ["method": "POST"], "fault": ["lag": ["milliseconds": 3_600_000]]])
    let email = sandbox.account("worker").email
    let path = "projects/my-project/serviceAccounts/\(email)"
    let hidden = sandbox.call("GET", "/v1/\(path)")
    #expect(hidden.status == 404)
    #expect(hidden.message == "Service account \(path) does not exist.")
    let absent = sandbox.call("GET", "/v1/\(path.replacing("worker", with: "nobody"))")
    #expect(absent.message == "Unknown service account")
  }

  @Test func theSandboxsOwnProjectIsInNoList() {
    let listed = sandbox.call("GET", "/v1/projects")["projects"]?.array
    #expect(listed?.map { $0["projectId"] } == ["my-project"])
    #expect(sandbox.call("GET", "/v1/projects/sandbox-owner").status == 200)
  }

  @Test func accountsHaveGooglesForm() throws {
    let made = sandbox.call(
      "POST", accounts,
      ["accountId": "uploader", "serviceAccount": ["displayName": "PyPI uploader"]])
    #expect(made["uniqueId"]?.string?.wholeMatch(of: /[0-9]{21}/) != nil)
    #expect(made["email"] == "uploader@my-project.iam.gserviceaccount.com")
    #expect(made["oauth2ClientId"] == made["uniqueId"])
    let byID = try #require(made["uniqueId"]?.string)
    #expect(sandbox.call("GET", "/v1/projects/-/serviceAccounts/\(byID)").body == made.body)
    let again = sandbox.call("POST", accounts, ["accountId": "uploader"])
    #expect(again.status == 409)
    #expect(
      again.message
        == "Service account uploader already exists within project projects/my-project.")
    #expect(again.body["error"]?["errors"]?.array?.first?["reason"] == "alreadyExists")
    let absent = sandbox.call("GET", "\(accounts)/nobody@my-project.iam.gserviceaccount.com")
    #expect(absent.status == 404)
    #expect(absent.message == "Unknown service account")
  }

  @Test(arguments: ["ci", "Upper1", "1abcdef", "abcde-", String(repeating: "a", count: 31), ""])
  func refusesAccountIDs(_ id: String) {
    #expect(sandbox.call("POST", accounts, ["accountId": .string(id)]).status == 400)
  }

  @Test func lengthsAreInBytes() {
    let text = String(repeating: "ñ", count: 51)
    let body: JSONValue = ["accountId": "worker", "serviceAccount": ["displayName": .string(text)]]
    #expect(sandbox.call("POST", accounts, body).status == 400)
  }

  @Test func patchAnswersOnlyWhatChanged() {
    let email = sandbox.account("worker").email
    let reply = sandbox.call(
      "PATCH", "\(accounts)/\(email)",
      [
        "serviceAccount": ["description": "d", "displayName": "not in the mask"],
        "updateMask": "description",
      ])
    #expect(
      reply.body == [
        "name": .string("projects/my-project/serviceAccounts/\(email)"), "description": "d",
      ])
    #expect(sandbox.call("GET", "\(accounts)/\(email)")["displayName"] == nil)
    let bad: JSONValue = ["serviceAccount": ["disabled": true], "updateMask": "disabled"]
    #expect(sandbox.call("PATCH", "\(accounts)/\(email)", bad).status == 400)
  }

  @Test func listsInPagesOfAtMostAHundred() {
    for index in 100..<205 { _ = sandbox.account("worker-\(index)") }
    let first = sandbox.call("GET", "\(accounts)?pageSize=500")
    #expect(first["accounts"]?.array?.count == 100)
    let token = first["nextPageToken"]?.string ?? ""
    let second = sandbox.call("GET", "\(accounts)?pageSize=500&pageToken=\(token)")
    #expect(second["accounts"]?.array?.count == 5)
    #expect(second["nextPageToken"] == nil)
    #expect(sandbox.call("GET", accounts)["accounts"]?.array?.count == 20)
  }

  @Test func aRecreatedAccountIsAnotherAccount() throws {
    let first = sandbox.call("POST", accounts, ["accountId": "worker"])
    let email = try #require(first["email"]?.string)
    sandbox.call("DELETE", "\(accounts)/\(email)")
    let second = sandbox.call("POST", accounts, ["accountId": "worker"])
    #expect(second.status == 200)
    #expect(second["uniqueId"] != first["uniqueId"])
  }

  @Test func aDeletedAccountHasNoPolicy() throws {
    let made = sandbox.call("POST", accounts, ["accountId": "worker"])
    let uid = try #require(made["uniqueId"]?.string)
    #expect(sandbox.call("POST", "\(accounts)/\(uid):getIamPolicy").body == ["etag": "ACAB"])
    sandbox.call("DELETE", "\(accounts)/\(uid)")
    let gone = sandbox.call("POST", "\(accounts)/\(uid):getIamPolicy")
    #expect(gone.status == 404)
    #expect(gone.message == "Not found; Gaia id not found for email \(uid)")
  }

  @Test func thirtyDaysAreTheLimitOfUndelete() throws {
    let made = sandbox.call("POST", accounts, ["accountId": "worker"])
    let uid = try #require(made["uniqueId"]?.string)
    sandbox.call("DELETE", "\(accounts)/\(uid)")
    let path = "/v1/projects/-/serviceAccounts/\(uid):undelete"
    // Like one that never existed.
    let later = advance(days: 30)
    let gone = sandbox.call("POST", path, [:], token: later)
    #expect(gone.status == 403)
    let never = sandbox.call(
      "POST", "/v1/projects/-/serviceAccounts/123456789012345678901:undelete", [:], token: later)
    #expect(gone.message == never.message)
    #expect(sandbox.call("POST", path, [:], token: advance(days: -1)).status == 200)
  }

  /// Moves the clock, and returns a token of the owner that is valid then.
  private func advance(days: Int64) -> String {
    let clock = sandbox.call(
      "POST", "/_sandbox/clock", ["advanceSeconds": .integer(days * 86_400)])
    return sandbox.token(uniqueID: sandbox.ownerID, at: clock["now"]?.string)
  }

  @Test func deletedRolesArePurgedAfterTheirRetention() {
    let path = "\(roles)/my.role"
    sandbox.call("POST", roles, ["roleId": "my.role"])
    sandbox.call("DELETE", path)
    let listed = { (token: String) in
      sandbox.call("GET", "\(roles)?showDeleted=true", token: token)["roles"]?.array?.count ?? 0
    }
    let eighth = advance(days: 8)
    let late = sandbox.call("POST", "\(path):undelete", [:], token: eighth)
    #expect(late.status == 400)
    #expect(
      late.message
        == "You can't undelete role_id (projects/my-project/roles/my.role) more than 7 days after its "
        + "deletion.")
    #expect(sandbox.call("POST", roles, ["roleId": "my.role"], token: eighth).status == 400)
    #expect(listed(eighth) == 1)
    let last = advance(days: 30)
    #expect(listed(last) == 0)
    for (method, place) in [("GET", path), ("DELETE", path), ("POST", "\(path):undelete")] {
      #expect(sandbox.call(method, place, token: last).status == 404, "\(method)")
    }
    #expect(sandbox.call("POST", roles, ["roleId": "my.role"], token: last).status == 200)
    #expect(sandbox.call("GET", path, token: last)["deleted"] == nil)
  }

  /// From undelete, callers without permission learn neither which accounts exist nor which were deleted.
  @Test func undeleteRevealsNothingToOtherCallers() throws {
    let (email, token) = sandbox.account("stranger")
    let live = sandbox.uniqueID(email)
    let dead = sandbox.uniqueID(sandbox.account("worker").email)
    sandbox.call("DELETE", "\(accounts)/\(dead)")
    let absent = "123456789012345678901"
    for project in ["-", "my-project", "no-project"] {
      let answers = [live, dead, absent].map { id in
        let reply = sandbox.call(
          "POST", "/v1/projects/\(project)/serviceAccounts/\(id):undelete", [:], token: token)
        #expect(reply.status == 403)
        return reply.body.text().replacing(id, with: "ID")
      }
      #expect(Set(answers).count == 1)
    }
    #expect(
      sandbox.call("POST", "/v1/projects/-/serviceAccounts/\(live):undelete", [:]).status == 400)
    #expect(
      sandbox.call("POST", "/v1/projects/-/serviceAccounts/\(absent):undelete", [:]).status == 403)
    #expect(sandbox.call("POST", "\(accounts)/\(dead):undelete", [:]).status == 200)
  }

  @Test func rolesCanBeCreatedDeletedAndRestored() throws {
    let made = sandbox.call(
      "POST", roles,
      [
        "roleId": "my.role",
        "role": [
          "title": "T",
          "includedPermissions": ["iam.roles.list", "iam.roles.get", "iam.roles.get"],
        ],
      ])
    #expect(made["includedPermissions"] == ["iam.roles.get", "iam.roles.list"])
    #expect(made["stage"] == nil)
    let etag = try #require(made["etag"])
    let patched = sandbox.call(
      "PATCH", "\(roles)/my.role?updateMask=stage", ["stage": "GA", "title": "x", "etag": etag])
    #expect(patched["stage"] == "GA")
    #expect(patched["title"] == "T")
    let stale = sandbox.call(
      "PATCH", "\(roles)/my.role?updateMask=title", ["title": "x", "etag": etag])
    #expect(stale.status == 409)
    #expect(sandbox.call("DELETE", "\(roles)/my.role")["deleted"] == true)
    #expect(sandbox.call("GET", "\(roles)/my.role")["deleted"] == true)
    #expect(sandbox.call("GET", roles).body == [:])
    #expect(sandbox.call("GET", "\(roles)?showDeleted=True")["roles"]?.array?.count == 1)
    #expect(
      sandbox.call("DELETE", "\(roles)/my.role").message
        == "You can't delete role_id (projects/my-project/roles/my.role) as it is already deleted.")
    #expect(
      sandbox.call("POST", roles, ["roleId": "my.role"]).message
        == "You can't create a role_id (my.role) which has been marked for deletion.")
    #expect(sandbox.call("POST", "\(roles)/my.role:undelete", [:])["deleted"] == nil)
  }

  @Test func basicViewHidesPermissions() {
    sandbox.call(
      "POST", roles, ["roleId": "abc", "role": ["includedPermissions": ["iam.roles.get"]]])
    #expect(sandbox.call("GET", roles)["roles"]?.array?.first?["includedPermissions"] == nil)
    #expect(
      sandbox.call("GET", "\(roles)?view=FULL")["roles"]?.array?.first?["includedPermissions"]
        == ["iam.roles.get"])
  }

  @Test(
    arguments: [
      ["roleId": "a-b"], ["roleId": "ab"],
      ["roleId": "abc", "role": ["includedPermissions": ["artifactregistry.repositories.fly"]]],
      ["roleId": "abc", "role": ["includedPermissions": ["resourcemanager.organizations.get"]]],
      ["roleId": "abc", "role": ["includedPermissions": ["resourcemanager.folders.get"]]],
      ["roleId": "abc", "role": ["includedPermissions": ["resourcemanager.projects.list"]]],
      ["roleId": "abc", "role": ["stage": "SOON"]],
    ] as [JSONValue])
  func refusesRoles(_ body: JSONValue) { #expect(sandbox.call("POST", roles, body).status == 400) }

  @Test func predefinedRolesExist() {
    let writer = sandbox.call("GET", "/v1/roles/artifactregistry.writer")
    #expect(writer["title"] == "Artifact Registry Writer")
    #expect(sandbox.call("GET", "/v1/roles/artifactregistry.editr").status == 404)
    let permissions = sandbox.call(
      "POST", "/v1/permissions:queryTestablePermissions",
      ["fullResourceName": "//127.0.0.1:1/projects/my-project", "pageSize": 1000])
    #expect((permissions["permissions"]?.array?.count ?? 0) > 200)
  }
}
