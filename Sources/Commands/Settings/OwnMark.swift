import Crypto

/// The header that marks a file as one that a verb of arctl wrote, with a digest that shows whether it was edited since.
struct OwnMark: Sendable {
  /// The verb: `settings`.
  let verb: String

  private var sentence: String { "Written by arctl \(verb), sha256:" }

  /// Whether the verb wrote this content, and nothing changed it.
  func isOwn(_ content: [UInt8], name: String) -> Bool {
    guard let given = String(validating: content, as: UTF8.self) else { return false }
    // Git may have changed the line ends.
    let text = given.replacing("\r\n", with: "\n")
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let index = lines.prefix(2).firstIndex(where: { $0.contains(sentence) }) else {
      return false
    }
    lines.remove(at: index)
    return marked(lines.joined(separator: "\n"), name: name) == text
  }

  /// The text with the header, as its first line, or as the second one if the first must stay at the top. JSON has no
  /// comments and gets none.
  func marked(_ text: String, name: String) -> String {
    guard let header = header(of: text, name: name) else { return text }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let isDirective = lines.first?.hasPrefix("# syntax=") == true
    lines.insert(Substring(header), at: isDirective ? 1 : 0)
    return lines.joined(separator: "\n")
  }

  private func header(of text: String, name: String) -> String? {
    let digest = String(Hex.encode(SHA256.hash(Array(text.utf8))))
    let line = "\(sentence)\(digest)"
    if name.hasSuffix(".json") { return nil }
    if name.hasSuffix(".xml") { return "<!-- \(line) -->" }
    if name.hasSuffix(".gradle") || name == "91artifact-registry-key" { return "// \(line)" }
    return "# \(line)"
  }
}
