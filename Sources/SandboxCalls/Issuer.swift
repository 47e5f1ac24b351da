package import Crypto
package import JSON
package import SandboxIAM
package import SandboxWire

/// Plays every OpenID Connect issuer: signs tokens with a key of the sandbox's own.
///
/// The key signs nothing else, so no other call of the sandbox can be made to produce such a token.
package final class Issuer: Sendable {
  private let key: ECPrivateKey
  /// The public half, which verifies the tokens.
  package let webKey: WebKey

  /// An issuer that owns the key.
  package init(_ key: consuming ECPrivateKey) {
    let publicKey = key.publicKey
    let id = String(Hex.encode(SHA256.hash(publicKey.x + publicKey.y)).prefix(40))
    webKey = WebKey(id: id, publicKey)
    self.key = key
  }

  /// A JWT with these claims (ES256).
  package func token(_ claims: JSONObject) throws(APIError) -> String {
    let header: JSONValue = ["alg": "ES256", "kid": .string(webKey.id), "typ": "JWT"]
    let text = [header, .object(claims)].map { Base64.urlEncode($0.serialized()) }
      .joined(separator: ".")
    do throws(CryptoError) {
      return "\(text).\(Base64.urlEncode(try key.signature(for: Array(text.utf8))))"
    } catch {
      throw APIError(.internal, "The sandbox could not sign: \(error)")
    }
  }
}
