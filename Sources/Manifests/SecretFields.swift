import Diagnostics
import Model

/// Finds the values of keys whose names suggest a secret in the bytes of a file, so that no shown line contains them.
///
/// It reads text, not YAML, because the line of a syntax error is shown too. If the end of a value is uncertain, it
/// hides more.
struct SecretFields {
  /// The first hidden column (from 1, in code points) of each line (from 1).
  private(set) var columns: [Int: Int] = [:]
  /// How many bytes and lines were examined.
  private(set) var steps = 0

  private let names: FieldNames
  private let bytes: [UInt8]
  private let lines: [Range<Int>]
  /// The byte from which on each line belongs to known credentials; lines from 0.
  private var credentials: [Int: Int] = [:]

  init(_ bytes: [UInt8], _ names: FieldNames) {
    self.bytes = bytes
    self.names = names
    lines = Self.lines(of: bytes)
    var depth = 0
    for number in lines.indices {
      if startsDocument(number) { depth = 0 }
      let indentation = lines[number].lowerBound + self.indentation(number)
      // A line that belongs to a hidden value is hidden whole.
      if columns[number + 1] == 1 + column(of: indentation, in: number) {
        depth = max(0, depth + bytes[lines[number]].reduce(0) { $0 + Self.opening($1) })
      } else {
        read(number, &depth)
      }
    }
  }

  /// A text as it may be shown: the values in it hidden.
  static func shown(_ text: String, _ names: FieldNames) -> String {
    let fields = SecretFields(Array(text.utf8), names)
    guard !fields.columns.isEmpty else { return text }
    var hidden = HiddenText(names)
    hidden.merge(fields.columns, of: "")
    return text.split(separator: "\n", omittingEmptySubsequences: false).enumerated()
      .map { hidden.shown(String($1), file: "", line: $0 + 1) }.joined(separator: "\n")
  }

  /// The change of bracket depth at a byte: 1, -1 or 0.
  private static func opening(_ byte: UInt8) -> Int {
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "["): 1
    case UInt8(ascii: "}"), UInt8(ascii: "]"): -1
    default: 0
    }
  }

  private static func lines(of bytes: [UInt8]) -> [Range<Int>] {
    var lines: [Range<Int>] = []
    var start = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var next = start
    while next < bytes.count {
      if bytes[next] == 0x0A || bytes[next] == 0x0D {
        lines.append(start..<next)
        if bytes[next] == 0x0D, next + 1 < bytes.count, bytes[next + 1] == 0x0A { next += 1 }
        start = next + 1
      }
      next += 1
    }
    lines.append(start..<bytes.count)
    return lines
  }
}

/// The keys and values of one line.
extension SecretFields {
  /// A piece of a line that may be a key.
  private struct Piece {
    var start: Int
    /// Whether it follows a `:`: then it is a value.
    var isValue = false
  }

  private mutating func read(_ number: Int, _ depth: inout Int) {
    let line = lines[number]
    var piece = Piece(start: line.lowerBound)
    var isComment = false
    var hasHidden = false
    steps += line.count
    for index in line {
      let byte = bytes[index]
      switch byte {
      case UInt8(ascii: ":"), UInt8(ascii: "="):
        let key = self.key(piece.start..<index, number)
        if hides(key.name, number, colon: index, column: key.column, isFlow: depth > 0) {
          hide(
            number, after: index + 1, column: key.column, isFlow: depth > 0, isComment: isComment,
            isFirst: !hasHidden)
          hasHidden = true
        }
        piece = Piece(start: index + 1, isValue: true)
      case UInt8(ascii: "\""), UInt8(ascii: "'"):
        if isBlank(piece.start..<index) { piece.start = index + 1 }
      case UInt8(ascii: "{"), UInt8(ascii: "["), UInt8(ascii: "}"), UInt8(ascii: "]"),
        UInt8(ascii: ","):
        hideWord(piece, end: index, number)
        depth = max(0, depth + Self.opening(byte))
        piece = Piece(start: index + 1)
      case UInt8(ascii: "#"):
        hideWord(piece, end: index, number)
        isComment = true
        piece = Piece(start: index + 1)
      default: break
      }
    }
    if !isComment { hideWord(piece, end: line.upperBound, number) }
    // A value in a place where only known fields belong.
    if credentials[number] == line.lowerBound, !bytes[line].contains(UInt8(ascii: ":")) {
      hideWhole(number)
    }
  }

  /// The name before a colon, and the column at which it begins, from 0 in bytes.
  private func key(_ range: Range<Int>, _ number: Int) -> (name: Substring, column: Int) {
    var (start, end) = (range.lowerBound, range.upperBound)
    while start < end,
      Self.isBlank(bytes[start]) || Self.isQuote(bytes[start]) || bytes[start] == UInt8(ascii: "&")
    { start += 1 }
    while end > start,
      bytes[end - 1] == 0x20 || bytes[end - 1] == 0x09 || Self.isQuote(bytes[end - 1])
    { end -= 1 }
    if start == end, number > 0, isBlank(lines[number].lowerBound..<range.upperBound) {
      // `? key` and `: value` on a line of its own.
      let above = key(lines[number - 1], 0)
      return (above.name, range.upperBound - lines[number].lowerBound)
    }
    let text = Substring(String(decoding: bytes[start..<end], as: UTF8.self))
    return (text, start - lines[number].lowerBound)
  }

  private func isBlank(_ range: Range<Int>) -> Bool {
    bytes[range].allSatisfy(Self.isBlank)
  }

