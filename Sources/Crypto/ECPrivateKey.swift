import COpenSSL

/// The private half of a key pair on the curve P-256, with its public half.
///
/// It owns the key and cannot be copied or printed. OpenSSL wipes its memory at the end of the value. (EVP_PKEY)
public struct ECPrivateKey: ~Copyable, Sendable {
  private let handle: ECKeyHandle
  /// The public half.
  public let publicKey: ECPublicKey

  /// A new key pair; takes less than a millisecond. (EVP_EC_gen)
  public init() throws(CryptoError) {
    try self.init(ECKeyHandle(taking: shim_ec_generate(), "cannot generate a P-256 key"))
  }

  /// The key in PEM text. Throws for any other text, and for a key of another kind. (PEM_read_bio_PrivateKey)
  public init(pemBytes: [UInt8]) throws(CryptoError) {
    let stream = try MemoryStream.holding(pem: pemBytes, count: pemBytes.count)
    let key = PEM_read_bio_PrivateKey(stream.pointer, nil, shim_no_passphrase, nil)
    try self.init(ECKeyHandle(taking: key, "not a private key in PEM form"))
  }

  private init(_ handle: consuming ECKeyHandle) throws(CryptoError) {
    publicKey = try ECPublicKey(of: handle)
    self.handle = handle
  }

  /// The ECDSA signature of `message` with SHA-256, both numbers in 32 bytes each: `ES256` in a JWT. (EVP_DigestSign)
  public borrowing func signature(for message: [UInt8]) throws(CryptoError) -> [UInt8] {
    let doing = "cannot sign"
    guard let context = EVP_MD_CTX_new() else { throw .openSSL(doing) }
    defer { EVP_MD_CTX_free(context) }
    var length = Int(EVP_PKEY_get_size(handle.pointer))
    var signature = [UInt8](repeating: 0, count: length)
    guard EVP_DigestSignInit(context, nil, EVP_sha256(), nil, handle.pointer) == 1,
      EVP_DigestSign(context, &signature, &length, message, message.count) == 1
    else { throw .openSSL(doing) }
    guard
      let numbers = DER.pair(in: Array(signature.prefix(length)), size: ECPublicKey.size)
    else { throw CryptoError(doing) }
    return numbers.first + numbers.second
  }

  /// The key as unencrypted PKCS #8 PEM text, composed only in memory that is wiped. (PEM_write_bio_PKCS8PrivateKey)
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
