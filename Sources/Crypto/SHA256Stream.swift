import COpenSSL

/// A SHA-256 hash of bytes that arrive in pieces.
///
/// Owns its state (EVP_MD_CTX).
public struct SHA256Stream: ~Copyable, Sendable {
  // Only its single owner uses it, since the type cannot be copied.
  private nonisolated(unsafe) let context: OpaquePointer

  /// The state before the first byte. (EVP_DigestInit_ex)
  public init() {
    let made = EVP_MD_CTX_new()
    let done = EVP_DigestInit_ex(made, EVP_sha256(), nil)
    guard let made, done == 1 else {
      preconditionFailure("OpenSSL has no SHA-256")
    }
    context = made
  }

  /// Adds bytes. (EVP_DigestUpdate)
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let done = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(done == 1, "OpenSSL's SHA-256 failed")
  }

  /// The 32 bytes of the hash. (EVP_DigestFinal_ex)
  public consuming func finish() -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { output, count in
      let done = EVP_DigestFinal_ex(context, output.baseAddress, nil)
      precondition(done == 1, "OpenSSL's SHA-256 failed")
      count = 32
    }
  }

  deinit { EVP_MD_CTX_free(context) }
}
