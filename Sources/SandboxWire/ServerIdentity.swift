package import Crypto

/// The key and the certificate with which a server speaks TLS.
///
/// Owns their text in PEM, whose memory libmicrohttpd uses as long as the server runs, and which is wiped at the end.
package final class ServerIdentity: Sendable {
  private let key: SecretBytes
  private let certificate: SecretBytes

  /// Throws if OpenSSL cannot write the key.
  package init(key: borrowing RSAPrivateKey, certificate: Certificate) throws(CryptoError) {
    // C texts end with a zero.
    var text = try key.pkcs8PEM()
    text.append(0)
    self.key = text
    var pem = SecretBytes()
    pem.append(contentsOf: certificate.pem)
    pem.append(0)
    self.certificate = pem
  }

  /// Both as C texts. They stay where they are as long as this object exists.
  func withTexts<Result>(
    _ body: (_ key: UnsafePointer<CChar>?, _ certificate: UnsafePointer<CChar>?) -> Result
  ) -> Result {
    key.withUnsafeBytes { key in
      certificate.withUnsafeBytes { certificate in
        body(
          key.baseAddress?.assumingMemoryBound(to: CChar.self),
          certificate.baseAddress?.assumingMemoryBound(to: CChar.self))
      }
    }
  }
}
