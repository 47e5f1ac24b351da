import Diagnostics

/// A file's bytes in which key material and access tokens were found and overwritten.
///
/// Nothing after this stage can print a secret, because it never sees one: the bytes are masked before they are parsed,
/// without moving anything else.
struct SecretScan {
  private(set) var bytes: [UInt8]
  private(set) var findings: [Finding] = []

  struct Finding {
    var position: SourcePosition
    var lastLine: Int
    var what: String
    var diagnostic: Diagnostic { SecretScan.diagnostic(what, at: position) }
  }

  static func diagnostic(_ what: String, at position: SourcePosition) -> Diagnostic {
    Diagnostic(
      .secretInManifest, "\(what) in a manifest", at: position,
      label: "not shown; it counts as published",
      help: ["remove it here and from the repository's history, and revoke it"])
  }

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    var found: [Match] = []
    bytes.withUnsafeBufferPointer { text in
      var next = 0
      while next < text.count {
        guard let match = Self.match(text, next) else {
          next += 1
          continue
        }
        found.append(match)
        next = match.range.upperBound
      }
    }
    var place = Place()
    for match in found { mask(match, file: file, at: &place) }
  }

  /// The kind of secret in a plain text, such as a variable's value; nil if it contains none.
  static func problem(in text: String) -> String? {
    var text = text
    return text.withUTF8 { bytes in bytes.indices.lazy.compactMap { match(bytes, $0) }.first?.what }
  }

  /// Columns beyond this are counted in bytes: a line may be as long as a file.
  private static let farthestColumn = 4096

  private struct Match {
    var range: Range<Int>
    var what: String
    init(_ range: Range<Int>, _ what: String) {
      self.range = range
      self.what = what
    }
  }

  /// The position of the search for lines: matches come in order.
  private struct Place {
    var line = 1
    var lineStart = 0
    var next = 0
  }

  /// How many bytes were examined to find the lines of the matches.
  private(set) var steps = 0

  private mutating func mask(_ match: Match, file: String, at place: inout Place) {
    findings.append(finding(match, file: file, at: &place))
    // A slice of the bytes that still existed here would make each of these writes copy all of them.
    for index in match.range where bytes[index] > 0x20 { bytes[index] = UInt8(ascii: "x") }
  }

  private mutating func finding(
    _ match: Match, file: String, at place: inout Place
  ) -> Finding {
    steps += match.range.lowerBound - place.next
    for index in place.next..<match.range.lowerBound where bytes[index] == 0x0A {
      place.line += 1
      place.lineStart = index + 1
    }
    place.next = match.range.lowerBound
    let line = place.line
    let start = max(place.lineStart, match.range.lowerBound - Self.farthestColumn)
    let before = bytes[start..<match.range.lowerBound]
    steps += before.count
    let firstLine = bytes[match.range].prefix { $0 != 0x0A }
    let position = SourcePosition(
      file: file, line: line,
      column: start - place.lineStart + before.count { $0 & 0xC0 != 0x80 } + 1,
      length: max(1, firstLine.count { $0 & 0xC0 != 0x80 }))
    let lines = bytes[match.range].count { $0 == 0x0A }
    return Finding(position: position, lastLine: line + lines, what: match.what)
  }
}

extension SecretScan {
  private typealias Bytes = UnsafeBufferPointer<UInt8>

  /// The bytes with which a secret can begin.
  private static let beginnings: [Bool] = (0..<256).map { byte in
    !SecretShapes.byFirst[byte].isEmpty || "-peaAsS:".utf8.contains(UInt8(byte))
  }

  /// A secret that begins at exactly this byte.
  private static func match(_ text: Bytes, _ at: Int) -> Match? {
    let byte = text[at]
    // Nothing that begins with a letter or a digit begins inside a word, which is where most bytes are.
    guard beginnings[Int(byte)], at == 0 || !isWordByte(byte) || !isWordByte(text[at - 1]) else {
      return nil
    }
    if let match = shape(text, at) { return match }
    return switch text[at] {
    case UInt8(ascii: "-"): pem(text, at)
    case UInt8(ascii: "p"): keyMember(text, at)
    case UInt8(ascii: "e"): webToken(text, at)
    case UInt8(ascii: "a"), UInt8(ascii: "A"), UInt8(ascii: "s"), UInt8(ascii: "S"):
      labelledKey(text, at)
    case UInt8(ascii: ":"): userInfo(text, at)
    default: nil
    }
  }

