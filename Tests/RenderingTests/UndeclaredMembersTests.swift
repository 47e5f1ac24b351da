import Diagnostics
import Model
import TestSupport
import Testing

@testable import Rendering

/// Undeclared members in text, Markdown and JSON: the dangerous ones first and never cut.
@Suite struct UndeclaredMembersTests {
  private func policy(
    _ project: String, _ members: [(String, UndeclaredMember.Standing)],
    role: String = "roles/viewer"
  ) -> Change {
    var change = Change(
      address: Address(project: project, .project).policy, action: .unchanged, source: nil)
    var binding = BindingChange(role: role, condition: nil)
    binding.undeclared = members.map(\.0)
    binding.standings = Dictionary(members.map { ($0.0, $0.1) }) { $1 }
    change.bindings = [binding]
    return change
  }

  private func text(_ plan: Plan, show: Set<PlanShow> = []) -> [String] {
    PlanText(show: show).render(plan).split(separator: "\n").map(String.init)
  }

  private let many =
    (0..<30).map { ("group:g\($0)@example.com", UndeclaredMember.Standing.other) }
    + (0..<12).map { ("user:u\($0)@example.com", .user) }
    + [("allUsers", .everyone), ("group:admins@example.com", .privileged)]

  @Test func theDangerousOnesComeFirstAndAreNeverCut() {
    let lines = text(PlanFixture.plan([policy("p", many)], undeclared: []))
    #expect(
      lines[0]
        == "warning[AR0312]: 44 members hold a role that no manifest grants, 1 of them public, 1 privileged"
    )
    #expect(lines[1] == "  p/iam/project   roles/viewer   allUsers   public")
    #expect(lines[2] == "  p/iam/project   roles/viewer   group:admins@example.com   privileged")
    #expect(lines[3] == "  p/iam/project   roles/viewer   user:u0@example.com")
    #expect(lines[14] == "  p/iam/project   roles/viewer   user:u11@example.com")
    #expect(lines[15] == "  and 30 more: --show undeclared")
    let all = text(PlanFixture.plan([policy("p", many)], undeclared: []), show: [.undeclared])
    #expect(all.count { $0.hasPrefix("  p/iam/project") } == 44)
  }

  @Test func markdownKeepsThemToo() {
    let markdown = PlanMarkdown().render(PlanFixture.plan([policy("p", many)], undeclared: []))
    let items = markdown.split(separator: "\n").filter { $0.hasPrefix("- ") }
    #expect(items[0] == "- `allUsers`: `roles/viewer` on `p/iam/project` (**public**)")
    #expect(
      items[1] == "- `group:admins@example.com`: `roles/viewer` on `p/iam/project` (**privileged**)"
    )
    #expect(items.count { $0.contains("user:") } == 12)
    #expect(items.last == "- and 24 more")
  }

  /// Forty projects with ten of Google's own accounts each.
  @Test func googlesOwnAccountsAreOneLine() {
    let changes = (0..<40).map { project in
      policy(
        "project-\(project)",
        (0..<10).map { ("serviceAccount:agent-\($0)@x.iam.gserviceaccount.com", .google) })
    }
    let plan = PlanFixture.plan(changes, undeclared: [])
    let sentence = "400 undeclared grants of Google's own accounts in 40 projects"
    #expect(
      text(plan) == [
        "\(sentence): --show undeclared", "No changes. 41 resources match 9 manifest files.",
      ])
    #expect(
      PlanMarkdown().render(plan)
        == "### arctl plan: no changes\n\nNo changes. 41 resources match 9 manifest files.\n\n\(sentence).\n"
    )
    let shown = text(plan, show: [.undeclared])
    #expect(shown.count { $0.contains("agent-") } == 400)
    #expect(PlanJSON.value(plan)["undeclaredMembers"]?.array?.count == 400)
  }

  @Test func rowsOfChangedPoliciesNameTheDangerousOnesFirst() throws {
    var change = policy("p", many)
    change.action = .update
    change.bindings[0].added = ["user:new@example.com"]
    let lines = text(PlanFixture.plan([change], undeclared: []))
    let row = try #require(lines.first { $0.contains("not declared, left alone") })
    #expect(
      row.hasPrefix(
        "      not declared, left alone: allUsers, group:admins@example.com, user:u0@example.com, ")
    )
    #expect(row.contains("user:u9@example.com and 30 more"))
    // The report has them too, wherever their row is.
    #expect(lines.contains("  p/iam/project   roles/viewer   allUsers   public"))
    #expect(!lines.contains("  p/iam/project   roles/viewer   user:u0@example.com"))
  }

  /// A program needs no other record to revoke a grant or to declare it.
  @Test func jsonHasWholeRecords() throws {
    var change = policy("p", [("allUsers", .everyone), ("user:a@example.com", .user)])
    change.bindings[0].condition = PolicyCondition(title: "t", expression: "e")
    let members = try #require(
      PlanJSON.value(PlanFixture.plan([change], undeclared: []))["undeclaredMembers"]?.array)
    #expect(
      members.first == [
        "address": "p/iam/project", "role": "roles/viewer",
        "condition": ["title": "t", "description": "", "expression": "e"], "member": "allUsers",
        "standing": "public",
      ])
    #expect(members.last?["standing"] == "user")
  }

  @Test func aSavedPlanKeepsThem() throws {
    var plan = PlanFixture.plan([policy("p", many)], undeclared: [])
    plan.ignoredMembers = [
      UndeclaredMember(
        policy: Address(project: "p", .project).policy, role: "roles/viewer",
        member: "group:sre@example.com", standing: .other)
    ]
    plan.notLookedIn = ["repositories in other locations than us"]
    plan.notChecked = plan.notLookedIn
    let bytes = PlanJSON.saved(plan, createdAt: "now").serialized(.pretty)
    let saved = try SavedPlan(parsing: bytes, kinds: .google)
    #expect(saved.isIntact)
    for show: Set<PlanShow> in [[], [.ignored, .undeclared]] {
      #expect(text(saved.plan, show: show) == text(plan, show: show))
    }
  }

  @Test func ignoredMembersAreCounted() {
    var plan = PlanFixture.plan([], undeclared: [])
    plan.ignoredMembers = ["a", "b"].map {
      UndeclaredMember(
        policy: Address(project: "p", .project).policy, role: "roles/viewer",
        member: "group:\($0)@example.com", standing: .other)
    }
    #expect(!text(plan).contains { $0.contains("group:") })
    let lines = text(plan, show: [.ignored])
    #expect(lines.contains("2 undeclared members are ignored by the Stack's scope:"))
    #expect(lines.contains("  p/iam/project   roles/viewer   group:a@example.com"))
  }

  /// Other places matter where something is created: it may live in one of them.
  @Test func otherLocationsAreNamedWhereTheyMatter() {
    func lines(_ action: Change.Action, show: Set<PlanShow> = []) -> [String] {
      let row = Change(
        address: PlanFixture.address(.repository, "us", "r"), action: action, source: nil)
      var plan = PlanFixture.plan([row], undeclared: [])
      plan.notLookedIn = ["repositories in other locations than us"]
      plan.notChecked = plan.notLookedIn
      return text(plan, show: show).filter { $0.hasPrefix("not looked for") }
    }
    let line = "not looked for: repositories in other locations than us (arctl drift does)"
    #expect(lines(.create) == [line])
    #expect(lines(.update) == [])
    #expect(lines(.update, show: [.undeclared]) == [line])
  }
}
