import COpenSSL

/// The public half of a key pair on the curve P-256 (FIPS 186-4). Equal if it is the same key.
public struct ECPublicKey: Sendable, Hashable {
  /// The bytes of each coordinate, and of each half of a signature.
  public static let size = 32
  /// The first coordinate, 32 bytes in big-endian order.
  public let x: [UInt8]
  /// The second coordinate, 32 bytes in big-endian order.
  public let y: [UInt8]

  /// The key with these coordinates, as a JSON web key holds them (RFC 7518, 6.2.1). Throws if they are not a point of
  /// the curve, or not 32 bytes each. (d2i_PUBKEY)
  public init(x: [UInt8], y: [UInt8]) throws(CryptoError) {
    guard x.count == Self.size, y.count == Self.size else {
      throw CryptoError("a coordinate of a P-256 key has 32 bytes")
    }
    self.x = x
    self.y = y
    _ = try handle()
  }

  init(of handle: borrowing ECKeyHandle) throws(CryptoError) {
    let length = Int(i2d_PUBKEY(handle.pointer, nil))
    guard length == Self.prefix.count + 2 * Self.size else {
      throw .openSSL("cannot write a public key")
    }
    var der = [UInt8](repeating: 0, count: length)
    _ = der.withUnsafeMutableBufferPointer { output in
      var end = output.baseAddress
      return i2d_PUBKEY(handle.pointer, &end)
    }
    guard der.starts(with: Self.prefix) else {
      throw CryptoError("a public key is not on the curve P-256")
    }
    x = Array(der[Self.prefix.count..<(Self.prefix.count + Self.size)])
    y = Array(der.suffix(Self.size))
  }

  /// A SubjectPublicKeyInfo of a P-256 key up to its coordinates: the algorithm, the curve, and the mark of a point that
  /// is not compressed (RFC 5480).
  private static let prefix: [UInt8] = [
    0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01, 0x06, 0x08, 0x2A,
    0x86, 0x48, 0xCE, 0x3D, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
  ]

  /// Whether the private half signed `message` with `signature`, which is both numbers in 32 bytes each: `ES256` in a
  /// JWT (RFC 7518, 3.4). (EVP_DigestVerify)
  public func verifies(_ signature: [UInt8], for message: [UInt8]) -> Bool {
    guard signature.count == 2 * Self.size, let handle = try? handle(),
      let context = EVP_MD_CTX_new()
    else { return false }
    defer { EVP_MD_CTX_free(context) }
    let encoded = DER.sequence(
      DER.integer(Array(signature.prefix(Self.size))),
      DER.integer(Array(signature.suffix(Self.size))))
    let verified =
      EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, handle.pointer) == 1
      && EVP_DigestVerify(context, encoded, encoded.count, message, message.count) == 1
    // A refused signature is an answer, so the next call must not find an error.
    if !verified { ERR_clear_error() }
    return verified
  }

  /// The key in OpenSSL's memory. (d2i_PUBKEY)
  private func handle() throws(CryptoError) -> ECKeyHandle {
    let der = Self.prefix + x + y
    let key = der.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return d2i_PUBKEY(nil, &start, bytes.count)
    }
    return try ECKeyHandle(taking: key, "not a point of the curve P-256")
  }
}

/// A key on an elliptic curve in OpenSSL's memory. Owns it (EVP_PKEY).
// Sendable although it contains a pointer: the value is the only owner, and nothing changes the key after its creation.
struct ECKeyHandle: ~Copyable, @unchecked Sendable {
  let pointer: OpaquePointer

  /// Takes ownership of a key that OpenSSL returned. If there is none, throws the error in OpenSSL's queue.
  init(taking pointer: OpaquePointer?, _ doing: String) throws(CryptoError) {
    guard let pointer else { throw .openSSL(doing) }
    guard EVP_PKEY_get_base_id(pointer) == EVP_PKEY_EC, EVP_PKEY_get_bits(pointer) == 256 else {
      EVP_PKEY_free(pointer)
      throw CryptoError("\(doing): it is not a key on the curve P-256")
    }
    self.pointer = pointer
  }

  deinit { EVP_PKEY_free(pointer) }
}
