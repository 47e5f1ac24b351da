import Model

/// Regular expressions for texts in manifests, in the part of the syntax that JavaScript and Python have in common.
enum SchemaPattern {
  /// A text with a `${...}`. `$${` is the literal `${`.
  static let variable = #"(^|[^$])\$\{"#

  /// A text with `${` in it, also as a literal.
  static let reference = #"\$\{"#

  /// A text that is one `${...}` and nothing else: only such a text can become a list or a map.
  static let wholeVariable = #"^\$\{[A-Za-z0-9_.-]+\}$"#

  /// The name of a variable.
  static let name = "^[A-Za-z0-9_-]+$"

  /// A length of time, as `ApiDuration` reads it.
  static let duration = #"^[0-9]+[smhdw]$|^[0-9]+\.0{1,9}s$"#

  /// A text that matches one of these expressions.
  static func any(of patterns: [String]) -> String { patterns.joined(separator: "|") }

  /// The whole text matches one of these expressions.
  static func whole(_ patterns: [String]) -> String {
    "^(\(patterns.joined(separator: "|")))$"
  }

  /// The spellings of one value of an enumeration: the full or the short name, in any case, `-` for `_`.
  static func spellings(of value: String, in enumeration: Enumeration) -> String {
    guard !enumeration.suffix.isEmpty, value.hasSuffix(enumeration.suffix) else {
      return caseless(value)
    }
    let stem = String(value.dropLast(enumeration.suffix.count))
    return "\(caseless(stem))(\(caseless(enumeration.suffix)))?"
  }

  /// Every spelling of every value.
  static func values(of enumeration: Enumeration) -> String {
    whole(enumeration.values.map { spellings(of: $0, in: enumeration) })
  }

  /// A text in any case; `-` for `_`.
  static func caseless(_ text: String) -> String {
    text.reduce(into: "") { pattern, letter in
      if letter == "_" {
        pattern += "[-_]"
      } else if letter.isLetter {
        pattern += "[\(letter.lowercased())\(letter.uppercased())]"
      } else if letter.isNumber {
        pattern.append(letter)
      } else {
        pattern += "[\(letter)]"
      }
    }
  }
}
