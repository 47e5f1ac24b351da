package import Diagnostics

/// The colours of a text, and the width of its lines.
package struct TextStyle: Sendable, Hashable {
  /// The colours.
  package var style = Style.plain
  /// Columns of the terminal; nil if the output is not a terminal, and lines are not cut.
  var width: Int?

  /// Without colour and uncut, unless given otherwise.
  package init(style: Style = .plain, width: Int? = nil) {
    self.style = style
    self.width = width
  }

  /// The width by which columns are laid out.
  var layoutWidth: Int { width ?? 100 }
  /// Columns that are left after `used` ones, at least 20; nil if lines are not cut.
  func room(after used: Int) -> Int? { width.map { max(20, $0 - used) } }
}

/// One line of output in coloured parts. Its width is known without the colours.
package struct StyledLine: Sendable, Hashable {
  private struct Span: Sendable, Hashable {
    var text: String
    var ink: Style.Role?
  }
  private var spans: [Span] = []
  /// Columns that the line takes.
  private(set) var width = 0

  init() {}
  /// A line that begins with `indent` spaces and this text.
  package init(_ text: String, _ ink: Style.Role? = nil, indent: Int = 0) {
    if indent > 0 { add(spaces(indent)) }
    add(text, ink)
  }

  /// Adds a part at the end, with its own colour.
  package mutating func add(_ text: String, _ ink: Style.Role? = nil) {
    guard !text.isEmpty else { return }
    spans.append(Span(text: text, ink: ink))
    width += displayWidth(text)
  }

  /// Adds spaces up to a column; a longer line does not change.
  package mutating func pad(to column: Int) {
    if width < column { add(spaces(column - width)) }
  }

  /// The sign at the beginning of the line, after spaces; nil for a line that begins with anything else.
  var sign: String? {
    guard let first = spans.first(where: { !$0.text.allSatisfy { $0 == " " } }), first.ink != nil,
      ["+", "-", "~", "-/+", "^", "=", "x", "?"].contains(first.text)
    else { return nil }
    return first.text
  }

  /// The text of the line, without a newline.
  package func text(_ style: Style = .plain) -> String {
    spans.reduce(into: "") { result, span in
      result += span.ink.map { style($0, span.text) } ?? span.text
    }
  }
}

/// `count` spaces.
func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
