/// The text of a condition in the Common Expression Language, split only as far as a comparison of two of them needs.
///
/// Source: https://github.com/google/cel-spec/blob/master/doc/langdef.md#syntax
public enum ConditionText {
  /// The tokens of an expression: words, numbers, operators, comments, and string literals as they are written.
  ///
  /// White space between tokens has no meaning; inside a string literal it is part of the text.
  public static func tokens(of expression: String) -> [String] {
    var lexer = Lexer(bytes: Array(expression.utf8))
    var tokens: [String] = []
    while let token = lexer.next() { tokens.append(token) }
    return tokens
  }

  /// The normal form: expressions that differ only in white space have the same one.
  static func normalForm(ofExpression expression: String) -> String {
    tokens(of: expression).joined(separator: " ")
  }

  /// The same for a title or a description, because YAML may break its lines.
  static func normalForm(ofText text: String) -> String {
    text.split(whereSeparator: { $0.isWhitespace }).joined(separator: " ")
  }
}

/// Cuts an expression into tokens, the longest operator first.
private struct Lexer {
  let bytes: [UInt8]
  private var index = 0

  init(bytes: [UInt8]) { self.bytes = bytes }

  private static let quotes: Set<UInt8> = [UInt8(ascii: "\""), UInt8(ascii: "'")]
  private static let pairs: Set<String> = ["&&", "||", "==", "!=", "<=", ">="]
  private static let literalPrefixes: Set<String> = ["r", "b", "rb", "br"]

  private func byte(_ offset: Int = 0) -> UInt8? {
    index + offset < bytes.count ? bytes[index + offset] : nil
  }

  private func text(from start: Int) -> String {
    String(decoding: bytes[start..<index], as: UTF8.self)
  }

  mutating func next() -> String? {
    while let blank = byte(), Self.isBlank(blank) { index += 1 }
    guard let first = byte() else { return nil }
    if Self.quotes.contains(first) { return literal(from: index, isRaw: false) }
    if Self.isWord(first) { return word() }
    if first == UInt8(ascii: "/"), byte(1) == UInt8(ascii: "/") { return comment() }
    let start = index
    index += 1
    if byte() != nil {
      index += 1
      if Self.pairs.contains(text(from: start)) { return text(from: start) }
      index -= 1
    }
    return text(from: start)
  }

  /// A name, a number, or the prefix of a literal with the literal.
  private mutating func word() -> String {
    let start = index
    let isNumber = Self.isDigit(bytes[start])
    while let next = byte() {
      let isFraction = isNumber && next == UInt8(ascii: ".") && byte(1).map(Self.isDigit) == true
      guard Self.isWord(next) || isFraction else { break }
      index += 1
    }
    let word = text(from: start)
    guard let quote = byte(), Self.quotes.contains(quote),
      Self.literalPrefixes.contains(word.lowercased())
    else { return word }
    return literal(from: start, isRaw: word.lowercased().contains("r"))
  }

  /// From its prefix to its closing quote, or to the end if the quote is missing.
  private mutating func literal(from start: Int, isRaw: Bool) -> String {
    let quote = bytes[index]
    let length = byte(1) == quote && byte(2) == quote ? 3 : 1
    index += length
    while let next = byte() {
      if next == UInt8(ascii: "\\"), !isRaw {
        index = min(index + 2, bytes.count)
      } else if (0..<length).allSatisfy({ byte($0) == quote }) {
        index += length
        return text(from: start)
      } else {
        index += 1
      }
    }
    return text(from: start)
  }

  /// Up to and including the end of the line, which ends the comment.
  private mutating func comment() -> String {
    let start = index
    while let next = byte(), next != UInt8(ascii: "\n") { index += 1 }
    return text(from: start) + "\n"
  }

  private static func isBlank(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte)
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || byte == UInt8(ascii: "_") || byte >= 0x80
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}
