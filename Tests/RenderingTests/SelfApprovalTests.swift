import Diagnostics
import TestSupport
import Testing

@testable import Rendering

/// A change that brings its own approval along says so before anything else.
@Suite struct SelfApprovalTests {
  private let warning = Diagnostic(
    .selfApproval, severity: .warning,
    "this change approves itself: `--allow-delete` for `p/role/x`",
    at: SourcePosition(file: "approvals.yaml", line: 4, column: 3))

  @Test func itIsTheFirstThingInEachForm() throws {
    for plan in [PlanFixture.page, PlanFixture.corners, PlanFixture.ended] {
      var approved = plan
      approved.diagnostics.append(warning)
      let text = PlanText(style: TextStyle(width: 200)).render(approved)
      #expect(text.hasPrefix("warning[AR0333]: this change approves itself: `--allow-delete`"))
      #expect(text.split(separator: "AR0333").count == 2)
      #expect(text.split(separator: "\n")[1] == "  --> approvals.yaml:4")
      let markdown = PlanMarkdown().render(approved).split(separator: "\n")
      #expect(markdown[1].hasPrefix("**this change approves itself"))
      #expect(markdown[1].hasSuffix("`approvals.yaml:4`"))
      let found = PlanJSON.value(approved)["diagnostics"]?.array
      #expect(found?.contains { $0["code"] == "AR0333" } == true)
    }
  }
}
