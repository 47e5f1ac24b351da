import COpenSSL

/// A certificate authority that can certify servers of a few domains only.
///
///     let authority = try CertificateAuthority(
///       commonName: "test", domains: ["example.com"], notBefore: now, notAfter: now + 86_400)
///     let leaf = try authority.certify(server, names: ["*.example.com"], notBefore: now, notAfter: now + 3600)
///
/// Its certificate says so itself, by critical name constraints (RFC 5280, 4.2.1.10): clients refuse a certificate of
/// this authority for every other domain, and for every address that is not this machine's. It certifies no other
/// authority (path length 0). It owns its key.
public struct CertificateAuthority: ~Copyable, Sendable {
  /// The certificate that clients are given to trust.
  public let certificate: Certificate
  /// The key that signs.
  public let key: RSAPrivateKey

  /// A new authority with a new key of 2048 bits. Times are in Unix seconds. Throws if OpenSSL refuses a value.
  ///
  /// - Parameter domains: it can certify these names and all names below them.
  public init(
    commonName: String, domains: [String], notBefore: Int64, notAfter: Int64
  ) throws(CryptoError) {
    let key = try RSAPrivateKey(generatingBits: 2048)
    let handle = try CertificateHandle.unsigned(
      key.handle, commonName: commonName, notBefore: notBefore, notAfter: notAfter)
    let name = X509_get_subject_name(handle.pointer)
    guard X509_set_issuer_name(handle.pointer, name) == 1 else {
      throw .openSSL(Certificate.creating)
    }
    try handle.add(
      [
        (NID_basic_constraints, "critical,CA:TRUE,pathlen:0"),
        (NID_key_usage, "critical,keyCertSign"),
        (NID_subject_key_identifier, "hash"),
        (NID_name_constraints, Self.constraints(domains)),
      ], issuer: handle.pointer)
    try handle.sign(key.handle)
    certificate = try Certificate(handle)
    self.key = key
  }

  /// An authority from its certificate and key; nil if they do not belong together, or if the certificate does not
  /// limit it to exactly these domains. Throws for text that is not a certificate or a key.
  public init?(
    certificate pem: [UInt8], key keyPEM: borrowing SecretBytes, domains: [String]
  ) throws(CryptoError) {
    let handle = try CertificateHandle(pem: pem)
    let certificate = try Certificate(handle)
    let key = try RSAPrivateKey(pem: keyPEM)
    guard certificate.publicKey == key.publicKey,
      try handle.has(NID_name_constraints, Self.constraints(domains)),
      try handle.has(NID_basic_constraints, "critical,CA:TRUE,pathlen:0")
    else { return nil }
    self.certificate = certificate
    self.key = key
  }

  /// A certificate for a server's key. Times are in Unix seconds. Throws if OpenSSL refuses a value.
  ///
  /// - Parameters:
  ///   - commonName: the subject, which must differ from the authority's. Clients do not compare it with a host.
  ///   - names: DNS names; a `*` stands for one label. Whether the authority may certify them is for clients to check.
  public borrowing func certify(
    _ server: RSAPublicKey, commonName: String, names: [String], notBefore: Int64, notAfter: Int64
  ) throws(CryptoError) -> Certificate {
    let issuer = try CertificateHandle(pem: certificate.pem)
    let handle = try CertificateHandle.unsigned(
      RSAPublicKey.handle(of: server.subjectPublicKeyInfo), commonName: commonName,
      notBefore: notBefore, notAfter: notAfter)
    guard X509_set_issuer_name(handle.pointer, X509_get_subject_name(issuer.pointer)) == 1 else {
      throw .openSSL(Certificate.creating)
    }
    try handle.add(
      [
        (NID_basic_constraints, "critical,CA:FALSE"),
        (NID_key_usage, "critical,digitalSignature,keyEncipherment"),
        (NID_ext_key_usage, "serverAuth"),
        (NID_subject_key_identifier, "hash"),
        (NID_authority_key_identifier, "keyid"),
        (NID_subject_alt_name, names.map { "DNS:\($0)" }.joined(separator: ",")),
      ], issuer: issuer.pointer)
    try handle.sign(key.handle)
    return try Certificate(handle)
  }

  /// Without the address, the authority could certify every one: a constraint limits names of its own type only.
  private static func constraints(_ domains: [String]) -> String {
    (["critical"] + domains.map { "permitted;DNS:\($0)" } + ["permitted;IP:127.0.0.0/255.0.0.0"])
      .joined(separator: ",")
  }
}

extension CertificateHandle {
  /// Adds extensions, each with a value in the form of OpenSSL's configuration files. (X509_add_ext)
  func add(
    _ extensions: [(kind: Int32, value: String)], issuer: OpaquePointer
  ) throws(CryptoError) {
    for (kind, value) in extensions {
      guard let made = shim_extension(pointer, issuer, kind, value) else {
        throw .openSSL(Certificate.creating)
      }
      defer { X509_EXTENSION_free(made) }
      guard X509_add_ext(pointer, made, -1) == 1 else { throw .openSSL(Certificate.creating) }
    }
  }

  /// Whether it has exactly this extension, once and with the same criticality. (X509_EXTENSION_get_data)
  func has(_ kind: Int32, _ value: String) throws(CryptoError) -> Bool {
    guard let wanted = shim_extension(pointer, pointer, kind, value) else {
      throw .openSSL(Certificate.creating)
    }
    defer { X509_EXTENSION_free(wanted) }
    let index = X509_get_ext_by_NID(pointer, kind, -1)
    guard index >= 0, X509_get_ext_by_NID(pointer, kind, index) < 0,
      let found = X509_get_ext(pointer, index)
    else { return false }
    return X509_EXTENSION_get_critical(found) == X509_EXTENSION_get_critical(wanted)
      && ASN1_OCTET_STRING_cmp(X509_EXTENSION_get_data(found), X509_EXTENSION_get_data(wanted)) == 0
  }
}
