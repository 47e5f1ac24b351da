import Crypto
import JSON
import Testing

@testable import Sandbox

/// Secret Manager: the versions of a secret, their values and their states.
@Suite struct SecretVersionTests {
  private let sandbox: TestSandbox
  private let name: String
  private let path = "/v1/projects/my-project/secrets/app"

  init() throws {
    sandbox = try TestSandbox(
      "my-project", enabling: ["secretmanager.googleapis.com", "cloudkms.googleapis.com"])
    let number = sandbox.call("GET", "/v1/projects/my-project")["projectNumber"]?.string ?? ""
    name = "projects/\(number)/secrets/app"
    sandbox.call(
      "POST", "/v1/projects/my-project/secrets?secretId=app",
      ["replication": ["automatic": [:]]])
  }

  @discardableResult
  private func add(_ text: String, checksum: UInt32? = nil) -> TestSandbox.Reply {
    var payload: JSONObject = ["data": .string(Base64.encode(Array(text.utf8)))]
    if let checksum { payload["dataCrc32c"] = .string(String(checksum)) }
    return sandbox.call("POST", "\(path):addVersion", ["payload": .object(payload)])
  }

  private func access(_ version: String) -> TestSandbox.Reply {
    sandbox.call("GET", "\(path)/versions/\(version):access")
  }

  private func change(
    _ version: String, _ verb: String, _ body: JSONValue? = nil
  ) -> TestSandbox.Reply {
    sandbox.call("POST", "\(path)/versions/\(version):\(verb)", body)
  }

  @Test func aValueIsAddedAndAccessed() {
    let absent = access("latest")
    #expect(absent.status == 404)
    #expect(absent.message == "Secret [\(name)] not found or has no versions.")
    let made = add("hi", checksum: 4_120_762_818)
    #expect(made["name"] == .string("\(name)/versions/1") && made["state"] == "ENABLED")
    #expect(made["clientSpecifiedPayloadChecksum"] == true && made["payload"] == nil)
    #expect(made["replicationStatus"] == ["automatic": [:]])
    let value: JSONValue = [
      "name": .string("\(name)/versions/1"),
      "payload": ["data": "aGk=", "dataCrc32c": "4120762818"],
    ]
    #expect(access("1").body == value && access("latest").body == value)
    // Without a checksum the server computes one.
    #expect(add("123456789")["clientSpecifiedPayloadChecksum"] == nil)
    #expect(access("latest")["payload"]?["dataCrc32c"] == "3808858755")
    let missing = sandbox.call("GET", "\(path)/versions/7")
    #expect(missing.status == 404)
    #expect(missing.message == "Secret Version [\(name)/versions/7] not found.")
  }

  @Test func aWrongChecksumIsRefused() {
    let refused = add("hi", checksum: 1)
    #expect(refused.status == 400 && refused["error"]?["status"] == "INVALID_ARGUMENT")
    #expect(sandbox.call("GET", "\(path)/versions").body == [:])
  }

  @Test func noRefusalRepeatsTheValue() {
    let hidden = "c2VjcmV0LXBhcnQ"
    for payload in [
      ["data": .string("\(hidden)!")], ["data": [.string(hidden)]], [:], ["data": ""],
      ["data": .string(hidden), "dataCrc32c": "1"],
    ] as [JSONObject] {
      let refused = sandbox.call("POST", "\(path):addVersion", ["payload": .object(payload)])
      #expect(refused.status == 400 && !refused.message.contains(hidden), "\(payload)")
    }
  }

  @Test func aValueHasAtMost64KiB() {
    #expect(add(String(repeating: "x", count: 64 << 10)).status == 200)
    #expect(add(String(repeating: "x", count: (64 << 10) + 1)).status == 400)
  }

