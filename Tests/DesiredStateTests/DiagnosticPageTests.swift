import DesiredState
import Diagnostics
import Platform
import TestSupport
import Testing

/// The examples of `arctl explain CODE` report what their pages say.
@Suite struct DiagnosticPageTests {
  static let withManifests = DiagnosticCode.allCases.filter {
    if case .manifest = $0.page.example { true } else { false }
  }

  @Test func mostCodesOfManifestsHaveOne() { #expect(Self.withManifests.count >= 30) }

  @Test(arguments: withManifests) func theExampleReportsOnlyItsCode(
    _ code: DiagnosticCode
  ) {
    guard case .manifest(let text) = code.page.example else { return }
    let found = Loading(text).run().diagnostics
    #expect(!found.isEmpty)
    #expect(found.allSatisfy { $0.code == code }, "\(Unsound(diagnostics: found))")
  }
}
