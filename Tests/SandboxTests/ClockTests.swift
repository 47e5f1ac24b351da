import Crypto
import JSON
import Testing

@testable import Sandbox
@testable import SandboxIAM
@testable import SandboxWire

/// What clients see that sign by their own clock, if the sandbox's clock differs.
@Suite struct ClockTests {
  private let sandbox: TestSandbox
  private let email: String
  private let keys: String

  init() throws {
    sandbox = try TestSandbox("my-project")
    email = sandbox.account("worker").email
    keys = "/v1/projects/-/serviceAccounts/\(email)/keys"
    sandbox.grant("roles/viewer", to: "serviceAccount:\(email)", on: "projects/my-project")
  }

  private func makeKey() throws -> (id: String, pem: [UInt8]) {
    let made = sandbox.call("POST", keys, [:])
    let data = try #require(made["privateKeyData"]?.string.flatMap { Base64.decode($0) })
    let file = try JSONValue(parsing: data)
    return (
      file["private_key_id"]?.string ?? "",
      Array((file["private_key"]?.string ?? "").utf8)
    )
  }

  private func jwt(
    _ keyID: String, _ key: borrowing RSAPrivateKey, audience: String, scope: String?,
    shift: Int64 = 0
  ) throws -> String {
    let time = Timestamps.seconds(RealTime.microseconds()) + shift
    var claims: JSONObject = [
      "iss": .string(email), "sub": .string(email), "aud": .string(audience),
      "iat": .integer(time), "exp": .integer(time + 3600),
    ]
    claims["scope"] = scope.map { .string($0) }
    let header: JSONValue = ["alg": "RS256", "kid": .string(keyID)]
    let text =
      Base64.urlEncode(header.serialized()) + "."
      + Base64.urlEncode(JSONValue.object(claims).serialized())
    return text + "." + Base64.urlEncode(try key.signature(for: Array(text.utf8)))
  }

  private func token(
    _ keyID: String, _ key: borrowing RSAPrivateKey, shift: Int64 = 0
  ) throws -> TestSandbox.Reply {
    let assertion = try jwt(
      keyID, key, audience: "https://oauth2.googleapis.com/token", scope: TokenScope.cloud,
      shift: shift)
    let form =
      "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer&assertion=\(assertion)"
    return sandbox.raw("POST", "/token", headers: ["host": "localhost"], body: Array(form.utf8))
  }

  private func move(_ seconds: Int64) {
    let moved = sandbox.call("POST", "/_sandbox/clock", ["advanceSeconds": .integer(seconds)])
    #expect(moved.status == 200)
  }

  private func status(_ token: String) -> Int {
    sandbox.call("GET", "/v1/projects/my-project", token: token).status
  }

  @Test(arguments: [950_400, -950_400] as [Int64])
  func clientsSignInByTheirOwnClock(_ days: Int64) throws {
    let (id, pem) = try makeKey()
    let key = try RSAPrivateKey(pemBytes: pem)
    move(days)
    let bought = try token(id, key)
    #expect(bought["expires_in"] == 3599, "\(bought.body)")
    #expect(status(bought["access_token"]?.string ?? "") == 200)
    let audience = "https://cloudresourcemanager.googleapis.com/"
    #expect(status(try jwt(id, key, audience: audience, scope: nil)) == 200)
    // A client whose clock was moved with the sandbox's is accepted as well.
    #expect(try token(id, key, shift: days).status == 200)
    #expect(status(try jwt(id, key, audience: audience, scope: nil, shift: days)) == 200)
    // A JWT with any other time is not.
    for shift in [days / 2, -days, -3700, 3700, days + 3700] {
      #expect(try token(id, key, shift: shift)["error"] == "invalid_grant", "\(shift)")
      #expect(status(try jwt(id, key, audience: audience, scope: nil, shift: shift)) == 401)
    }
  }

  @Test func anIssuedTokenExpiresByTheSandboxsClock() throws {
    let (id, pem) = try makeKey()
    let key = try RSAPrivateKey(pemBytes: pem)
    move(950_400)
    let bought = try token(id, key)["access_token"]?.string ?? ""
    move(3500)
    #expect(status(bought) == 200)
    move(101)
    #expect(status(bought) == 401)
    #expect(status(try token(id, key)["access_token"]?.string ?? "") == 200)
  }

  /// Clients compare `expireTime` with their own clock before they use the token.
  @Test func anImpersonatedTokenStatesItsEndByTheRealClock() throws {
    move(950_400)
    let owner = sandbox.token(
      uniqueID: sandbox.ownerID, at: Timestamps.text(RealTime.microseconds() + 950_400_000_000))
    let before = RealTime.microseconds()
    let made = sandbox.call(
      "POST", "/v1/projects/-/serviceAccounts/\(email):generateAccessToken",
      ["scope": [.string(TokenScope.cloud)], "lifetime": "600s"], token: owner)
    let end = try #require(made["expireTime"]?.string.flatMap(Timestamps.parse))
    let after = RealTime.microseconds()
    #expect((before + 599_000_000...after + 601_000_000).contains(end), "\(made.body)")
    #expect(status(made["accessToken"]?.string ?? "") == 200)
  }

  @Test func keysAndAgesFollowTheSandboxsClock() throws {
    let key = try RSAPrivateKey(generatingBits: 2048)
    let now = Timestamps.seconds(RealTime.microseconds())
    let certificate = try Certificate.selfSigned(
      by: key, commonName: "unused", notBefore: now - 86_400, notAfter: now + 86_400)
    let made = sandbox.call(
      "POST", "\(keys):upload", ["publicKeyData": .string(Base64.encode(certificate.pem))])
    let id = String((made["name"]?.string ?? "").split(separator: "/").last ?? "")
    #expect(try token(id, key).status == 200)
    for days: Int64 in [950_400, -950_400] {
      move(days)
      let reply = try token(id, key)
      #expect(reply["error_description"] == "Invalid JWT Signature.")
      move(-days)
    }
    #expect(try token(id, key).status == 200)
  }
}
