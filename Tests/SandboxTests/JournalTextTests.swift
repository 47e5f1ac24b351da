import Crypto
import JSON
import Testing

@testable import Sandbox
@testable import SandboxIAM

/// What the journal must not store.
@Suite struct JournalTextTests {
  private let sandbox: TestSandbox
  init() throws { sandbox = try TestSandbox("my-project") }

  private static let token = "arctlsbx.eyJzdWIiOiIxIn0.c2VjcmV0LXBhcnQ"
  private static let jwt = "eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJzZWNyZXQtcGFydCJ9.c2VjcmV0LXBhcnQ"

  private func last() throws -> JSONObject {
    let all = sandbox.call("GET", SandboxRoutes.journal)["requests"]?.array ?? []
    return try #require(all.last?.object)
  }

  private func send(
    _ method: String, _ target: String, _ body: String = "", type: String = "application/json"
  ) throws -> JSONObject {
    _ = sandbox.raw(
      method, target, headers: ["host": "localhost", "content-type": type], body: Array(body.utf8))
    return try last()
  }

  /// The PEM of a private key, whose line `MIIE...` must not appear in any form.
  private static let pem =
    "-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\n-----END PRIVATE KEY-----\n"

  @Test(arguments: 0..<4)
  func noPrivateKeyInBase64IsStored(_ shift: Int) throws {
    let data = Base64.encode(Array((String(repeating: "x", count: shift) + Self.pem).utf8))
    let path = "/v1/projects/-/serviceAccounts/a@my-project.iam.gserviceaccount.com"
    for target in ["\(path)/keys:upload", path, "/v1/elsewhere"] {
      for name in ["publicKeyData", "public_key_data", "other"] {
        let entry = try send("POST", target, "{\"\(name)\":\"\(data)\"}")
        #expect(entry["body"]?.string?.contains("not kept") == true)
        #expect(JSONValue.object(entry).text().contains(data.suffix(30)) == false)
      }
    }
    #expect(try send("POST", path, Self.pem)["body"]?.string?.contains("MIIE") == false)
  }

  @Test func anUploadIsKeptOnlyWithItsCertificate() throws {
    let key = try RSAPrivateKey(generatingBits: 2048)
    let certificate = try Certificate.selfSigned(
      by: key, commonName: "unused", notBefore: 0, notAfter: 4_000_000_000)
    let path = "/v1/projects/-/serviceAccounts/a@my-project.iam.gserviceaccount.com/keys:upload"
    let good = "{\"publicKeyData\":\"\(Base64.encode(certificate.pem))\"}"
    #expect(try send("POST", path, good)["body"]?.string == good)
    // The DER of a private key contains no words.
    for bad in ["{\"publicKeyData\":\"MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcw\"}", "MIIEvQIBADANBg"] {
      #expect(try send("POST", path, bad)["body"] == "(held no certificate; not kept)")
    }
  }

  @Test(arguments: [
    "/token", "/v1/token", "/token/", "/v1beta/token", "/oauth2/v4/token", "/o/oauth2/token",
    "/t%6Fken", "/TOKEN", "/oauth2/revoke",
  ])
  func tokenRequestsAreNotStored(_ path: String) throws {
    let entry = try send("POST", path, "{\"refresh_token\":\"secret\"}")
    #expect(entry["body"] == "(a credential)")
  }

  /// Also where the verb is wrong or the member misspelt.
  @Test(arguments: [
    ("/v1/projects/my-project/secrets/s:addVersion", #"{"payload":{"data":"c2VjcmV0LXBhcnQ="}}"#),
    ("/v1/projects/my-project/secrets/s:add", #"{"payload":{"data":"c2VjcmV0LXBhcnQ="}}"#),
    ("/v1/projects/my-project/%73ecrets/s:addVersion", "c2VjcmV0LXBhcnQ="),
    ("/v1/projects/my-project/secrets?secretId=s", #"{"data":"c2VjcmV0LXBhcnQ="}"#),
    ("/v1/projects/my-project/locations/us/secrets/s:addVersion", #"{"x":"c2VjcmV0LXBhcnQ="}"#),
  ])
  func noValueOfASecretIsStored(_ path: String, _ body: String) throws {
    let entry = try send("POST", path, body)
    #expect(entry["body"] == "(may hold the value of a secret; not kept)")
  }

  @Test(arguments: [
    #"{"labels":{"a":"b"},"version_aliases":{"k":"1"}}"#, #"{"etag":"\"1\""}"#,
    #"{"policy":{"bindings":[]}}"#,
  ])
  func whatHasNoValueOfASecretIsStored(_ body: String) throws {
    #expect(
      try send("POST", "/v1/projects/my-project/secrets/s:disable", body)["body"] == .string(body))
  }

  @Test func noFormIsStored() throws {
    let entry = try send(
      "POST", "/v1/elsewhere", "refresh_token=1//secret&client_secret=s",
      type: "Application/X-WWW-form-urlencoded; charset=utf-8")
    #expect(entry["body"] == "(a form; not kept)")
  }

  @Test(arguments: [
    "access_token=SECRET", "accessToken=SECRET", "client_secret=SECRET&x=1", "a=b&assertion=SECRET",
    "refresh_token=SECRET", "key=SECRET", "ACCESS_TOKEN=SECRET", "access%5Ftoken=SECRET",
    "oauth_token=SECRET",
  ])
  func noCredentialInAQueryIsStored(_ query: String) throws {
    let entry = try send("GET", "/v1/projects?\(query)")
    #expect(entry["query"]?.string == query.replacing("SECRET", with: "(hidden)"))
  }

  @Test func otherParametersAreShown() throws {
    let query = "pageToken=cDphYmM&updateMask=labels&x=&y&keyTypes=USER_MANAGED"
    #expect(try send("GET", "/v1/projects?\(query)")["query"]?.string == query)
  }

  @Test(arguments: [token, jwt, "ya29.a0Ae4lvC3-secret-part"])
  func noTokenIsStored(_ token: String) throws {
    let entries = [
      try send("POST", "/v1/projects", "{\"description\":\"x \(token) y\"}"),
      try send("GET", "/v1/projects?filter=\(token)"),
      try send("GET", "/v1/projects?filter=\(token.replacing(".", with: "%2E"))"),
      try send("GET", "/v1/projects/\(token)"), try send("GET", "/v1/projects?\(token)"),
    ]
    for entry in entries {
      let text = JSONValue.object(entry).text()
      #expect(!text.contains(token.suffix(8)) && !text.contains(token.prefix(20)), "\(text)")
    }
    #expect(entries[0]["body"] == "{\"description\":\"x (a token) y\"}")
  }

  /// The journal must show which caller was refused.
  @Test func refusedUploadsAndDownloadsNameTheCaller() throws {
    let fixture = try PackageFixture()
    let (email, token) = fixture.test.account("stranger")
    func caller() -> String? {
      fixture.test.call("GET", SandboxRoutes.journal)["requests"]?.array?.last?["caller"]?.string
    }
    let refused = "Bearer \(token)"
    #expect(fixture.upload("demo-1.0.tar.gz", authorization: refused).status == 403)
    #expect(caller() == email)
    #expect(fixture.get("/py/simple/demo/", authorization: refused).status == 403)
    #expect(caller() == email)
    #expect(fixture.get("/none/simple/demo/").status == 404)
    #expect(caller() == OwnerAccount.email)
  }
}
