import Testing
import YAML

struct SourceBytesTests {
  @Test(
    arguments: [
      ([0x61, 0x3A, 0x20, 0xFF, 0x0A], ["AR0103 1:4"]),
      ([0xC3, 0xA9, 0x0A, 0xC3, 0xA9, 0xC3], ["AR0103 2:2"]),
      ([0xC0, 0x80], ["AR0103 1:1", "AR0103 1:2"]),
      ([0x61, 0x0A, 0x62, 0x00, 0x63, 0x1B], ["AR0103 2:2", "AR0103 2:4"]),
      ([0xFF, 0xFE, 0x61, 0x00], ["AR0103 1:1"]),
      ([0x61, 0x00, 0x3A, 0x00, 0x20, 0x00], ["AR0103 1:2"]),
      ([0x00, 0x61, 0x00, 0x3A, 0x00, 0x20], ["AR0103 1:1"]),
      ([0x61, 0xEF, 0xBB, 0xBF], ["AR0103 1:2"]),
      ([0x61, 0xE2, 0x80, 0xA8, 0x62], ["AR0103 1:2"]),
      ([0x61, 0xED, 0xA0, 0x80], ["AR0103 1:2", "AR0103 1:3", "AR0103 1:4"]),
      ([0x61, 0x7F], ["AR0103 1:2"]),
    ] as [([UInt8], [String])])
  func badBytes(_ bytes: [UInt8], _ faults: [String]) {
    let file = YAMLFile(parsing: bytes, file: "a.yaml")
    #expect(file.faults == faults)
    #expect(file.documents.isEmpty)
  }

  @Test func utf16IsNamed() {
    let file = YAMLFile(parsing: [0xFF, 0xFE, 0x61, 0x00], file: "a.yaml")
    #expect(file.diagnostics.first?.message == "the file is UTF-16, not UTF-8")
  }

  @Test func charactersBeyondTheBasicPlane() {
    #expect(YAMLFile("a: \u{10FFFD} \u{1F600} \u{E000}\u{FFFD}").diagnostics.isEmpty)
  }
}
