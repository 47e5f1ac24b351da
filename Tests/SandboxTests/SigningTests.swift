import Crypto
import JSON
import Testing

@testable import Sandbox
@testable import SandboxAPIs

/// What IAM Credentials signs on behalf of an account. The tokens of `/token` are in Tests/Clients/test_signing.py.
@Suite struct SigningTests {
  private let sandbox: TestSandbox
  private let email: String
  private let path: String

  init() throws {
    sandbox = try TestSandbox("my-project", signing: true)
    email = sandbox.account("worker").email
    path = "/v1/projects/-/serviceAccounts/\(email)"
  }

  /// The certificates that verify the account's signatures, by key id.
  private func certificate(_ id: String) throws -> Certificate {
    let all = sandbox.call("GET", "/service_accounts/v1/metadata/x509/\(email)", token: "")
    return try Certificate(pem: Array(try #require(all[id]?.string).utf8))
  }

  private func parts(_ token: String) throws -> (
    header: JSONValue, payload: [UInt8], signature: [UInt8], signed: [UInt8]
  ) {
    let parts = token.split(separator: ".").map(String.init)
    try #require(parts.count == 3)
    let bytes = try parts.map { try #require(Base64.urlDecode($0)) }
    return (
      try JSONValue(parsing: bytes[0]), bytes[1], bytes[2], Array("\(parts[0]).\(parts[1])".utf8)
    )
  }

  @Test func aBlobIsSignedWithTheSystemManagedKey() throws {
    let signed = sandbox.call(
      "POST", "\(path):signBlob", ["payload": .string(Base64.encode([1, 2, 3]))])
    let id = try #require(signed["keyId"]?.string)
    let signature = try #require(Base64.decode(signed["signedBlob"]?.string ?? ""))
    #expect(try certificate(id).publicKey.verifies(signature, for: [1, 2, 3]))
    #expect(try !certificate(id).publicKey.verifies(signature, for: [1, 2, 4]))
    let key = sandbox.call("GET", "\(path)/keys/\(id)?publicKeyType=TYPE_X509_PEM_FILE")
    #expect(key["keyType"] == "SYSTEM_MANAGED")
  }

  @Test func theClaimsAreSignedAsTheyAreSent() throws {
    let payload = #"{"sub": "a",  "iat": 1}"#
    let signed = sandbox.call("POST", "\(path):signJwt", ["payload": .string(payload)])
    let token = try parts(try #require(signed["signedJwt"]?.string))
    #expect(String(decoding: token.payload, as: UTF8.self) == payload)
    #expect(token.header["kid"] == signed["keyId"] && token.header["alg"] == "RS256")
    let id = try #require(signed["keyId"]?.string)
    #expect(try certificate(id).publicKey.verifies(token.signature, for: token.signed))
  }

  @Test(
    arguments: [
      ("signJwt", [:]), ("signJwt", ["payload": "[]"]), ("signJwt", ["payload": "{"]),
      ("signJwt", ["payload": "{\"exp\": 1}"]), ("signJwt", ["payload": "{\"exp\": \"1\"}"]),
      ("signJwt", ["payload": "{\"exp\": 99999999999}"]),
      ("signJwt", ["payload": "{}", "nosuch": 1]), ("signBlob", [:]),
      ("signBlob", ["payload": "%"]), ("signBlob", ["bytesToSign": "AQID"]),
      ("generateIdToken", [:]), ("generateIdToken", ["audience": ""]),
      ("generateIdToken", ["audience": "a", "includeEmail": "yes"]),
    ] as [(String, JSONValue)])
  func malformedRequestsAreRefused(_ verb: String, _ body: JSONValue) {
    #expect(sandbox.call("POST", "\(path):\(verb)", body).status == 400)
  }

  @Test(arguments: [
    ("signBlob", "iam.serviceAccounts.signBlob"), ("signJwt", "iam.serviceAccounts.signJwt"),
    ("generateIdToken", "iam.serviceAccounts.getOpenIdToken"),
  ])
  func eachNeedsItsPermissionOnTheAccount(_ verb: String, _ permission: String) {
    let body: JSONValue = verb == "generateIdToken" ? ["audience": "a"] : ["payload": "e30="]
    let good: JSONValue = verb == "signJwt" ? ["payload": "{}"] : body
    let (caller, token) = sandbox.account("caller")
    let refused = sandbox.call("POST", "\(path):\(verb)", good, token: token)
    #expect(refused.status == 403 && refused.message.contains(permission))
    sandbox.grant(
      "roles/iam.serviceAccountTokenCreator", to: "serviceAccount:\(caller)",
      on: "projects/my-project/serviceAccounts/\(email)")
    #expect(sandbox.call("POST", "\(path):\(verb)", good, token: token).status == 200)
    sandbox.call("POST", "\(path):disable")
    #expect(sandbox.call("POST", "\(path):\(verb)", good, token: token).status == 400)
  }

  @Test func anIDTokenHasTheRequestedClaims() throws {
    let id = sandbox.uniqueID(email)
    func claims(_ more: JSONObject) throws -> JSONValue {
      var body: JSONObject = ["audience": "https://service.example.com"]
      for (name, value) in more { body[name] = value }
      let answer = sandbox.call("POST", "\(path):generateIdToken", .object(body))
      let token = try parts(try #require(answer["token"]?.string, "\(answer.message)"))
      let keys = sandbox.call("GET", "/oauth2/v1/certs", token: "")
      let pem = try #require(keys[token.header["kid"]?.string ?? ""]?.string)
      #expect(
        try Certificate(pem: Array(pem.utf8)).publicKey
          .verifies(token.signature, for: token.signed))
      return try JSONValue(parsing: token.payload)
    }
    let plain = try claims([:])
    #expect(plain["iss"] == "https://accounts.google.com" && plain["sub"] == .string(id))
    #expect(plain["azp"] == .string(id) && plain["aud"] == "https://service.example.com")
    #expect(plain["email"] == nil && plain["google"] == nil)
    #expect(
      (plain["exp"]?.integer ?? 0) - (plain["iat"]?.integer ?? 0) == 3600)
    let named = try claims(["includeEmail": true, "organizationNumberIncluded": true])
    #expect(named["email"] == .string(email) && named["email_verified"] == true)
    #expect(named["google"] == ["organization_number": .null])
    sandbox.call(
      "POST", "/v3/projects/my-project:move", ["destinationParent": "organizations/77"])
    #expect(
      try claims(["organizationNumberIncluded": true])["google"] == ["organization_number": 77])
  }

  /// All accounts share the key, so a signature of one account must not sign another one in.
  @Test func nothingThatIsSignedIsACredential() throws {
    let signed = sandbox.call(
      "POST", "\(path):signJwt",
      ["payload": .string("{\"iss\": \"\(email)\", \"sub\": \"\(email)\", \"scope\": \"x\"}")])
    let token = try #require(signed["signedJwt"]?.string)
    #expect(sandbox.call("GET", path, token: token).status == 401)
  }
}
