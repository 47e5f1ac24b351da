import Diagnostics
import Testing

struct DiagnosticListTests {
  static func diagnostic(_ file: String, _ line: Int, _ column: Int = 1) -> Diagnostic {
    Diagnostic(.badValue, "m", at: SourcePosition(file: file, line: line, column: column))
  }

  @Test func sortedWithoutDuplicates() {
    let nowhere = Diagnostic(.noManifests, "a")
    let list = DiagnosticList([
      nowhere, Self.diagnostic("b", 1), Self.diagnostic("a", 10), Self.diagnostic("a", 9, 2),
      Self.diagnostic("a", 9), Self.diagnostic("a", 10),
    ])
    #expect(
      list.sorted == [
        Self.diagnostic("a", 9), Self.diagnostic("a", 9, 2), Self.diagnostic("a", 10),
        Self.diagnostic("b", 1), nowhere,
      ])
  }

  @Test func errorsAndSummary() {
    var list = DiagnosticList()
    #expect(list.isEmpty && !list.hasErrors && list.summary.isEmpty)
    list.append(Diagnostic(.lint, severity: .warning, "w"))
    #expect(!list.hasErrors && list.summary == "1 warning")
    list.append(contentsOf: [Diagnostic(.lint, "x"), Diagnostic(.lint, "y")])
    #expect(list.hasErrors && list.summary == "2 errors, 1 warning")
  }

  @Test func annotationsHideNothing() {
    let place = SourcePosition(file: "a\u{202E}.yaml", line: 1, column: 1)
    let line = Diagnostic(
      .unknownField, "a\u{1B}[2J\u{85}\u{202E}\u{200B}\u{FEFF}\u{E0041}\u{2028}é\n", at: place
    ).gitHubAnnotation
    let hidden = line.unicodeScalars.filter { $0.isHidden }
    #expect(hidden.isEmpty)
    #expect(line.contains(#"::a\u{1B}[2J\u{85}\u{202E}\u{200B}\u{FEFF}\u{E0041}\u{2028}é%0A"#))
    #expect(line.contains(#"file=a\u{202E}.yaml,"#))
  }

  @Test func gitHubAnnotations() {
    var diagnostic = Diagnostic(
      .unknownField, "50% a:b,\nc", label: "why",
      help: ["do"])
    #expect(diagnostic.gitHubAnnotation == "::error title=AR0104::50%25 a:b,%0Ac (why)%0Ahelp: do")
    diagnostic.note = "ask ana"
    #expect(diagnostic.gitHubAnnotation.hasSuffix("%0Ahelp: do%0Anote: ask ana"))
    diagnostic.note = nil
    diagnostic.severity = .note
    diagnostic.label = ""
    diagnostic.help = []
    diagnostic.position = SourcePosition(
      file: "a,b:c.yaml", line: 3, column: 5, length: 2, instance: "env=prod")
    #expect(
      diagnostic.gitHubAnnotation
        == "::notice file=a%2Cb%3Ac.yaml,line=3,col=5,endColumn=7,title=AR0104::50%25 a:b,%0Ac [env=prod]"
    )
  }

  @Test func codesAreUniqueAndWellFormed() {
    for code in DiagnosticCode.allCases {
      #expect(code.rawValue.wholeMatch(of: /AR0[1-5][0-9]{2}/) != nil)
    }
  }
}
