import Crypto
import JSON
import Testing

@testable import Sandbox

@Suite struct PolicyTests {
  private let sandbox: TestSandbox
  private let path = "/v1/projects/my-project"

  init() throws { sandbox = try TestSandbox("my-project", "other-project") }

  private func set(_ policy: JSONValue) -> TestSandbox.Reply {
    sandbox.call("POST", "\(path):setIamPolicy", ["policy": policy])
  }

  private func get(version: Int64 = 3) -> TestSandbox.Reply {
    sandbox.call(
      "POST", "\(path):getIamPolicy", ["options": ["requestedPolicyVersion": .integer(version)]])
  }

  private func binding(_ role: String, _ members: String...) -> JSONValue {
    ["role": .string(role), "members": .array(members.map { .string($0) })]
  }

  @Test func comparesAndSets() throws {
    let etag = try #require(get()["etag"])
    #expect(set(["etag": etag, "bindings": []]).status == 200)
    let late = set(["etag": etag, "bindings": [binding("roles/viewer", "user:a@b.co")]])
    #expect(late.status == 409)
    #expect(late.body["error"]?["status"] == "ABORTED")
    #expect(late.message.hasPrefix("There were concurrent policy changes."))
    #expect(late.body["error"]?["errors"]?.array?.first?["reason"] == "aborted")
    #expect(get()["bindings"] == nil)
  }

  @Test func etagsAreCanonicalAndNew() throws {
    var seen: Set<String> = []
    for _ in 0..<50 {
      let etag = try #require(set(["bindings": []])["etag"]?.string)
      #expect(Base64.encode(try #require(Base64.decode(etag))) == etag)
      #expect(seen.insert(etag).inserted)
    }
  }

