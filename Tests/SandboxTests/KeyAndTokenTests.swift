import Crypto
import JSON
import Testing

@testable import Sandbox
@testable import SandboxIAM
@testable import SandboxWire

@Suite struct KeyAndTokenTests {
  private let sandbox: TestSandbox
  private let email: String
  private let keys: String

  init() throws {
    sandbox = try TestSandbox("my-project")
    email = sandbox.account("worker").email
    keys = "/v1/projects/-/serviceAccounts/\(email)/keys"
  }

  private func now() -> Int64 { Timestamps.seconds(RealTime.microseconds()) }

  private func jwt(
    _ claims: JSONObject, keyID: String, _ key: borrowing RSAPrivateKey
  ) throws -> String {
    let header: JSONValue = ["alg": "RS256", "typ": "JWT", "kid": .string(keyID)]
    let text =
      Base64.urlEncode(header.serialized()) + "."
      + Base64.urlEncode(JSONValue.object(claims).serialized())
    return text + "." + Base64.urlEncode(try key.signature(for: Array(text.utf8)))
  }

  private func token(_ assertion: String) -> TestSandbox.Reply {
    let form =
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)"
    return sandbox.raw("POST", "/token", headers: ["host": "localhost"], body: Array(form.utf8))
  }

  private func claims(
    lifetime: Int64 = 3600, audience: String = "https://oauth2.googleapis.com/token"
  )
    -> JSONObject
  {
    [
      "iss": .string(email), "aud": .string(audience), "iat": .integer(now()),
      "exp": .integer(now() + lifetime), "scope": .string(TokenScope.cloud),
    ]
  }

  /// Creates a key. Returns its id and the file.
  private func makeKey() throws -> (id: String, file: JSONValue) {
    let made = sandbox.call("POST", keys, ["privateKeyType": "TYPE_GOOGLE_CREDENTIALS_FILE"])
    let data = try #require(made["privateKeyData"]?.string.flatMap { Base64.decode($0) })
    let name = try #require(made["name"]?.string)
    return (String(name.split(separator: "/").last ?? ""), try JSONValue(parsing: data))
  }

  @Test func aMadeKeySignsIn() throws {
    let (id, file) = try makeKey()
    #expect(id.wholeMatch(of: /[0-9a-f]{40}/) != nil)
    #expect(file["private_key_id"]?.string == id)
    #expect(file["client_id"]?.string == sandbox.uniqueID(email))
    #expect(file["token_uri"]?.string == "\(TestSandbox.baseURL)/token")
    let key = try RSAPrivateKey(pemBytes: Array((file["private_key"]?.string ?? "").utf8))
    let reply = token(try jwt(claims(), keyID: id, key))
    let access = try #require(reply["access_token"]?.string)
    #expect(access.hasPrefix("arctlsbx."))
    #expect(reply["token_type"] == "Bearer")
    sandbox.grant("roles/viewer", to: "serviceAccount:\(email)", on: "projects/my-project")
    #expect(sandbox.call("GET", "/v1/projects/my-project", token: access).status == 200)

    var own = claims(audience: "https://cloudresourcemanager.googleapis.com/")
    own["sub"] = .string(email)
    own["scope"] = nil
    let bearer = try jwt(own, keyID: id, key)
    #expect(sandbox.call("GET", "/v1/projects/my-project", token: bearer).status == 200)
    own["aud"] = "https://example.com/"
    let other = try jwt(own, keyID: id, key)
    #expect(sandbox.call("GET", "/v1/projects/my-project", token: other).status == 401)

    // A disabled key and then a deleted one open nothing, and neither do the tokens that they requested.
    sandbox.call("POST", "\(keys)/\(id):disable", [:])
    #expect(sandbox.call("GET", "/v1/projects/my-project", token: access).status == 401)
    #expect(sandbox.call("GET", "/v1/projects/my-project", token: bearer).status == 401)
    sandbox.call("POST", "\(keys)/\(id):enable", [:])
    #expect(sandbox.call("GET", "/v1/projects/my-project", token: access).status == 200)
    sandbox.call("DELETE", "\(keys)/\(id)")
    #expect(sandbox.call("GET", "/v1/projects/my-project", token: access).status == 401)
    #expect(token(try jwt(claims(), keyID: id, key))["error"] == "invalid_grant")
  }

  @Test func badAssertionsAreRefused() throws {
    let (id, file) = try makeKey()
    let key = try RSAPrivateKey(pemBytes: Array((file["private_key"]?.string ?? "").utf8))
    let stranger = try RSAPrivateKey(generatingBits: 2048)
    #expect(token(try jwt(claims(lifetime: 3601), keyID: id, key))["error"] == "invalid_grant")
    #expect(token(try jwt(claims(audience: "https://x"), keyID: id, key)).status == 400)
    #expect(
      token(try jwt(claims(), keyID: id, stranger)).body
        == ["error": "invalid_grant", "error_description": "Invalid JWT Signature."])
    #expect(token("nonsense")["error"] == "invalid_grant")
    var other = claims()
    other["sub"] = "somebody@example.com"
    #expect(token(try jwt(other, keyID: id, key))["error"] == "unauthorized_client")
    let form = sandbox.raw(
      "POST", "/token", headers: ["host": "localhost"], body: Array("grant_type=password".utf8))
    #expect(form["error"] == "unsupported_grant_type")
  }

  @Test func uploadedCertificatesBecomeKeys() throws {
    let key = try RSAPrivateKey(generatingBits: 2048)
    let until = now() + 86_400
    let certificate = try Certificate.selfSigned(
      by: key, commonName: "unused", notBefore: now() - 60, notAfter: until)
    let body: JSONValue = ["publicKeyData": .string(Base64.encode(certificate.pem))]
    let reply = sandbox.call("POST", "\(keys):upload", body)
    #expect(reply["keyOrigin"] == "USER_PROVIDED")
    #expect(reply["validBeforeTime"]?.string == Timestamps.text(seconds: until))
    #expect(reply["privateKeyData"] == nil)
    #expect(sandbox.call("POST", "\(keys):upload", body).status == 409)
    let id = String((reply["name"]?.string ?? "").split(separator: "/").last ?? "")
    #expect(token(try jwt(claims(), keyID: id, key))["access_token"] != nil)
    let got = sandbox.call("GET", "\(keys)/\(id)?publicKeyType=TYPE_X509_PEM_FILE")
    #expect(got["publicKeyData"]?.string.flatMap { Base64.decode($0) } == certificate.pem)
    let raw = sandbox.call("GET", "\(keys)/\(id)?publicKeyType=TYPE_RAW_PUBLIC_KEY")
    #expect(raw["publicKeyData"]?.string.flatMap { Base64.decode($0) } == key.publicKey.pem())
    #expect(sandbox.call("GET", "\(keys)/\(id)")["publicKeyData"] == nil)
  }

  @Test(arguments: [
    (1024, "KEY_ALG_RSA_1024"), (2048, "KEY_ALG_RSA_2048"), (3072, "KEY_ALG_RSA_2048"),
  ])
  func uploadedKeysShowTheirSize(_ bits: Int, _ algorithm: String) throws {
    let key = try RSAPrivateKey(generatingBits: bits)
    let certificate = try Certificate.selfSigned(
      by: key, commonName: "unused", notBefore: 0, notAfter: now() + 60)
    let made = sandbox.call(
      "POST", "\(keys):upload", ["publicKeyData": .string(Base64.encode(certificate.pem))])
    #expect(made["keyAlgorithm"]?.string == algorithm, "\(made.message)")
    let listed = sandbox.call("GET", "\(keys)?keyTypes=USER_MANAGED")["keys"]?.array ?? []
    #expect(listed.map { $0["keyAlgorithm"]?.string } == [algorithm])
  }

  @Test func anExpiredCertificateOpensNothing() throws {
    let key = try RSAPrivateKey(generatingBits: 2048)
    let certificate = try Certificate.selfSigned(
      by: key, commonName: "unused", notBefore: now() - 60, notAfter: now() + 1800)
    let made = sandbox.call(
      "POST", "\(keys):upload", ["publicKeyData": .string(Base64.encode(certificate.pem))])
    let id = made["name"]?.string?.split(separator: "/").last.map(String.init) ?? ""
    let access = token(try jwt(claims(), keyID: id, key))["access_token"]?.string ?? ""
    sandbox.grant("roles/viewer", to: "serviceAccount:\(email)", on: "projects/my-project")
    #expect(sandbox.call("GET", "/v1/projects/my-project", token: access).status == 200)
    sandbox.call("POST", "/_sandbox/clock", ["advanceSeconds": 1700])
    #expect(sandbox.call("GET", "/v1/projects/my-project", token: access).status == 200)
    sandbox.call("POST", "/_sandbox/clock", ["advanceSeconds": 200])
    #expect(sandbox.call("GET", "/v1/projects/my-project", token: access).status == 401)
    var late = claims()
    late["iat"] = .integer(now() + 1900)
    late["exp"] = .integer(now() + 1900 + 600)
    #expect(token(try jwt(late, keyID: id, key))["error"] == "invalid_grant")
  }

  @Test func tokensEndAfterAnHour() {
    let reply = { sandbox.call("GET", "/v1/projects/my-project").status }
    #expect(reply() == 200)
    sandbox.call("POST", "/_sandbox/clock", ["advanceSeconds": 3601])
    #expect(reply() == 401)
  }

  @Test func badUploadsAreRefused() throws {
    let key = try RSAPrivateKey(generatingBits: 2048)
    let old = try Certificate.selfSigned(
      by: key, commonName: "unused", notBefore: 0, notAfter: now() - 60)
    let texts = [
      "", "eA==", "not base64", Base64.encode(old.pem), Base64.encode(key.publicKey.pem()),
    ]
    for text in texts {
      let body: JSONValue = ["publicKeyData": .string(text)]
      #expect(sandbox.call("POST", "\(keys):upload", body).status == 400)
    }
    #expect(sandbox.call("GET", "\(keys)?keyTypes=USER_MANAGED").body == [:])
  }

  @Test func tenKeysAreTheLimit() throws {
    let key = try RSAPrivateKey(generatingBits: 2048)
    func upload(_ key: borrowing RSAPrivateKey) throws -> TestSandbox.Reply {
      let certificate = try Certificate.selfSigned(
        by: key, commonName: "unused", notBefore: 0, notAfter: now() + 60)
      return sandbox.call(
        "POST", "\(keys):upload", ["publicKeyData": .string(Base64.encode(certificate.pem))])
    }
    for _ in 0..<10 { #expect(try upload(RSAPrivateKey(generatingBits: 2048)).status == 200) }
    let full = try upload(key)
    #expect(full.status == 400)
    #expect(full.message == "Precondition check failed.")
    let all = sandbox.call("GET", keys)["keys"]?.array ?? []
    #expect(all.count { $0["keyType"] == "SYSTEM_MANAGED" } == 1)
    #expect(sandbox.call("GET", "\(keys)?keyTypes=USER_MANAGED")["keys"]?.array?.count == 10)
    let system = all.first { $0["keyType"] == "SYSTEM_MANAGED" }?["name"]?.string ?? ""
    #expect(sandbox.call("DELETE", "/v1/\(system)").status == 400)
  }

  @Test func journalHoldsNoCredentials() throws {
    let (id, file) = try makeKey()
    let key = try RSAPrivateKey(pemBytes: Array((file["private_key"]?.string ?? "").utf8))
    let assertion = try jwt(claims(), keyID: id, key)
    _ = token(assertion)
    let journal = sandbox.call("GET", "/_sandbox/journal").body
    let requests = try #require(journal["requests"]?.array)
    #expect(requests.last?["path"] == "/token")
    #expect(requests.allSatisfy { $0["status"]?.integer ?? 0 > 0 })
    #expect(!journal.text().contains(assertion.suffix(40)))
    #expect(!journal.text().contains("PRIVATE KEY"))
    let last = try #require(requests.last?["seq"]?.integer)
    #expect(
      sandbox.call("GET", "/_sandbox/journal?since=\(last - 1)")["requests"]?.array?.count == 1)
    #expect(!journal.text().contains("/_sandbox/"))
  }

  @Test func hmacMatchesRFC4231() {
    // Test case 2.
    let mac = HMAC.code(Array("what do ya want for nothing?".utf8), Array("Jefe".utf8))
    #expect(
      Hex.encode(mac) == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
  }
}
