package import Crypto
package import SandboxWire

/// Signs on behalf of accounts, with the key that stands for the SYSTEM_MANAGED one of each.
///
/// All accounts share one pair, so nothing that it signs is a credential of the sandbox: sign-in accepts the keys that
/// users manage only.
package final class Signer: Sendable {
  private let key: RSAPrivateKey
  /// The self-signed certificate of the public half.
  package let certificate: Certificate

  /// A signer that owns the key.
  package init(_ key: consuming RSAPrivateKey, certificate: Certificate) {
    self.key = key
    self.certificate = certificate
  }

  /// The public half.
  package var publicKey: RSAPublicKey { key.publicKey }

  /// The RS256 signature of a message.
  package func signature(for message: [UInt8]) throws(APIError) -> [UInt8] {
    do throws(CryptoError) {
      return try key.signature(for: message)
    } catch {
      throw APIError(.internal, "The sandbox could not sign: \(error)")
    }
  }

  /// A JWT with this payload, which is not changed.
  package func token(payload: String, keyID: String) throws(APIError) -> String {
    let header = "{\"alg\":\"RS256\",\"kid\":\"\(keyID)\",\"typ\":\"JWT\"}"
    let text = "\(Base64.urlEncode(Array(header.utf8))).\(Base64.urlEncode(Array(payload.utf8)))"
    return "\(text).\(Base64.urlEncode(try signature(for: Array(text.utf8))))"
  }
}
