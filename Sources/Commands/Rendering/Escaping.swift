extension String {
  /// The text with every control, bidi and zero-width character written as an escape, so that none reaches a terminal.
  var escapedForTerminal: String {
    guard unicodeScalars.contains(where: \.isUnsafeOnTerminal) else { return self }
    var result = ""
    for scalar in unicodeScalars {
      result += scalar.isUnsafeOnTerminal ? scalar.terminalEscape : String(scalar)
    }
    return result
  }
}

extension Unicode.Scalar {
  fileprivate var isUnsafeOnTerminal: Bool {
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse: true
    default: false
    }
  }

  fileprivate var terminalEscape: String {
    switch self {
    case "\n": "\\n"
    case "\t": "\\t"
    case "\r": "\\r"
    default: "\\u{\(String(value, radix: 16))}"
    }
  }
}
