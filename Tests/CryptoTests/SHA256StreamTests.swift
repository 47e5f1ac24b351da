import Crypto
import Testing

@Suite struct SHA256StreamTests {
  @Test(arguments: [1, 63, 64, 65, 1000])
  func piecesGiveTheHashOfTheWhole(size: Int) {
    let bytes = (0..<5000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
    var stream = SHA256Stream()
    var rest = bytes[...]
    while !rest.isEmpty {
      rest.prefix(size).withUnsafeBytes { stream.update($0) }
      rest = rest.dropFirst(size)
    }
    #expect(stream.finish() == SHA256.hash(bytes))
  }

  @Test func emptyInputHasAHash() {
    #expect(SHA256Stream().finish() == SHA256.hash([]))
  }
}
