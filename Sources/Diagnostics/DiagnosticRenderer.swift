import Synchronization

/// A cache of recently quoted lines: thousands of diagnostics may quote the same few long lines.
private final class LatestLines: Sendable {
  private struct Place: Hashable {
    let file: String
    let line: Int
  }
  private struct State {
    var lines: [Place: [Unicode.Scalar]?] = [:]
    var size = 0
  }
  /// The most code points that are cached; beyond that all lines are dropped.
  private static let maximumSize = 8 << 20
  private let state = Mutex(State())

  func scalars(_ position: SourcePosition, _ source: SourceText) -> [Unicode.Scalar]? {
    let place = Place(file: position.file, line: position.line)
    return state.withLock { state in
      if let known = state.lines[place] { return known }
      let scalars = source(position.file, position.line).map { Array($0.unicodeScalars) }
      state.size += (scalars?.count ?? 0) + 64
      if state.size > Self.maximumSize { state = State(size: (scalars?.count ?? 0) + 64) }
      state.lines[place] = .some(scalars)
      return scalars
    }
  }
}

/// Prints diagnostics for people: the message, the place, the line itself, carets, and help.
///
///     error[AR0104]: unknown field `cleanupPolicy` in Repository
///       --> manifests/repos.yaml:37:5
///        |
///     37 |     cleanupPolicy:
///        |     ^^^^^^^^^^^^^ did you mean `cleanupPolicies`?
///        = help: arctl explain Repository.cleanupPolicies
public struct DiagnosticRenderer: Sendable {
  /// The colours, or none.
  public var style: Style
  /// Terminal columns; source lines are cut to it.
  public var width: Int
  /// Whether messages are wrapped to the width too: on terminals, but not in logs, which users search by line.
  public var wraps = false
  /// Where the quoted lines come from.
  public var source: SourceText { didSet { latest = LatestLines() } }
  private var latest = LatestLines()

  /// Without colour and for 160 columns, unless other values are given.
  public init(style: Style = .plain, width: Int = 160, source: @escaping SourceText) {
    self.style = style
    self.width = width
    self.source = source
  }

  /// All diagnostics of a list, with an empty line after each.
  public func render(_ list: DiagnosticList) -> String {
    list.sorted.map { render($0) + "\n" }.joined()
  }

  /// One diagnostic; ends with a line break.
  public func render(_ diagnostic: Diagnostic) -> String {
    let places = [diagnostic.position].compactMap { $0 } + diagnostic.related.map(\.position)
    let gutter = places.map { String($0.line).count }.max() ?? 1
    var lines = heading(diagnostic)
    if let position = diagnostic.position {
      lines += excerpt(
        at: position, arrow: "-->", label: diagnostic.label, mark: "^",
        role: role(diagnostic.severity), gutter: gutter)
    } else if !diagnostic.label.isEmpty {
      lines += note("note", diagnostic.label, gutter: gutter)
    }
    for related in diagnostic.related {
      lines += excerpt(
        at: related.position, arrow: ":::", label: related.label, mark: "-", role: .location,
        gutter: gutter)
    }
    lines += diagnostic.help.flatMap { note("help", $0, gutter: gutter) }
    lines += diagnostic.pasted.map(escapedForTerminal)
    lines += [diagnostic.note].compactMap(\.self).flatMap { note("note", $0, gutter: gutter) }
    return lines.map { $0 + "\n" }.joined()
  }

  private func heading(_ diagnostic: Diagnostic) -> [String] {
    let name = "\(diagnostic.severity.rawValue)[\(diagnostic.code.rawValue)]"
    let head = style(role(diagnostic.severity), name)
    let used = displayWidth(name) + 2
    return wrapped(diagnostic.message, indent: used).enumerated().map { index, line in
      index == 0
        ? head + style(.heading, line.text.isEmpty ? ":" : ": " + line.text)
        : String(repeating: " ", count: line.indent) + style(.heading, line.text)
    }
  }

  private func wrapped(_ text: String, indent: Int) -> [(indent: Int, text: String)] {
    wrap(escapedForTerminal(text), indent: indent, to: wraps ? width : nil)
  }

  private func excerpt(
    at position: SourcePosition, arrow: String, label: String, mark: Character, role: Style.Role,
    gutter: Int
  ) -> [String] {
    let space = String(repeating: " ", count: gutter)
    let label = escapedForTerminal(label)
    var lines = [space + style(.location, arrow) + " " + escapedForTerminal(position.description)]
    guard let text = latest.scalars(position, source) else {
      return label.isEmpty ? lines : lines + note("note", label, gutter: gutter)
    }
    let available = max(20, width - gutter - 3)
    let excerpt = SourceExcerpt(
      line: text, column: position.column, length: position.length, width: available)
    let bar = space + style(.location, " |")
    let number = String(position.line)
    let left = String(repeating: " ", count: gutter - number.count) + number
    lines.append(bar)
    lines.append(trimmed(style(.location, left + " |") + " " + excerpt.text))
    let indentation = String(repeating: " ", count: excerpt.indentation)
    let carets = style(role, String(repeating: mark, count: excerpt.width))
    guard !label.isEmpty else { return lines + [bar + " " + indentation + carets] }
    let end = excerpt.indentation + excerpt.width + 1
    if end + displayWidth(label) <= available {
      return lines + [bar + " " + indentation + carets + " " + style(role, label)]
    }
    let start = max(0, min(excerpt.indentation, available - displayWidth(label)))
    return lines + [bar + " " + indentation + carets]
      + wrap(label, to: wraps ? available : nil).map {
        bar + " " + String(repeating: " ", count: start) + style(role, $0)
      }
  }

  private func note(_ kind: String, _ text: String, gutter: Int) -> [String] {
    let space = String(repeating: " ", count: gutter + 1)
    let head = space + style(.location, "=") + " " + style(.help, kind) + ":"
    return wrapped(text, indent: gutter + 5 + kind.count).enumerated().map { index, line in
      let rest = line.text.isEmpty ? "" : " " + line.text
      return index == 0 ? head + rest : String(repeating: " ", count: line.indent) + line.text
    }
  }

  private func role(_ severity: Diagnostic.Severity) -> Style.Role {
    switch severity {
    case .error: .error
    case .warning: .warning
    case .note: .note
    }
  }

  /// An empty source line leaves no space at the end of the line.
  private func trimmed(_ line: String) -> String {
    line.hasSuffix(" ") ? String(line.dropLast()) : line
  }
}
