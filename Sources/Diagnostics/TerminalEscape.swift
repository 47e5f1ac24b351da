/// A text that is safe to print: control, bidirectional and invisible characters are spelt out.
///
/// `\t` and `\n` for the common ones, `\u{202E}` for the others. Every value from a server or
/// a file is escaped this way.
public func escapedForTerminal(_ text: String) -> String {
  if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
  return text.unicodeScalars.reduce(into: "") { $0 += escapedForTerminal($1) }
}

/// One character, spelt out if it must not reach a terminal.
func escapedForTerminal(_ scalar: Unicode.Scalar) -> String {
  if (0x20..<0x7F).contains(scalar.value) { return String(scalar) }
  switch scalar {
  case "\t": return "\\t"
  case "\n": return "\\n"
  case "\r": return "\\r"
  default: break
  }
  return scalar.isHidden
    ? "\\u{\(String(scalar.value, radix: 16, uppercase: true))}" : String(scalar)
}

extension Unicode.Scalar {
  /// Whether it must not reach a terminal: a control, bidirectional, zero-width or other invisible
  /// character, a separator of lines or paragraphs, a tag.
  public var isHidden: Bool {
    switch value {
    case 0x20..<0x7F: return false
    case ..<0xA0: return true
    default: break
    }
    switch properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: return true
    default: return properties.isDefaultIgnorableCodePoint
    }
  }
}
