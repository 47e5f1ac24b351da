import Testing

@testable import SandboxPackages

@Suite struct MultipartParserTests {
  /// Collects the parts of a form.
  private struct Collector: MultipartSink {
    var parts: [Part] = []
    var open = false

    struct Part: Equatable {
      let name: String
      let fileName: String?
      var content: [UInt8] = []
    }

    mutating func partBegins(name: String, fileName: String?) {
      parts.append(Part(name: name, fileName: fileName))
      open = true
    }
    mutating func partContinues(_ bytes: UnsafeRawBufferPointer) {
      parts[parts.count - 1].content += bytes
    }
    mutating func partEnds() { open = false }
  }

  private static let tricky = "\r\n--XY\r\n-\r\r\n--XYz--X\r\n\r\n--XY"

  private static func form() -> [UInt8] {
    Array(
      ("preamble\r\n--XYZ\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n"
        + "--XYZ \r\ncontent-disposition: form-data; name=empty\r\n\r\n\r\n"
        + "--XYZ\r\nContent-Type: x/y\r\nContent-Disposition: form-data; name=\"content\"; "
        + "filename=\"q\\\"; name=\\\"b.whl\"\r\n\r\n\(tricky)\r\n--XYZ--\r\nepilogue").utf8)
  }

  private static let wanted = [
    Collector.Part(name: "a", fileName: nil, content: Array("one".utf8)),
    Collector.Part(name: "empty", fileName: nil),
    Collector.Part(
      name: "content", fileName: "q\"; name=\"b.whl", content: Array(tricky.utf8)),
  ]

  private func parse(_ pieces: [ArraySlice<UInt8>]) throws -> (Collector, Bool) {
    var parser = MultipartParser(boundary: "XYZ")
    var collector = Collector()
    for piece in pieces {
      let copy = Array(piece)
      try copy.withUnsafeBytes { try parser.feed($0, into: &collector) }
    }
    return (collector, parser.isComplete)
  }

  @Test func everySplitInTwoGivesTheSame() throws {
    let form = Self.form()
    for cut in 0...form.count {
      let (found, isComplete) = try parse([form[..<cut], form[cut...]])
      #expect(found.parts == Self.wanted, "cut at \(cut)")
      #expect(isComplete && !found.open)
    }
  }

  @Test(arguments: [1, 2, 3, 5, 7, 11])
  func smallPiecesGiveTheSame(size: Int) throws {
    let form = Self.form()
    let pieces = stride(from: 0, to: form.count, by: size).map {
      form[$0..<min($0 + size, form.count)]
    }
    #expect(try parse(pieces).0.parts == Self.wanted)
  }

  @Test func randomContentInRandomPieces() throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SplitMix(state: seed)
    for _ in 0..<200 {
      // Few different bytes, so that pieces of the delimiter are frequent.
      let letters: [UInt8] = [0x0D, 0x0A, 0x2D, 0x58, 0x59, 0x5A]
      var content = (0..<Int.random(in: 0...60, using: &random)).map { _ in
        letters[Int.random(in: 0..<letters.count, using: &random)]
      }
      let delimiter = Array("\r\n--XYZ".utf8)
      while let at = content.indices.first(where: { content[$0...].starts(with: delimiter) }) {
        content.remove(at: at)
      }
      let head = Array("--XYZ\r\nContent-Disposition: form-data; name=\"c\"\r\n\r\n".utf8)
      // Content that starts with the delimiter's tail would complete a delimiter together with the line end before
      // it.
      guard !(Array("\r\n".utf8) + content).starts(with: delimiter) else { continue }
      let form = head + content + delimiter + Array("--".utf8)
      var pieces: [ArraySlice<UInt8>] = []
      var rest = form[...]
      while !rest.isEmpty {
        let size = Int.random(in: 1...20, using: &random)
        pieces.append(rest.prefix(size))
        rest = rest.dropFirst(size)
      }
      #expect(try parse(pieces).0.parts.map(\.content) == [content], "seed \(seed)")
    }
  }

  @Test func theEndIsTheClosingDelimiter() throws {
    let form = Self.form()
    #expect(try !parse([form[..<(form.count - "--\r\nepilogue".utf8.count)]]).1)
    #expect(try !parse([]).1)
  }

  @Test(arguments: [
    "--XYZ\r\nContent-Type: x\r\n\r\nx", "--XYZ\r\n\r\nx", "--XYZ?\r\n",
    "--XYZ\r\nContent-Disposition: form-data\r\n\r\n",
    "--XYZ\r\nContent-Disposition: attachment; name=\"x\"\r\n\r\n",
  ])
  func malformedFormsAreRefused(form: String) {
    #expect(throws: MultipartError.self) { try parse([Array(form.utf8)[...]]) }
  }

  @Test func endlessHeadersAreRefused() {
    let form = Array("--XYZ\r\nX: \(String(repeating: "x", count: 9000))".utf8)
    #expect(throws: MultipartError.self) { try parse([form[...]]) }
  }
}

/// A random source with a seed.
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
