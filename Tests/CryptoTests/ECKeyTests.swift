import Crypto
import Testing

@Suite struct ECKeyTests {
  private let message = Array("header.claims".utf8)

  /// RFC 7515, A.3: a JWS with ES256.
  @Test func verifiesTheSignatureOfTheStandard() throws {
    let x = try #require(Base64.urlDecode("f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"))
    let y = try #require(Base64.urlDecode("x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"))
    let key = try ECPublicKey(x: x, y: y)
    let text =
      "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
      + "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
    var signature = try #require(
      Base64.urlDecode(
        "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q")
    )
    #expect(key.verifies(signature, for: Array(text.utf8)))
    #expect(!key.verifies(signature, for: Array("\(text)x".utf8)))
    signature[40] ^= 1
    #expect(!key.verifies(signature, for: Array(text.utf8)))
  }

  @Test func verifiesItsOwnSignaturesOnly() throws {
    let key = try ECPrivateKey()
    let other = try ECPrivateKey()
    // Numbers with leading zeros have shorter encodings.
    for round in 0..<300 {
      let message = message + [UInt8(truncatingIfNeeded: round)]
      let signature = try key.signature(for: message)
      #expect(signature.count == 64)
      #expect(key.publicKey.verifies(signature, for: message))
      #expect(!other.publicKey.verifies(signature, for: message))
    }
    let signature = try key.signature(for: message)
    for wrong in [
      [], Array(signature.dropLast()), signature + [0], [UInt8](repeating: 0, count: 64),
    ] {
      #expect(!key.publicKey.verifies(wrong, for: message))
    }
  }

  @Test func readsItsOwnText() throws {
    let key = try ECPrivateKey()
    let pem = try key.pkcs8PEM().withUnsafeBytes { Array($0) }
    #expect(try ECPrivateKey(pemBytes: pem).publicKey == key.publicKey)
    let rsa = try RSAPrivateKey(generatingBits: 1024).pkcs8PEM().withUnsafeBytes { Array($0) }
    #expect(throws: CryptoError.self) { try ECPrivateKey(pemBytes: rsa).publicKey }
    #expect(throws: CryptoError.self) { try RSAPrivateKey(pemBytes: pem).publicKey }
  }

  @Test func takesPointsOfTheCurveOnly() throws {
    let key = try ECPrivateKey().publicKey
    #expect(try ECPublicKey(x: key.x, y: key.y) == key)
    var wrong = key.y
    wrong[31] ^= 1
    #expect(throws: CryptoError.self) { try ECPublicKey(x: key.x, y: wrong) }
    #expect(throws: CryptoError.self) { try ECPublicKey(x: key.x, y: Array(key.y.dropFirst())) }
    #expect(throws: CryptoError.self) { try ECPublicKey(x: [], y: []) }
  }

  /// The numbers of a 2048-bit key are at fixed places of its DER form.
  @Test func anRSAKeyIsMadeOfItsNumbers() throws {
    let key = try RSAPrivateKey(generatingBits: 2048).publicKey
    let der = key.subjectPublicKeyInfo
    let modulus = Array(der[33..<289])
    let exponent = Array(der.suffix(3))
    #expect(exponent == [1, 0, 1])
    #expect(try RSAPublicKey(modulus: modulus, exponent: exponent) == key)
    #expect(try RSAPublicKey(modulus: [0, 0] + modulus, exponent: [0] + exponent) == key)
    #expect(throws: CryptoError.self) { try RSAPublicKey(modulus: [1, 2, 3], exponent: exponent) }
    #expect(throws: CryptoError.self) { try RSAPublicKey(modulus: modulus, exponent: []) }
    #expect(throws: CryptoError.self) {
      try RSAPublicKey(modulus: [UInt8](repeating: 0xFF, count: 4096), exponent: exponent)
    }
  }
}
