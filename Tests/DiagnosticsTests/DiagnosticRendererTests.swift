import Diagnostics
import Synchronization
import Testing

struct DiagnosticRendererTests {
  static let repositories = SourceLines(
    Array(
      (String(repeating: "\n", count: 11) + "name: a\n" + String(repeating: "\n", count: 24)
        + "    cleanupPolicy:\n").utf8))

  static func renderer(width: Int = 160, line: String? = nil) -> DiagnosticRenderer {
    DiagnosticRenderer(width: width) { file, number in
      line ?? (file == "manifests/repos.yaml" ? repositories[number] : nil)
    }
  }

  static let unknownField = Diagnostic(
    .unknownField, "unknown field `cleanupPolicy` in Repository",
    at: SourcePosition(file: "manifests/repos.yaml", line: 37, column: 5, length: 13),
    label: "did you mean `cleanupPolicies`?",
    help: ["arctl explain Repository.cleanupPolicies"])

  @Test func rendersAPlaceALabelAndHelp() {
    #expect(
      Self.renderer().render(Self.unknownField) == """
        error[AR0104]: unknown field `cleanupPolicy` in Repository
          --> manifests/repos.yaml:37:5
           |
        37 |     cleanupPolicy:
           |     ^^^^^^^^^^^^^ did you mean `cleanupPolicies`?
           = help: arctl explain Repository.cleanupPolicies

        """)
  }

  @Test func terminalsGetWrappedLines() {
    var renderer = Self.renderer(width: 40)
    renderer.wraps = true
    var diagnostic = Self.unknownField
    diagnostic.label = "did you perhaps mean `cleanupPolicies` there?"
    diagnostic.help = ["arctl explain Repository.cleanupPolicies", "a/very/long/address/of/thirty"]
    #expect(
      renderer.render(diagnostic) == """
        error[AR0104]: unknown field
                       `cleanupPolicy` in
                       Repository
          --> manifests/repos.yaml:37:5
           |
        37 |     cleanupPolicy:
           |     ^^^^^^^^^^^^^
           | did you perhaps mean
           | `cleanupPolicies` there?
           = help: arctl explain
                   Repository.cleanupPolicies
           = help: a/very/long/address/of/thirty

        """)
  }

  @Test func relatedPlacesAndInstance() {
    var diagnostic = Self.unknownField
    diagnostic.position?.instance = "team=payments, env=prod"
    diagnostic.help = []
    diagnostic.related = [
      .init(
        SourcePosition(file: "manifests/repos.yaml", line: 12, column: 1, length: 4),
        "first given here")
    ]
    #expect(
      Self.renderer().render(diagnostic) == """
        error[AR0104]: unknown field `cleanupPolicy` in Repository
          --> manifests/repos.yaml:37:5 [team=payments, env=prod]
           |
        37 |     cleanupPolicy:
           |     ^^^^^^^^^^^^^ did you mean `cleanupPolicies`?
          ::: manifests/repos.yaml:12:1
           |
        12 | name: a
           | ---- first given here

        """)
  }

  @Test func withoutPlaceAndWithoutSource() {
    let plain = Diagnostic(
      .undeclaredResources, severity: .warning, "2 live resources are undeclared", help: ["x"])
    #expect(
      Self.renderer().render(plain) == """
        warning[AR0311]: 2 live resources are undeclared
          = help: x

        """)
    var unknown = Self.unknownField
    unknown.position?.file = "gone.yaml"
    #expect(
      Self.renderer().render(unknown) == """
        error[AR0104]: unknown field `cleanupPolicy` in Repository
          --> gone.yaml:37:5
           = note: did you mean `cleanupPolicies`?
           = help: arctl explain Repository.cleanupPolicies

        """)
  }

  /// The source line and the caret line below it.
  func excerpt(_ line: String, column: Int, length: Int, width: Int = 160, label: String = "")
    -> [String]
  {
    let diagnostic = Diagnostic(
      .badValue, "m", at: SourcePosition(file: "f", line: 1, column: column, length: length),
      label: label)
    return Self.renderer(width: width, line: line).render(diagnostic)
      .split(separator: "\n", omittingEmptySubsequences: false).dropFirst(3).dropLast().map(
        String.init)
  }

  @Test func hiddenAndWideCharactersKeepTheCaretInPlace() {
    #expect(
      excerpt("\ta\u{202E}b: 日本: x", column: 10, length: 1)
        == [
          "1 | \\ta\\u{202E}b: 日本: x", "  |                    ^",
        ].map { $0 })
    #expect(excerpt("日本: 語語", column: 5, length: 2) == ["1 | 日本: 語語", "  |       ^^^^"])
    #expect(excerpt("e\u{301}: x", column: 5, length: 1) == ["1 | e\u{301}: x", "  |    ^"])
  }

  @Test func endOfLineAndBeyond() {
    #expect(excerpt("ab:", column: 4, length: 1) == ["1 | ab:", "  |    ^"])
    #expect(excerpt("ab", column: 9, length: 5) == ["1 | ab", "  |   ^"])
    #expect(excerpt("", column: 1, length: 1) == ["1 |", "  | ^"])
  }

  @Test func longLinesAreCutAroundTheCaret() {
    let line = String(repeating: "a", count: 100) + "BAD" + String(repeating: "z", count: 100)
    for width in [40, 80, 120] {
      let lines = excerpt(line, column: 101, length: 3, width: width, label: "here")
      #expect(lines.allSatisfy { displayWidth($0) <= width })
      let marked = zip(lines[0], lines[1]).filter { $0.1 == "^" }.map { $0.0 }
      #expect(String(marked) == "BAD")
      #expect(lines[0].hasPrefix("1 | ...") && lines[0].hasSuffix("..."))
    }
    let end = excerpt(line, column: 203, length: 1, width: 40)
    #expect(end[0].hasSuffix("z") && end[0].count == end[1].count)
    let wide = excerpt(String(repeating: "日", count: 100), column: 50, length: 1, width: 41)
    #expect(wide.allSatisfy { displayWidth($0) <= 41 })
    #expect(wide[1].hasSuffix("^^"))
  }

  @Test func labelsThatDoNotFitGoBelow() {
    let line = String(repeating: "a", count: 30) + "BAD"
    #expect(
      excerpt(line, column: 31, length: 3, width: 45, label: "a label of some length") == [
        "1 | " + line, "  | " + String(repeating: " ", count: 30) + "^^^",
        "  | " + String(repeating: " ", count: 19) + "a label of some length",
      ])
  }

  @Test func valuesInMessagesAreEscaped() {
    let text = Self.renderer().render(Diagnostic(.badValue, "bad \u{1B}[31m\u{200B}"))
    #expect(text == "error[AR0116]: bad \\u{1B}[31m\\u{200B}\n")
  }

  @Test func colour() {
    var renderer = Self.renderer()
    renderer.style = Style(isColored: true)
    let text = renderer.render(Self.unknownField)
    #expect(text.hasPrefix("\u{1B}[1;31merror[AR0104]\u{1B}[0m\u{1B}[1m: unknown field"))
    let stripped = text.replacing(/\u{1B}\[[0-9;]*m/, with: "")
    #expect(stripped == Self.renderer().render(Self.unknownField))
  }

  /// A flow mapping may contain thousands of mistakes in one line of a megabyte.
  @Test func aLongLineIsSplitOnceForManyDiagnostics() {
    let fields = (0..<30_000).map { "field\($0): x" }
    let line = fields.joined(separator: ", ")
    let asked = Mutex(0)
    let renderer = DiagnosticRenderer(width: 40) { _, _ in
      asked.withLock { $0 += 1 }
      return line
    }
    var column = 1
    for (number, field) in fields.enumerated() {
      defer { column += field.count + 2 }
      guard number % 30 == 0 else { continue }
      let name = "field\(number)"
      let text = renderer.render(
        Diagnostic(
          .unknownField, "unknown",
          at: SourcePosition(file: "f", line: 1, column: column, length: name.count)))
      if number == 15_000 {
        #expect(
          text == """
            error[AR0104]: unknown
             --> f:1:213891
              |
            1 | ...14999: x, field15000: x, field...
              |              ^^^^^^^^^^

            """)
      }
    }
    // The line was split once.
    #expect(asked.withLock { $0 } == 1)
  }

  /// Two lines that contradict each other thousands of times: each diagnostic shows both.
  @Test func severalLongLinesAreEachReadOnce() {
    let asked = Mutex(0)
    let line = String(repeating: "x, ", count: 30_000)
    let renderer = DiagnosticRenderer(width: 40) { _, _ in
      asked.withLock { $0 += 1 }
      return line
    }
    for column in stride(from: 1, to: 3000, by: 3) {
      let text = renderer.render(
        Diagnostic(
          .bindingConflict, "both", at: SourcePosition(file: "f", line: 1, column: column),
          related: [.init(SourcePosition(file: "f", line: 2, column: column), "here")]))
      #expect(text.contains("f:2:\(column)"))
    }
    #expect(asked.withLock { $0 } == 2)
  }
}
