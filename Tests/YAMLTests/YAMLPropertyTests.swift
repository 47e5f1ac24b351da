import Testing
import YAML

/// Random text made of the pieces that YAML reacts to.
struct YAMLPropertyTests {
  static let pieces = [
    "a", "b: ", "- ", "[", "]", "{", "}", ",", ": ", "\n", "\n  ", "\n---\n", "...\n", "\t", "'",
    "\"", "|\n", ">-\n", "&x ", "*x ", "!t ", "!!str ", "<<: ", "# c", "%TAG", "%YAML 1.1\n", "? ",
    "${v}", "\\", "é", "🎉", "\0", "\u{FEFF}", "@", "\r\n", "~", "0", " ",
  ].map { Array($0.utf8) }

  @Test func noTextCrashesTheParser() {
    let seed = UInt64.random(in: 0 ... .max)
    var random = SplitMix(state: seed)
    for round in 0..<4000 {
      let count = Int.random(in: 0...60, using: &random)
      var bytes = (0..<count).flatMap { _ in Self.pieces.randomElement(using: &random) ?? [] }
      if round % 4 == 0, !bytes.isEmpty {
        bytes[Int.random(in: 0..<bytes.count, using: &random)] = .random(
          in: 0...255, using: &random)
      }
      let file = YAMLFile(parsing: bytes, file: "a.yaml")
      let lines = String(decoding: bytes, as: UTF8.self)
        .split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
      for diagnostic in file.diagnostics {
        let line = diagnostic.position?.line ?? 0
        #expect(line >= 1 && line <= lines + 1, "seed \(seed): \(bytes)")
      }
      let again = YAMLFile(parsing: bytes, file: "a.yaml")
      #expect(again.documents == file.documents, "seed \(seed): \(bytes)")
    }
  }
}

/// Vigna's SplitMix64: the same numbers for the same seed.
struct SplitMix: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
