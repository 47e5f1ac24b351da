import Foundation
import GoogleCloud
import Grammar
import Model
import Testing

@testable import Kinds

@Suite struct DefaultServicesTests {
  @Test func theTableHoldsServices() {
    #expect(DefaultServices.google.count == 22)
    for name in DefaultServices.google { #expect(NameRules.service(name) == nil, "\(name)") }
  }

  /// The report says how large and how old the table is, and the pages say the same.
  @Test func theReportNamesTheTable() throws {
    let standard = try #require(ServiceKind().standard)
    #expect(standard.description.contains("(22, table of \(DefaultServices.date))"))
    #expect(standard.ids.isSuperset(of: APIHost.unavoidable.map(\.serviceName)))
    let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent()
    for page in ["docs/google-apis.md", "docs/errors.md"] {
      let text = try String(contentsOf: root.appending(path: page), encoding: .utf8)
      #expect(text.contains(DefaultServices.date), "\(page)")
    }
  }

  /// No manifest can disable what the report leaves out because arctl calls it.
  @Test func whatArctlCallsCannotBeDisabled() {
    for host in APIHost.unavoidable {
      let problems = ProjectKind().check(["absentServices": [.string(host.serviceName)]])
      #expect(problems.count == 1, "\(host)")
    }
  }
}
