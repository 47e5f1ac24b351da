import Crypto
import Testing

@Suite struct SecretBytesTests {
  @Test func growsAndKeepsItsBytes() {
    var secret = SecretBytes()
    let empty = secret.isEmpty
    #expect(empty)
    var expected: [UInt8] = []
    for round in 0..<3000 {
      let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: round), count: round % 7)
      secret.append(contentsOf: bytes)
      expected += bytes
    }
    secret.append("text")
    secret.append(UInt8(ascii: "!"))
    expected += Array("text!".utf8)
    let count = secret.count
    #expect(count == expected.count)
    let same = secret.withUnsafeBytes { Array($0) == expected }
    #expect(same)
  }
}
