import Diagnostics

/// A file's bytes in which key material and access tokens were found and overwritten.
///
/// Nothing behind this stage can print a secret, because it never sees one: the bytes are masked before they are parsed,
/// without moving anything else.
struct SecretScan {
  private(set) var bytes: [UInt8]
  private(set) var findings: [Finding] = []

  struct Finding {
    var position: SourcePosition
    var lastLine: Int
    var what: String
    var diagnostic: Diagnostic {
      Diagnostic(
        .secretInManifest, "\(what) in a manifest", at: position,
        label: "not shown; it counts as published",
        help: ["remove it here and from the repository's history, and revoke it"])
    }
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
    for match in found { mask(match, file) }
  }

  /// What is secret in a plain text, such as a variable's value; nil when nothing is.
  static func problem(in text: String) -> String? {
    SecretScan(Array(text.utf8), file: "").findings.first?.what
  }

  private struct Match {
    var range: Range<Int>
    var what: String
  }

  private mutating func mask(_ match: Match, _ file: String) {
    var line = 1
    var lineStart = 0
    for index in 0..<match.range.lowerBound where bytes[index] == 0x0A {
      line += 1
      lineStart = index + 1
    }
    let before = bytes[lineStart..<match.range.lowerBound]
    let firstLine = bytes[match.range].prefix { $0 != 0x0A }
    let position = SourcePosition(
      file: file, line: line, column: before.count { $0 & 0xC0 != 0x80 } + 1,
      length: max(1, firstLine.count { $0 & 0xC0 != 0x80 }))
    let lines = bytes[match.range].count { $0 == 0x0A }
    findings.append(Finding(position: position, lastLine: line + lines, what: match.what))
    for index in match.range where bytes[index] > 0x20 { bytes[index] = UInt8(ascii: "x") }
  }
}

extension SecretScan {
  private typealias Bytes = UnsafeBufferPointer<UInt8>

  /// A secret that begins at exactly this byte.
  private static func match(_ text: Bytes, _ at: Int) -> Match? {
    switch text[at] {
    case UInt8(ascii: "-"): pem(text, at)
    case UInt8(ascii: "y"): token(text, at, "ya29.", 8, "a Google access token")
    case UInt8(ascii: "a"): token(text, at, "arctlsbx.", 8, "a sandbox access token")
    case UInt8(ascii: "A"): token(text, at, "AIza", 35, "a Google API key")
    case UInt8(ascii: "p"): keyMember(text, at)
    default: nil
    }
  }

  private static func starts(_ text: Bytes, _ at: Int, _ word: StaticString) -> Bool {
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

  private static func token(
    _ text: Bytes, _ at: Int, _ prefix: StaticString, _ minimum: Int, _ what: String
  ) -> Match? {
    guard starts(text, at, prefix), at == 0 || !isTokenByte(text[at - 1]) else { return nil }
    let start = at + prefix.utf8CodeUnitCount
    var end = start
    while end < text.count, isTokenByte(text[end]) || text[end] == UInt8(ascii: ".") { end += 1 }
    return end - start >= minimum ? Match(range: at..<end, what: what) : nil
  }

  /// `-----BEGIN ... PRIVATE KEY-----` up to its END line, or to the end of the text around it.
  private static func pem(_ text: Bytes, _ at: Int) -> Match? {
    guard starts(text, at, "-----BEGIN ") else { return nil }
    var header = at + 11
    while header < text.count, header < at + 64, !starts(text, header, "PRIVATE KEY-----") {
      if text[header] == 0x0A { return nil }
      header += 1
    }
    guard starts(text, header, "PRIVATE KEY-----") else { return nil }
    var end = header + 16
    while end < text.count, text[end] != UInt8(ascii: "\""), text[end] != UInt8(ascii: "'") {
      if starts(text, end, "PRIVATE KEY-----") {
        end += 16
        break
      }
      if text[end] == 0x0A, !isKeyLine(text, end + 1) { break }
      end += 1
    }
    return Match(range: at..<end, what: "a private key")
  }

  /// Whether the line that begins here could belong to a PEM block: no space or colon within.
  private static func isKeyLine(_ text: Bytes, _ start: Int) -> Bool {
    var next = start
    while next < text.count, text[next] == 0x20 { next += 1 }
    if starts(text, next, "-----END ") { return true }
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
    guard starts(text, at, "private_key"), at == 0 || !isTokenByte(text[at - 1]) else { return nil }
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
    return Match(range: next..<end, what: "a private key")
  }
}
