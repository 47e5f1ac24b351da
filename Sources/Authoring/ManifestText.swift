/// A value of a manifest, with its parts in the order in which they are written.
indirect enum ManifestValue: Sendable, Hashable {
  case text(String)
  /// A text that is known to read as itself without quotes: `30d`, `python`.
  case word(String)
  /// A text with variables, `${project}-ci`, in which `$${` stands for itself.
  case template(String)
  case boolean(Bool)
  case integer(Int64)
  case null
  case list([ManifestItem])
  case map([ManifestPair])

  /// A list of texts, one below the other.
  static func texts(_ texts: [String]) -> ManifestValue {
    .list(texts.map { ManifestItem(.text($0)) })
  }
}

/// One element of a list.
struct ManifestItem: Sendable, Hashable {
  var value: ManifestValue
  /// The part of the estate that the lines of the element are about; nil: that of the list.
  var mark: ManifestMark?

  init(_ value: ManifestValue, mark: ManifestMark? = nil) {
    self.value = value
    self.mark = mark
  }
}

/// One key of a map with its value.
struct ManifestPair: Sendable, Hashable {
  var key: String
  var value: ManifestValue
  /// Whether a map or list is written on one line: `{name: uploader}`.
  var isFlow: Bool
  /// Sentences above it, without `#`.
  var comments: [String]
  /// The part of the estate that its lines are about; nil: that of the map around it.
  var mark: ManifestMark?

  init(
    _ key: String, _ value: ManifestValue, isFlow: Bool = false, comments: [String] = [],
    mark: ManifestMark? = nil
  ) {
    self.key = key
    self.value = value
    self.isFlow = isFlow
    self.comments = comments
    self.mark = mark
  }
}

/// Writes maps as YAML in block style, and remembers which line is about what.
struct ManifestText {
  /// The lines, without line ends.
  private(set) var lines: [String] = []
  /// The part of the estate that each line is about.
  private(set) var marks: [ManifestMark?] = []

  /// The longest line of a comment, in characters.
  private static let width = 118

  mutating func add(_ pairs: [ManifestPair], indent: Int = 0, mark: ManifestMark?) {
    for pair in pairs {
      let mark = pair.mark ?? mark
      for comment in pair.comments { add(comment: comment, indent: indent, mark: mark) }
      add(pair, prefix: String(repeating: " ", count: indent), indent: indent, mark: mark)
    }
  }

  /// Adds a comment of any text: what could end the line is spelt out.
  mutating func add(comment: String, indent: Int = 0, mark: ManifestMark? = nil) {
    let prefix = String(repeating: " ", count: indent) + "# "
    for line in Self.wrapped(ScalarText.comment(comment), width: Self.width - prefix.count) {
      add(line.isEmpty ? "#" : prefix + line, mark)
    }
  }

  /// Begins the next document of a file.
  mutating func addSeparator() { add("---", nil) }

  private mutating func add(_ line: String, _ mark: ManifestMark?) {
    lines.append(line)
    marks.append(mark)
  }

  private mutating func add(
    _ pair: ManifestPair, prefix: String, indent: Int, mark: ManifestMark?
  ) {
    let key = prefix + ScalarText.key(pair.key) + ":"
    switch pair.value {
    case .map(let pairs) where !pairs.isEmpty && !pair.isFlow:
      add(key, mark)
      add(pairs, indent: indent + 2, mark: mark)
    case .list(let items) where !items.isEmpty && !pair.isFlow:
      add(key, mark)
      for item in items { add(item, indent: indent + 2, mark: mark) }
    default: add("\(key) \(Self.line(pair.value))", mark)
    }
  }

  private mutating func add(_ item: ManifestItem, indent: Int, mark: ManifestMark?) {
    let mark = item.mark ?? mark
    let prefix = String(repeating: " ", count: indent) + "- "
    guard case .map(let pairs) = item.value, let first = pairs.first else {
      add(prefix + Self.line(item.value), mark)
      return
    }
    add(first, prefix: prefix, indent: indent + 2, mark: first.mark ?? mark)
    add(Array(pairs.dropFirst()), indent: indent + 2, mark: mark)
  }

  /// On one line, after a key or a dash.
  private static func line(_ value: ManifestValue) -> String {
    if case .text(let text) = value { return ScalarText.scalar(text, isInFlow: false) }
    return flow(value)
  }

  /// Within brackets.
  private static func flow(_ value: ManifestValue) -> String {
    switch value {
    case .text(let text): ScalarText.scalar(text, isInFlow: true)
    case .word(let word): word
    case .template(let text): ScalarText.template(text)
    case .boolean(let value): value ? "true" : "false"
    case .integer(let number): "\(number)"
    case .null: "null"
    case .list(let items): "[\(items.map { flow($0.value) }.joined(separator: ", "))]"
    case .map(let pairs):
      "{\(pairs.map { "\(ScalarText.key($0.key)): \(flow($0.value))" }.joined(separator: ", "))}"
    }
  }

  /// Lines of at most this many characters, if the words allow it.
  static func wrapped(_ text: String, width: Int) -> [String] {
    var words = text.split(separator: " ", omittingEmptySubsequences: false)[...]
    var lines = [String(words.popFirst() ?? "")]
    for word in words {
      let last = lines[lines.count - 1]
      if !last.isEmpty, last.count + 1 + word.count > width {
        lines.append(String(word))
      } else {
        lines[lines.count - 1] = "\(last) \(word)"
      }
    }
    return lines
  }
}
