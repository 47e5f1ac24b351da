import JSON
import Testing

@testable import Sandbox

@Suite struct RepositoryTests {
  private let sandbox: TestSandbox
  private let path = TestSandbox.repositories

  init() throws { sandbox = try TestSandbox("my-project") }

  @Test func creationIsAnOperationThatTakesTime() throws {
    let started = sandbox.repository("lib", ["format": "PYTHON", "mode": "MODE_UNSPECIFIED"])
    let name = try #require(started["name"]?.string)
    #expect(name.hasPrefix("projects/my-project/locations/us-east4/operations/"))
    #expect(sandbox.call("GET", "/v1/\(name)")["done"] == nil)
    var done = sandbox.call("GET", "/v1/\(name)")
    while done["done"] == nil { done = sandbox.call("GET", "/v1/\(name)") }
    #expect(done["response"]?["mode"] == "STANDARD_REPOSITORY")
    for field in ["createTime", "updateTime", "registryUri"] {
      #expect(done["response"]?[field] == nil)
      #expect(sandbox.call("GET", "\(path)/lib")[field] != nil)
    }
    #expect(
      sandbox.call("GET", "\(path)/lib")["registryUri"]
        == "us-east4-python.pkg.dev/my-project/lib")
  }

  @Test func refusesASecondOne() {
    sandbox.repository("lib")
    let again = sandbox.repository("lib")
    #expect(again.status == 409)
    #expect(again.body["error"]?["status"] == "ALREADY_EXISTS")
  }

  @Test func normalizesWhatIsStored() {
    sandbox.repository(
      "lib",
      [
        "format": 8, "labels": [:], "cleanup_policy_dry_run": false, "registryUri": "x",
        "cleanupPolicies": [
          "old": ["action": "DELETE", "condition": ["older_than": "30d"]],
          "few": ["action": 2, "mostRecentVersions": ["keepCount": "5"]],
        ],
      ])
    let body = sandbox.call("GET", "\(path)/lib").body
    #expect(body["format"] == "PYTHON")
    #expect(body["labels"] == nil)
    #expect(body["cleanupPolicyDryRun"] == nil)
    #expect(
      body["cleanupPolicies"] == [
        "old": ["id": "old", "action": "DELETE", "condition": ["olderThan": "2592000s"]],
        "few": ["id": "few", "action": "KEEP", "mostRecentVersions": ["keepCount": 5]],
      ])
    let numbers = sandbox.call("GET", "\(path)/lib?$alt=json;enum-encoding=int").body
    #expect(numbers["format"] == 8)
    #expect(numbers["cleanupPolicies"]?["few"]?["action"] == 2)
  }

  @Test(
    arguments: [
      ["description": "no format"], ["format": "WHEEL"], ["format": "PYTHON", "colour": "red"],
      ["format": "PYTHON", "labels": ["Bad": "x"]], ["format": "PYTHON", "labels": ["a": "X"]],
      ["format": "PYTHON", "description": 1],
      ["format": "PYTHON", "dockerConfig": ["immutableTags": true]],
      ["format": "PYTHON", "mode": "REMOTE_REPOSITORY"],
      [
        "format": "PYTHON", "mode": "REMOTE_REPOSITORY",
        "remoteRepositoryConfig": ["npmRepository": ["publicRepository": "NPMJS"]],
      ],
      [
        "format": "PYTHON",
        "remoteRepositoryConfig": ["pythonRepository": ["publicRepository": "PYPI"]],
      ],
      [
        "format": "PYTHON", "mode": "VIRTUAL_REPOSITORY",
        "virtualRepositoryConfig": [
          "upstreamPolicies": [
            ["id": "a", "repository": "projects/my-project/locations/us-east4/repositories/none"]
          ]
        ],
      ],
      ["format": "PYTHON", "kmsKeyName": "k"],
      [
        "format": "PYTHON",
        "kmsKeyName": "projects/p/locations/us-west1/keyRings/r/cryptoKeys/k",
      ],
      ["format": "PYTHON", "cleanupPolicies": ["a": ["action": "DELETE"]]],
      [
        "format": "PYTHON",
        "cleanupPolicies": ["a": ["action": "DELETE", "mostRecentVersions": ["keepCount": 1]]],
      ],
      [
        "format": "PYTHON",
        "cleanupPolicies": ["a": ["action": "DELETE", "condition": ["olderThan": "30 days"]]],
      ],
    ] as [JSONValue])
  func refuses(_ fields: JSONValue) {
    let reply = sandbox.repository("lib", fields)
    #expect(reply.status == 400)
    #expect(reply.body["error"]?["status"] == "INVALID_ARGUMENT")
    #expect(reply.message.count > 20)
    #expect(sandbox.call("GET", "\(path)/lib").status == 404)
  }

  @Test(arguments: ["Lib", "1lib", "lib-", "l_b", String(repeating: "a", count: 64), ""])
  func refusesNames(_ id: String) { #expect(sandbox.repository(id).status == 400) }

  @Test func limitsCleanupPolicies() {
    var policies: JSONObject = [:]
    for index in 0..<11 {
      policies["p\(index)"] = ["action": "KEEP", "mostRecentVersions": ["keepCount": 1]]
    }
    let reply = sandbox.repository(
      "lib", ["format": "PYTHON", "cleanupPolicies": .object(policies)])
    #expect(reply.status == 400)
  }

  @Test func patchesOnlyWhatTheMaskNames() {
    sandbox.repository("lib", ["format": "MAVEN", "description": "a", "labels": ["k": "v"]])
    let whole = sandbox.call("GET", "\(path)/lib").body
    var sent = whole.object ?? [:]
    sent["description"] = "b"
    sent["labels"] = ["other": "x"]
    let reply = sandbox.call("PATCH", "\(path)/lib?update_mask=description", .object(sent))
    #expect(reply["description"] == "b")
    #expect(reply["labels"] == ["k": "v"])
    #expect(reply["registryUri"] == nil)
    let nested = sandbox.call(
      "PATCH", "\(path)/lib?updateMask=maven_config.version_policy",
      ["mavenConfig": ["versionPolicy": "RELEASE", "allowSnapshotOverwrites": true]])
    #expect(nested["mavenConfig"] == ["versionPolicy": "RELEASE"])
    let cleared = sandbox.call("PATCH", "\(path)/lib?updateMask=labels,description", [:])
    #expect(cleared["labels"] == nil)
    #expect(cleared["description"] == nil)
  }

  @Test(
    arguments: [
      ("format", ["format": "NPM"]), ("kmsKeyName", ["kmsKeyName": "x"]),
      ("mode", ["mode": "VIRTUAL_REPOSITORY"]), ("bogus", [:]), ("labels.k", [:]),
    ] as [(String, JSONValue)])
  func refusesPatches(_ mask: String, _ body: JSONValue) {
    sandbox.repository("lib")
    #expect(sandbox.call("PATCH", "\(path)/lib?updateMask=\(mask)", body).status == 400)
  }

  @Test func unchangedImmutableFieldsAreAccepted() {
    sandbox.repository("lib")
    let reply = sandbox.call(
      "PATCH", "\(path)/lib?updateMask=format,description",
      ["format": "PYTHON", "description": "x"])
    #expect(reply["description"] == "x")
  }

  @Test func remoteCredentialsChangeAndTheSourceDoesNot() {
    sandbox.repository(
      "mirror",
      [
        "format": "PYTHON", "mode": "REMOTE_REPOSITORY",
        "remoteRepositoryConfig": [
          "pythonRepository": ["publicRepository": "PYPI"], "disableUpstreamValidation": true,
        ],
      ])
    #expect(
      sandbox.call("GET", "\(path)/mirror")["remoteRepositoryConfig"]
        == ["pythonRepository": ["publicRepository": "PYPI"]])
    let mask = "remoteRepositoryConfig.upstreamCredentials.usernamePasswordCredentials.username"
    let changed = sandbox.call(
      "PATCH", "\(path)/mirror?updateMask=\(mask)",
      [
        "remoteRepositoryConfig": [
          "upstreamCredentials": ["usernamePasswordCredentials": ["username": "u"]]
        ]
      ])
    #expect(
      changed["remoteRepositoryConfig"]?["upstreamCredentials"]?["usernamePasswordCredentials"]?[
        "username"] == "u")
    let other = sandbox.call(
      "PATCH", "\(path)/mirror?updateMask=remoteRepositoryConfig.pythonRepository",
      ["remoteRepositoryConfig": ["pythonRepository": ["customRepository": ["uri": "https://x"]]]])
    #expect(other.status == 400)
  }

  @Test func listsInPages() throws {
    for index in 0..<7 { sandbox.repository("r\(index)") }
    sandbox.call("POST", "\(path)?repositoryId=other", ["format": "NPM"])
    var names: [String] = []
    var token = ""
    repeat {
      let page = sandbox.call("GET", "\(path)?pageSize=3&pageToken=\(token)")
      names += (page["repositories"]?.array ?? []).compactMap { $0["name"]?.string }
      token = page["nextPageToken"]?.string ?? ""
    } while !token.isEmpty
    #expect(names.count == 8)
    #expect(Set(names).count == 8)
    let some = sandbox.call(
      "GET", "\(path)?filter=name%3D%22*%2Frepositories%2Fr*%22&orderBy=name%20desc")
    let found = (some["repositories"]?.array ?? []).compactMap { $0["name"]?.string }
    #expect(found.count == 7)
    #expect(found.first?.hasSuffix("/r6") == true)
    #expect(sandbox.call("GET", "\(path)?filter=format%3DPYTHON").status == 400)
  }

  @Test func deletionRemovesThePolicy() {
    sandbox.repository("lib")
    sandbox.grant(
      "roles/artifactregistry.reader", to: "allUsers",
      on: "projects/my-project/locations/us-east4/repositories/lib")
    #expect(sandbox.call("DELETE", "\(path)/lib").status == 200)
    #expect(sandbox.call("GET", "\(path)/lib").status == 404)
    #expect(sandbox.call("DELETE", "\(path)/lib").status == 404)
    sandbox.repository("lib")
    #expect(sandbox.call("GET", "\(path)/lib:getIamPolicy").body == ["etag": "ACAB"])
  }

  @Test func scanningFollowsTheService() {
    sandbox.repository("lib", ["format": "DOCKER"])
    func state() -> JSONValue? {
      sandbox.call("GET", "\(path)/lib")["vulnerabilityScanningConfig"]?["enablementState"]
    }
    #expect(state() == "SCANNING_DISABLED")
    sandbox.call(
      "POST", "/v1/projects/my-project/services/containerscanning.googleapis.com:enable", [:])
    #expect(state() == "SCANNING_ACTIVE")
  }

  @Test func projectsCanBeNamedByNumber() throws {
    sandbox.repository("lib")
    let number = try #require(
      sandbox.call("GET", "/v1/projects/my-project")["projectNumber"]?.string)
    let reply = sandbox.call(
      "GET", "/v1/projects/\(number)/locations/us-east4/repositories/lib")
    #expect(reply["name"] == "projects/my-project/locations/us-east4/repositories/lib")
  }

  @Test func unknownLocationsAndWildcards() {
    let lists = "/v1/projects/my-project/locations"
    #expect(sandbox.call("GET", "\(lists)/moon/repositories").status == 403)
    #expect(
      sandbox.call("GET", "\(lists)/*/repositories").message
        == "Invalid project name: \"projects/my-project/locations/*\"")
    #expect((sandbox.call("GET", "\(lists)")["locations"]?.array?.count ?? 0) > 40)
    #expect(
      sandbox.call("GET", "/v1beta2/projects/my-project/locations/us")["locationId"] == "us")
  }
}
