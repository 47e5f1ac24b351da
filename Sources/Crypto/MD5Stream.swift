import COpenSSL

/// An MD5 hash of bytes that arrive in pieces: for checking the hashes that upload tools still send, never for
/// security.
///
/// Owns its state (EVP_MD_CTX).
public struct MD5Stream: ~Copyable {
  private let context: OpaquePointer

  /// The state before the first byte; nil if OpenSSL is configured without MD5. (EVP_DigestInit_ex)
  public init?() {
    guard let made = EVP_MD_CTX_new() else { return nil }
    guard EVP_DigestInit_ex(made, EVP_md5(), nil) == 1 else {
      EVP_MD_CTX_free(made)
      return nil
    }
    context = made
  }

  /// Adds bytes. (EVP_DigestUpdate)
  public mutating func update(_ bytes: [UInt8]) {
    let done = EVP_DigestUpdate(context, bytes, bytes.count)
    precondition(done == 1, "OpenSSL's MD5 failed")
  }

  /// The 16 bytes of the hash. (EVP_DigestFinal_ex)
  public consuming func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 16) { output, count in
      let done = EVP_DigestFinal_ex(context, output.baseAddress, nil)
      precondition(done == 1, "OpenSSL's MD5 failed")
      count = 16
    }
  }

  deinit { EVP_MD_CTX_free(context) }
}
