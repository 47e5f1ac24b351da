import Crypto
import JSON
import Testing

@testable import Sandbox

/// Secret Manager: secrets, what they refuse, and who may do what. `SecretVersionTests` has the versions.
@Suite struct SecretTests {
  private let sandbox: TestSandbox
  private let number: String
  private let path = "/v1/projects/my-project/secrets"
  private let automatic: JSONValue = ["replication": ["automatic": [:]]]

  init() throws {
    sandbox = try TestSandbox("my-project", enabling: ["secretmanager.googleapis.com"])
    number =
      sandbox.call("GET", "/v1/projects/my-project")["projectNumber"]?.string ?? ""
  }

  @discardableResult
  private func create(_ id: String, _ fields: JSONObject = [:]) -> TestSandbox.Reply {
    var body = fields
    if body["replication"] == nil { body["replication"] = ["automatic": [:]] }
    return sandbox.call("POST", "\(path)?secretId=\(id)", .object(body))
  }

  private func patch(
    _ id: String, _ mask: String, _ body: JSONValue
  ) -> TestSandbox.Reply {
    sandbox.call("PATCH", "\(path)/\(id)?updateMask=\(mask)", body)
  }

  @Test func aSecretIsCreatedReadChangedAndDeleted() throws {
    let made = create("app", ["labels": ["team": "web"]])
    #expect(made.status == 200, "\(made.message)")
    #expect(made["name"] == .string("projects/\(number)/secrets/app"))
    #expect(made["replication"] == ["automatic": [:]] && made["labels"] == ["team": "web"])
    #expect(made["etag"]?.string?.wholeMatch(of: /"[0-9a-f]{14}"/) != nil)
    #expect(sandbox.call("GET", "\(path)/app").body == made.body)
    #expect(sandbox.call("GET", "/v1/projects/\(number)/secrets/app").body == made.body)
    let again = create("app")
    #expect(again.status == 409)
    #expect(again.message == "Secret [projects/\(number)/secrets/app] already exists.")

    let changed = patch("app", "labels,annotations", ["annotations": ["a.b": "c"]])
    #expect(changed["labels"] == nil && changed["annotations"] == ["a.b": "c"])
    #expect(changed["etag"] != made["etag"] && changed["createTime"] == made["createTime"])
    #expect(sandbox.call("DELETE", "\(path)/app").body == [:])
    let absent = sandbox.call("GET", "\(path)/app")
    #expect(absent.status == 404)
    #expect(absent.message == "Secret [projects/\(number)/secrets/app] not found.")
  }

  @Test func aListIsNewestFirst() throws {
    for index in 0..<5 { create("s\(index)", index == 1 ? ["labels": ["team": "web"]] : [:]) }
    var seen: [String] = []
    var token = ""
    repeat {
      let page = sandbox.call("GET", "\(path)?pageSize=2&pageToken=\(token)")
      #expect(page["totalSize"] == 5)
      seen += page["secrets"]?.array?.compactMap { $0["name"]?.string } ?? []
      token = page["nextPageToken"]?.string ?? ""
    } while !token.isEmpty
    #expect(seen == (0..<5).reversed().map { "projects/\(number)/secrets/s\($0)" })
    for filter in ["labels.team:web", "name:s1", "name:s1%20AND%20labels.team=*"] {
      let found = sandbox.call("GET", "\(path)?filter=\(filter)")
      #expect(found["secrets"]?.array?.count == 1 && found["totalSize"] == nil, "\(filter)")
    }
    #expect(sandbox.call("GET", "\(path)?filter=topics:x").status == 501)
    #expect(sandbox.call("GET", "\(path)?pageSize=-1").status == 400)
  }

  @Test(
    arguments: [
      ("replication", ["replication": [:]]),
      (
        "both",
        [
          "replication": [
            "automatic": [:], "userManaged": ["replicas": [["location": "us-east1"]]],
          ]
        ]
      ),
      ("replicas", ["replication": ["userManaged": ["replicas": []]]]),
      ("location", ["replication": ["userManaged": ["replicas": [["location": "moon"]]]]]),
      (
        "key elsewhere",
        [
          "replication": [
            "automatic": [
              "customerManagedEncryption": [
                "kmsKeyName": "projects/p/locations/us-east1/keyRings/r/cryptoKeys/k"
              ]
            ]
          ]
        ]
      ),
      ("label", ["labels": ["Team": "web"]]), ("label value", ["labels": ["team": "Web"]]),
      ("annotation", ["annotations": ["a/b": "c"]]), ("end", ["annotations": ["a-": "c"]]),
      ("size", ["annotations": ["a": .string(String(repeating: "x", count: 16 << 10))]]),
      ("alias", ["versionAliases": ["one": "1"]]), ("past", ["expireTime": "2020-01-01T00:00:00Z"]),
      ("ttl", ["ttl": "0s"]), ("two", ["ttl": "60s", "expireTime": "2099-01-01T00:00:00Z"]),
      ("topic", ["topics": [["name": "t"]]]),
      ("rotation", ["rotation": ["nextRotationTime": "2099-01-01T00:00:00Z"]]),
      (
        "period",
        ["topics": [["name": "projects/p/topics/t"]], "rotation": ["rotationPeriod": "3600s"]]
      ),
      ("delay", ["versionDestroyTtl": "60s"]), ("unknown", ["payload": "x"]),
      ("regional", ["customerManagedEncryption": ["kmsKeyName": "k"]]),
    ] as [(String, JSONObject)])
  func badSecrets(_ what: String, _ fields: JSONObject) {
    let answer = create("bad", fields)
    #expect(answer.status == 400 && answer["error"]?["status"] == "INVALID_ARGUMENT", "\(what)")
    #expect(sandbox.call("GET", path).body == [:])
  }

