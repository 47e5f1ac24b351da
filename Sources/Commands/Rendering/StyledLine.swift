/// How text may look: whether colour is allowed, and how wide a line may be.
struct TextStyle: Sendable, Hashable {
  /// Whether SGR escape sequences may be written.
  var colour = false
  /// Columns of the terminal; nil where the output is no terminal, and nothing is cut.
  var width: Int?

  /// The width by which columns are laid out.
  var layoutWidth: Int { width ?? 100 }
  /// Columns that are left behind `used` ones, never less than 20; nil where nothing is cut.
  func room(after used: Int) -> Int? { width.map { max(20, $0 - used) } }
}

/// What a stretch of text is, so far as colour tells it a second time.
enum Ink: String, Sendable, Hashable {
  case added = "32"
  case changed = "33"
  case removed = "31"
  case restored = "36"
  case refused = "1;31"
  case unknown = "35"
  case heading = "1"
  case faint = "2"
}

/// One line of output in coloured stretches; its width is known before it is coloured.
struct StyledLine: Sendable, Hashable {
  private struct Span: Sendable, Hashable {
    var text: String
    var ink: Ink?
  }
  private var spans: [Span] = []
  /// Columns that the line takes.
  private(set) var width = 0

  init() {}
  init(_ text: String, _ ink: Ink? = nil, indent: Int = 0) {
    if indent > 0 { add(spaces(indent)) }
    add(text, ink)
  }

  mutating func add(_ text: String, _ ink: Ink? = nil) {
    guard !text.isEmpty else { return }
    spans.append(Span(text: text, ink: ink))
    width += displayWidth(text)
  }

  mutating func pad(to column: Int) {
    if width < column { add(spaces(column - width)) }
  }

  /// The line as it is written, without a newline.
  func text(colour: Bool) -> String {
    var result = ""
    for span in spans {
      guard colour, let ink = span.ink else {
        result += span.text
        continue
      }
      result += "\u{1B}[\(ink.rawValue)m\(span.text)\u{1B}[0m"
    }
    return result
  }
}

/// `count` spaces.
func spaces(_ count: Int) -> String { String(repeating: " ", count: max(0, count)) }
