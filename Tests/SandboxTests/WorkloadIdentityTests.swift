import JSON
import Testing

@testable import Sandbox
@testable import SandboxWire

/// Workload identity pools and their providers, as resources.
@Suite struct WorkloadIdentityTests {
  private let sandbox: TestSandbox
  private let pools = "/v1/projects/my-project/locations/global/workloadIdentityPools"
  private let number: String

  init() throws {
    sandbox = try TestSandbox("my-project", "other-project")
    number =
      sandbox.call("GET", "/v1/projects/my-project")["projectNumber"]?.string ?? "no number"
  }

  private var named: String { "projects/\(number)/locations/global/workloadIdentityPools" }

  @discardableResult
  private func pool(_ id: String = "pool", _ fields: JSONValue = [:]) -> TestSandbox.Reply {
    sandbox.call("POST", "\(pools)?workloadIdentityPoolId=\(id)", fields)
  }

  static let oidc: JSONObject = [
    "oidc": ["issuerUri": "https://issuer.example.com"],
    "attributeMapping": ["google.subject": "assertion.sub"],
  ]

  @discardableResult
  private func provider(
    _ changes: JSONObject = [:], _ id: String = "prov", in pool: String = "pool"
  ) -> TestSandbox.Reply {
    var fields = Self.oidc
    for (name, value) in changes { fields[name] = value.isNull ? nil : value }
    return sandbox.call(
      "POST", "\(pools)/\(pool)/providers?workloadIdentityPoolProviderId=\(id)", .object(fields))
  }

  private func get(_ path: String) -> TestSandbox.Reply { sandbox.call("GET", "\(pools)/\(path)") }

  private func patch(_ path: String, _ mask: String, _ body: JSONValue) -> TestSandbox.Reply {
    sandbox.call("PATCH", "\(pools)/\(path)?updateMask=\(mask)", body)
  }

  @Test func operationsHaveNoResponse() throws {
    let made = pool("pool", ["displayName": "One", "disabled": false])
    let name = try #require(made["name"]?.string)
    #expect(made.body.object?.count == 1)
    #expect(name.hasPrefix("\(named)/pool/operations/bifq"))
    #expect(name.split(separator: "/").last?.count == 32)
    var done = sandbox.call("GET", "/v1/\(name)")
    while done["done"] == nil { done = sandbox.call("GET", "/v1/\(name)") }
    #expect(done.body == ["name": .string(name), "done": true])
    let byID = name.replacing("projects/\(number)", with: "projects/my-project")
    #expect(sandbox.call("GET", "/v1/\(byID)").body == done.body)
    let other = provider()["name"]?.string ?? ""
    #expect(other.hasPrefix("\(named)/pool/providers/prov/operations/"))
    #expect(sandbox.call("GET", "/v1/\(other)").status == 200)
    let (_, nobody) = sandbox.account("nobody")
    #expect(sandbox.call("GET", "/v1/\(name)", token: nobody).status == 403)
  }

