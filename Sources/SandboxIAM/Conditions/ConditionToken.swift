/// One token of a condition's expression.
struct ConditionToken: Sendable, Hashable {
  enum Kind: Sendable, Hashable {
    case name(String)
    case string(String)
    case integer(Int64)
    /// An operator or a bracket, such as `&&`.
    case mark(String)
    case end
  }
  let kind: Kind
  /// Counted from one, in characters.
  let column: Int
}

/// Splits an expression into tokens.
struct ConditionLexer {
  // Characters and not bytes, since messages give columns as an editor counts them.
  private let characters: [Character]
  private var position = 0

  /// Longer marks first, since `<` is a prefix of `<=`.
  private static let marks = [
    "&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "(", ")", "[", "]", ",", ".", "+", "-",
  ]

  private let marks: [String]

  private init(_ text: String, _ marks: [String]) {
    characters = Array(text)
    self.marks = marks
  }

  /// All tokens of a text. The last one is `end`, so that the parser always has a next token to look at.
  ///
  /// - Parameter additionalMarks: of another language that is lexed alike; no mark is a prefix of one of them.
  static func tokens(
    of text: String, additionalMarks: [String] = []
  ) throws(ConditionError) -> [ConditionToken] {
    var lexer = ConditionLexer(text, marks + additionalMarks)
    var tokens: [ConditionToken] = []
    while true {
      let token = try lexer.next()
      tokens.append(token)
      if token.kind == .end { return tokens }
    }
  }

  private mutating func next() throws(ConditionError) -> ConditionToken {
    // Line breaks too: long conditions are written on several lines.
    while position < characters.count, characters[position].isWhitespace { position += 1 }
    let column = position + 1
    guard position < characters.count else { return ConditionToken(kind: .end, column: column) }
    return ConditionToken(kind: try kind(), column: column)
  }

  /// Consumes one token. Numbers are integers only: no attribute of a condition is a fraction or unsigned.
  private mutating func kind() throws(ConditionError) -> ConditionToken.Kind {
    let first = characters[position]
    if first == "\"" || first == "'" { return .string(try string(first)) }
    if first.isASCII, first.isNumber { return .integer(try integer()) }
    // A word is read to its end before it is compared, so that `inside` is not `in` and a rest.
    if first.isASCII, first.isLetter || first == "_" {
      return .name(take { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "_") })
    }
    for mark in marks where characters[position...].starts(with: mark) {
      position += mark.count
      return .mark(mark)
    }
    throw ConditionError(column: position + 1, message: "'\(first)' is not part of the language")
  }

  private mutating func take(while isPart: (Character) -> Bool) -> String {
    let start = position
    while position < characters.count, isPart(characters[position]) { position += 1 }
    return String(characters[start..<position])
  }

  private mutating func integer() throws(ConditionError) -> Int64 {
    let column = position + 1
    // Refused and not cut off: another number would be another condition.
    guard let value = Int64(take { $0.isASCII && $0.isNumber }) else {
      throw ConditionError(column: column, message: "the number is too large")
    }
    return value
  }

  private mutating func string(_ quote: Character) throws(ConditionError) -> String {
    let column = position + 1
    position += 1
    var text = ""
    while position < characters.count {
      let character = characters[position]
      position += 1
      if character == quote { return text }
      // CEL allows a line break only in strings with three quotes, which the sandbox does not read.
      if character.isNewline { break }
      guard character == "\\" else {
        text.append(character)
        continue
      }
      // CEL has more escapes. The sandbox refuses them: an escape that is read wrongly would change who has access.
      guard position < characters.count, ["\\", "\"", "'"].contains(characters[position]) else {
        throw ConditionError(column: position, message: "only \\\\, \\\" and \\' can be escaped")
      }
      text.append(characters[position])
      position += 1
    }
    throw ConditionError(column: column, message: "the string does not end")
  }
}
