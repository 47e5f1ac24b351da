import Crypto
import Foundation
import Testing

@Suite struct RSAKeyTests {
  let message = Array("header.claims".utf8)

  @Test func verifiesItsOwnSignaturesOnly() throws {
    let key = try RSAPrivateKey(generatingBits: 1024)
    let publicKey = key.publicKey
    var signature = try key.signature(for: message)
    #expect(publicKey.bits == 1024)
    #expect(signature.count == 128)
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

  @Test func opensslTakesWhatWeWrite() throws {
    let key = try RSAPrivateKey(generatingBits: 1024)
    let pem = try key.pkcs8PEM().withUnsafeBytes { Data($0) }
    guard let der = try openssl(["pkey", "-pubout", "-outform", "DER"], input: pem) else { return }
    #expect([UInt8](der) == key.publicKey.subjectPublicKeyInfo)
    let publicPEM = try openssl(["pkey", "-pubout"], input: pem)
    #expect(publicPEM.map { [UInt8]($0) } == key.publicKey.pem())
  }

  @Test(arguments: ["", "x", "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n", ecKey])
  func refusesOtherPrivateKeys(text: String) {
    #expect(throws: CryptoError.self) { _ = try RSAPrivateKey(pemBytes: Array(text.utf8)) }
  }

  @Test func refusesAnEncryptedKeyWithoutAskingForAPassPhrase() throws {
    let pem = Data(knownKey.utf8)
    let arguments = ["pkey", "-aes256", "-passout", "pass:secret"]
    guard let encrypted = try openssl(arguments, input: pem) else { return }
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
    // The queue is emptied by each failure: the second message must not carry the first's cause.
    let first = #expect(throws: CryptoError.self) { try Certificate(pem: Array("x".utf8)) }
    let second = #expect(throws: CryptoError.self) {
      try RSAPublicKey(subjectPublicKeyInfo: [0x30, 0x00])
    }
    #expect(first?.message.contains("no start line") == true)
    #expect(second?.message.contains("no start line") == false)
  }
}

/// The output of the `openssl` command; nil where it is not installed.
func openssl(_ arguments: [String], input: Data) throws -> Data? {
  let path = "/usr/bin/openssl"
  guard FileManager.default.isExecutableFile(atPath: path) else { return nil }
  let process = Process()
  process.executableURL = URL(fileURLWithPath: path)
  process.arguments = arguments
  let (stdin, stdout) = (Pipe(), Pipe())
  process.standardInput = stdin
  process.standardOutput = stdout
  try process.run()
  stdin.fileHandleForWriting.write(input)
  try stdin.fileHandleForWriting.close()
  let output = stdout.fileHandleForReading.readDataToEndOfFile()
  process.waitUntilExit()
  #expect(process.terminationStatus == 0)
  return output
}
