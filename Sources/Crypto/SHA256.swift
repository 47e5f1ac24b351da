import COpenSSL

/// The hash function SHA-256 (FIPS 180-4).
public enum SHA256 {
  /// The 32 bytes of the hash of `bytes`. (EVP_Digest)
  public static func hash(_ bytes: [UInt8]) -> [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 32) { output, count in
      let done = EVP_Digest(bytes, bytes.count, output.baseAddress, nil, EVP_sha256(), nil)
      // SHA-256 is part of OpenSSL's default provider. Without it, ending the process is better than a wrong hash.
      precondition(done == 1, "OpenSSL has no SHA-256")
      count = 32
    }
  }
}

/// Whether two byte strings are equal, in time that depends only on their lengths. (CRYPTO_memcmp)
public func constantTimeEqual(_ a: [UInt8], _ b: [UInt8]) -> Bool {
  a.count == b.count && CRYPTO_memcmp(a, b, a.count) == 0
}

/// `count` bytes from the operating system's generator (getrandom), suitable for keys and tokens.
public func randomBytes(_ count: Int) -> [UInt8] {
  var generator = SystemRandomNumberGenerator()
  var bytes: [UInt8] = []
  bytes.reserveCapacity(count)
  while bytes.count < count {
    withUnsafeBytes(of: generator.next()) {
      bytes.append(contentsOf: $0.prefix(count - bytes.count))
    }
  }
  return bytes
}
