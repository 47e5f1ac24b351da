import DesiredState
import Diagnostics
import Platform
import TestSupport
import Testing

/// The examples that `arctl explain CODE` shows are what they say.
@Suite struct DiagnosticPageTests {
  static let withManifests = DiagnosticCode.allCases.filter {
    if case .manifest = $0.page.example { true } else { false }
  }

  @Test func mostCodesOfManifestsHaveOne() { #expect(Self.withManifests.count >= 30) }

  @Test(arguments: withManifests) func theExampleLeadsToItsCodeAndToNothingElse(
    _ code: DiagnosticCode
  ) {
    guard case .manifest(let text) = code.page.example else { return }
    let found = Loading(text).run().diagnostics
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { $0.code == code }, "\(Unsound(diagnostics: found))")
  }
}