  @Test func mergesSortsAndLowercases() {
    let reply = set([
      "bindings": [
        binding("roles/viewer", "user:B@x.co", "user:a@x.co"), binding("roles/editor"),
        binding("roles/viewer", "user:a@X.co"), binding("roles/browser", "user:c@x.co"),
      ]
    ])
    #expect(
      reply["bindings"] == [
        binding("roles/browser", "user:c@x.co"),
        binding("roles/viewer", "user:a@x.co", "user:b@x.co"),
      ])
  }

  @Test func conditionsNeedVersionThree() throws {
    let conditional: JSONValue = [
      "role": "roles/artifactregistry.reader", "members": ["user:a@b.co"],
      "condition": [
        "title": "t", "expression": "request.time < timestamp('2030-01-01T00:00:00Z')",
      ],
    ]
    #expect(set(["version": 1, "bindings": [conditional]]).status == 400)
    #expect(set(["version": 3, "bindings": [conditional]])["version"] == 3)
    let old = get(version: 1)
    #expect(old["version"] == 1)
    let role = try #require(old["bindings"]?.array?.first?["role"]?.string)
    #expect(role.hasPrefix("roles/artifactregistry.reader_withcond_"))
    #expect(old["bindings"]?.array?.first?["condition"] == nil)
    #expect(get()["bindings"]?.array?.first?["condition"]?["title"] == "t")
    let etag = try #require(get()["etag"])
    #expect(set(["version": 1, "etag": etag, "bindings": []]).status == 400)
    // A policy that was read below version 3 cannot be written back.
    #expect(set(["bindings": old["bindings"] ?? .null]).status == 400)
    #expect(set(["bindings": []]).status == 200)
  }

  @Test(arguments: [
    ("roles/nope", "user:a@b.co", "Role roles/nope is not supported for this resource."),
    ("roles/viewer", "allUsers", "Members allUsers is not allowed in a project's policy."),
    (
      "roles/viewer", "serviceAccount:gone@my-project.iam.gserviceaccount.com",
      "Service account gone@my-project.iam.gserviceaccount.com does not exist."
    ),
    (
      "projects/other-project/roles/x", "user:a@b.co",
      "Role projects/other-project/roles/x is not supported for this resource."
    ),
  ])
  func refuses(_ role: String, _ member: String, _ message: String) {
    let reply = set(["bindings": [binding(role, member)]])
    #expect(reply.status == 400)
    #expect(reply.message == message)
  }

  @Test func accountsOfUnknownProjectsAreAccepted() {
    let member = "serviceAccount:x@elsewhere-1.iam.gserviceaccount.com"
    #expect(set(["bindings": [binding("roles/viewer", member)]]).status == 200)
  }

  @Test func countsMembers() {
    let members = (0..<1501).map { JSONValue.string("user:u\($0)@x.co") }
    let many: JSONValue = ["role": "roles/viewer", "members": .array(members)]
    #expect(set(["bindings": [many]]).status == 400)
    let fits: JSONValue = ["role": "roles/viewer", "members": .array(Array(members.dropLast()))]
    #expect(set(["bindings": [fits]]).status == 200)
  }

  @Test func auditConfigsChangeOnlyWhenTheMaskSaysSo() {
    let audits: JSONValue = [
      ["service": "allServices", "auditLogConfigs": [["logType": "DATA_READ"]]]
    ]
    let body: JSONValue = ["policy": ["auditConfigs": audits], "updateMask": "auditConfigs,etag"]
    let reply = sandbox.call("POST", "\(path):setIamPolicy", body)
    #expect(reply["auditConfigs"] == audits)
    #expect(reply["bindings"] != nil)
    #expect(set(["bindings": []])["auditConfigs"] == audits)
    #expect(get()["auditConfigs"] == audits)
  }

  @Test func aPolicyNeverSetIsJustAnEtag() {
    sandbox.repository("lib")
    let reply = sandbox.call("GET", "\(TestSandbox.repositories)/lib:getIamPolicy")
    #expect(reply.body == ["etag": "ACAB"])
    let set = sandbox.call(
      "POST", "\(TestSandbox.repositories)/lib:setIamPolicy",
      [
        "policy": [
          "etag": "ACAB", "bindings": [binding("roles/artifactregistry.reader", "allUsers")],
        ]
      ])
    #expect(set.status == 200)
  }

  @Test func deletedAccountsStayInPoliciesAndCanBeRestored() throws {
    let made = sandbox.call("POST", "\(path)/serviceAccounts", ["accountId": "builder"])
    let uid = try #require(made["uniqueId"]?.string)
    let email = try #require(made["email"]?.string)
    sandbox.grant("roles/viewer", to: "serviceAccount:\(email)", on: "projects/my-project")
    #expect(sandbox.call("DELETE", "/v1/projects/-/serviceAccounts/\(email)").status == 200)
    let dead = "deleted:serviceAccount:\(email)?uid=\(uid)"
    #expect(get().body.text().contains("\"\(dead)\""))
    // Written back unchanged, the deleted member stays. Its live namesake cannot be added in addition to it.
    #expect(set(get().body).status == 200)
    sandbox.call("POST", "\(path)/serviceAccounts", ["accountId": "builder"])
    let both = binding("roles/viewer", dead, "serviceAccount:\(email)")
    #expect(set(["bindings": [both]]).status == 400)
    #expect(
      sandbox.call("POST", "/v1/projects/-/serviceAccounts/\(uid):undelete", [:]).status == 400)
    sandbox.call("DELETE", "/v1/projects/-/serviceAccounts/\(email)")
    let back = sandbox.call("POST", "/v1/projects/-/serviceAccounts/\(uid):undelete", [:])
    #expect(back["restoredAccount"]?["uniqueId"]?.string == uid)
    #expect(get().body.text().contains("\"serviceAccount:\(email)\""))
  }

  @Test func aDeletedNamesakeIsFoundInAnyBindingAndCanStay() throws {
    let accounts = "\(path)/serviceAccounts"
    func make() throws -> String {
      try #require(
        sandbox.call("POST", accounts, ["accountId": "builder"])["uniqueId"]?.string)
    }
    let email = "builder@my-project.iam.gserviceaccount.com"
    let first = try make()
    sandbox.grant("roles/viewer", to: "serviceAccount:\(email)", on: "projects/my-project")
    sandbox.call("DELETE", "/v1/projects/-/serviceAccounts/\(email)")
    let second = try make()
    let dead = binding("roles/viewer", "deleted:serviceAccount:\(email)?uid=\(first)")
    #expect(
      set(["bindings": [dead, binding("roles/viewer", "serviceAccount:\(email)")]]).status == 400)
    // Another role means another binding of the same policy.
    #expect(
      set(["bindings": [dead, binding("roles/browser", "serviceAccount:\(email)")]]).status == 400)

    // An undelete creates such a pair. It can be written back, and others can be granted access in addition to it.
    #expect(set(["bindings": [dead]]).status == 200)
    sandbox.call("DELETE", "/v1/projects/-/serviceAccounts/\(email)")
    #expect(
      set(["bindings": [binding("roles/viewer", "deleted:serviceAccount:\(email)?uid=\(second)")]])
        .status == 200)
    #expect(
      set([
        "bindings": [
          binding(
            "roles/viewer", "deleted:serviceAccount:\(email)?uid=\(second)",
            "deleted:serviceAccount:\(email)?uid=\(first)")
        ]
      ]).status == 200)
    sandbox.call("POST", "/v1/projects/-/serviceAccounts/\(first):undelete", [:])
    let pair = get().body
    #expect(pair.text().contains("\"serviceAccount:\(email)\""))
    #expect(pair.text().contains("uid=\(second)"))
    #expect(set(pair).status == 200)
    #expect(
      sandbox.grant("roles/browser", to: "user:a@b.co", on: "projects/my-project").status == 200)
  }

  @Test func artifactRegistryRefusesAMask() {
    sandbox.repository("lib")
    let (email, _) = sandbox.account("worker")
    let body: JSONValue = ["policy": ["bindings": []], "updateMask": "bindings"]
    let refused = sandbox.call("POST", "\(TestSandbox.repositories)/lib:setIamPolicy", body)
    #expect(refused.status == 400)
    #expect(
      refused.message
        == "Invalid JSON payload received. Unknown name \"updateMask\": Cannot find field.")
    #expect(
      sandbox.call("POST", "\(path)/serviceAccounts/\(email):setIamPolicy", body).status == 200)
  }

  @Test(arguments: [(0, 200), (1, 200), (2, 400), (3, 200), (4, 400), (-1, 400)])
  func policyVersionsAreZeroOneAndThree(_ version: Int64, _ status: Int) {
    #expect(get(version: version).status == status)
    sandbox.repository("lib")
    let target = "\(TestSandbox.repositories)/lib:getIamPolicy?options.requestedPolicyVersion="
    #expect(sandbox.call("GET", "\(target)\(version)").status == status)
  }
}
