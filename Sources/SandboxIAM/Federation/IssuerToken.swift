import Crypto
package import JSON
import SandboxWire

/// A JWT of another issuer, verified as Google's Security Token Service does (discovery
/// `sts.v1 GoogleIdentityStsV1ExchangeTokenRequest.subjectToken`).
package struct IssuerToken: Sendable {
  /// The verified claims.
  package let claims: JSONObject
  /// Seconds since 1970.
  package let expires: Int64

  /// What a provider expects of a token.
  package struct Expectation: Sendable {
    /// The value of `iss`.
    package var issuer: String
    /// The values of `aud`, of which one is enough.
    package var audiences: [String]
    /// The issuer's keys.
    package var keys: [WebKey]

    /// What a provider expects.
    package init(issuer: String, audiences: [String], keys: [WebKey]) {
      self.issuer = issuer
      self.audiences = audiences
      self.keys = keys
    }
  }

  /// Why a token is refused, as users read it.
  package struct Refusal: Error, Sendable, Hashable {
    /// The reason; may hold parts of the token's header and claims.
    package let message: String
    init(_ message: String) { self.message = message }
  }

  /// The longest token, in bytes. No issuer sends more.
  static let maximumLength = 32 << 10
  /// How far an issuer's clock may be ahead, in seconds.
  private static let skew: Int64 = 60
  /// The greatest age of a token, in seconds.
  private static let maximumAge: Int64 = 24 * 3600

  /// The token in a text, if it is as expected at this time.
  package init(
    _ text: String, expecting expected: Expectation, nowSeconds now: Int64
  ) throws(Refusal) {
    guard text.utf8.count <= Self.maximumLength else { throw Refusal("The token is too long.") }
    let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, let header = Self.object(parts[0]),
      let claims = Self.object(parts[1]), let signature = Base64.urlDecode(parts[2])
    else { throw Refusal("The token is not a signed JWT.") }
    // The header is the caller's: it selects a key and one of two algorithms, and nothing else.
    guard let algorithm = header["alg"]?.string, ["RS256", "ES256"].contains(algorithm) else {
      throw Refusal("The token must be signed with RS256 or ES256.")
    }
    guard header["crit"] == nil else { throw Refusal("The token has critical headers.") }
    guard let id = header["kid"]?.string, !id.isEmpty else {
      throw Refusal("The header of the token has no kid.")
    }
    let signed = Array("\(parts[0]).\(parts[1])".utf8)
    let isSigned = expected.keys.contains { key in
      key.id == id && key.verifies(signature, for: signed, algorithm: algorithm)
    }
    guard isSigned else { throw Refusal("The signature of the token is invalid.") }
    self.claims = claims
    expires = try Self.checked(claims, expected, now)
  }

  /// Checks the claims of a token whose signature is right; returns when it expires.
  private static func checked(
    _ claims: JSONObject, _ expected: Expectation, _ now: Int64
  ) throws(Refusal) -> Int64 {
    guard claims["iss"]?.string == expected.issuer else {
      throw Refusal("The issuer in ID Token does not match the expected ones.")
    }
    guard let subject = claims["sub"]?.string, !subject.isEmpty else {
      throw Refusal("The token has no sub.")
    }
    let audiences = claims["aud"]?.string.map { [$0] } ?? claims["aud"]?.array?.compactMap(\.string)
    guard let audiences, audiences.contains(where: expected.audiences.contains) else {
      let shown = (audiences ?? []).joined(separator: ", ").prefix(300)
      throw Refusal(
        "The audience in ID Token [\(shown)] does not match the expected audience.")
    }
    guard let issued = time(claims["iat"]), let expires = time(claims["exp"]) else {
      throw Refusal("The token needs iat and exp, in seconds since 1970.")
    }
    guard issued <= now + skew else { throw Refusal("The token was issued in the future.") }
    guard now - issued <= maximumAge else {
      throw Refusal("The token was issued more than 24 hours ago.")
    }
    guard now < expires else { throw Refusal("The token has expired.") }
    if let start = claims["nbf"] {
      guard let start = time(start), start <= now + skew else {
        throw Refusal("The token is not valid yet.")
      }
    }
    return expires
  }

  /// A part of the token as an object.
  private static func object(_ part: String) -> JSONObject? {
    guard let bytes = Base64.urlDecode(part) else { return nil }
    return (try? JSONValue(parsing: bytes, maximumBytes: maximumLength))?.object
  }

  /// Seconds since 1970. The claims are whatever the caller wrote, so sums must not overflow.
  private static func time(_ value: JSONValue?) -> Int64? {
    let seconds: Int64? =
      switch value {
      case .integer(let number)?: number
      case .real(let number)? where abs(number) < 1e15: Int64(number)
      default: nil
      }
    return seconds.flatMap { Timestamps.knownSeconds.contains($0) ? $0 : nil }
  }
}
