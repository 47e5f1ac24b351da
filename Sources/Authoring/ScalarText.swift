import Diagnostics

/// Scalars as YAML that any reader takes for exactly this text, and arctl for no variable.
enum ScalarText {
  /// A value: without quotes where every reader of YAML sees the same text, else in double quotes.
  ///
  /// - Parameter isInFlow: whether it is within brackets, where a comma ends it.
  static func scalar(_ text: String, isInFlow: Bool) -> String {
    isPlain(text) && !(isInFlow && text.contains(","))
      ? text : quoted(text.replacing("${", with: "$${"))
  }

  /// A value with variables, always in quotes.
  static func template(_ text: String) -> String { quoted(text) }

  /// A key; variables are not replaced in keys.
  static func key(_ text: String) -> String {
    isPlain(text) && !text.contains(",") ? text : quoted(text)
  }

  /// The text of a comment: on one line, with hidden characters spelt out.
  static func comment(_ text: String) -> String { escapedForTerminal(text) }

  /// Letters, digits and what has no meaning in YAML's block style; nothing that YAML reads as another type.
  private static func isPlain(_ text: String) -> Bool {
    let bytes = Array(text.utf8)
    guard let first = bytes.first, let last = bytes.last,
      isLetter(first) || isDigit(first) || first == UInt8(ascii: "/"),
      last != UInt8(ascii: " "), last != UInt8(ascii: ":"),
      bytes.allSatisfy({ isLetter($0) || isDigit($0) || " ._-/@:+()'=,;".utf8.contains($0) }),
      !text.contains(": ")
    else { return false }
    return !words.contains(text.lowercased()) && !looksLikeNumber(bytes)
  }

  /// Words that a reader of YAML 1.1 or 1.2 takes for something else than text.
  private static let words: Set<String> = [
    "true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf",
  ]

  /// Numbers of any form, times and dates: what begins with a digit and has no letter but those of numbers.
  private static func looksLikeNumber(_ bytes: [UInt8]) -> Bool {
    guard let first = bytes.first, isDigit(first) else { return false }
    return bytes.allSatisfy { isDigit($0) || "abcdefABCDEFxXoOtTzZ_.:+- ".utf8.contains($0) }
  }

  private static func isLetter(_ byte: UInt8) -> Bool {
    (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }
  private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars { result += escaped(scalar) }
    return result + "\""
  }

  /// Visible characters as they are; others by their number, so that no reader of the file is deceived.
  private static func escaped(_ scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\"": return "\\\""
    case "\\": return "\\\\"
    case "\n": return "\\n"
    case "\t": return "\\t"
    case "\r": return "\\r"
    default: break
    }
    guard scalar.isHidden || isUnprintable(scalar) else { return String(scalar) }
    let digits = String(scalar.value, radix: 16, uppercase: true)
    let width = scalar.value <= 0xFF ? 2 : scalar.value <= 0xFFFF ? 4 : 8
    let sign = scalar.value <= 0xFF ? "x" : scalar.value <= 0xFFFF ? "u" : "U"
    return "\\\(sign)\(String(repeating: "0", count: width - digits.count))\(digits)"
  }

  /// Characters that YAML does not permit in a file, and those that belong to no script.
  private static func isUnprintable(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .unassigned, .privateUse, .surrogate, .spaceSeparator: scalar != " "
    default: false
    }
  }
}
