import COpenSSL

/// The public half of an RSA key pair. Equal if it is the same key.
public struct RSAPublicKey: Sendable, Hashable {
  /// The key as a DER SubjectPublicKeyInfo (RFC 5280), in the one encoding that DER allows.
  public let subjectPublicKeyInfo: [UInt8]
  /// The size of the modulus in bits.
  public let bits: Int

  /// The key in a DER SubjectPublicKeyInfo. Throws for anything else, and if something follows it. (d2i_PUBKEY)
  public init(subjectPublicKeyInfo der: [UInt8]) throws(CryptoError) {
    let handle = try Self.handle(of: der)
    try self.init(of: handle)
    guard subjectPublicKeyInfo == der else {
      throw CryptoError("a public key is not in DER form, or something follows it")
    }
  }

  /// The key in PEM text of the type `PUBLIC KEY`. Throws for any other text, and for a key that is not RSA with 1024
  /// to 16384 bits. (PEM_read_bio_PUBKEY)
  public init(pem: [UInt8]) throws(CryptoError) {
    let stream = try MemoryStream.holding(pem: pem, count: pem.count)
    let key = PEM_read_bio_PUBKEY(stream.pointer, nil, shim_no_passphrase, nil)
    try self.init(of: KeyHandle(taking: key, "not a public key in PEM form"))
  }

  /// The key with this modulus and exponent, big-endian, as a JSON web key holds them (RFC 7518, 6.3.1). Throws for a key
  /// that is not 1024 to 16384 bits.
  public init(modulus: [UInt8], exponent: [UInt8]) throws(CryptoError) {
    guard modulus.count <= rsaSizes.upperBound / 8, exponent.count <= 8, !exponent.isEmpty else {
      throw CryptoError("not an RSA key of 1024 to 16384 bits")
    }
    // rsaEncryption, 1.2.840.113549.1.1.1, with NULL parameters (RFC 3279, 2.3.1).
    let algorithm: [UInt8] = [
      0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
    ]
    let numbers = DER.sequence(DER.integer(modulus), DER.integer(exponent))
    try self.init(subjectPublicKeyInfo: DER.sequence(algorithm, DER.bitString(numbers)))
  }

  init(of handle: borrowing KeyHandle) throws(CryptoError) {
    bits = Int(EVP_PKEY_get_bits(handle.pointer))
    let length = Int(i2d_PUBKEY(handle.pointer, nil))
    guard length > 0 else { throw .openSSL("cannot write a public key") }
    var der = [UInt8](repeating: 0, count: length)
    _ = der.withUnsafeMutableBufferPointer { output in
      var end = output.baseAddress
      return i2d_PUBKEY(handle.pointer, &end)
    }
    subjectPublicKeyInfo = der
  }

  /// SHA-256 of the DER SubjectPublicKeyInfo.
  public var fingerprint: [UInt8] { SHA256.hash(subjectPublicKeyInfo) }

  /// Whether the private half signed `message` with `signature` (RSASSA-PKCS1-v1_5 with SHA-256). (EVP_DigestVerify)
  public func verifies(_ signature: [UInt8], for message: [UInt8]) -> Bool {
    guard let handle = try? Self.handle(of: subjectPublicKeyInfo), let context = EVP_MD_CTX_new()
    else { return false }
    defer { EVP_MD_CTX_free(context) }
    let verified =
      EVP_DigestVerifyInit(context, nil, EVP_sha256(), nil, handle.pointer) == 1
      && EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    // A refused signature is an answer, so the next call must not find an error.
    if !verified { ERR_clear_error() }
    return verified
  }

  /// The key as PEM text of the type `PUBLIC KEY`.
  public func pem() -> [UInt8] {
    var text = Array("-----BEGIN PUBLIC KEY-----\n".utf8)
    for (index, character) in Base64.encode(subjectPublicKeyInfo).utf8.enumerated() {
      if index > 0, index.isMultiple(of: 64) { text.append(UInt8(ascii: "\n")) }
      text.append(character)
    }
    return text + Array("\n-----END PUBLIC KEY-----\n".utf8)
  }

  /// The key in OpenSSL's memory. (d2i_PUBKEY)
  static func handle(of der: [UInt8]) throws(CryptoError) -> KeyHandle {
    let key = der.withUnsafeBufferPointer { bytes in
      var start = bytes.baseAddress
      return d2i_PUBKEY(nil, &start, bytes.count)
    }
    return try KeyHandle(taking: key, "not a public key in DER form")
  }
}