  @Test func versionsAreListedNewestFirst() {
    for index in 1...12 { add("value \(index)") }
    #expect(change("3", "disable").status == 200)
    let all = sandbox.call("GET", "\(path)/versions?pageSize=0")
    #expect(all["totalSize"] == 12)
    #expect(
      all["versions"]?.array?.map { $0["name"]?.string }
        == (1...12).reversed().map { "\(name)/versions/\($0)" })
    let first = sandbox.call("GET", "\(path)/versions?pageSize=10")
    let token = first["nextPageToken"]?.string ?? ""
    let rest = sandbox.call("GET", "\(path)/versions?pageSize=10&pageToken=\(token)")
    #expect(rest["versions"]?.array?.count == 2 && rest["nextPageToken"] == nil)
    let disabled = sandbox.call("GET", "\(path)/versions?filter=state:DISABLED")
    #expect(disabled["versions"]?.array?.count == 1 && disabled["totalSize"] == nil)
    #expect(all.body.text().contains("payload") == false)
  }

  @Test func aliasesAreForReading() {
    add("one")
    add("two")
    let aliases: JSONValue = ["versionAliases": ["k-1": "1", "k-2": 2]]
    let changed = sandbox.call("PATCH", "\(path)?updateMask=version_aliases", aliases)
    #expect(changed["versionAliases"] == ["k-1": "1", "k-2": "2"], "\(changed.message)")
    #expect(access("k-1")["payload"]?["data"] == "b25l")
    #expect(sandbox.call("GET", "\(path)/versions/k-2")["name"] == .string("\(name)/versions/2"))
    #expect(change("k-1", "disable").status == 400 && change("latest", "destroy").status == 400)
    for bad: JSONValue in [
      ["latest": "1"], ["NEW": "1"], ["1a": "1"], ["a": "3"], ["a": "0"], ["a": "x"],
    ] {
      #expect(
        sandbox.call("PATCH", "\(path)?updateMask=versionAliases", ["versionAliases": bad]).status
          == 400, "\(bad)")
    }
    var many: JSONObject = [:]
    for index in 0..<51 { many["a\(index)"] = "1" }
    #expect(
      sandbox.call(
        "PATCH", "\(path)?updateMask=versionAliases", ["versionAliases": .object(many)]
      ).status == 400)
  }

  /// `latest` is the newest version whatever its state.
  @Test func statesOfAVersion() {
    add("one")
    add("two")
    #expect(change("2", "disable")["state"] == "DISABLED")
    let disabled = access("latest")
    #expect(disabled.status == 400 && disabled["error"]?["status"] == "FAILED_PRECONDITION")
    #expect(disabled.message == "Secret Version [\(name)/versions/2] is in DISABLED state.")
    #expect(change("2", "enable")["state"] == "ENABLED" && access("2").status == 200)
    let destroyed = change("2", "destroy")
    #expect(destroyed["state"] == "DESTROYED" && destroyed["destroyTime"] != nil)
    #expect(access("2").message == "Secret Version [\(name)/versions/2] is in DESTROYED state.")
    for verb in ["enable", "disable", "destroy"] {
      #expect(change("2", verb)["error"]?["status"] == "FAILED_PRECONDITION")
    }
    #expect(sandbox.call("GET", "\(path)/versions/latest").body == destroyed.body)
    #expect(add("three")["name"] == .string("\(name)/versions/3"))
  }

  @Test func etagsOfAVersion() {
    let made = add("one")
    let old = made["etag"] ?? .null
    #expect(change("1", "disable", ["etag": old]).status == 200)
    let stale = change("1", "destroy", ["etag": old])
    #expect(stale["error"]?["status"] == "FAILED_PRECONDITION" && stale.message.contains("etag"))
    #expect(sandbox.call("GET", "\(path)/versions/1")["state"] == "DISABLED")
    #expect(change("1", "destroy", [:]).status == 200)
  }

  @Test func aDelayedDestruction() {
    sandbox.call("PATCH", "\(path)?updateMask=versionDestroyTtl", ["versionDestroyTtl": "86400s"])
    add("one")
    add("two")
    let scheduled = change("1", "destroy")
    #expect(scheduled["state"] == "DISABLED" && scheduled["scheduledDestroyTime"] != nil)
    #expect(change("2", "destroy").status == 200)
    #expect(change("2", "enable")["scheduledDestroyTime"] == nil)
    sandbox.call("POST", "/_sandbox/clock", ["advanceSeconds": 86_401])
    let token = sandbox.token(uniqueID: sandbox.ownerID, at: "2099-01-01T00:00:00Z")
    let gone = sandbox.call("GET", "\(path)/versions/1", token: token)
    #expect(
      gone["state"] == "DESTROYED" && gone["destroyTime"] == scheduled["scheduledDestroyTime"])
    #expect(sandbox.call("GET", "\(path)/versions/2:access", token: token).status == 200)
  }

  @Test func aKeyThatTheAgentCannotUse() {
    let key = "projects/my-project/locations/global/keyRings/r/cryptoKeys/k"
    sandbox.call(
      "PATCH", "\(path)?updateMask=replication",
      [
        "replication": ["automatic": ["customerManagedEncryption": ["kmsKeyName": .string(key)]]]
      ])
    #expect(add("one")["error"]?["status"] == "FAILED_PRECONDITION")
    let number = name.split(separator: "/")[1]
    let agent = "serviceAccount:service-\(number)@gcp-sa-secretmanager.iam.gserviceaccount.com"
    let granted = sandbox.call(
      "POST", "/v1/\(key):setIamPolicy",
      [
        "policy": [
          "bindings": [
            [
              "role": "roles/cloudkms.cryptoKeyEncrypterDecrypter", "members": [.string(agent)],
            ]
          ]
        ]
      ])
    #expect(granted.status == 200, "\(granted.message)")
    let status: JSONValue = [
      "automatic": [
        "customerManagedEncryption": ["kmsKeyVersionName": .string("\(key)/cryptoKeyVersions/1")]
      ]
    ]
    #expect(add("one")["replicationStatus"] == status)
  }

  @Test func deletingASecretDeletesItsVersions() {
    add("one")
    sandbox.call("DELETE", path)
    #expect(access("1").status == 404)
    sandbox.call(
      "POST", "/v1/projects/my-project/secrets?secretId=app", ["replication": ["automatic": [:]]])
    #expect(access("1").status == 404)
    #expect(add("again")["name"] == .string("\(name)/versions/1"))
  }
}
