import Diagnostics
import Model
import YAML

/// A file in another language than YAML: Terraform's HCL, or commands of a shell.
///
/// YAML reads its first line as text, or fails at a place that says nothing about the mistake.
struct ForeignText {
  /// What the file is, where it begins, and what to write instead.
  let diagnostic: Diagnostic

  /// Nil for a file whose first line is neither.
  init?(_ file: ExaminedFile, _ kinds: KindSet) {
    guard let (number, line) = Self.firstLine(of: file.bytes) else { return nil }
    var place = SourcePosition(file: file.path, line: number, column: 1)
    place.length = max(1, line.unicodeScalars.count)
    if Self.isBlock(line) {
      diagnostic = Diagnostic(
        .notADocument, "this is Terraform's HCL; arctl reads YAML", at: place,
        help: Self.help(file.bytes, kinds))
    } else if Self.isCommand(line) {
      diagnostic = Diagnostic(
        .notADocument, "this is a command; arctl reads YAML documents", at: place,
        help: ["`arctl init` writes a first manifest, `arctl explain` lists the kinds"])
    } else {
      return nil
    }
  }

  /// Of so many bytes, the first line of a file is looked for, and the resources in it.
  private static let reach = 64 << 10

  /// The first line that is neither empty nor a comment of YAML or HCL, with its number.
  private static func firstLine(of bytes: [UInt8]) -> (number: Int, text: String)? {
    var number = 0
    var isComment = false
    for line in lines(bytes) {
      number += 1
      if line.hasPrefix("/*") { isComment = true }
      if isComment {
        isComment = !line.contains("*/")
      } else if !line.isEmpty, !line.hasPrefix("#"), !line.hasPrefix("//") {
        return (number, line)
      }
    }
    return nil
  }

  /// The lines without white space at their ends, each made when it is asked for: most files are known by their first.
  private static func lines(_ bytes: [UInt8]) -> some Sequence<String> {
    sequence(state: bytes.prefix(reach)[...]) { rest -> String? in
      guard !rest.isEmpty else { return nil }
      var line = rest.prefix { $0 != UInt8(ascii: "\n") }
      rest = rest[line.endIndex...].dropFirst()
      while let last = line.last, [0x0D, 0x20, 0x09].contains(last) { line.removeLast() }
      return String(decoding: line, as: UTF8.self)
    }
  }

  private static let labelled: Set = [
    "resource", "data", "provider", "variable", "output", "module", "check",
  ]
  private static let plain: Set = ["terraform", "locals", "import", "moved", "removed"]

  /// `resource "TYPE" "NAME" {` and its like.
  private static func isBlock(_ line: String) -> Bool {
    let words = line.split(separator: " ")
    guard words.count > 1 else { return false }
    let word = String(words[0])
    return labelled.contains(word) && words[1].hasPrefix("\"")
      || plain.contains(word) && words[1] == "{"
  }

  private static func isCommand(_ line: String) -> Bool {
    let words = line.split(separator: " ").drop { $0 == "$" || $0 == "sudo" }
    return line.hasPrefix("#!")
      || words.count > 1 && ["gcloud", "arctl", "terraform", "kubectl"].contains(words.first)
  }

  /// The kinds for the first types of resources in a file.
  private static func help(_ bytes: [UInt8], _ kinds: KindSet) -> [String] {
    var help: [String] = []
    for line in lines(bytes) where line.hasPrefix("resource \"") {
      let type = line.dropFirst("resource \"".count).prefix { $0 != "\"" }
      guard let meaning = ForeignKind(type, kinds) else { continue }
      let advice = "for `\(type)`, \(meaning.advice(kinds))"
      if !help.contains(advice) { help.append(advice) }
      if help.count == 4 { break }
    }
    return help + [
      "convert what it made: `terraform show -json | arctl migrate terraform - --out DIR`",
      "`arctl init` writes a first manifest, `arctl explain KIND` describes a kind",
    ]
  }
}
