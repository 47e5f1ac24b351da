import Crypto
import JSON
import Testing

@testable import SandboxIAM

/// Tokens of other issuers are verified before anything in them counts.
@Suite struct IssuerTokenTests {
  private static let now: Int64 = 1_800_000_000
  private let claims: JSONObject = [
    "iss": "https://issuer.example.com", "sub": "me", "aud": "one",
    "iat": .integer(now - 10), "exp": .integer(now + 300),
  ]

  /// One RSA pair for all tests, because generating one takes a tenth of a second.
  private static let rsa = Result<String, any Error> {
    try RSAPrivateKey(generatingBits: 2048).pkcs8PEM().withUnsafeBytes {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private func rsaKey() throws -> RSAPrivateKey {
    try RSAPrivateKey(pemBytes: Array(Self.rsa.get().utf8))
  }

  private func keySet() throws -> String {
    let der = try rsaKey().publicKey.subjectPublicKeyInfo
    return """
      {"keys": [{"kty": "RSA", "use": "sig", "kid": "r", "alg": "RS256",
        "n": "\(Base64.urlEncode(Array(der[33..<289])))", "e": "AQAB"}]}
      """
  }

  private func signed(
    _ claims: JSONObject, header: JSONObject? = nil, by sign: ([UInt8]) throws -> [UInt8]
  ) rethrows -> String {
    let header = header ?? ["alg": "RS256", "kid": "r"]
    let text = [JSONValue.object(header), .object(claims)]
      .map { Base64.urlEncode($0.serialized()) }.joined(separator: ".")
    return "\(text).\(Base64.urlEncode(try sign(Array(text.utf8))))"
  }

  private func token(_ claims: JSONObject, header: JSONObject? = nil) throws -> String {
    let key = try rsaKey()
    return try signed(claims, header: header) { try key.signature(for: $0) }
  }

  private func refusal(_ text: String, keys: [WebKey]? = nil) throws -> String? {
    let expectation = IssuerToken.Expectation(
      issuer: "https://issuer.example.com", audiences: ["one", "two"],
      keys: try keys ?? WebKey.set(parsing: keySet()))
    do {
      _ = try IssuerToken(text, expecting: expectation, nowSeconds: Self.now)
      return nil
    } catch {
      return error.message
    }
  }

  @Test func acceptsBothAlgorithms() throws {
    #expect(try refusal(try token(claims)) == nil)
    let key = try ECPrivateKey()
    let text = try signed(claims, header: ["alg": "ES256", "kid": "e"]) {
      try key.signature(for: $0)
    }
    #expect(try refusal(text, keys: [WebKey(id: "e", key.publicKey)]) == nil)
    var two = claims
    two["aud"] = ["other", "two"]
    two["nbf"] = .integer(Self.now)
    #expect(try refusal(try token(two)) == nil)
  }

  /// Claims that replace the sound ones, with a part of the reason.
  @Test(
    arguments: [
      (["iss": "https://issuer.example.com/"], "issuer"), (["iss": .null], "issuer"),
      (["aud": "three"], "audience"), (["aud": []], "audience"), (["aud": [1]], "audience"),
      (["aud": .null], "audience"), (["sub": ""], "no sub"), (["sub": 1], "no sub"),
      (["exp": .integer(now)], "expired"), (["exp": .integer(now - 1)], "expired"),
      (["exp": "soon"], "iat and exp"), (["iat": .null], "iat and exp"),
      (["exp": .integer(.max)], "iat and exp"), (["iat": .integer(.min)], "iat and exp"),
      (["exp": .real(1e300)], "iat and exp"), (["iat": .integer(now + 61)], "future"),
      (["iat": .integer(now - 86_401)], "24 hours"), (["nbf": .integer(now + 61)], "not valid yet"),
      (["nbf": "x"], "not valid yet"),
    ] as [(JSONObject, String)])
  func wrongClaimsAreRefused(_ changes: JSONObject, _ reason: String) throws {
    var claims = claims
    for (name, value) in changes { claims[name] = value }
    let refusal = try #require(try refusal(try token(claims)), "\(changes)")
    #expect(refusal.contains(reason), "\(refusal)")
  }

  @Test(
    arguments: [
      (["alg": "RS256"], "no kid"), (["alg": "RS256", "kid": ""], "no kid"),
      (["alg": "RS256", "kid": 1], "no kid"), (["alg": "none", "kid": "r"], "RS256 or ES256"),
      (["alg": "HS256", "kid": "r"], "RS256 or ES256"),
      (["alg": "RS512", "kid": "r"], "RS256 or ES256"), (["kid": "r"], "RS256 or ES256"),
      (["alg": "rs256", "kid": "r"], "RS256 or ES256"),
      (["alg": "RS256", "kid": "other"], "signature"), (["alg": "ES256", "kid": "r"], "signature"),
      (["alg": "RS256", "kid": "r", "crit": ["b64"], "b64": false], "critical"),
    ] as [(JSONObject, String)])
  func wrongHeadersAreRefused(_ header: JSONObject, _ reason: String) throws {
    let refusal = try #require(try refusal(try token(claims, header: header)), "\(header)")
    #expect(refusal.contains(reason), "\(refusal)")
  }

  /// A key's text must not serve as the secret of HS256, nor an empty signature as that of `none`.
  @Test func confusedAlgorithmsAreRefused() throws {
    let pem = try rsaKey().publicKey.pem()
    for name in ["HS256", "RS256", "ES256"] {
      let text = signed(claims, header: ["alg": .string(name), "kid": "r"]) {
        HMAC.code($0, Array(pem.prefix(64)))
      }
      #expect(try refusal(text) != nil, "\(name)")
    }
    for header in [["alg": "none", "kid": "r"], ["alg": "RS256", "kid": "r"]] as [JSONObject] {
      #expect(try refusal(signed(claims, header: header) { _ in [] }) != nil)
    }
    // An EC key never verifies RS256, whatever the header says.
    let key = try ECPrivateKey()
    let text = try signed(claims, header: ["alg": "RS256", "kid": "e"]) {
      try key.signature(for: $0)
    }
    #expect(try refusal(text, keys: [WebKey(id: "e", key.publicKey)]) != nil)
  }

  @Test func changedTokensAreRefused() throws {
    let sound = try token(claims)
    let parts = sound.split(separator: ".").map(String.init)
    var other = claims
    other["sub"] = "you"
    let payload = Base64.urlEncode(JSONValue.object(other).serialized())
    for text in [
      "\(parts[0]).\(payload).\(parts[2])", "\(parts[0]).\(parts[1])", "\(sound).", "\(sound)=",
      "\(parts[0]).\(parts[1]).", ".\(parts[1]).\(parts[2])", "", ".", "..", "a.b.c",
      String(repeating: "a", count: 100_000), "\(parts[0]).W10.\(parts[2])", "\(sound).x",
    ] {
      #expect(try refusal(text) != nil, "\(text.prefix(40))")
    }
    #expect(try refusal(sound, keys: []) != nil)
  }

  @Test(arguments: [
    "", "[]", "{}", #"{"keys": []}"#, #"{"keys": [1]}"#,
    #"{"keys": [{"kty": "oct", "kid": "a", "k": "AA"}]}"#,
    #"{"keys": [{"kty": "RSA", "kid": "a", "n": "AQ", "e": "AQAB"}]}"#,
    #"{"keys": [{"kty": "RSA", "n": "AQ", "e": "AQAB"}]}"#,
    #"{"keys": [{"kty": "EC", "kid": "a", "crv": "P-384", "x": "AA", "y": "AA"}]}"#,
    #"{"keys": [{"kty": "EC", "kid": "a", "crv": "P-256", "x": "AA", "y": "AA"}]}"#,
    #"{"keys": [{"kty": "OKP", "kid": "a", "crv": "Ed25519", "x": "AA"}]}"#,
  ])
  func setsOfOtherKeysAreRefused(_ text: String) {
    #expect(throws: WebKey.Mistake.self) { try WebKey.set(parsing: text) }
  }
}
