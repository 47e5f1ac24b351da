import Crypto
import Foundation
import Platform
import Testing

@Suite struct RSAKeyTests {
  let message = Array("header.claims".utf8)

  @Test func verifiesItsOwnSignaturesOnly() throws {
    let key = try RSAPrivateKey(generatingBits: 1024)
    let publicKey = key.publicKey
    var signature = try key.signature(for: message)
    #expect(publicKey.bits == 1024)
    try #require(signature.count == 128)
    #expect(publicKey.verifies(signature, for: message))
    #expect(!publicKey.verifies(signature, for: message + [0]))
    #expect(!publicKey.verifies([], for: message))
    #expect(!publicKey.verifies(Array(signature.dropLast()), for: message))
    let other = try RSAPrivateKey(generatingBits: 1024).publicKey
    #expect(!other.verifies(signature, for: message))
    signature[5] ^= 1
    #expect(!publicKey.verifies(signature, for: message))
  }

  @Test func aKnownKeySignsTheKnownSignature() throws {
    let key = try RSAPrivateKey(pemBytes: Array(knownKey.utf8))
    // openssl dgst -sha256 -sign, OpenSSL 3.0: PKCS #1 v1.5 is deterministic.
    #expect(Hex.encode(try key.signature(for: Array("abc".utf8))) == knownSignature)
    #expect(Hex.encode(key.publicKey.fingerprint) == knownFingerprint)
  }

  @Test func privatePEMRoundTrip() throws {
    let key = try RSAPrivateKey(generatingBits: 1024)
    let pem = try key.pkcs8PEM()
    let text = pem.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    #expect(text.hasPrefix("-----BEGIN PRIVATE KEY-----\n"))
    #expect(text.hasSuffix("\n-----END PRIVATE KEY-----\n"))
    #expect(try RSAPrivateKey(pem: pem).publicKey == key.publicKey)
    #expect(try RSAPrivateKey(pemBytes: Array(text.utf8)).publicKey == key.publicKey)
  }

  @Test func publicRoundTrips() throws {
    let key = try RSAPrivateKey(generatingBits: 1024).publicKey
    #expect(try RSAPublicKey(pem: key.pem()) == key)
    #expect(try RSAPublicKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo) == key)
    #expect(throws: CryptoError.self) {
      try RSAPublicKey(subjectPublicKeyInfo: key.subjectPublicKeyInfo + [0])
    }
    #expect(throws: CryptoError.self) {
      try RSAPublicKey(subjectPublicKeyInfo: Array(key.subjectPublicKeyInfo.dropLast()))
    }
    #expect(throws: CryptoError.self) { try RSAPublicKey(subjectPublicKeyInfo: []) }
  }

  @Test func opensslReadsOurKeys() async throws {
    let key = try RSAPrivateKey(generatingBits: 1024)
    let pem = try key.pkcs8PEM().withUnsafeBytes { Data($0) }
    let der = try await openssl(["pkey", "-pubout", "-outform", "DER"], input: pem)
    #expect([UInt8](der) == key.publicKey.subjectPublicKeyInfo)
    let publicPEM = try await openssl(["pkey", "-pubout"], input: pem)
    #expect([UInt8](publicPEM) == key.publicKey.pem())
  }

  @Test(arguments: ["", "x", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", ecKey])
  func refusesOtherPrivateKeys(text: String) {
    #expect(throws: CryptoError.self) { _ = try RSAPrivateKey(pemBytes: Array(text.utf8)) }
  }

  @Test func refusesAnEncryptedKeyWithoutAskingForAPassPhrase() async throws {
    let pem = Data(knownKey.utf8)
    let arguments = ["pkey", "-aes256", "-passout", "pass:secret"]
    let encrypted = try await openssl(arguments, input: pem)
    #expect(throws: CryptoError.self) { _ = try RSAPrivateKey(pemBytes: [UInt8](encrypted)) }
  }

  @Test func refusesTruncatedKeysAndForeignSizes() {
    for length in stride(from: 0, to: knownKey.utf8.count - 30, by: 37) {
      #expect(throws: CryptoError.self) {
        _ = try RSAPrivateKey(pemBytes: Array(knownKey.utf8.prefix(length)))
      }
    }
    for bits in [-1, 0, 512, 1 << 20] {
      #expect(throws: CryptoError.self) { _ = try RSAPrivateKey(generatingBits: bits) }
    }
  }

  @Test func anErrorNamesTheCauseOfItsOwnCall() {
    // Each failure empties the queue: the second message must not have the first one's cause.
    let first = #expect(throws: CryptoError.self) { try Certificate(pem: Array("x".utf8)) }
    let second = #expect(throws: CryptoError.self) {
      try RSAPublicKey(subjectPublicKeyInfo: [0x30, 0x00])
    }
    #expect(first?.message.contains("no start line") == true)
    #expect(second?.message.contains("no start line") == false)
  }
}

/// The output of the `openssl` command for an input.
func openssl(_ arguments: [String], input: Data) async throws -> Data {
  let folder = FileManager.default.temporaryDirectory.appending(
    path: "arctl-openssl-\(UUID().uuidString)")
  try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(at: folder) }
  let (source, result) = (folder.appending(path: "in"), folder.appending(path: "out"))
  try input.write(to: source)
  let process = try ChildProcess(
    "openssl", arguments: arguments + ["-in", source.path(), "-out", result.path()],
    environment: .current, output: .discarded)
  #expect(await process.wait() == .exited(0))
  return try Data(contentsOf: result)
}
