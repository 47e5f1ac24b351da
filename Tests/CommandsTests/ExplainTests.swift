import Diagnostics
import Kinds
import Model
import Testing

@testable import Commands

@Suite struct ExplainTests {
  private func page(_ topic: String...) async -> String {
    let context = TestContext()
    #expect(await Arctl.run(context.seams(["explain"] + topic)) == .success)
    #expect(context.console.errors.isEmpty)
    return context.console.output
  }

  @Test func aKindShowsItsFieldsAndItsOutline() async {
    #expect(await page("IAMBinding") == GoldenPages.binding)
  }

  @Test func aFieldShowsItsValuesAndTheFieldsInside() async {
    #expect(await page("Repository.cleanupPolicies.condition") == GoldenPages.condition)
    #expect(await page("Repository.format") == GoldenPages.format)
  }

  @Test func aCodeShowsItsMeaningAnExampleAndWhatToDo() async {
    #expect(await page("AR0133") == GoldenPages.unquoted)
  }

  @Test(arguments: [
    ["repository.CleanupPolicies.condition", "Repository.cleanupPolicies.condition"],
    ["Repository.cleanupPolicies[\"old\"].condition", "Repository.cleanupPolicies.condition"],
    ["Repository.spec.format", "Repository.format"],
    ["Repository.lifecycle.ensure", "lifecycle.ensure"],
    ["ar0104", "AR0104"],
  ])
  func pathsFromPlansAndDocumentsAreAccepted(names: [String]) async {
    #expect(await page(names[0]) == page(names[1]))
  }

  @Test func withoutATopicTheKindsAreListed() async {
    let text = await page()
    for kind in Kinds.catalog.documents { #expect(text.contains("\n  \(kind.name) ")) }
    #expect(await page("codes").contains("  AR0207  immutable field\n"))
  }

  @Test(arguments: [
    ("Repositry", "unknown topic `Repositry`; did you mean `Repository`?"),
    ("Repository.lables", "Repository has no field `lables`; did you mean `Repository.labels`?"),
    ("lifecycle.insure", "lifecycle has no field `insure`; did you mean `lifecycle.ensure`?"),
    ("Repository.format.x", "Repository.format has no field `x`"),
    ("AR0119", "unknown topic `AR0119`"),
    (".", "expected a kind, a field, a code, `document` or `codes`"),
  ])
  func aMisspeltTopicIsUsageWithASuggestion(topic: String, message: String) async {
    let context = TestContext()
    #expect(await context.run("explain", topic) == .usage)
    #expect(context.console.output.isEmpty)
    #expect(context.console.errors.hasPrefix("arctl: \(message)"))
  }

  /// No line is wider than the terminal, except words and examples that cannot be broken.
  @Test(arguments: [40, 60, 100])
  func pagesFitTheirWidth(width: Int) throws {
    let examples = Set(Kinds.catalog.documents.flatMap(\.example).map { "  \($0)" })
    #expect(examples.allSatisfy { displayWidth($0) <= 80 })
    for topic in ["Repository", "Stack", "Repository.remoteRepositoryConfig", "codes"] {
      let text = ExplainText(width: width, style: .plain).render(try ExplainTopic(topic))
      for line in text.split(separator: "\n") where line.prefix(12).contains(" ") {
        let isOneWord = line.split(separator: " ").count <= 2
        let isTypeRow = line.hasPrefix("  ") && !line.hasPrefix("      ")
        let isExample = examples.contains(String(line))
        #expect(
          isOneWord || isTypeRow || isExample || displayWidth(String(line)) <= width, "\(line)")
      }
    }
  }

  @Test func onlyTerminalsGetColour() async {
    let plain = TestContext()
    let terminal = TestContext(terminal: true)
    _ = await plain.run("explain", "Role")
    _ = await terminal.run("explain", "Role")
    #expect(!plain.console.output.contains("\u{1B}"))
    #expect(terminal.console.output.contains("\u{1B}[1mRole\u{1B}[0m"))
  }

  /// The page that a diagnostic refers to exists.
  @Test func everyFieldOfEveryKindHasAPage() throws {
    func look(_ fields: [Field], _ path: String) throws {
      for field in fields {
        let name = "\(path).\(field.name)"
        guard case .field(let topic) = try ExplainTopic(name) else {
          Issue.record("\(name) is not a field")
          continue
        }
        #expect(topic.name == name)
        #expect(!field.documentation.isEmpty && !field.documentation.contains("\n"))
        try look(field.type.fields, name)
      }
    }
    for kind in Kinds.catalog.documents { try look(kind.schema.fields, kind.name) }
  }

  @Test func everyCodeHasAPageOfItsOwn() {
    let pages = DiagnosticCode.allCases.map(\.page)
    #expect(Set(pages.map(\.title)).count == pages.count)
    #expect(Set(pages.map(\.meaning)).count == pages.count)
    for page in pages {
      #expect(page.meaning.hasSuffix("."), "\(page.title)")
      #expect(page.remedy.hasSuffix("."), "\(page.title)")
    }
  }

  /// An example is printed without wrapping, so it must fit on 80 columns.
  @Test(arguments: DiagnosticCode.allCases) func examplesFitATerminal(_ code: DiagnosticCode) {
    let text = ExplainText(width: 80, style: .plain).render(.code(code))
    #expect(text.split(separator: "\n").allSatisfy { displayWidth(String($0)) <= 80 }, "\(text)")
  }

  /// The outline of every kind has all required fields.
  @Test func outlinesHaveTheRequiredFields() {
    for kind in Kinds.catalog.documents {
      for field in kind.schema.fields where field.traits.contains(.required) {
        #expect(kind.outline.contains { $0.hasPrefix("  \(field.name): ") })
      }
    }
  }
}
