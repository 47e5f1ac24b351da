import Foundation
import Model
import Testing

@testable import Kinds

/// The engine cannot spell the name of a kind: no line outside `Sources/Kinds` decides by one. The sandbox has names of
/// its own, because it shares nothing with the kinds.
@Suite struct KindNamesTests {
  /// Lines with a kind's name that mean something else, each by a part of the line, with the reason.
  private static let others: [String: String] = [
    #"case "serviceAccount": self = try Self.account(value)"#: "the type of a member in a policy",
    #"case "role": self = .role"#: "the value of `exclusive`",
    #"case "role": role = String(value)"#: "the word of a grant pattern",
    #"["user", "serviceAccount", "group"].contains(kind) && hasUID"#:
      "the types of members that can be deleted",
  ]

  @Test func noLineDecidesByAKindsName() throws {
    var found: [String] = []
    var used: Set<String> = []
    for (file, lines) in try Self.sources() {
      for (number, line) in lines.enumerated() where Self.decides(line) {
        if let other = Self.others.keys.filter(line.contains).max(by: { $0.count < $1.count }) {
          used.insert(other)
        } else {
          found.append("\(file):\(number + 1): \(line.trimmingCharacters(in: .whitespaces))")
        }
      }
    }
    #expect(found.isEmpty, "\(found.joined(separator: "\n"))")
    #expect(used == Set(Self.others.keys), "not needed any more")
  }

  /// The search finds such lines.
  @Test(arguments: [
    #"case "repository": x"#, #"if kind == "role" {"#, #"["repository", "role"].contains(kind)"#,
    #"kind.name == "Stack""#, #"guard "serviceAccount" != text"#, "case .repository: x",
    "if address.kind == .role {", #"kinds["project"]"#, "Address(project: p, .service, name)",
  ])
  func aLineThatDecidesIsFound(_ line: String) { #expect(Self.decides(line)) }

  @Test(arguments: [
    #"object["role"]?.string"#, #"form["role"] = .string(role)"#, "case .role(let role): role",
    #"sink.error(.badValue, "a repository is a place")"#, "defaults.project = project",
  ])
  func aLineThatDoesNotIsNot(_ line: String) { #expect(!Self.decides(line)) }

  private static let names: String = {
    let documents = Kinds.catalog.documents.map(\.name)
    return (documents + Kinds.catalog.resources.map(\.addressName)).joined(separator: "|")
  }()

  /// Whether a line compares with a kind's name, switches over it, looks a kind up by it, or creates an address from
  /// it.
  private static func decides(_ line: String) -> Bool {
    guard !line.trimmingCharacters(in: .whitespaces).hasPrefix("//") else { return false }
    let text = #""(?:\#(names))""#
    let patterns = [
      #"\bcase (?:[^:"]*, )?\#(text)"#, #"[=!]= ?\#(text)"#, #"\#(text) ?[=!]="#,
      #"\[[^\]]*\#(text)[^\]]*\]\s*\.(?:contains|first)"#, #"\bkinds?\w*\[\#(text)\]"#,
      #"\bnamed\(\#(text)"#, #"[kK]ind\w*\)? ?[=!]= ?\.(?:\#(names))\b"#,
      #"\bAddress\([^)]*, \.(?:\#(names))\b"#,
      #"\bcase \.(?:repository|serviceAccount|serviceAccountKey|rule|service)\b(?!\()"#,
    ]
    return patterns.contains { line.range(of: $0, options: .regularExpression) != nil }
  }

  private static func sources() throws -> [(file: String, lines: [String])] {
    let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Sources")
      .standardized
    let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String }
    return try (names ?? []).sorted().compactMap { name in
      guard name.hasSuffix(".swift"), !name.hasPrefix("Kinds/"), !name.hasPrefix("Sandbox") else {
        return nil
      }
      let text = try String(contentsOf: root.appending(path: name), encoding: .utf8)
      return (name, text.components(separatedBy: "\n"))
    }
  }
}
