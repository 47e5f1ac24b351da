import Foundation
import Model
import TestSupport
import Testing

@testable import Rendering

@Suite struct PlanMarkdownTests {
  private func markdown(_ plan: Plan) -> String {
    PlanMarkdown(values: PlanFixture.values).render(plan)
  }

  @Test func printsThePage() {
    #expect(markdown(PlanFixture.page) == GoldenPlans.pageMarkdown)
  }

  @Test func nothingToDoIsAHeadingAndASentence() {
    #expect(
      markdown(PlanFixture.plan([], undeclared: []))
        == "### arctl plan: no changes\n\nNo changes. 41 resources match 9 manifest files.\n")
  }

  @Test func serverTextCannotLeaveItsFenceOrItsCell() {
    var change = Change(
      address: PlanFixture.address(.repository, "us", "a|`b"), action: .update, source: nil)
    change.resource?.fields = [
      PlanFixture.field(FieldPath([.field("description")]), "```\n</details>", "````")
    ]
    let rendered = markdown(PlanFixture.plan([change], undeclared: []))
    #expect(rendered.contains("| ``repository/us/a\\|`b`` |"))
    #expect(rendered.contains("`````diff\n"))
    #expect(rendered.components(separatedBy: "\n</details>").count == 2)
  }

  @Test func undeclaredMembersOfUnchangedPoliciesAreListed() {
    var change = Change(
      address: PlanFixture.address(.repository, "us", "lib").policy, action: .unchanged,
      source: nil)
    change.bindings = [BindingChange(role: "roles/viewer", condition: nil)]
    change.bindings[0].undeclared = ["user:eve@example.com"]
    let rendered = markdown(PlanFixture.plan([change], undeclared: []))
    #expect(rendered.contains("1 member holds a role that no manifest grants:"))
    #expect(
      rendered.contains(
        "- `user:eve@example.com`: `roles/viewer` on `my-project-id/iam/repository/us/lib`"))
  }

  @Test func messagesContainNoMarkup() {
    var plan = PlanFixture.plan([], undeclared: [])
    plan.notChecked = ["list of @octocat <b>repositories</b> `x`"]
    #expect(markdown(plan).contains("- list of \\@octocat \\<b\\>repositories\\</b\\> `x`\n"))
  }

  @Test func aCommentIsNeverTooLongForGitHub() {
    let changes = (0..<900).map {
      Change(
        address: PlanFixture.address(.repository, "us", "repository-number-\($0)"),
        action: .create, source: PlanFixture.at($0))
    }
    let rendered = markdown(PlanFixture.plan(changes, undeclared: []))
    #expect(rendered.utf8.count < 65_536)
    #expect(rendered.contains("left out: the comment would be too long"))
    #expect(rendered.contains("Plan: 900 to create"))
  }
}