  /// White space, or the sign of an item or a key.
  private static func isBlank(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x20, 0x09, UInt8(ascii: "-"), UInt8(ascii: "?"): true
    default: false
    }
  }

  private static func isQuote(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'")
  }

  /// `password hunter2`: the colon is missing, and what follows is meant as the value.
  private mutating func hideWord(_ piece: Piece, end: Int, _ number: Int) {
    // A blank piece may belong to the key on the line above.
    guard !piece.isValue, bytes[piece.start..<end].contains(0x20) || isBlank(piece.start..<end)
    else { return }
    let key = self.key(piece.start..<end, number)
    guard let blank = key.name.firstIndex(of: " "),
      case .secret = names.meaning(of: key.name[..<blank])
    else { return }
    let length = key.name.utf8.distance(from: key.name.startIndex, to: blank)
    hide(number, from: lines[number].lowerBound + key.column + length + 1)
  }

  /// Whether the value after a colon is not to be shown.
  private mutating func hides(
    _ name: Substring, _ number: Int, colon: Int, column: Int, isFlow: Bool
  ) -> Bool {
    guard !name.isEmpty else { return false }
    let isInside = credentials[number].map { colon >= $0 } ?? false
    switch names.meaning(of: name, inCredentials: isInside) {
    case .plain: return false
    case .secret: return true
    case .reference(let rule): return !isReference(colon + 1..<lines[number].upperBound, rule)
    case .container:
      let rest = bytes[(colon + 1)..<lines[number].upperBound].drop { $0 == 0x20 || $0 == 0x09 }
      guard let first = rest.first else {
        markCredentials(number, from: colon + 1, column: column, isFlow: isFlow)
        return false
      }
      guard first == UInt8(ascii: "{") || first == UInt8(ascii: "#") else {
        return first != UInt8(ascii: "*")
      }
      markCredentials(number, from: colon + 1, column: column, isFlow: true)
      return false
    }
  }

  private mutating func markCredentials(_ number: Int, from: Int, column: Int, isFlow: Bool) {
    credentials[number] = min(credentials[number] ?? from, from)
    for line in following(number, column: column, isFlow: isFlow, isEmpty: true) {
      credentials[line] = lines[line].lowerBound
    }
  }

  /// Whether a value is a reference, or variables alone, which are shown.
  private func isReference(_ range: Range<Int>, _ rule: StringRule) -> Bool {
    var text = String(decoding: bytes[range], as: UTF8.self)
    if let comment = text.firstRange(of: " #") { text.removeSubrange(comment.lowerBound...) }
    text = text.replacing(/\$\{[A-Za-z0-9_.\-]*\}/, with: "v")
    text = String(text.prefix { $0 != "," && $0 != "}" && $0 != "]" })
    text = text.filter { $0 != "\"" && $0 != "'" }
    let value = text.split(separator: " ").joined(separator: " ")
    return value.isEmpty || value == "v" || rule.check?(value) == nil
  }
}

/// The end of a value.
extension SecretFields {
  private func indentation(_ number: Int) -> Int {
    bytes[lines[number]].prefix { $0 == 0x20 || $0 == 0x09 }.count
  }

  private func startsDocument(_ number: Int) -> Bool {
    bytes[lines[number]].starts(with: "---".utf8) || bytes[lines[number]].starts(with: "...".utf8)
  }

  /// The column of a byte, from 0 in code points.
  private func column(of index: Int, in number: Int) -> Int {
    bytes[lines[number].lowerBound..<index].count { $0 & 0xC0 != 0x80 }
  }

  private mutating func hide(_ number: Int, from index: Int) {
    let column = column(of: min(index, lines[number].upperBound), in: number) + 1
    columns[number + 1] = min(columns[number + 1] ?? .max, column)
  }

  private mutating func hideWhole(_ number: Int) {
    hide(number, from: lines[number].lowerBound + indentation(number))
  }

  private mutating func hide(
    _ number: Int, after index: Int, column: Int, isFlow: Bool, isComment: Bool, isFirst: Bool
  ) {
    let rest = bytes[index..<lines[number].upperBound].drop { $0 == 0x20 || $0 == 0x09 }
    if columns[number + 1] == nil || isFirst { hide(number, from: rest.startIndex) }
    guard !isComment else { return }
    if let quote = rest.first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
      hideQuoted(number, quote, from: rest.startIndex + 1)
    }
    guard isFirst else { return }
    let isEmpty = rest.first.map { "#&|>!".utf8.contains($0) } ?? true
    for line in following(number, column: column, isFlow: isFlow, isEmpty: isEmpty) {
      hideWhole(line)
    }
  }

  /// The continuation lines of a quoted text.
  private mutating func hideQuoted(_ number: Int, _ quote: UInt8, from start: Int) {
    var next = start
    while next < lines[number].upperBound {
      if bytes[next] == UInt8(ascii: "\\"), quote == UInt8(ascii: "\"") { next += 1 }
      if next < bytes.count, bytes[next] == quote { return }
      next += 1
    }
    var line = number + 1
    while line < lines.count, !startsDocument(line) {
      hideWhole(line)
      if bytes[lines[line]].contains(quote) { return }
      line += 1
    }
  }

  /// The lines after `number` that belong to the value of a key at a column.
  private mutating func following(
    _ number: Int, column: Int, isFlow: Bool, isEmpty: Bool
  ) -> Range<Int> {
    let ends = ",}]".utf8
    var isOpen = isFlow && !bytes[lines[number]].suffix(4096).contains { ends.contains($0) }
    var next = number + 1
    while next < lines.count, !startsDocument(next) {
      steps += 1
      let line = bytes[lines[next]]
      let indentation = self.indentation(next)
      let isItem = isEmpty && indentation == column && line.dropFirst(indentation).first == 0x2D
      guard indentation == line.count || indentation > column || isItem || isOpen else { break }
      if isOpen, line.contains(where: { ends.contains($0) }) { isOpen = false }
      next += 1
    }
    return number + 1..<next
  }
}
