import Crypto
import Platform

/// A file of settings below the folder of `--write`. Its header marks it as arctl's, with a digest that shows whether it was
/// edited since.
struct WrittenFile: Sendable {
  /// Where a client looks for it: `~/.pypirc`.
  let place: String
  /// Its name below the folder: `.pypirc`.
  let name: String
  /// Its whole content.
  let text: String

  /// - Parameters:
  ///   - place: where a client looks for it.
  ///   - name: its name below the folder.
  ///   - parts: the texts that belong to it, in order.
  init(place: String, name: String, parts: [String]) {
    self.place = place
    self.name = name
    text = Self.marked(parts.joined(separator: "\n"), name: name)
  }

  /// Whether arctl wrote this content, and nothing changed it.
  static func isOwn(_ content: [UInt8], name: String) -> Bool {
    guard let text = String(validating: content, as: UTF8.self) else { return false }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    guard let index = lines.prefix(2).firstIndex(where: { $0.contains(Self.mark) }) else {
      return false
    }
    lines.remove(at: index)
    return marked(lines.joined(separator: "\n"), name: name) == text
  }

  /// The last part of a place.
  static func name(of place: String) -> String { LocalFileSystem.split(place).name }

  private static let mark = "Written by arctl settings, sha256:"

  /// The text with the header, as its first line, or as the second one if the first must stay at the top. JSON has no
  /// comments and gets none.
  private static func marked(_ text: String, name: String) -> String {
    guard let header = header(of: text, name: name) else { return text }
    var lines = text.split(separator: "\n", omittingEmptySubsequences: false)
    let isDirective = lines.first?.hasPrefix("# syntax=") == true
    lines.insert(Substring(header), at: isDirective ? 1 : 0)
    return lines.joined(separator: "\n")
  }

  private static func header(of text: String, name: String) -> String? {
    let digest = String(Hex.encode(SHA256.hash(Array(text.utf8))))
    let sentence = "\(mark)\(digest)"
    if name.hasSuffix(".json") { return nil }
    if name.hasSuffix(".xml") { return "<!-- \(sentence) -->" }
    if name.hasSuffix(".gradle") || name == "91artifact-registry-key" { return "// \(sentence)" }
    return "# \(sentence)"
  }
}
