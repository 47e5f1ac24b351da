import Crypto
import JSON
import Testing

@testable import Sandbox
@testable import SandboxIAM
@testable import SandboxWire

/// What tokens can be used for: the key that requested them, their scopes, the audience of self-signed ones.
@Suite struct TokenScopeTests {
  private let sandbox: TestSandbox
  private let email: String
  private let keyID: String
  private let pem: [UInt8]
  private static let base = "https://www.googleapis.com/auth/"

  init() throws {
    sandbox = try TestSandbox("my-project")
    email = sandbox.account("worker").email
    sandbox.grant("roles/viewer", to: "serviceAccount:\(email)", on: "projects/my-project")
    let made = sandbox.call("POST", "/v1/projects/-/serviceAccounts/\(email)/keys", [:])
    let data = try #require(made["privateKeyData"]?.string.flatMap { Base64.decode($0) })
    let file = try JSONValue(parsing: data)
    keyID = file["private_key_id"]?.string ?? ""
    pem = Array((file["private_key"]?.string ?? "").utf8)
  }

  private func jwt(
    audience: String?, scope: String?, subject: Bool = false, named: Bool = true
  ) throws -> String {
    let now = Timestamps.seconds(RealTime.microseconds())
    var header: JSONObject = ["alg": "RS256"]
    if named { header["kid"] = .string(keyID) }
    var claims: JSONObject = [
      "iss": .string(email), "iat": .integer(now), "exp": .integer(now + 3600),
    ]
    if let audience { claims["aud"] = .string(audience) }
    if let scope { claims["scope"] = .string(scope) }
    if subject { claims["sub"] = .string(email) }
    let text = [header, claims].map { Base64.urlEncode(JSONValue.object($0).serialized()) }
      .joined(separator: ".")
    let key = try RSAPrivateKey(pemBytes: pem)
    return text + "." + Base64.urlEncode(try key.signature(for: Array(text.utf8)))
  }

  private func buy(_ scope: String?, named: Bool = true) throws -> TestSandbox.Reply {
    let assertion = try jwt(
      audience: "https://oauth2.googleapis.com/token", scope: scope, named: named)
    let form = "grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=\(assertion)"
    return sandbox.raw("POST", "/token", headers: ["host": "localhost"], body: Array(form.utf8))
  }

  private func status(_ token: String, _ target: String = "/v1/projects/my-project") -> Int {
    sandbox.call("GET", target, token: token).status
  }

  @Test func aTokenDiesWithItsKeyEvenIfTheAssertionHasNoKeyID() throws {
    let token = try #require(try buy(TokenScope.cloud, named: false)["access_token"]?.string)
    #expect(status(token) == 200)
    let key = "/v1/projects/-/serviceAccounts/\(email)/keys/\(keyID)"
    sandbox.call("POST", "\(key):disable", [:])
    #expect(status(token) == 401)
    sandbox.call("POST", "\(key):enable", [:])
    #expect(status(token) == 200)
    sandbox.call("DELETE", key)
    #expect(status(token) == 401)
  }

  @Test(arguments: [nil, "", " ", "cloud-platform"])
  func anAssertionNeedsAScope(_ scope: String?) throws {
    #expect(
      try buy(scope).body == [
        "error": "invalid_scope",
        "error_description": "Invalid OAuth scope or ID token audience provided.",
      ])
  }

  @Test func aTokenIsLimitedToItsScopes() throws {
    sandbox.repository("lib")
    let repository = "\(TestSandbox.repositories)/lib"
    let reading = try #require(
      try buy("email \(Self.base)cloud-platform.read-only")["access_token"]?.string)
    #expect(status(reading) == 200 && status(reading, repository) == 200)
    // IAM accepts no read-only token.
    #expect(status(reading, "/v1/projects/my-project/roles") == 403)
    let change = sandbox.call("DELETE", repository, token: reading)
    #expect(change.status == 403 && change.reason == "ACCESS_TOKEN_SCOPE_INSUFFICIENT")

    let iam = try #require(try buy("\(Self.base)iam")["access_token"]?.string)
    #expect(status(iam, "/v1/projects/my-project/roles") == 200 && status(iam) == 403)

    let storage = try #require(
      try buy("\(Self.base)devstorage.read_only")["access_token"]?.string)
    let refused = sandbox.call("GET", repository, token: storage)
    #expect(refused.status == 403)
    #expect(refused.message == "Request had insufficient authentication scopes.")
    #expect(
      refused.body["error"]?["details"] == [
        [
          "@type": "type.googleapis.com/google.rpc.ErrorInfo",
          "reason": "ACCESS_TOKEN_SCOPE_INSUFFICIENT", "domain": "googleapis.com",
          "metadata": ["service": "artifactregistry.googleapis.com"],
        ]
      ])
    let index = sandbox.raw(
      "GET", "/us-east4-python.pkg.dev/my-project/lib/simple/demo/",
      headers: ["host": "localhost", "authorization": "Bearer \(storage)"])
    #expect(index.status == 403)
  }

  @Test func anImpersonatedTokenHasTheRequestedScopes() throws {
    let made = sandbox.call(
      "POST", "/v1/projects/-/serviceAccounts/\(email):generateAccessToken",
      ["scope": [.string("\(Self.base)cloud-billing")]])
    let token = made["accessToken"]?.string ?? ""
    #expect(status(token, "/v1/projects/my-project/billingInfo") == 200)
    #expect(status(token) == 403)
  }

  @Test func anUploadNeedsMoreThanReading() throws {
    let fixture = try PackageFixture()
    let id = fixture.test.uniqueID(fixture.test.account("uploader").email)
    fixture.test.grant(
      "roles/artifactregistry.writer",
      to: "serviceAccount:uploader@my-project.iam.gserviceaccount.com", on: "projects/my-project")
    let bearer = { (scope: String) in
      "Bearer \(fixture.test.token(uniqueID: id, scopes: ["\(Self.base)\(scope)"]))"
    }
    let reading = bearer("cloud-platform.read-only")
    #expect(fixture.upload("demo-1.0.tar.gz", authorization: reading).status == 403)
    #expect(
      fixture.upload("demo-1.0.tar.gz", authorization: bearer("cloud-platform")).status == 200)
    #expect(fixture.file("/py/demo/demo-1.0.tar.gz", authorization: reading).status == 200)
  }

  @Test func aSelfSignedTokenIsForTheAPIThatItNames() throws {
    let own = { (audience: String?, scope: String?) in
      status(try jwt(audience: audience, scope: scope, subject: true))
    }
    let here = "https://cloudresourcemanager.googleapis.com"
    for audience in [here, "\(here)/", TestSandbox.baseURL, "\(TestSandbox.baseURL)/"] {
      #expect(try own(audience, nil) == 200, "\(audience)")
      #expect(try own(audience, TokenScope.cloud) == 401, "never both: \(audience)")
    }
    for audience in [
      "https://iam.googleapis.com/", "https://sandbox.invalid/", "https://oauth2.googleapis.com/",
      "https://oauth2.googleapis.com/token", "",
    ] {
      #expect(try own(audience, nil) == 401, "\(audience)")
    }
    #expect(try own(nil, "\(Self.base)cloud-platform.read-only") == 200)
    #expect(try own(nil, "\(Self.base)cloud-billing") == 403)
    #expect(try own(nil, "\(Self.base)devstorage.read_only") == 401)
    #expect(try own(nil, nil) == 401)
  }
}
