import Diagnostics

/// The checked bytes of a file, with the starts of its lines.
///
/// libyaml reports no line for bytes that are not text, so they are checked here first.
struct SourceBytes {
  let file: String
  private(set) var bytes: [UInt8]
  /// The lines (from 0) where unquoted variables were made readable.
  private(set) var repairedLines: Set<Int> = []
  private(set) var repairs = 0
  /// Byte offsets; always at least one.
  let lineStarts: [Int]
  /// What the bytes contain that is not text. If there is anything, the file must not be parsed.
  let diagnostics: [Diagnostic]

  static let maximumBytes = 1 << 20
  /// No more faults are reported after this many in one file.
  static let maximumDiagnostics = 100
  /// The document is read again after each repair.
  static let maximumRepairs = 20

  init(_ bytes: [UInt8], file: String) {
    self.file = file
    guard bytes.count <= Self.maximumBytes else {
      (self.bytes, lineStarts) = ([], [0])
      diagnostics = [Fault.tooLarge(bytes.count, file)]
      return
    }
    var scan = Scan(file: file)
    // YAML allows a byte order mark at the very start; it takes no column.
    let start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    if bytes.starts(with: [0xFE, 0xFF]) || bytes.starts(with: [0xFF, 0xFE]) {
      scan.report(Fault.utf16)
    } else {
      bytes.withUnsafeBufferPointer { scan.run($0, from: start) }
    }
    self.bytes = bytes
    lineStarts = scan.lineStarts
    diagnostics = scan.diagnostics
  }

  /// The bytes of one line (counted from 0) without its line break; empty after the end.
  func line(_ number: Int) -> ArraySlice<UInt8> {
    guard number >= 0, number < lineStarts.count else { return [] }
    let start = lineStarts[number]
    var end = number + 1 < lineStarts.count ? lineStarts[number + 1] : bytes.count
    while end > start, bytes[end - 1] == 0x0A || bytes[end - 1] == 0x0D { end -= 1 }
    return bytes[start..<end]
  }

  /// The first line at or after `number` that starts a document; nil if there is none.
  func documentStart(atOrAfter number: Int) -> Int? {
    var next = number
    while next < lineStarts.count {
      let start = lineStarts[next]
      if bytes[start...].starts(with: [0x2D, 0x2D, 0x2D]) {
        let after = start + 3 < bytes.count ? bytes[start + 3] : 0x0A
        if [0x0A, 0x0D, 0x20, 0x09].contains(after) { return next }
      }
      next += 1
    }
    return nil
  }
}

extension SourceBytes {
  /// Replaces the braces in a text by parentheses, so that libyaml reads it as a scalar and the rest of the document
  /// can be checked. All positions stay the same.
  mutating func repairVariable(at place: SourcePosition) {
    let line = place.line - 1
    let columns = place.column..<(place.column + place.length)
    var column = 0
    for index in self.line(line).indices {
      if bytes[index] & 0xC0 != 0x80 { column += 1 }
      guard columns.contains(column) else { continue }
      if bytes[index] == UInt8(ascii: "{") { bytes[index] = UInt8(ascii: "(") }
      if bytes[index] == UInt8(ascii: "}") { bytes[index] = UInt8(ascii: ")") }
    }
    repairedLines.insert(line)
    repairs += 1
  }

  /// The text of a scalar as it is in the file.
  func original(_ text: String, line: Int) -> String {
    guard repairedLines.contains(line) else { return text }
    return text.replacing(/\$\(([^()]*)\)/) { "${\($0.1)}" }
  }
}

/// One pass over the bytes: finds the lines, and everything that YAML does not allow.
private struct Scan {
  let file: String
  var lineStarts: [Int] = []
  var diagnostics: [Diagnostic] = []
  private var column = 1

  init(file: String) { self.file = file }

