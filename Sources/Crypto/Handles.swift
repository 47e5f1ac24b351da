import COpenSSL

/// The sizes of RSA keys that are accepted, in bits: smaller ones are unsafe everywhere, larger ones make
/// every signature slow.
let rsaSizes = 1024...16384

/// An RSA key in OpenSSL's memory; owns it (EVP_PKEY).
// Sendable though it holds a pointer: the key is never changed after it was made, and OpenSSL
// lets threads use one EVP_PKEY at once, each with a context of its own.
struct KeyHandle: ~Copyable, @unchecked Sendable {
  let pointer: OpaquePointer

  /// Takes over a key that a call of OpenSSL's returned; throws what that call left in the error
  /// queue when it returned none, and for keys that are not RSA of a sane size.
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

/// A stream in memory that is wiped when the value ends; owns it (BIO_s_secmem).
struct MemoryStream: ~Copyable {
  let pointer: OpaquePointer

  init() throws(CryptoError) {
    guard let pointer = BIO_new(BIO_s_secmem()) else { throw .openSSL("out of memory") }
    self.pointer = pointer
  }

  /// A stream from which a copy of `count` bytes can be read: PEM text, at most 64 KiB of it.
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

  /// The bytes written so far, valid until the stream ends or is written to.
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
