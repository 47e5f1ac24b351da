import Diagnostics

/// The parts of the files that are not shown, because they are or may be secrets, and the texts that are secrets.
struct HiddenText: Sendable {
  static let mark = "(not shown)"

  private let names: FieldNames

  init(_ names: FieldNames) { self.names = names }

  /// The first column (from 1, in code points) that is hidden, by file and line.
  private var columns: [String: [Int: Int]] = [:]
  /// Texts that are secrets, in lower case; without short ones, which would hide half of every message.
  private var secrets: Set<String> = []
  private static let shortestSecret = 6

  mutating func hide(line: Int, from column: Int, of file: String) {
    let known = columns[file]?[line] ?? .max
    columns[file, default: [:]][line] = min(known, column)
  }

  mutating func merge(_ lines: [Int: Int], of file: String) {
    for (line, column) in lines { hide(line: line, from: column, of: file) }
  }

  /// Marks a text as a secret, wherever it occurs.
  mutating func add(secret text: String) {
    for part in [Substring(text)] + text.split(whereSeparator: \.isNewline) {
      let part = part.lowercased()
      let isMark = Self.mark.contains(part)
      if part.utf8.count >= Self.shortestSecret, !isMark { secrets.insert(part) }
    }
  }

  func hides(_ position: SourcePosition) -> Bool {
    guard let column = columns[position.file]?[position.line] else { return false }
    return position.column >= column
  }

  /// A line of a file as it may be shown.
  func shown(_ text: String, file: String, line: Int) -> String {
    let scalars = text.unicodeScalars
    var end = scalars.endIndex
    if let column = columns[file]?[line],
      let index = scalars.index(
        scalars.startIndex, offsetBy: column - 1, limitedBy: scalars.endIndex)
    {
      end = index
    }
    if let secret = firstSecret(in: text[..<end]) { end = secret }
    return end == scalars.endIndex ? text : text[..<end] + Self.mark
  }

  /// Where the first word that is a secret begins.
  private func firstSecret(in text: Substring) -> String.Index? {
    guard !secrets.isEmpty else { return nil }
    return Self.words(of: text).first { secrets.contains($0.lowercased()) }?.startIndex
  }

  /// Every part of a text that may be a secret: words, and what follows a separator up to a quotation mark or a blank.
  private static func words(of text: Substring) -> [Substring] {
    var words: [Substring] = []
    for quoted in text.split(whereSeparator: { "`\"".contains($0) }) {
      words.append(quoted)
      for blank in quoted.split(whereSeparator: { $0.isWhitespace }) {
        words.append(blank)
        words += blank.split(whereSeparator: { ":/,=[]{}()'@#".contains($0) })
      }
    }
    return words
  }

  /// The same diagnostic with no secret in its texts.
  func redacted(_ diagnostic: Diagnostic) -> Diagnostic {
    var result = diagnostic
    if let position = diagnostic.position, hides(position) {
      // This message may quote the value, or a part of it.
      result.message = withoutValues(diagnostic.message)
      (result.label, result.help, result.pasted) = ("", [], [])
    }
    result.message = redacted(result.message)
    result.label = redacted(result.label)
    result.help = result.help.map(redacted)
    result.pasted = result.pasted.map(redacted)
    result.related = result.related.map { .init($0.position, redacted($0.label)) }
    return result
  }

  func redacted(_ text: String) -> String {
    var text = text
    if !secrets.isEmpty, firstSecret(in: text[...]) != nil { text = withoutSecrets(text) }
    guard text.contains("`") else { return text }
    // A key that was meant as `password: VALUE`.
    let parts = text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
    return parts.map { $0 % 2 == 1 ? names.shown(String($1)) : String($1) }
      .joined(separator: "`")
  }

  private func withoutSecrets(_ text: String) -> String {
    var result = text
    var left = 100
    while left > 0, let start = firstSecret(in: result[...]),
      let word = Self.words(of: result[...]).first(where: {
        $0.startIndex == start && secrets.contains($0.lowercased())
      })
    {
      result.replaceSubrange(word.startIndex..<word.endIndex, with: Self.mark)
      left -= 1
    }
    return left > 0 ? result : Self.mark
  }

  /// The same text in which only fields of the language are left in backticks.
  private func withoutValues(_ text: String) -> String {
    text.split(separator: "`", omittingEmptySubsequences: false).enumerated()
      .map { $0 % 2 == 0 || names.isPath(String($1)) ? String($1) : Self.mark }
      .joined(separator: "`")
  }
}
