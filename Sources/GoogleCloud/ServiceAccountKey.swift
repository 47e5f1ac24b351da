import Crypto
import JSON

/// A service account's e-mail and private key, which signs its JWTs.
final class ServiceAccountKey: Sendable {
  let email: String
  /// Nil in very old files.
  let keyID: String?
  private let key: RSAPrivateKey

  init(email: String, keyID: String?, key: consuming RSAPrivateKey) {
    self.email = email
    self.keyID = keyID
    self.key = key
  }

  /// The scope of all tokens that arctl requests.
  static let scope = "https://www.googleapis.com/auth/cloud-platform"

  /// A JWT that Google's APIs accept as a bearer token, with `scope` instead of `aud`
  /// ([AIP-4111](https://google.aip.dev/auth/4111)).
  func bearer(now: Double) throws(CryptoError) -> (jwt: String, expires: Double) {
    let issued = now.rounded(.down)
    var claims = JSONObject()
    claims["iss"] = .string(email)
    claims["sub"] = .string(email)
    claims["scope"] = .string(ServiceAccountKey.scope)
    return (try JWT.signed(claims, issued: issued, keyID: keyID, by: key), issued + 3600)
  }

  /// A JWT that a token endpoint exchanges for a token (RFC 7523).
  func assertion(tokenURI: String, now: Double) throws(CryptoError) -> String {
    try JWT.assertion(email: email, keyID: keyID, tokenURI: tokenURI, now: now, by: key)
  }
}

/// Builds signed JSON web tokens (RFC 7519, RS256).
enum JWT {
  /// The audience is the endpoint that the JWT is sent to, not always Google's as in some clients. Otherwise an
  /// endpoint that is not Google's could use the JWT to sign in at Google (docs/decisions/0004-jwt-audience.md).
  static func assertion(
    email: String, keyID: String?, tokenURI: String, now: Double, by key: borrowing RSAPrivateKey
  ) throws(CryptoError) -> String {
    var claims = JSONObject()
    claims["iss"] = .string(email)
    claims["scope"] = .string(ServiceAccountKey.scope)
    claims["aud"] = .string(tokenURI)
    return try signed(claims, issued: now.rounded(.down), keyID: keyID, by: key)
  }

  /// Valid for one hour from `issued`, in Unix seconds.
  static func signed(
    _ claims: JSONObject, issued: Double, keyID: String?, by key: borrowing RSAPrivateKey
  ) throws(CryptoError) -> String {
    var header: JSONObject = ["alg": "RS256", "typ": "JWT"]
    if let keyID { header["kid"] = .string(keyID) }
    var claims = claims
    claims["iat"] = .integer(Int64(issued))
    claims["exp"] = .integer(Int64(issued) + 3600)
    let text = part(header) + "." + part(claims)
    return text + "." + Base64.urlEncode(try key.signature(for: Array(text.utf8)))
  }

  private static func part(_ object: JSONObject) -> String {
    Base64.urlEncode(JSONValue.object(object).serialized())
  }
}