  @Test func answersNameTheNumber() {
    pool("pool", ["displayName": "One", "disabled": false])
    #expect(
      get("pool").body
        == ["name": .string("\(named)/pool"), "displayName": "One", "state": "ACTIVE"])
    #expect(sandbox.call("GET", "/v1/\(named)/pool").body == get("pool").body)
    provider(["attributeCondition": "assertion.x == 'y'"])
    let shown = get("pool/providers/prov")
    #expect(shown["name"]?.string == "\(named)/pool/providers/prov")
    #expect(shown["state"] == "ACTIVE")
    #expect(shown["oidc"] == Self.oidc["oidc"])
    #expect(get("absent").status == 404)
    #expect(get("pool/providers/absent").status == 404)
    #expect(get("absent/providers/prov").status == 404)
    #expect(get("absent/providers").status == 404)
  }

  @Test func whatGcloudSendsIsAccepted() {
    #expect(
      pool(
        "pool",
        [
          "description": "d", "disabled": false, "displayName": "n",
          "enableMeshCaCompatibility": false,
        ]
      ).status == 200)
    #expect(sandbox.call("GET", "\(pools)?alt=json&showDeleted=False").status == 200)
    #expect(provider(["disabled": false]).status == 200)
    let reply = patch(
      "pool/providers/prov", "displayName,oidc.allowed_audiences",
      ["disabled": true, "displayName": "n", "oidc": ["allowedAudiences": ["a"]]])
    #expect(reply.status == 200)
    let shown = get("pool/providers/prov")
    #expect(shown["disabled"] == nil, "the mask does not name it")
    #expect(
      shown["oidc"]
        == ["issuerUri": "https://issuer.example.com", "allowedAudiences": ["a"]])
  }

  @Test(arguments: [
    "abc", "gcp-pool", "Pool", "a_b_c", "a.b.c", "", "a23456789012345678901234567890123",
  ])
  func idsHaveRules(_ id: String) {
    #expect(pool(id).status == 400)
    pool()
    #expect(provider([:], id).status == 400)
  }

  @Test func listsHavePages() {
    for id in ["pool-a", "pool-b", "pool-c"] { pool(id) }
    sandbox.call("DELETE", "\(pools)/pool-b")
    func ids(_ query: String) -> [String] {
      sandbox.call("GET", "\(pools)?\(query)")["workloadIdentityPools"]?.array?
        .compactMap { $0["name"]?.string?.split(separator: "/").last.map(String.init) } ?? []
    }
    #expect(ids("") == ["pool-a", "pool-c"])
    #expect(ids("showDeleted=true") == ["pool-a", "pool-b", "pool-c"])
    #expect(ids("showDeleted=True&pageSize=2") == ["pool-a", "pool-b"])
    let token = sandbox.call("GET", "\(pools)?pageSize=1")["nextPageToken"]?.string ?? ""
    #expect(ids("pageSize=1&pageToken=\(token)") == ["pool-c"])
    provider([:], "prov-1", in: "pool-a")
    provider([:], "prov-2", in: "pool-a")
    sandbox.call("DELETE", "\(pools)/pool-a/providers/prov-1")
    let list = get("pool-a/providers")["workloadIdentityPoolProviders"]?.array
    #expect(list?.count == 1)
    #expect(
      get("pool-a/providers?showDeleted=true")["workloadIdentityPoolProviders"]?.array?.count == 2)
  }

  @Test(arguments: ["pool", "pool/providers/prov"])
  func deletionIsSoft(_ path: String) throws {
    pool()
    provider()
    let isPool = path == "pool"
    func create() -> Int { isPool ? pool().status : provider().status }
    func undelete() -> TestSandbox.Reply {
      sandbox.call("POST", "\(pools)/\(path):undelete", [:])
    }
    #expect(undelete().status == 400)
    #expect(create() == 409)
    #expect(sandbox.call("DELETE", "\(pools)/\(path)").status == 200)
    let deleted = get(path)
    #expect(deleted["state"] == "DELETED")
    let end = try #require(deleted["expireTime"]?.string.flatMap(Timestamps.parse))
    let days = Double(end - RealTime.microseconds()) / 86_400e6
    #expect((29.99...30.01).contains(days))
    #expect(sandbox.call("DELETE", "\(pools)/\(path)").status == 400)
    #expect(patch(path, "displayName", ["displayName": "x"]).status == 400)
    #expect(create() == 409)
    #expect(undelete().status == 200)
    #expect(get(path)["state"] == "ACTIVE" && get(path)["expireTime"] == nil)
    sandbox.call("DELETE", "\(pools)/\(path)")
    let moved = sandbox.call("POST", "/_sandbox/clock", ["advanceSeconds": 2_592_001])
    let late = sandbox.token(uniqueID: sandbox.ownerID, at: moved["now"]?.string)
    func call(_ method: String, _ target: String, _ body: JSONValue? = nil) -> TestSandbox.Reply {
      sandbox.call(method, "\(pools)/\(target)", body, token: late)
    }
    #expect(call("GET", path).status == 404)
    #expect(call("POST", "\(path):undelete", [:]).status == 404)
    let again =
      isPool
      ? sandbox.call("POST", "\(pools)?workloadIdentityPoolId=pool", [:], token: late)
      : call(
        "POST", "pool/providers?workloadIdentityPoolProviderId=prov", .object(Self.oidc))
    #expect(again.status == 200)
    #expect(call("GET", path)["state"] == "ACTIVE")
    // A new pool is empty.
    if isPool { #expect(call("GET", "pool/providers").body == [:]) }
  }

  @Test func providersOfADeletedPoolStay() {
    pool()
    provider()
    sandbox.call("DELETE", "\(pools)/pool")
    #expect(get("pool/providers/prov")["state"] == "ACTIVE")
    #expect(provider([:], "more").status == 400)
    #expect(patch("pool/providers/prov", "displayName", ["displayName": "x"]).status == 400)
  }

  @Test func masksAreRequired() {
    pool()
    #expect(sandbox.call("PATCH", "\(pools)/pool", ["displayName": "x"]).status == 400)
    #expect(patch("pool", "*", ["displayName": "x"]).status == 400)
    #expect(patch("pool", "nothing", [:]).status == 400)
    let mode = patch("pool", "mode", ["mode": "TRUST_DOMAIN"])
    #expect(mode.status == 400 && mode.message == "Attempted to update an immutable field.")
    #expect(patch("pool", "mode", ["mode": "FEDERATION_ONLY"]).status == 200)
    #expect(patch("pool", "displayName", ["displayName": "x"]).status == 200)
    #expect(patch("pool", "displayName", [:]).status == 200)
    #expect(get("pool")["displayName"] == nil)
  }

  @Test(
    arguments: [
      ["oidc": .null], ["aws": ["accountId": "123456789012"]],
      ["oidc": ["issuerUri": "http://issuer.example.com"]],
      ["attributeMapping": .null], ["attributeMapping": ["google.subject": ""]],
      ["attributeMapping": ["attribute.x": "assertion.x"]],
      ["attributeMapping": ["google.subject": "assertion.sub", "attribute.X": "assertion.x"]],
      ["attributeMapping": ["google.subject": "assertion.sub", "google.other": "assertion.x"]],
      ["attributeMapping": ["google.subject": "assertion.sub.lowerAscii()"]],
      ["attributeMapping": ["google.subject": "google.groups"]],
      ["attributeMapping": ["google.subject": "assertion.sub", "google.groups": "'x'"]],
      ["attributeCondition": "assertion.x.matches('y')"], ["attributeCondition": "'x'"],
      ["attributeCondition": .string(String(repeating: " ", count: 4096) + "true")],
      ["displayName": .string(String(repeating: "x", count: 33))],
      ["actorProviders": ["x"]], ["nosuch": "x"],
      ["oidc": ["issuerUri": "https://a.example", "jwksJson": "{}"]],
      [
        "oidc": [
          "issuerUri": "https://a.example", "discoveryUri": "https://b.example/.well-known/x",
        ]
      ],
    ] as [JSONObject])
  func wrongProvidersAreRefused(_ changes: JSONObject) {
    pool()
    let reply = provider(changes)
    #expect(reply.status == 400, "\(changes)")
    #expect(!reply.message.isEmpty)
    #expect(get("pool/providers/prov").status == 404)
  }

  @Test(arguments: [
    "https://token.actions.githubusercontent.com", "https://gitlab.com", "https://gitlab.com/",
    "https://app.terraform.io",
  ])
  func sharedIssuersNeedACondition(_ issuer: String) {
    pool()
    let changes: JSONObject = ["oidc": ["issuerUri": .string(issuer)]]
    for condition in [nil, "true", "'a' == 'a'"] as [String?] {
      var changes = changes
      changes["attributeCondition"] = condition.map { .string($0) }
      let reply = provider(changes)
      #expect(reply.status == 400)
      #expect(
        reply.message.hasPrefix(
          "The attribute condition must reference one of the provider's claims. For more"))
    }
    var sound = changes
    sound["attributeCondition"] = "assertion.repository_owner_id == '1'"
    #expect(provider(sound).status == 200)
    #expect(patch("pool/providers/prov", "attributeCondition", [:]).status == 400)
  }

  @Test func theTypeOfAProviderIsFixed() {
    pool()
    provider()
    let reply = patch(
      "pool/providers/prov", "oidc,aws", ["aws": ["accountId": "123456789012"]])
    #expect(reply.status == 400)
    #expect(get("pool/providers/prov")["oidc"] != nil)
    for (id, type) in [
      ("prov-a", ["aws": ["accountId": "123456789012"]]),
      ("prov-s", ["saml": ["idpMetadataXml": "<a/>"]]),
      ("prov-x", ["x509": ["trustStore": ["trustAnchors": [["pemCertificate": "x"]]]]]),
    ] as [(String, JSONObject)] {
      var changes = type
      changes["oidc"] = .null
      #expect(provider(changes, id).status == 200, "\(id)")
    }
  }

  @Test func trustDomainsHaveNoProviders() {
    pool("domain", ["mode": "TRUST_DOMAIN"])
    #expect(provider([:], in: "domain").status == 400)
    #expect(pool("system", ["mode": "SYSTEM_TRUST_DOMAIN"]).status == 400)
  }

  @Test func permissionsAreThoseOfTheRoles() {
    pool()
    provider()
    let (email, token) = sandbox.account("caller")
    let member = "serviceAccount:\(email)"
    func status(_ method: String, _ path: String, _ body: JSONValue? = nil) -> Int {
      sandbox.call(method, "\(pools)\(path)", body, token: token).status
    }
    let refused = sandbox.call("GET", "\(pools)/pool", token: token)
    #expect(refused.status == 403)
    #expect(refused.message.contains("'iam.workloadIdentityPools.get'"))
    sandbox.grant("roles/iam.workloadIdentityPoolViewer", to: member, on: "projects/my-project")
    #expect(status("GET", "") == 200)
    #expect(status("GET", "/pool/providers/prov") == 200)
    #expect(status("DELETE", "/pool/providers/prov") == 403)
    // The policy of a pool governs its administration.
    let path = "\(pools.dropFirst("/v1/".count))/pool"
    #expect(
      sandbox.grant("roles/iam.workloadIdentityPoolAdmin", to: member, on: path).status == 200)
    #expect(sandbox.grant("roles/artifactregistry.reader", to: member, on: path).status == 400)
    let held = sandbox.call(
      "POST", "\(pools)/pool:testIamPermissions",
      [
        "permissions": [
          "iam.googleapis.com/workloadIdentityPools.delete",
          "iam.googleapis.com/workloadIdentityPoolProviders.update",
        ]
      ], token: token)
    #expect(held["permissions"]?.array?.count == 2)
    #expect(status("DELETE", "/pool/providers/prov") == 200)
    #expect(status("POST", "?workloadIdentityPoolId=other") == 403)
    #expect(status("POST", "/pool:getIamPolicy", [:]) == 200)
  }
}
