import Crypto
import JSON
import Testing

@testable import Sandbox
@testable import SandboxIAM
@testable import SandboxWire

/// Tokens of other issuers are exchanged, and grant what policies give to their identities.
@Suite struct FederationTests {
  private let sandbox: TestSandbox
  private let number: String
  private let pools = "/v1/projects/my-project/locations/global/workloadIdentityPools"
  private let issuer = "https://token.actions.githubusercontent.com"

  init() throws {
    sandbox = try TestSandbox("my-project")
    number =
      sandbox.call("GET", "/v1/projects/my-project")["projectNumber"]?.string ?? "no number"
    sandbox.call("POST", "\(pools)?workloadIdentityPoolId=pool", [:])
    make(
      "prov",
      [
        "oidc": ["issuerUri": .string(issuer)],
        "attributeMapping": [
          "google.subject": "assertion.sub", "google.groups": "assertion.teams",
          "attribute.repository_id": "assertion.repository_id",
        ],
        "attributeCondition": "assertion.repository_owner_id == '5'",
      ])
    sandbox.repository("lib")
    sandbox.repository("app")
  }

  @discardableResult
  private func make(_ id: String, _ fields: JSONValue) -> Int {
    sandbox.call("POST", "\(pools)/pool/providers?workloadIdentityPoolProviderId=\(id)", fields)
      .status
  }

  private var pool: String { "projects/\(number)/locations/global/workloadIdentityPools/pool" }

  private var claims: JSONObject {
    [
      "sub": "repo:acme/lib:ref:refs/heads/main", "repository_id": "77",
      "repository_owner_id": "5", "teams": ["core"],
    ]
  }

  /// A token of the sandbox's issuer for a provider.
  private func token(_ changes: JSONObject = [:], provider: String = "prov") -> String {
    var claims = claims
    for (name, value) in changes { claims[name] = value }
    let reply = sandbox.call(
      "POST", "/_sandbox/oidc/token",
      ["claims": .object(claims), "provider": .string("\(pool)/providers/\(provider)")],
      token: "")
    return reply["token"]?.string ?? ""
  }

  private func exchange(
    _ token: String, provider: String = "prov", _ changes: JSONObject = [:]
  ) -> TestSandbox.Reply {
    var body: JSONObject = [
      "grantType": "urn:ietf:params:oauth:grant-type:token-exchange",
      "requestedTokenType": "urn:ietf:params:oauth:token-type:access_token",
      "subjectTokenType": "urn:ietf:params:oauth:token-type:jwt", "subjectToken": .string(token),
      "audience": .string("//iam.googleapis.com/\(pool)/providers/\(provider)"),
      "scope": .string(TokenScope.cloud),
    ]
    for (name, value) in changes { body[name] = value }
    return sandbox.raw(
      "POST", "/v1/token",
      headers: ["host": "sts.googleapis.com", "content-type": "application/json"],
      body: JSONValue.object(body).serialized())
  }

  private func access(_ changes: JSONObject = [:]) -> String {
    exchange(token(changes))["access_token"]?.string ?? ""
  }

  private func reads(_ repository: String, _ token: String) -> Int {
    sandbox.call("GET", "\(TestSandbox.repositories)/\(repository)", token: token).status
  }

  private static let libPath = "projects/my-project/locations/us-east4/repositories/lib"

