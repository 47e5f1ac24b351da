import Crypto
import Testing

/// RFC 3720, appendix B.4, the check value of the catalogue of CRCs, and one that gcloud sent.
@Suite struct CRC32CTests {
  @Test(
    arguments: [
      ([UInt8](repeating: 0, count: 32), 0x8A91_36AA),
      ([UInt8](repeating: 0xFF, count: 32), 0x62A8_AB43),
      (Array(0...31), 0x46DD_794E), (Array((0...31).reversed()), 0x113F_DB5C),
      (
        [
          0x01, 0xC0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x14, 0, 0, 0, 0, 0, 0x04, 0, 0, 0,
          0,
          0x14, 0, 0, 0, 0x18, 0x28, 0, 0, 0, 0, 0, 0, 0, 0x02, 0, 0, 0, 0, 0, 0, 0,
        ], 0xD996_3A56
      ),
      (Array("123456789".utf8), 0xE306_9283), (Array("hi".utf8), 4_120_762_818), ([], 0),
    ] as [([UInt8], UInt32)])
  func knownChecksums(_ bytes: [UInt8], _ checksum: UInt32) {
    #expect(CRC32C.checksum(bytes) == checksum)
  }
}
