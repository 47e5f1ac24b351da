import Crypto
import Foundation
import Testing

@Suite struct CertificateTests {
  let notBefore: Int64 = 1_790_000_000
  // 2052: a year from 2050 is written in another form (RFC 5280, 4.1.2.5).
  let notAfter: Int64 = 2_600_000_000

  @Test func roundTrip() throws {
    let key = try RSAPrivateKey(generatingBits: 1024)
    let certificate = try Certificate.selfSigned(
      by: key, commonName: "uploader@p.iam.gserviceaccount.com", notBefore: notBefore,
      notAfter: notAfter)
    #expect(certificate.subjectCommonName == "uploader@p.iam.gserviceaccount.com")
    #expect(certificate.notBefore == notBefore)
    #expect(certificate.notAfter == notAfter)
    #expect(certificate.publicKey == key.publicKey)
    #expect(try Certificate(pem: certificate.pem) == certificate)
    let again = try Certificate.selfSigned(
      by: key, commonName: "a", notBefore: notBefore, notAfter: notAfter)
    #expect(again.pem != certificate.pem)
  }

  @Test func opensslReadsTheCertificate() async throws {
    let key = try RSAPrivateKey(generatingBits: 1024)
    let certificate = try Certificate.selfSigned(
      by: key, commonName: "é", notBefore: notBefore, notAfter: notAfter)
    let arguments = ["x509", "-noout", "-text"]
    let output = try await openssl(arguments, input: Data(certificate.pem))
    let text = String(decoding: output, as: UTF8.self)
    #expect(text.contains("Version: 3 (0x2)"))
    #expect(text.contains("Signature Algorithm: sha256WithRSAEncryption"))
    #expect(text.contains("Not Before: Sep 21 14:13:20 2026 GMT"))
    #expect(text.contains("Issuer: CN ="))
  }

  @Test func refusesACommonNameThatX520DoesNotAllow() throws {
    let key = try RSAPrivateKey(generatingBits: 1024)
    #expect(throws: CryptoError.self) {
      try Certificate.selfSigned(
        by: key, commonName: String(repeating: "a", count: 65), notBefore: 0, notAfter: 1)
    }
  }

  @Test func refusesDamagedCertificates() throws {
    let key = try RSAPrivateKey(generatingBits: 1024)
    let pem = try Certificate.selfSigned(
      by: key, commonName: "a", notBefore: 0, notAfter: 1
    ).pem
    for length in stride(from: 0, to: pem.count - 30, by: 41) {
      #expect(throws: CryptoError.self) { try Certificate(pem: Array(pem.prefix(length))) }
    }
    #expect(throws: CryptoError.self) { try Certificate(pem: key.publicKey.pem()) }
    #expect(throws: CryptoError.self) {
      try Certificate(pem: [UInt8](repeating: 65, count: 1 << 17))
    }
  }
}
