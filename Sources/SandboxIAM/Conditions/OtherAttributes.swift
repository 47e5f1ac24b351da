/// Conditions on attributes that the sandbox does not know: tags, attributes of single APIs, network destinations,
/// access levels.
///
/// Policies of real projects use them, so the sandbox stores them, but they never grant.
enum OtherAttributes {
  /// From the [attribute reference](https://cloud.google.com/iam/docs/conditions-attribute-reference); each name
  /// includes the character that starts its arguments, or is a prefix of several attributes.
  private static let names = [
    "resource.matchTag(", "resource.matchTagId(", "resource.hasTagKey(", "resource.hasTagKeyId(",
    "api.getAttribute(", "destination.ip", "destination.port", "request.path", "request.host",
    "request.auth.access_levels", "request.auth.claims", "principal.type", "principal.subject",
  ]

  /// Whether an expression uses one of these attributes outside of its strings, and its strings and brackets are
  /// complete.
  static func areUsed(in expression: String) -> Bool {
    // The limit of the parser (`ConditionParser.maximumLength`), so that no second way leads around it.
    guard expression.utf8.count <= 10_000, let code = withoutTexts(expression) else { return false }
    return names.contains { name in
      // A longer name may end in one of these, such as `x.destination.ip`.
      code.ranges(of: name).contains { range in
        code[..<range.lowerBound].last.map {
          !$0.isLetter && !$0.isNumber && $0 != "." && $0 != "_"
        }
          ?? true
      }
    } && isBalanced(code)
  }

  /// Whether the strings and brackets of an expression are complete.
  static func isComplete(_ expression: String) -> Bool {
    withoutTexts(expression).map(isBalanced) ?? false
  }

  /// The expression with its strings emptied; nil if one of them does not end.
  private static func withoutTexts(_ expression: String) -> String? {
    var code = ""
    // Without this, a text that only mentions an attribute would let a broken expression pass.
    var quote: Character?
    var isEscaped = false
    for character in expression {
      guard let open = quote else {
        code.append(character)
        if character == "\"" || character == "'" { quote = character }
        continue
      }
      if isEscaped {
        isEscaped = false
      } else if character == "\\" {
        isEscaped = true
      } else if character == open {
        code.append(character)
        quote = nil
      }
    }
    return quote == nil ? code : nil
  }

  private static func isBalanced(_ code: String) -> Bool {
    // Brackets in texts do not count; `withoutTexts` has removed them.
    var open: [Character] = []
    for character in code {
      switch character {
      case "(", "[", "{": open.append(character)
      case ")": if open.popLast() != "(" { return false }
      case "]": if open.popLast() != "[" { return false }
      case "}": if open.popLast() != "{" { return false }
      default: break
      }
    }
    return open.isEmpty
  }
}
