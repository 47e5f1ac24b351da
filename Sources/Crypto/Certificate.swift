import COpenSSL
import Glibc

/// An X.509 certificate of an RSA key: the form in which Google accepts an uploaded public key
/// (docs/google-apis.md#calls-about-keys).
public struct Certificate: Sendable, Hashable {
  /// The certificate as PEM text of the type `CERTIFICATE`, and nothing else.
  public let pem: [UInt8]
  /// The first common name of the subject; nil if it has none.
  public let subjectCommonName: String?
  /// The first second of validity, in Unix seconds.
  public let notBefore: Int64
  /// The last second of validity, in Unix seconds.
  public let notAfter: Int64
  /// The certified key.
  public let publicKey: RSAPublicKey

  /// The first certificate in PEM text. Does not verify its signature. Throws for any other text, and for a key that is
  /// not RSA with 1024 to 16384 bits. (PEM_read_bio_X509)
  public init(pem: [UInt8]) throws(CryptoError) {
    try self.init(CertificateHandle(pem: pem))
  }

  /// A new self-signed certificate for `key`: version 3, SHA-256, a random 127-bit serial number, and a subject with
  /// only the common name (at most 64 characters, as X.520 requires).
  ///
  /// `notBefore` and `notAfter` are in Unix seconds. Throws if OpenSSL refuses a value. (X509_sign)
  public static func selfSigned(
    by key: borrowing RSAPrivateKey, commonName: String, notBefore: Int64, notAfter: Int64
  ) throws(CryptoError) -> Certificate {
    let handle = try CertificateHandle.unsigned(
      key.handle, commonName: commonName, notBefore: notBefore, notAfter: notAfter)
    let name = X509_get_subject_name(handle.pointer)
    guard X509_set_issuer_name(handle.pointer, name) == 1 else { throw .openSSL(Self.creating) }
    try handle.sign(key.handle)
    return try Certificate(handle)
  }

  /// What fails, in messages.
  static let creating = "cannot create a certificate"

  init(_ handle: borrowing CertificateHandle) throws(CryptoError) {
    let stream = try MemoryStream()
    guard PEM_write_bio_X509(stream.pointer, handle.pointer) == 1 else {
      throw .openSSL("cannot write a certificate")
    }
    pem = stream.contents()
    subjectCommonName = handle.commonName()
    notBefore = try handle.seconds(X509_get0_notBefore(handle.pointer))
    notAfter = try handle.seconds(X509_get0_notAfter(handle.pointer))
    publicKey = try RSAPublicKey(
      of: KeyHandle(taking: X509_get_pubkey(handle.pointer), "a certificate's key is unusable"))
  }
}

/// A certificate in OpenSSL's memory. Owns it (X509).
struct CertificateHandle: ~Copyable {
  let pointer: OpaquePointer

  init(taking pointer: OpaquePointer?, _ doing: String) throws(CryptoError) {
    guard let pointer else { throw .openSSL(doing) }
    self.pointer = pointer
  }

  /// The first certificate in PEM text. (PEM_read_bio_X509)
  init(pem: [UInt8]) throws(CryptoError) {
    let stream = try MemoryStream.holding(pem: pem, count: pem.count)
    let certificate = PEM_read_bio_X509(stream.pointer, nil, shim_no_passphrase, nil)
    try self.init(taking: certificate, "not a certificate in PEM form")
  }

  /// A certificate of `key` without issuer, extensions and signature. (X509_new)
  static func unsigned(
    _ key: borrowing KeyHandle, commonName: String, notBefore: Int64, notAfter: Int64
  ) throws(CryptoError) -> CertificateHandle {
    let made = try CertificateHandle(taking: X509_new(), Certificate.creating)
    let pointer = made.pointer
    try made.setSerial(randomBytes(16), Certificate.creating)
    let name = X509_get_subject_name(pointer)
    let text = Array(commonName.utf8)
    guard X509_set_version(pointer, Int(X509_VERSION_3)) == 1,
      ASN1_TIME_set(X509_getm_notBefore(pointer), Int(notBefore)) != nil,
      ASN1_TIME_set(X509_getm_notAfter(pointer), Int(notAfter)) != nil,
      X509_NAME_add_entry_by_NID(
        name, NID_commonName, MBSTRING_UTF8, text, Int32(clamping: text.count), -1, 0) == 1,
      X509_set_pubkey(pointer, key.pointer) == 1
    else { throw .openSSL(Certificate.creating) }
    return made
  }

  deinit { X509_free(pointer) }

  /// Signs it as the last step. (X509_sign)
  func sign(_ key: borrowing KeyHandle) throws(CryptoError) {
    guard X509_sign(pointer, key.pointer, EVP_sha256()) > 0 else {
      throw .openSSL(Certificate.creating)
    }
  }

  /// Sets the serial number. Clears its first bit, because serial numbers are positive (RFC 5280).
  func setSerial(_ bytes: [UInt8], _ doing: String) throws(CryptoError) {
    var bytes = bytes
    bytes[0] = bytes[0] & 0x7f | 0x40
    guard let number = BN_bin2bn(bytes, Int32(bytes.count), nil) else { throw .openSSL(doing) }
    defer { BN_free(number) }
    guard BN_to_ASN1_INTEGER(number, X509_get_serialNumber(pointer)) != nil else {
      throw .openSSL(doing)
    }
  }

  func commonName() -> String? {
    let subject = X509_get_subject_name(pointer)
    let index = X509_NAME_get_index_by_NID(subject, NID_commonName, -1)
    guard index >= 0, let entry = X509_NAME_get_entry(subject, index) else { return nil }
    var text: UnsafeMutablePointer<UInt8>?
    let length = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(entry))
    guard length >= 0, let text else { return nil }
    defer { CRYPTO_free(text, nil, 0) }
    return String(decoding: UnsafeBufferPointer(start: text, count: Int(length)), as: UTF8.self)
  }

  /// Unix seconds of a time in the certificate. (ASN1_TIME_to_tm, timegm)
  func seconds(_ time: UnsafePointer<ASN1_TIME>?) throws(CryptoError) -> Int64 {
    var parts = tm()
    guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else {
      throw .openSSL("a time in a certificate is malformed")
    }
    return Int64(timegm(&parts))
  }
}
