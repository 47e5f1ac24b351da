import Crypto
import Testing

@Suite struct EncodingsTests {
  @Test func hashesTheStandardVectors() {
    #expect(
      Hex.encode(SHA256.hash([]))
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      Hex.encode(SHA256.hash(Array("abc".utf8)))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    #expect(
      Hex.encode(SHA256.hash([UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)))
        == "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0")
  }

  @Test(arguments: [
    ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
    ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
  ])
  func encodesTheVectorsOfRFC4648(plain: String, text: String) {
    #expect(Base64.encode(Array(plain.utf8)) == text)
    #expect(Base64.decode(text) == Array(plain.utf8))
    let bare = String(text.prefix { $0 != "=" })
    #expect(Base64.urlEncode(Array(plain.utf8)) == bare)
    #expect(Base64.urlDecode(bare) == Array(plain.utf8))
  }

  @Test func urlAlphabet() {
    #expect(Base64.encode([0xfb, 0xff, 0xfe]) == "+//+")
    #expect(Base64.urlEncode([0xfb, 0xff, 0xfe]) == "-__-")
    #expect(Base64.urlDecode("-__-") == [0xfb, 0xff, 0xfe])
  }

  @Test(arguments: [
    "Zg", "Zg=", "Zh==", "Zm9=", "Zm9v\n", " Zm9v", "Zm9v====", "====", "Z===", "Zm=v", "-__-",
    "Zé==",
  ])
  func refusesOtherBase64(text: String) { #expect(Base64.decode(text) == nil) }

  @Test(arguments: ["Zg==", "Zh", "A", "+//+", "Zm9v Zm9v", "a.b", "AAAAA"])
  func refusesOtherURLBase64(text: String) { #expect(Base64.urlDecode(text) == nil) }

  @Test func hex() {
    #expect(Hex.encode([0, 15, 255]) == "000fff")
    #expect(Hex.decode("000FfF") == [0, 15, 255])
    #expect(Hex.decode("") == [])
    #expect(Hex.decode("0") == nil)
    #expect(Hex.decode("0g") == nil)
    #expect(Hex.decode("+1") == nil)
  }

  @Test func everyEncodingReturnsRandomBytes() {
    for length in 0..<100 {
      let bytes = randomBytes(length)
      #expect(bytes.count == length)
      #expect(Hex.decode(Hex.encode(bytes)) == bytes)
      #expect(Base64.decode(Base64.encode(bytes)) == bytes)
      #expect(Base64.urlDecode(Base64.urlEncode(bytes)) == bytes)
    }
  }

  @Test func randomBytesDiffer() { #expect(randomBytes(32) != randomBytes(32)) }

  @Test func comparesInConstantTime() {
    #expect(constantTimeEqual([1, 2, 3], [1, 2, 3]))
    #expect(constantTimeEqual([], []))
    #expect(!constantTimeEqual([1, 2, 3], [1, 2, 4]))
    #expect(!constantTimeEqual([1, 2, 3], [1, 2]))
  }
}
