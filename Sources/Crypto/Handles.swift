import COpenSSL

/// The accepted sizes of RSA keys, in bits. Smaller keys are unsafe, and larger ones make every signature slow.
let rsaSizes = 1024...16384

/// An RSA key in OpenSSL's memory. Owns it (EVP_PKEY).
// Sendable although it contains a pointer: the key never changes after its creation, and OpenSSL lets threads use one
// EVP_PKEY at the same time, each with its own context.
struct KeyHandle: ~Copyable, @unchecked Sendable {
  let pointer: OpaquePointer

  /// Takes ownership of a key that OpenSSL returned. If there is none, throws the error in OpenSSL's queue. Throws for
  /// keys that are not RSA or have an unsuitable size.
  init(taking pointer: OpaquePointer?, _ doing: String) throws(CryptoError) {
    guard let pointer else { throw .openSSL(doing) }
    let bits = EVP_PKEY_get_bits(pointer)
    guard EVP_PKEY_get_base_id(pointer) == EVP_PKEY_RSA, rsaSizes.contains(Int(bits)) else {
      EVP_PKEY_free(pointer)
      throw CryptoError("\(doing): it is not an RSA key of 1024 to 16384 bits")
    }
    self.pointer = pointer
  }

  deinit { EVP_PKEY_free(pointer) }
}

/// A stream in memory that is wiped at the end of the value. Owns it (BIO_s_secmem).
struct MemoryStream: ~Copyable {
  let pointer: OpaquePointer

  init() throws(CryptoError) {
    guard let pointer = BIO_new(BIO_s_secmem()) else { throw .openSSL("out of memory") }
    self.pointer = pointer
  }

  /// A stream with a copy of `count` bytes to read: PEM text, at most 64 KiB.
  static func holding(
    pem bytes: UnsafeRawPointer?, count: Int
  ) throws(CryptoError) -> MemoryStream {
    let stream = try MemoryStream()
    guard (1...1 << 16).contains(count) else {
      throw CryptoError("PEM text of \(count) bytes is not taken (1 to 65536)")
    }
    guard BIO_write(stream.pointer, bytes, Int32(count)) == Int32(count) else {
      throw .openSSL("out of memory")
    }
    return stream
  }

  deinit { BIO_free(pointer) }

  /// The bytes written so far, valid until the stream ends or is written to again.
  borrowing func withContents<Result: ~Copyable>(
    _ body: (UnsafeRawBufferPointer) -> Result
  ) -> Result {
    var start: UnsafeMutablePointer<CChar>?
    let length = shim_bio_contents(pointer, &start)
    return body(UnsafeRawBufferPointer(start: start, count: max(0, length)))
  }

  /// A copy of the bytes written so far, for content that is not secret.
  borrowing func contents() -> [UInt8] { withContents { Array($0) } }
}
