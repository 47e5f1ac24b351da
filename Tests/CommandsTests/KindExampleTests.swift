import DesiredState
import Kinds
import Manifests
import TestSupport
import Testing

@testable import Commands

/// Every kind has a full example in `arctl explain`, and together they are one valid set.
@Suite struct KindExampleTests {
  @Test func everyKindHasOne() {
    let names = Kinds.catalog.documents.map(\.name)
    #expect(Set(KindExamples.byName.keys) == Set(names))
    for kind in Kinds.catalog.documents {
      #expect(kind.example.contains("kind: \(kind.name)"))
    }
  }

  @Test func theyAreValidTogether() {
    let text = Kinds.catalog.documents.map { $0.example.joined(separator: "\n") }
      .joined(separator: "\n---\n")
    let result = Loading(text + "\n").run()
    #expect(result.diagnostics == [])
    #expect(result.graph != nil)
  }

  /// An example teaches more than the smallest document: it writes fields that are not required.
  @Test func theyHaveMoreThanTheRequiredFields() {
    for kind in Kinds.catalog.documents {
      #expect(kind.example.count > kind.outline.count, "\(kind.name)")
    }
  }

  @Test func explainShowsThem() async {
    let context = TestContext()
    #expect(await context.run("explain", "Repository") == .success)
    #expect(context.console.output.contains("Example:\n  apiVersion: arctl.dev/v1\n"))
    #expect(context.console.output.contains("      newest: {action: keep"))
  }
}