  private static func starts(_ text: Bytes, at: Int, with word: StaticString) -> Bool {
    guard at + word.utf8CodeUnitCount <= text.count else { return false }
    for offset in 0..<word.utf8CodeUnitCount where text[at + offset] != word.utf8Start[offset] {
      return false
    }
    return true
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "_"): true
    default: false
    }
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    SecretShapes.holds(.alphanumeric, byte)
  }

  /// One of the shapes with their own prefix.
  private static func shape(_ text: Bytes, _ at: Int) -> Match? {
    let shapes = SecretShapes.byFirst[Int(text[at])]
    guard !shapes.isEmpty, at == 0 || !isWordByte(text[at - 1]) else { return nil }
    for shape in shapes where starts(text, at: at, with: shape.prefix) {
      let start = at + shape.prefix.utf8CodeUnitCount
      var end = start
      while end < text.count, SecretShapes.holds(shape.alphabet, text[end]) { end += 1 }
      // A secret of a fixed length must end here.
      let isWhole = end == text.count || !isWordByte(text[end])
      if shape.lengths.contains(end - start), isWhole { return Match(at..<end, shape.name) }
    }
    return nil
  }

  /// `eyJ...eyJ...`: the header and the claims of a JSON web token, and its signature.
  private static func webToken(_ text: Bytes, _ at: Int) -> Match? {
    guard starts(text, at: at, with: "eyJ"), at == 0 || !isTokenByte(text[at - 1]) else {
      return nil
    }
    var end = at
    var parts = [0]
    while end < text.count, parts.count <= 3 {
      if text[end] == UInt8(ascii: ".") {
        parts.append(0)
      } else if isTokenByte(text[end]) {
        parts[parts.count - 1] += 1
      } else {
        break
      }
      end += 1
    }
    let isToken = parts.count == 3 && parts.allSatisfy { $0 >= 10 }
    return isToken ? Match(at..<end, "a JSON web token") : nil
  }

  private static let labels: [StaticString] = [
    "aws_secret_access_key", "aws_secret_key", "awssecretaccesskey", "awssecretkey",
    "secretaccesskey", "secret_access_key", "secret-access-key", "aws-secret-access-key",
  ]

  /// `aws_secret_access_key: ...`: 40 characters that only their label distinguishes from others.
  private static func labelledKey(_ text: Bytes, _ at: Int) -> Match? {
    guard at == 0 || !isWordByte(text[at - 1]),
      let label = labels.first(where: { startsFolded(text, at: at, with: $0) })
    else { return nil }
    var start = at + label.utf8CodeUnitCount
    while start < text.count, start < at + 64, " \t\"':=".utf8.contains(text[start]) { start += 1 }
    var end = start
    while end < text.count, end - start <= 40,
      isWordByte(text[end]) || "/+=".utf8.contains(text[end])
    {
      end += 1
    }
    return end - start == 40 ? Match(start..<end, "an AWS secret key") : nil
  }

  private static func startsFolded(_ text: Bytes, at: Int, with word: StaticString) -> Bool {
    guard at + word.utf8CodeUnitCount <= text.count else { return false }
    for offset in 0..<word.utf8CodeUnitCount {
      let byte = text[at + offset]
      guard ((0x41...0x5A).contains(byte) ? byte | 0x20 : byte) == word.utf8Start[offset] else {
        return false
      }
    }
    return true
  }

  /// `https://user:password@host`, unless the password is a variable.
  private static func userInfo(_ text: Bytes, _ at: Int) -> Match? {
    guard starts(text, at: at, with: "://") else { return nil }
    var colon: Int?
    var next = at + 3
    while next < text.count, next < at + 600, text[next] > 0x20,
      !"/@\"'<>`".utf8.contains(text[next])
    {
      if colon == nil, text[next] == UInt8(ascii: ":") { colon = next }
      next += 1
    }
    guard next < text.count, text[next] == UInt8(ascii: "@"), let colon, next > colon + 1 else {
      return nil
    }
    let isVariable = starts(text, at: colon + 1, with: "${") && text[next - 1] == UInt8(ascii: "}")
    return isVariable ? nil : Match(colon + 1..<next, "the password of an address")
  }

  /// `-----BEGIN ... PRIVATE KEY-----` up to its END line, or to the end of the text around it.
  private static func pem(_ text: Bytes, _ at: Int) -> Match? {
    guard starts(text, at: at, with: "-----BEGIN ") else { return nil }
    var header = at + 11
    while header < text.count, header < at + 64, !starts(text, at: header, with: "PRIVATE KEY-----")
    {
      if text[header] == 0x0A { return nil }
      header += 1
    }
    guard starts(text, at: header, with: "PRIVATE KEY-----") else { return nil }
    var end = header + 16
    while end < text.count, text[end] != UInt8(ascii: "\""), text[end] != UInt8(ascii: "'") {
      if starts(text, at: end, with: "PRIVATE KEY-----") {
        end += 16
        break
      }
      if text[end] == 0x0A, !isKeyLine(text, end + 1) { break }
      end += 1
    }
    return Match(at..<end, "a private key")
  }

  /// Whether the line that begins here could belong to a PEM block: no space or colon within.
  private static func isKeyLine(_ text: Bytes, _ start: Int) -> Bool {
    var next = start
    while next < text.count, text[next] == 0x20 { next += 1 }
    if starts(text, at: next, with: "-----END ") { return true }
    while next < text.count, text[next] != 0x0A, text[next] != 0x0D {
      switch text[next] {
      case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: break
      case UInt8(ascii: "+"), UInt8(ascii: "/"), UInt8(ascii: "="): break
      default: return false
      }
      next += 1
    }
    return next > start
  }

  /// `private_key: ...`, as in Google's JSON key files.
  private static func keyMember(_ text: Bytes, _ at: Int) -> Match? {
    guard starts(text, at: at, with: "private_key"), at == 0 || !isTokenByte(text[at - 1]) else {
      return nil
    }
    var next = at + 11
    if next < text.count, [0x22, 0x27].contains(text[next]) { next += 1 }
    while next < text.count, text[next] == 0x20 { next += 1 }
    guard next < text.count, text[next] == UInt8(ascii: ":") else { return nil }
    next += 1
    while next < text.count, text[next] == 0x20 { next += 1 }
    if next < text.count, [0x22, 0x27].contains(text[next]) { next += 1 }
    guard next < text.count, ![0x0A, 0x0D, 0x22, 0x27, 0x7C, 0x3E, 0x23].contains(text[next]) else {
      return nil
    }
    if let block = pem(text, next) { return block }
    var end = next
    while end < text.count, ![0x0A, 0x0D, 0x22, 0x27].contains(text[end]) { end += 1 }
    return Match(next..<end, "a private key")
  }
}
