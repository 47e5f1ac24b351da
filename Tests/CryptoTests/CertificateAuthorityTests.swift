import Crypto
import Foundation
import Platform
import Testing

/// A certificate authority as OpenSSL's own program judges it.
@Suite struct CertificateAuthorityTests {
  private let folder = FileManager.default.temporaryDirectory
    .appending(path: "arctl-authority-\(UUID().uuidString)")
  private let now = Int64(Date().timeIntervalSince1970)

  private func authority(_ domains: [String] = ["example.com", "localhost"]) throws
    -> CertificateAuthority
  {
    try CertificateAuthority(
      commonName: "test", domains: domains, notBefore: now - 60, notAfter: now + 86_400)
  }

  private func text(_ certificate: Certificate) async throws -> String {
    let output = try await openssl(["x509", "-noout", "-text"], input: Data(certificate.pem))
    return String(decoding: output, as: UTF8.self)
  }

  /// What `openssl verify` prints about a leaf.
  private func verdict(_ leaf: Certificate, by authority: borrowing CertificateAuthority)
    async throws -> String
  {
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let (root, file) = (folder.appending(path: "ca.pem"), folder.appending(path: "leaf.pem"))
    try Data(authority.certificate.pem).write(to: root)
    try Data(leaf.pem).write(to: file)
    let result = folder.appending(path: "result")
    let script =
      "openssl verify -x509_strict -purpose sslserver -CAfile \"$0\" \"$1\" >\"$2\" 2>&1 || true"
    let process = try ChildProcess(
      "/bin/sh", arguments: ["-c", script, root.path(), file.path(), result.path()],
      environment: .current, output: .discarded)
    #expect(await process.wait() == .exited(0))
    return try String(contentsOf: result, encoding: .utf8)
  }

  @Test func theCertificateLimitsItself() async throws {
    let text = try await text(try authority().certificate)
    #expect(text.contains("X509v3 Basic Constraints: critical\n                CA:TRUE, pathlen:0"))
    #expect(text.contains("X509v3 Key Usage: critical\n                Certificate Sign\n"))
    let constraints = try #require(text.range(of: "X509v3 Name Constraints: critical\n"))
    let lines = text[constraints.upperBound...].split(separator: "\n").prefix(4).map {
      $0.trimmingCharacters(in: .whitespaces)
    }
    #expect(
      lines == [
        "Permitted:", "DNS:example.com", "DNS:localhost", "IP:127.0.0.0/255.0.0.0",
      ])
  }

  @Test(arguments: [
    (["example.com", "*.example.com", "a.b.example.com", "localhost"], true),
    (["example.org"], false), (["example.com", "*.example.org"], false),
    (["notexample.com"], false), (["example.com.evil.org"], false), (["com"], false),
  ])
  func certifiesOnlyItsDomains(_ names: [String], _ isGood: Bool) async throws {
    let authority = try authority()
    let server = try RSAPrivateKey(generatingBits: 2048)
    let leaf = try authority.certify(
      server.publicKey, commonName: "leaf", names: names, notBefore: now - 60, notAfter: now + 3600)
    #expect(leaf.publicKey == server.publicKey)
    let verdict = try await verdict(leaf, by: authority)
    #expect(verdict.contains(isGood ? "OK" : "permitted subtree violation"), "\(verdict)")
  }

  /// A name constraint for DNS names says nothing about addresses.
  @Test(arguments: [("127.0.0.1", true), ("8.8.8.8", false), ("::1", false)])
  func certifiesNoAddressOfAnotherMachine(_ address: String, _ isGood: Bool) async throws {
    let authority = try authority()
    let server = try RSAPrivateKey(generatingBits: 2048)
    let leaf = try authority.certify(
      server.publicKey, commonName: "leaf", names: ["example.com,IP:\(address)"],
      notBefore: now - 60,
      notAfter: now + 3600)
    #expect(try await text(leaf).contains("IP Address:"))
    let verdict = try await verdict(leaf, by: authority)
    #expect(verdict.contains(isGood ? "OK" : "permitted subtree violation"), "\(verdict)")
  }

  @Test func aLeafCertifiesNothing() async throws {
    let authority = try authority()
    let server = try RSAPrivateKey(generatingBits: 2048)
    let leaf = try authority.certify(
      server.publicKey, commonName: "leaf", names: ["example.com"], notBefore: now,
      notAfter: now + 3600)
    let text = try await text(leaf)
    #expect(text.contains("X509v3 Basic Constraints: critical\n                CA:FALSE"))
    #expect(text.contains("TLS Web Server Authentication"))
    #expect(leaf.notAfter == now + 3600)
  }

  @Test func comesBackFromItsFilesForTheSameDomainsOnly() throws {
    let made = try authority()
    let pem = made.certificate.pem
    let key = try made.key.pkcs8PEM()
    func read(_ domains: [String]) throws -> Bool {
      try CertificateAuthority(certificate: pem, key: key, domains: domains) != nil
    }
    #expect(try read(["example.com", "localhost"]))
    #expect(try !read(["example.com"]))
    #expect(try !read(["example.com", "localhost", "pypi.org"]))
    let other = try authority().key.pkcs8PEM()
    let isTaken =
      try CertificateAuthority(
        certificate: pem, key: other, domains: ["example.com", "localhost"]) != nil
    #expect(!isTaken)
    // A certificate without any constraint.
    let plain = try Certificate.selfSigned(
      by: made.key, commonName: "test", notBefore: now, notAfter: now + 60)
    let isLimited =
      try CertificateAuthority(
        certificate: plain.pem, key: key, domains: ["example.com", "localhost"]) != nil
    #expect(!isLimited)
  }
}