  mutating func run(_ bytes: UnsafeBufferPointer<UInt8>, from start: Int) {
    lineStarts.append(start)
    var next = start
    while next < bytes.count, diagnostics.count < SourceBytes.maximumDiagnostics {
      let byte = bytes[next]
      switch byte {
      case 0x0A:
        startLine(next + 1)
        next += 1
      case 0x0D:
        next += next + 1 < bytes.count && bytes[next + 1] == 0x0A ? 2 : 1
        startLine(next)
      case 0x09, 0x20...0x7E:
        column += 1
        next += 1
      case 0x00 where isWide(bytes, next):
        report(Fault.utf16)
        return
      case 0x00...0x7F:
        report(Fault.control(UInt32(byte)))
        next += 1
      default: next += character(bytes, next)
      }
    }
    if lineStarts.isEmpty { lineStarts = [0] }
  }

  /// Checks one character outside of ASCII. Returns the number of its bytes.
  private mutating func character(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Int {
    guard let (scalar, length) = decode(bytes, at) else {
      report(Fault.invalid(bytes[at]))
      return 1
    }
    switch scalar {
    case 0x80...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF: report(Fault.control(scalar))
    default: column += 1
    }
    return length
  }

  /// Whether the file has 16-bit units: half of its first bytes are zero.
  private func isWide(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> Bool {
    at < 2 && bytes.count >= 4 && bytes[at ^ 1] != 0 && bytes[at + 2] == 0
      && bytes[(at ^ 1) + 2] != 0
  }

  private mutating func startLine(_ offset: Int) {
    lineStarts.append(offset)
    column = 1
  }

  mutating func report(_ message: Fault) {
    if lineStarts.isEmpty { lineStarts = [0] }
    let position = SourcePosition(file: file, line: lineStarts.count, column: column)
    diagnostics.append(
      Diagnostic(.notUTF8, message.text, at: position, help: message.help.map { [$0] } ?? []))
    column += 1
  }
}

/// One character of well-formed UTF-8 (RFC 3629: shortest form, no surrogates, to U+10FFFF).
private func decode(_ bytes: UnsafeBufferPointer<UInt8>, _ at: Int) -> (UInt32, Int)? {
  let first = UInt32(bytes[at])
  let (length, least): (Int, UInt32)
  switch first {
  case 0xC2...0xDF: (length, least) = (2, 0x80)
  case 0xE0...0xEF: (length, least) = (3, 0x800)
  case 0xF0...0xF4: (length, least) = (4, 0x10000)
  default: return nil
  }
  guard at + length <= bytes.count else { return nil }
  var scalar = first & (0xFF >> UInt32(length + 1))
  for offset in 1..<length {
    guard bytes[at + offset] & 0xC0 == 0x80 else { return nil }
    scalar = scalar << 6 | UInt32(bytes[at + offset] & 0x3F)
  }
  guard scalar >= least, scalar <= 0x10FFFF, !(0xD800...0xDFFF).contains(scalar) else {
    return nil
  }
  return (scalar, length)
}

private struct Fault {
  var text: String
  var help: String?

  static let utf16 = Fault(
    text: "the file is UTF-16, not UTF-8", help: "save it in the encoding UTF-8")

  static func invalid(_ byte: UInt8) -> Fault {
    Fault(
      text: "byte 0x\(hexadecimal(UInt32(byte), digits: 2)) is not valid UTF-8",
      help: "save the file in the encoding UTF-8")
  }

  static func control(_ scalar: UInt32) -> Fault {
    let name =
      switch scalar {
      case 0: "a NUL character"
      case 0xFEFF: "a byte order mark inside the text"
      case 0x85, 0x2028, 0x2029: "the invisible line separator U+\(hexadecimal(scalar, digits: 4))"
      default: "the control character U+\(hexadecimal(scalar, digits: 4))"
      }
    let help =
      scalar == 0 || scalar == 0xFEFF
      ? "remove it"
      : "remove it, or write it in double quotes as \"\\u\(hexadecimal(scalar, digits: 4))\""
    return Fault(text: "\(name) is not allowed in YAML", help: help)
  }

  static func tooLarge(_ count: Int, _ file: String) -> Diagnostic {
    Diagnostic(
      .fileTooLarge, "the file has \(count) bytes; at most \(SourceBytes.maximumBytes) are read",
      at: SourcePosition(file: file, line: 1, column: 1),
      help: ["split it into several files; their order does not matter"])
  }
}

private func hexadecimal(_ number: UInt32, digits: Int) -> String {
  let text = String(number, radix: 16, uppercase: true)
  return String(repeating: "0", count: max(0, digits - text.count)) + text
}
