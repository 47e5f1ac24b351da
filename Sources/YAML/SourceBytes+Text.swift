import Diagnostics

/// Reads the text around a place. Lines count from 0 here; positions count from 1.
extension SourceBytes {
  /// The code points of a line.
  func characters(line: Int) -> [Unicode.Scalar] {
    Array(String(decoding: self.line(line), as: UTF8.self).unicodeScalars)
  }

  /// The number of code points in a line, without trailing white space.
  func textLength(line: Int) -> Int {
    var bytes = self.line(line)
    while let last = bytes.last, last == 0x20 || last == 0x09 { bytes.removeLast() }
    return bytes.reduce(0) { $0 + ($1 & 0xC0 == 0x80 ? 0 : 1) }
  }

  /// The length of the text up to the next white space, without a `:` at its end.
  func tokenLength(at place: SourcePosition) -> Int {
    let bytes = self.line(place.line - 1)
    var column = 0
    var length = 0
    var last: UInt8 = 0
    for byte in bytes {
      if byte & 0xC0 != 0x80 { column += 1 }
      guard column >= place.column else { continue }
      if byte == 0x20 || byte == 0x09 { break }
      if byte & 0xC0 != 0x80 { length += 1 }
      last = byte
    }
    return last == UInt8(ascii: ":") ? length - 1 : length
  }

  /// The first tab in the indentation of a line, if it is at or before a column.
  func indentingTab(line: Int, before column: Int) -> SourcePosition? {
    let indentation = self.line(line - 1).prefix { $0 == 0x20 || $0 == 0x09 }
    guard let tab = indentation.firstIndex(of: 0x09) else { return nil }
    let place = tab - indentation.startIndex + 1
    return place <= column ? SourcePosition(file: file, line: line, column: place) : nil
  }

  /// Reports `${x}` without quotes inside `{}` or `[]`, if the syntax error is at its brace.
  func unquotedVariable(at place: SourcePosition) -> Diagnostic? {
    let text = characters(line: place.line - 1)
    let brace = place.column - 1
    guard brace > 0, brace < text.count, text[brace] == "{", text[brace - 1] == "$" else {
      return nil
    }
    let ends: Set<Unicode.Scalar> = [" ", "\t", ",", "[", "]", "{", "}"]
    let start = text[..<(brace - 1)].lastIndex { ends.contains($0) }.map { $0 + 1 } ?? 0
    var end = brace
    while end < text.count {
      if text[end] == "{", text[end - 1] == "$" {
        end = text[end...].firstIndex(of: "}") ?? text.count - 1
      } else if ends.contains(text[end]) {
        break
      }
      end += 1
    }
    if text[end - 1] == ":" { end -= 1 }
    let value = String(String.UnicodeScalarView(text[start..<end]))
    return Diagnostic(
      .unquotedVariable, "a value with `${...}` inside `{}` or `[]` must be quoted",
      at: SourcePosition(
        file: file, line: place.line, column: start + 1, length: max(1, end - start)),
      help: ["quote it: \"\(value)\""])
  }
}
