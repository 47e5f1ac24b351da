import COpenSSL

/// The private half of an RSA key pair, with its public half.
///
///     let key = try RSAPrivateKey(generatingBits: 2048)
///     let signature = try key.signature(for: Array("header.claims".utf8))
///
/// It owns the key and cannot be copied or printed. OpenSSL wipes its memory at the end of the value. (EVP_PKEY)
public struct RSAPrivateKey: ~Copyable, Sendable {
  let handle: KeyHandle
  /// The public half.
  public let publicKey: RSAPublicKey

  /// A new key pair. Takes tens to hundreds of milliseconds. (EVP_RSA_gen)
  ///
  /// Throws for sizes other than 1024 to 16384 bits.
  public init(generatingBits bits: Int) throws(CryptoError) {
    guard rsaSizes.contains(bits) else {
      throw CryptoError("cannot generate an RSA key of \(bits) bits")
    }
    try self.init(KeyHandle(taking: shim_rsa_generate(UInt32(bits)), "cannot generate an RSA key"))
  }

  /// The key in PEM text, as `PRIVATE KEY` (PKCS #8) or `RSA PRIVATE KEY`. Throws for any other text, for an encrypted
  /// key, and for one that is not RSA with 1024 to 16384 bits.
  public init(pem: borrowing SecretBytes) throws(CryptoError) {
    let stream = try pem.withUnsafeBytes { (bytes) throws(CryptoError) in
      try MemoryStream.holding(pem: bytes.baseAddress, count: bytes.count)
    }
    try self.init(reading: stream)
  }

  /// The same from an array, for a key that arrived inside another text.
  public init(pemBytes: [UInt8]) throws(CryptoError) {
    try self.init(reading: MemoryStream.holding(pem: pemBytes, count: pemBytes.count))
  }

  private init(reading stream: borrowing MemoryStream) throws(CryptoError) {
    let key = PEM_read_bio_PrivateKey(stream.pointer, nil, shim_no_passphrase, nil)
    try self.init(KeyHandle(taking: key, "not a private key in PEM form"))
  }

  private init(_ handle: consuming KeyHandle) throws(CryptoError) {
    publicKey = try RSAPublicKey(of: handle)
    self.handle = handle
  }

  /// The RSASSA-PKCS1-v1_5 signature of `message` with SHA-256: `RS256` in a JWT. Throws if OpenSSL fails, for example
  /// because memory ran out. (EVP_DigestSign)
  public borrowing func signature(for message: [UInt8]) throws(CryptoError) -> [UInt8] {
    let doing = "cannot sign"
    guard let context = EVP_MD_CTX_new() else { throw .openSSL(doing) }
    defer { EVP_MD_CTX_free(context) }
    var length = Int(EVP_PKEY_get_size(handle.pointer))
    var signature = [UInt8](repeating: 0, count: length)
    guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, handle.pointer) == 1,
      EVP_DigestSign(context, &signature, &length, message, message.count) == 1
    else { throw .openSSL(doing) }
    return Array(signature.prefix(length))
  }

  /// The key as unencrypted PKCS #8 PEM text, composed only in memory that is wiped. Throws if OpenSSL fails, for
  /// example because memory ran out. (PEM_write_bio_PKCS8PrivateKey)
  public borrowing func pkcs8PEM() throws(CryptoError) -> SecretBytes {
    let stream = try MemoryStream()
    guard
      PEM_write_bio_PKCS8PrivateKey(stream.pointer, handle.pointer, nil, nil, 0, nil, nil) == 1
    else { throw .openSSL("cannot write a private key") }
    return stream.withContents { bytes in
      var pem = SecretBytes()
      pem.append(contentsOf: bytes)
      return pem
    }
  }
}