  @Test(arguments: ["", "a.b", "a%20b", String(repeating: "x", count: 256)])
  func badIDs(_ id: String) { #expect(create(id).status == 400) }

  @Test func whatIsNotServedIsRefused() {
    #expect(create("typed", ["secretType": "OTHER"]).status == 501)
    #expect(create("tagged", ["tags": ["1/env": "prod"]]).status == 501)
    #expect(
      sandbox.call("POST", "/v1/projects/my-project/locations/us-east1/secrets?secretId=x", [:])
        .status == 404)
  }

  @Test func aStaleEtagIsRefused() throws {
    let made = create("app")
    let etag = try #require(made["etag"])
    #expect(patch("app", "labels", ["labels": ["a": "b"], "etag": etag]).status == 200)
    let stale = patch("app", "labels", ["labels": ["a": "c"], "etag": etag])
    #expect(stale.status == 400 && stale["error"]?["status"] == "FAILED_PRECONDITION")
    let text = (etag.string ?? "").replacing("\"", with: "%22")
    #expect(sandbox.call("DELETE", "\(path)/app?etag=\(text)").status == 400)
    let now = sandbox.call("GET", "\(path)/app")
    #expect(now["labels"] == ["a": "b"])
    let current = (now["etag"]?.string ?? "").replacing("\"", with: "%22")
    #expect(sandbox.call("DELETE", "\(path)/app?etag=\(current)").status == 200)
  }

  @Test func theReplicationIsImmutableButForItsKeys() {
    let key = "projects/my-project/locations/global/keyRings/r/cryptoKeys/k"
    create("app")
    let other: JSONValue = [
      "replication": ["userManaged": ["replicas": [["location": "us-east1"]]]]
    ]
    #expect(patch("app", "replication", other).status == 400)
    #expect(patch("app", "labels", other).status == 200)
    let encrypted: JSONValue = [
      "replication": ["automatic": ["customerManagedEncryption": ["kmsKeyName": .string(key)]]]
    ]
    #expect(patch("app", "replication", encrypted)["replication"] == encrypted["replication"])
    for mask in ["", "*", "nosuch", "labels.a"] {
      #expect(patch("app", mask, ["labels": ["a": "b"]]).status == 400, "\(mask)")
    }
  }

  @Test func aSecretExpires() throws {
    let made = create("app", ["ttl": "1800s"])
    #expect(made["ttl"] == nil && made["expireTime"] != nil)
    sandbox.grant(
      "roles/secretmanager.viewer", to: "group:g@example.com", on: "projects/my-project/secrets/app"
    )
    sandbox.call("POST", "/_sandbox/clock", ["advanceSeconds": 1801])
    #expect(sandbox.call("GET", "\(path)/app").status == 404)
    #expect(sandbox.call("GET", path).body == [:])
    #expect(create("app")["expireTime"] == nil)
    // Its policy went with it.
    #expect(sandbox.call("GET", "\(path)/app:getIamPolicy").body == ["etag": "ACAB"])
  }