  @Test func theAnswerHasGooglesForm() {
    let reply = exchange(token())
    #expect(reply.status == 200)
    #expect(
      Set(reply.body.object?.keys.map { $0 } ?? []) == [
        "access_token", "issued_token_type", "token_type", "expires_in",
      ])
    #expect(reply["issued_token_type"] == "urn:ietf:params:oauth:token-type:access_token")
    #expect(reply["token_type"] == "Bearer")
    // The token lives no longer than the issuer's.
    #expect(reply["expires_in"]?.integer.map { (290...300).contains($0) } == true)
    let long = exchange(
      token(["exp": .integer(Timestamps.seconds(RealTime.microseconds()) + 9000)]))
    #expect(long["expires_in"] == 3600)
  }

  @Test(arguments: [
    ("principal", "subject/repo:acme/lib:ref:refs/heads/main"),
    ("principalSet", "attribute.repository_id/77"), ("principalSet", "group/core"),
    ("principalSet", "*"),
  ])
  func membersGrant(_ type: String, _ rest: String) {
    let token = access()
    #expect(reads("lib", token) == 403)
    let member = "\(type)://iam.googleapis.com/\(pool)/\(rest)"
    #expect(
      sandbox.grant("roles/artifactregistry.reader", to: member, on: Self.libPath).status == 200)
    #expect(reads("lib", token) == 200)
    #expect(reads("app", token) == 403)
    let other = access([
      "sub": "repo:acme/other:ref:refs/heads/main", "repository_id": "78", "teams": ["more"],
    ])
    #expect(reads("lib", other) == (rest == "*" ? 200 : 403))
  }

  @Test func allAuthenticatedUsersDoesNotIncludeThem() {
    sandbox.grant(
      "roles/artifactregistry.reader", to: "allAuthenticatedUsers", on: Self.libPath)
    #expect(reads("lib", access()) == 403)
    let (_, account) = sandbox.account("someone")
    #expect(reads("lib", account) == 200)
    sandbox.grant("roles/artifactregistry.reader", to: "allUsers", on: Self.libPath)
    #expect(reads("lib", access()) == 200)
  }

  @Test func impersonationNeedsTheRoleOnTheAccount() {
    let (email, _) = sandbox.account("publisher")
    sandbox.grant("roles/artifactregistry.writer", to: "serviceAccount:\(email)", on: Self.libPath)
    func impersonate(_ token: String) -> TestSandbox.Reply {
      sandbox.call(
        "POST", "/v1/projects/-/serviceAccounts/\(email):generateAccessToken",
        ["scope": [.string(TokenScope.cloud)]], token: token)
    }
    let refused = impersonate(access())
    #expect(refused.status == 403)
    #expect(
      refused.message
        == "Permission 'iam.serviceAccounts.getAccessToken' denied on resource (or it may not exist)."
    )
    sandbox.grant(
      "roles/iam.workloadIdentityUser",
      to: "principalSet://iam.googleapis.com/\(pool)/attribute.repository_id/77",
      on: "projects/my-project/serviceAccounts/\(email)")
    let token = impersonate(access())["accessToken"]?.string ?? ""
    #expect(reads("lib", token) == 200)
    #expect(impersonate(access(["repository_id": "78"])).status == 403)
  }

  /// What is wrong with a token, and Google's code.
  @Test(
    arguments: [
      (["repository_owner_id": "6"], "unauthorized_client", "rejected by the attribute condition"),
      (["repository_owner_id": .null], "unauthorized_client", "rejected by the attribute"),
      (["iss": "https://gitlab.com"], "invalid_grant", "issuer"),
      (["aud": "other"], "invalid_grant", "audience"),
      (["exp": 1_000_000_000, "iat": 999_999_900], "invalid_grant", "24 hours"),
      (["teams": .null], "invalid_grant", "mapping"),
      (["repository_id": 77], "invalid_grant", "mapping"),
      (
        ["sub": .string(String(repeating: "a", count: 128))], "invalid_grant",
        "exceeds the 127 bytes limit"
      ),
    ] as [(JSONObject, String, String)])
  func wrongClaimsAreRefused(_ changes: JSONObject, _ code: String, _ text: String) {
    let reply = exchange(token(changes))
    #expect(reply.status == 400)
    #expect(reply["error"]?.string == code)
    #expect(reply["error_description"]?.string?.contains(text) == true, "\(reply.body)")
  }

  @Test func foreignSignaturesAreRefused() throws {
    let parts = token().split(separator: ".").map(String.init)
    let header = Base64.urlDecode(parts[0]).map { String(decoding: $0, as: UTF8.self) } ?? ""
    #expect(header.contains("\"alg\":\"ES256\""))
    let key = try ECPrivateKey()
    let signed = Array("\(parts[0]).\(parts[1])".utf8)
    let forged =
      "\(parts[0]).\(parts[1]).\(Base64.urlEncode(try key.signature(for: signed)))"
    for text in [forged, "\(parts[0]).\(parts[1]).", "a.b.c"] {
      #expect(exchange(text)["error"] == "invalid_grant")
    }
  }

  /// Neither a token of a sandbox's account nor what signs for accounts can stand for an issuer's token.
  @Test func signaturesOfAccountsAreRefused() throws {
    let sandbox = try TestSandbox("my-project", signing: true)
    let email = sandbox.account("signer").email
    let signed = sandbox.call(
      "POST", "/v1/projects/-/serviceAccounts/\(email):signJwt",
      ["payload": .string(JSONValue.object(claims).text())])
    #expect(exchange(signed["signedJwt"]?.string ?? "")["error"] == "invalid_grant")
  }

  @Test func theClockDecides() {
    let old = token()
    sandbox.call("POST", "/_sandbox/clock", ["advanceSeconds": 400])
    #expect(exchange(old)["error_description"] == "The token has expired.")
    let access = access()
    #expect(reads("lib", access) == 403)
    sandbox.call("POST", "/_sandbox/clock", ["advanceSeconds": 400])
    #expect(reads("lib", access) == 401)
  }

  @Test func disabledAndDeletedOnesExchangeNothing() {
    let member = "principalSet://iam.googleapis.com/\(pool)/*"
    sandbox.grant("roles/artifactregistry.reader", to: member, on: Self.libPath)
    let issued = access()
    let provider = "\(pools)/pool/providers/prov"
    func isExchanged() -> Bool {
      let reply = exchange(token())
      #expect(reply.status == 200 || reply["error"] == "invalid_target")
      return reply.status == 200
    }
    // Issued tokens outlive a provider, and not a pool.
    let steps: [(String, String, JSONValue?, Bool, Int)] = [
      ("PATCH", "\(provider)?updateMask=disabled", ["disabled": true], false, 200),
      ("PATCH", "\(provider)?updateMask=disabled", [:], true, 200),
      ("DELETE", provider, nil, false, 200),
      ("POST", "\(provider):undelete", [:], true, 200),
      ("PATCH", "\(pools)/pool?updateMask=disabled", ["disabled": true], false, 401),
      ("PATCH", "\(pools)/pool?updateMask=disabled", [:], true, 200),
      ("DELETE", "\(pools)/pool", nil, false, 401),
      ("POST", "\(pools)/pool:undelete", [:], true, 200),
    ]
    for (method, path, body, exchanges, status) in steps {
      #expect(sandbox.call(method, path, body).status == 200, "\(method) \(path)")
      #expect(isExchanged() == exchanges, "\(method) \(path)")
      #expect(reads("lib", issued) == status, "\(method) \(path)")
    }
  }

  @Test func onlyTheNumberNamesAProject() {
    let audience = "//iam.googleapis.com/projects/my-project/locations/global/"
    let reply = exchange(
      token(), ["audience": .string("\(audience)workloadIdentityPools/pool/providers/prov")])
    #expect(reply["error"] == "invalid_target")
    #expect(exchange(token(), provider: "absent")["error"] == "invalid_target")
  }

  @Test func keysOfTheProviderReplaceTheSandboxes() throws {
    let key = try ECPrivateKey()
    let set: JSONValue = ["keys": [WebKey(id: "own", key.publicKey).json]]
    #expect(
      make(
        "private",
        [
          "oidc": [
            "issuerUri": "https://cluster.internal", "jwksJson": .string(set.text()),
            "allowedAudiences": ["first", "second"],
          ], "attributeMapping": ["google.subject": "assertion.sub"],
        ]) == 200)
    let now = Timestamps.seconds(RealTime.microseconds())
    func token(_ audience: String) throws -> String {
      let parts: [JSONValue] = [
        ["alg": "ES256", "kid": "own"],
        [
          "iss": "https://cluster.internal", "sub": "system:serviceaccount:ci:builder",
          "aud": .string(audience), "iat": .integer(now), "exp": .integer(now + 60),
        ],
      ]
      let text = parts.map { Base64.urlEncode($0.serialized()) }.joined(separator: ".")
      return "\(text).\(Base64.urlEncode(try key.signature(for: Array(text.utf8))))"
    }
    #expect(exchange(try token("second"), provider: "private").status == 200)
    // With a list of audiences, the default ones are not accepted.
    let standard = "//iam.googleapis.com/\(pool)/providers/private"
    #expect(exchange(try token(standard), provider: "private").status == 400)
    let sandboxes = self.token(provider: "private")
    #expect(exchange(sandboxes, provider: "private")["error"] == "invalid_grant")
  }

  @Test func otherTypesAreNotExchanged() {
    #expect(make("amazon", ["aws": ["accountId": "123456789012"]]) == 200)
    for type in ["jwt", "saml2", "mtls"] {
      let reply = exchange(
        "x", provider: "amazon",
        ["subjectTokenType": .string("urn:ietf:params:oauth:token-type:\(type)")])
      #expect(reply.status == 501)
      #expect(
        reply["error_description"]?.string?.contains("OpenID Connect providers only") == true)
    }
    let actor = exchange(token(), ["actorToken": "x"])
    #expect(actor.status == 501)
  }

  @Test func scopesAreKept() {
    let narrow = exchange(token(), ["scope": "https://www.googleapis.com/auth/cloud-billing"])
    sandbox.grant(
      "roles/artifactregistry.reader", to: "principalSet://iam.googleapis.com/\(pool)/*",
      on: Self.libPath)
    #expect(reads("lib", narrow["access_token"]?.string ?? "") == 403)
    #expect(exchange(token(), ["scope": "nonsense"])["error"] == "invalid_scope")
  }

  @Test func theIssuerNeedsClaims() {
    func ask(_ body: JSONValue, isNear: Bool = true) -> TestSandbox.Reply {
      sandbox.raw(
        "POST", "/_sandbox/oidc/token", headers: ["host": "127.0.0.1:1"], body: body.serialized(),
        isNear: isNear)
    }
    let sound: JSONValue = ["claims": ["iss": "https://a.example", "sub": "s", "aud": "x"]]
    #expect(ask(sound).status == 200)
    #expect(ask(sound, isNear: false).status == 403)
    for body in [
      [:], ["claims": [:]], ["claims": ["iss": "https://a.example", "sub": "s"]], ["claims": "x"],
      ["claims": ["sub": "s"], "provider": "nonsense"], ["claims": ["sub": "s"], "other": 1],
    ] as [JSONValue] {
      #expect(ask(body).status == 400, "\(body.text())")
    }
    let keys = sandbox.call("GET", "/_sandbox/oidc/jwks", token: "")
    #expect(throws: Never.self) { try WebKey.set(parsing: keys.body.text()) }
  }

  @Test func theJournalNamesTheIdentity() {
    _ = reads("lib", access())
    let calls = sandbox.call("GET", "/_sandbox/journal", token: "")["requests"]?.array ?? []
    let last = calls.last { $0["path"]?.string?.hasSuffix("/lib") == true }
    #expect(
      last?["caller"]?.string
        == "principal://iam.googleapis.com/\(pool)/subject/repo:acme/lib:ref:refs/heads/main")
    #expect(!calls.contains { $0.text().contains("eyJ") })
  }
}
