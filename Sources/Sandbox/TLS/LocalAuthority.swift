import Crypto
import Glibc
import SandboxWire

/// The certificate authority of a data folder: in `DIR/tls`, with a bundle of the system's roots and its own, because
/// the variables of Python's tools replace the roots that these know.
///
/// Its certificate limits it to the served domains, and it is not added to any other store.
struct LocalAuthority {
  let directory: DataDirectory
  /// The domains that it may certify.
  let domains: [String]
  /// The real time in seconds since 1970; the sandbox's clock has no effect.
  let now: Int64

  static let folder = "tls"
  static let certificateFile = "\(folder)/ca.pem"
  static let keyFile = "\(folder)/ca-key.pem"
  static let bundleFile = "\(folder)/bundle.pem"

  /// How long an authority is valid, in seconds: 30 days.
  static let lifetime: Int64 = 30 * 86_400
  /// An authority with less time left is replaced at the next start, in seconds: 10 days.
  static let reserve: Int64 = 10 * 86_400
  /// How far a clock may be behind, in seconds.
  private static let tolerance: Int64 = 3600

  /// What a server for these names speaks TLS with, and a note for the user if there is something to say.
  ///
  /// Its key is in memory only. The authority is a new one if the old one ends soon or has other domains.
  func identity(
    for names: ServedNames
  ) throws(SandboxError) -> (identity: ServerIdentity, note: String?) {
    try directory.makeFolder(Self.folder)
    // Whatever the data folder has: the key must not get into a repository.
    try directory.write("\(Self.folder)/.gitignore", Array("*\n".utf8))
    let authority: CertificateAuthority
    if let old = try existing() { authority = old } else { authority = try made() }
    let note = try writeBundle(authority.certificate)
    do throws(CryptoError) {
      let key = try RSAPrivateKey(generatingBits: 2048)
      let leaf = try authority.certify(
        key.publicKey, commonName: "arctl-sandbox", names: names.patterns + ["localhost"],
        notBefore: now - Self.tolerance, notAfter: authority.certificate.notAfter)
      return (try ServerIdentity(key: key, certificate: leaf), note)
    } catch {
      throw SandboxError("cannot create a certificate: \(error)")
    }
  }

  /// The folder's authority, if it can be used for some more time.
  private func existing() throws(SandboxError) -> CertificateAuthority? {
    guard let certificate = try directory.read(Self.certificateFile),
      let text = try directory.read(Self.keyFile)
    else { return nil }
    var key = SecretBytes()
    key.append(contentsOf: text)
    guard
      let found = try? CertificateAuthority(certificate: certificate, key: key, domains: domains),
      found.certificate.notAfter - now > Self.reserve,
      // A clock that was ahead, or an authority that is not this program's, would last too long or begin too late.
      found.certificate.notBefore <= now, found.certificate.notAfter <= now + Self.lifetime,
      directory.isPrivate(Self.keyFile)
    else { return nil }
    return found
  }

  private func made() throws(SandboxError) -> CertificateAuthority {
    let authority = try generated()
    let text: [UInt8]
    do throws(CryptoError) {
      text = try authority.key.pkcs8PEM().withUnsafeBytes { Array($0) }
    } catch {
      throw SandboxError("cannot write the key of the certificate authority: \(error)")
    }
    // A crash in between leaves two files that do not belong together, which the next start replaces.
    try directory.write(Self.keyFile, text)
    try directory.write(Self.certificateFile, authority.certificate.pem)
    return authority
  }

  private func generated() throws(SandboxError) -> CertificateAuthority {
    do throws(CryptoError) {
      return try CertificateAuthority(
        commonName: "arctl-sandbox on this machine", domains: domains,
        notBefore: now - Self.tolerance, notAfter: now + Self.lifetime)
    } catch {
      throw SandboxError("cannot create a certificate authority: \(error)")
    }
  }

  /// Where systems keep their roots: Debian, Fedora, Alpine.
  private static let systemBundles = [
    "/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt", "/etc/ssl/cert.pem",
  ]

  /// Writes the bundle. Returns a note if the system's roots were not found.
  private func writeBundle(_ certificate: Certificate) throws(SandboxError) -> String? {
    let system = Self.systemBundles.lazy.compactMap(DataDirectory.content(of:)).first
    var bytes = system ?? []
    if let last = bytes.last, last != 0x0A { bytes.append(0x0A) }
    try directory.write(Self.bundleFile, bytes + certificate.pem)
    return system == nil
      ? "the system's root certificates were not found (package ca-certificates), so "
        + "\(directory.path)/\(Self.bundleFile) has the sandbox's only" : nil
  }
}
