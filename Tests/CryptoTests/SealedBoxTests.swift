import Testing

@testable import Crypto

@Suite struct SealedBoxTests {
  /// The private key 0x01, 0x02, ... 0x20, for which PyNaCl 1.6.2 made `box`.
  static func pair() throws -> SealedBox.KeyPair {
    var secret = SecretBytes()
    secret.append(contentsOf: 1...32)
    return try SealedBox.KeyPair(secret: secret)
  }
  static let publicKey = "B6N8vBQgk8i3VdwbEOhstCY3StFqqFPtC9/AsrhtHHw="
  static let box =
    "VxR2nRFr92Q2rnS8eT0sMK0ZA8WaxSc4BcfiaYtBDDaRf8rVJhNK/sb5N49sVZa4QOxAFm8="

  func secret(_ text: String) -> SecretBytes {
    var secret = SecretBytes()
    secret.append(text)
    return secret
  }

  func text(_ secret: borrowing SecretBytes) -> String {
    secret.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
  }

  @Test func opensABoxThatPyNaClMade() throws {
    let pair = try Self.pair()
    let key = pair.recipient.bytes
    #expect(Base64.encode(key) == Self.publicKey)
    let box = try #require(Base64.decode(Self.box))
    #expect(text(try SealedBox.open(box, with: pair)) == "arctl")
  }

  @Test(arguments: [0, 1, 47, 2300, 4095, 4096, 4097, 49_152])
  func sealsAndOpens(_ length: Int) throws {
    let pair = try SealedBox.KeyPair.generate()
    let message = String(repeating: "k", count: length)
    let box = try SealedBox.seal(secret(message), for: pair.recipient)
    #expect(box.count == length + SealedBox.overhead)
    #expect(text(try SealedBox.open(box, with: pair)) == message)
  }

  @Test func twoBoxesOfOneMessageDiffer() throws {
    let pair = try Self.pair()
    let first = try SealedBox.seal(secret("arctl"), for: pair.recipient)
    let second = try SealedBox.seal(secret("arctl"), for: pair.recipient)
    #expect(first != second)
  }

  @Test func aChangedBoxIsNotOpened() throws {
    let pair = try Self.pair()
    let box = try #require(Base64.decode(Self.box))
    for index in box.indices {
      var changed = box
      changed[index] ^= 0x10
      #expect(throws: CryptoError.self) {
        let opened = try SealedBox.open(changed, with: pair)
        _ = opened.count
      }
    }
    for length in [0, 1, 47, 48, 52] {
      #expect(throws: CryptoError.self) {
        let opened = try SealedBox.open(Array(box.prefix(length)), with: pair)
        _ = opened.count
      }
    }
  }

  @Test func aBoxForAnotherKeyIsNotOpened() throws {
    let box = try SealedBox.seal(secret("arctl"), for: try Self.pair().recipient)
    let other = try SealedBox.KeyPair.generate()
    #expect(throws: CryptoError.self) {
      let opened = try SealedBox.open(box, with: other)
      _ = opened.count
    }
  }

  @Test(arguments: [0, 31, 33, 64])
  func aKeyHas32Bytes(_ count: Int) {
    #expect(SealedBox.Recipient([UInt8](repeating: 9, count: count)) == nil)
    #expect(throws: CryptoError.self) {
      var secret = SecretBytes()
      secret.append(contentsOf: [UInt8](repeating: 9, count: count))
      _ = try SealedBox.KeyPair(secret: secret).recipient
    }
  }

  /// With a public key of low order, anyone could compute the shared secret.
  @Test func aKeyOfLowOrderIsRefused() throws {
    let recipient = try #require(SealedBox.Recipient([UInt8](repeating: 0, count: 32)))
    #expect(throws: CryptoError.self) { try SealedBox.seal(secret("arctl"), for: recipient) }
  }

  @Test func generatedPairsDiffer() throws {
    let first = try SealedBox.KeyPair.generate()
    let second = try SealedBox.KeyPair.generate()
    let isSame = first.recipient == second.recipient
    #expect(!isSame)
  }

  @Test(arguments: ["", "f", "fo", "foo", "foob", "fooba", "foobar"])
  func encodesASecretInBase64(_ plain: String) {
    #expect(text(Base64.encode(secret(plain))) == Base64.encode(Array(plain.utf8)))
  }
}