  @Test func aRotationOnlyMovesItsTime() {
    let topics: JSONValue = [["name": "projects/my-project/topics/t"]]
    sandbox.call("POST", "/_sandbox/clock", ["now": "2030-01-01T00:00:00Z"])
    let token = sandbox.token(uniqueID: sandbox.ownerID, at: "2030-01-01T00:00:00Z")
    let made = sandbox.call(
      "POST", "\(path)?secretId=app",
      [
        "replication": ["automatic": [:]], "topics": topics,
        "rotation": ["nextRotationTime": "2030-01-02T00:00:00Z", "rotationPeriod": "86400s"],
      ], token: token)
    #expect(made["rotation"]?["rotationPeriod"] == "86400s", "\(made.message)")
    sandbox.call("POST", "/_sandbox/clock", ["now": "2030-01-04T00:00:00Z"])
    let later = sandbox.token(uniqueID: sandbox.ownerID, at: "2030-01-04T00:00:00Z")
    #expect(
      sandbox.call("GET", "\(path)/app", token: later)["rotation"]?["nextRotationTime"]
        == "2030-01-05T00:00:00Z")
  }

  // MARK: Access

  @Test func theServiceMustBeEnabled() throws {
    let other = try TestSandbox("my-project")
    let refused = other.call("GET", path)
    #expect(refused.status == 403 && refused.reason == "SERVICE_DISABLED")
    #expect(other.call("GET", "/v1/projects/nosuch/secrets").reason == "CONSUMER_INVALID")
  }

  @Test(arguments: [
    ("roles/secretmanager.viewer", [200, 403, 403, 403, 403]),
    ("roles/secretmanager.secretVersionAdder", [403, 403, 200, 403, 403]),
    ("roles/secretmanager.secretVersionManager", [403, 403, 200, 403, 200]),
    ("roles/secretmanager.secretAccessor", [403, 403, 403, 200, 403]),
    ("roles/secretmanager.admin", [200, 200, 200, 200, 200]),
    ("roles/viewer", [200, 403, 403, 403, 403]),
  ])
  func permissionsOfTheRoles(_ role: String, _ expected: [Int]) {
    create("app")
    let (email, token) = sandbox.account("worker")
    let value: JSONValue = ["payload": ["data": "aGk="]]
    #expect(sandbox.call("POST", "\(path)/app:addVersion", value).status == 200)
    #expect(sandbox.call("GET", "\(path)/app", token: token).status == 403)
    // A basic role cannot be granted on a secret.
    let place = role == "roles/viewer" ? "projects/my-project" : "projects/my-project/secrets/app"
    let granted = sandbox.grant(role, to: "serviceAccount:\(email)", on: place)
    #expect(granted.status == 200, "\(granted.message)")
    let found = [
      sandbox.call("GET", "\(path)/app", token: token),
      sandbox.call("PATCH", "\(path)/app?updateMask=labels", [:], token: token),
      sandbox.call("POST", "\(path)/app:addVersion", value, token: token),
      sandbox.call("GET", "\(path)/app/versions/1:access", token: token),
      sandbox.call("POST", "\(path)/app/versions/1:disable", token: token),
    ]
    #expect(found.map(\.status) == expected)
  }

  @Test func aRefusalNamesThePermissionAndTheVersion() {
    create("app")
    let (_, token) = sandbox.account("worker")
    let refused = sandbox.call("GET", "\(path)/app/versions/latest:access", token: token)
    #expect(
      refused.message
        == "Permission 'secretmanager.versions.access' denied for resource "
        + "'projects/my-project/secrets/app/versions/latest' (or it may not exist).")
    #expect(refused.reason == "IAM_PERMISSION_DENIED")
    // Absent or not, the answer is the same.
    #expect(sandbox.call("GET", "\(path)/absent", token: token).status == 403)
  }

  @Test func conditionsNameTheSecretByTheProjectsNumber() {
    create("app")
    sandbox.call("POST", "\(path)/app:addVersion", ["payload": ["data": "aGk="]])
    let (email, token) = sandbox.account("worker")
    func access(_ expression: String) -> Int {
      let binding: JSONValue = [
        "role": "roles/secretmanager.secretAccessor",
        "members": [.string("serviceAccount:\(email)")],
        "condition": ["title": "t", "expression": .string(expression)],
      ]
      let written = sandbox.call(
        "POST", "\(path)/app:setIamPolicy", ["policy": ["version": 3, "bindings": [binding]]])
      #expect(written.status == 200, "\(written.message)")
      return sandbox.call("GET", "\(path)/app/versions/1:access", token: token).status
    }
    #expect(access("resource.name == \"projects/\(number)/secrets/app/versions/1\"") == 200)
    #expect(access("resource.name == \"projects/my-project/secrets/app/versions/1\"") == 403)
    #expect(access("resource.type == \"secretmanager.googleapis.com/SecretVersion\"") == 200)
    #expect(access("resource.service == \"secretmanager.googleapis.com\"") == 200)
  }

  @Test func testIamPermissionsOfAnAbsentSecretIsEmpty() {
    let asked: JSONValue = ["permissions": ["secretmanager.versions.add"]]
    #expect(sandbox.call("POST", "\(path)/absent:testIamPermissions", asked).body == [:])
    create("app")
    #expect(sandbox.call("POST", "\(path)/app:testIamPermissions", asked).body == asked)
    #expect(sandbox.call("GET", "\(path)/absent:getIamPolicy").status == 404)
    let role = sandbox.grant(
      "roles/artifactregistry.reader", to: "group:g@example.com",
      on: "projects/my-project/secrets/app")
    #expect(role.status == 400)
  }

  @Test func aProjectTakesItsSecretsWithIt() {
    create("app")
    sandbox.call("POST", "\(path)/app:addVersion", ["payload": ["data": "aGk="]])
    sandbox.call("DELETE", "/v1/projects/my-project")
    #expect(sandbox.call("GET", "\(path)/app").status == 403)
  }
}
