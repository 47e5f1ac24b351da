import Diagnostics
import JSON
import Model
import TestSupport
import Testing

@testable import Rendering

/// What a reviewer sees first, and what goes where a comment would be too long.
@Suite struct HighlightTests {
  private func created(_ number: Int) -> Change {
    var change = Change(
      address: PlanFixture.address(.repository, "us", "new-\(number)"), action: .create,
      source: PlanFixture.at(number))
    change.resource?.fields = [PlanFixture.field(FieldPath().field("description"), nil, "text")]
    return change
  }

  private var refused: Change {
    var change = Change(
      address: PlanFixture.address(.repository, "us", "old"), action: .refused, source: nil)
    change.intended = .delete
    let danger: Statement = "deleting it destroys 2 kB of packages"
    change.refusals = [Refusal(.dataLoss, danger, hazard: Hazard(.dataLoss, danger))]
    return change
  }

  private var deleted: Change {
    var change = Change(
      address: PlanFixture.address(.repository, "us", "gone"), action: .delete, source: nil)
    change.losses = ["12 packages, the last upload at 2026-11-01T00:00:00Z"]
    return change
  }

  private var policy: Change {
    var change = Change(
      address: PlanFixture.address(.project).policy, action: .update, source: nil)
    var viewer = BindingChange(
      role: "roles/viewer", condition: PolicyCondition(title: "night", expression: "e"))
    viewer.removed = ["a", "b", "c", "d"].map { .init("user:\($0)@example.com", .absent) }
    var open = BindingChange(role: "roles/artifactregistry.reader", condition: nil)
    open.added = ["allUsers", "group:dev@example.com"]
    var owner = BindingChange(role: "roles/owner", condition: nil)
    owner.added = ["user:boss@example.com"]
    change.bindings = [viewer, open, owner]
    change.hazards = [
      Hazard(.publicGrant, "`allUsers` is everyone on the internet"),
      Hazard(.privileged, "`roles/owner` allows everything"),
    ]
    return change
  }

  private func plan(_ others: Int) -> Plan {
    PlanFixture.plan((0..<others).map(created) + [policy, deleted, refused], undeclared: [])
  }

  @Test func theMostUrgentLineComesFirst() {
    #expect(
      plan(1).highlights.map { "\($0.sign.symbol) \($0.address.local): \($0.text)" } == [
        "x repository/us/old: refused: deleting it destroys 2 kB of packages",
        "- repository/us/gone: deleted: 12 packages, the last upload at 2026-11-01T00:00:00Z",
        "- iam/project: user:a@example.com, user:b@example.com, user:c@example.com and 1 more lose roles/viewer if \"night\"",
        "+ iam/project: allUsers gets roles/artifactregistry.reader (public)",
        "+ iam/project: user:boss@example.com gets roles/owner (privileged)",
      ])
  }

  /// A plan that fits on a screen shows the same rows anyway.
  @Test func textHasTheSectionOnlyAboveALongPlan() {
    let short = PlanText().render(plan(1))
    #expect(!short.contains("Look at these first"))
    #expect(!short.contains("Who can do what"))
    let lines = PlanText().render(plan(20)).split(separator: "\n").map(String.init)
    #expect(lines[0] == "Look at these first:")
    #expect(
      lines[1] == "  x repository/us/old   refused: deleting it destroys 2 kB of packages")
    #expect(lines.contains("Who can do what, that they could not before:"))
    #expect(
      lines.suffix(6).prefix(5) == [
        "Refused: repository/us/old.", "Deleted or replaced: repository/us/gone.",
        "Members removed: iam/project.", "Opened to the public: iam/project.",
        "Privileged: iam/project.",
      ], "\(lines.suffix(7))")
    let calm = PlanFixture.plan((0..<30).map(created), undeclared: [])
    #expect(!PlanText().render(calm).contains("Look at these first"))
  }

  @Test(arguments: [80, 160]) func theSectionFitsTheTerminal(_ width: Int) {
    let text = PlanText(style: TextStyle(width: width)).render(plan(20))
    for line in text.split(separator: "\n") { #expect(line.count <= width, "\(line)") }
  }

  @Test func whoGainsWhat() {
    var role = Change(address: PlanFixture.address(.role, "ci"), action: .update, source: nil)
    role.resource?.fields = [
      PlanFixture.field(
        FieldPath().field("includedPermissions"), ["a.b.get"], ["a.b.get", "a.b.setIamPolicy"])
    ]
    role.resource?.holders = [
      RoleHolder(
        policy: PlanFixture.address(.repository, "us", "r").policy, member: "group:ci@example.com")
    ]
    role.hazards = [Hazard(.privileged, "the role would hold `a.b.setIamPolicy`")]
    let gains = PlanFixture.plan([policy, role], undeclared: []).accessGains
    #expect(
      gains.map { "\($0.standing.rawValue) \($0.member): \($0.gains.joined(separator: "; "))" } == [
        "public allUsers: roles/artifactregistry.reader on project",
        "privileged group:ci@example.com: a.b.setIamPolicy by role/ci on repository/us/r",
        "privileged user:boss@example.com: roles/owner on project",
        "other group:dev@example.com: roles/artifactregistry.reader on project",
      ])
  }

  @Test func shorthandsAreShownBesideTheirMembers() {
    let members = ["a", "b", "c"].map { "principalSet://p/\($0)" }
    var change = Change(
      address: PlanFixture.address(.project).policy, action: .update, source: nil)
    var owner = BindingChange(role: "roles/owner", condition: nil)
    owner.added = [members[0]]
    var reader = BindingChange(role: "roles/viewer", condition: nil)
    reader.removed = [.init(members[1], .absent), .init("user:a@example.com", .absent)]
    reader.added = [members[2]]
    owner.written = [members[0]: "github:acme/a"]
    reader.written = [members[1]: "github:acme/b", members[2]: "pool:p/c"]
    change.bindings = [owner, reader]
    change.hazards = [Hazard(.privileged, "`roles/owner` allows everything")]
    let plan = PlanFixture.plan([change] + (0..<20).map(created), undeclared: [])
    #expect(
      plan.highlights.map(\.text) == [
        "principalSet://p/b (github:acme/b), user:a@example.com lose roles/viewer",
        "principalSet://p/a (github:acme/a) gets roles/owner (privileged)",
      ])
    let text = PlanText().render(plan)
    #expect(text.contains("  principalSet://p/a (github:acme/a)   roles/owner on project\n"))
    #expect(text.contains("  principalSet://p/c (pool:p/c)   roles/viewer on project\n"))
    #expect(text.contains("- principalSet://p/b   github:acme/b\n"))
  }

  @Test func nothingIsGainedByWhatIsRefused() {
    var change = policy
    change.action = .refused
    #expect(PlanFixture.plan([change], undeclared: []).accessGains.isEmpty)
  }

  /// The details of harmless rows go first; those of dangerous ones stay, and so does the section above.
  @Test func theLeastDangerousDetailsGoFirst() {
    var changes = (0..<450).map(created)
    for index in changes.indices {
      changes[index].resource?.fields = [
        PlanFixture.field(
          FieldPath().field("description"), nil, .string(String(repeating: "x", count: 100)))
      ]
    }
    let rendered = PlanMarkdown().render(
      PlanFixture.plan(changes + [policy, deleted, refused], undeclared: []))
    #expect(rendered.utf8.count < 65_536)
    #expect(rendered.contains("left out: the comment would be too long"))
    #expect(rendered.contains("Look at these first:"))
    #expect(rendered.contains("- `x` `repository/us/old` refused"))
    #expect(rendered.contains("\n+         allUsers\n"))
    #expect(rendered.contains("\n-         user:d@example.com"))
    #expect(rendered.contains("| `+` | create | `repository/us/new-449`"))
  }

  @Test func evenTheRowsOfAHugePlanKeepTheDangerousOnes() {
    let rendered = PlanMarkdown().render(plan(3000))
    #expect(rendered.utf8.count < 65_536)
    #expect(rendered.contains("| `x` | **refused** [AR0203] | `repository/us/old` |"))
    #expect(rendered.contains("The lines of "))
  }

  /// Thousands of people with roles do not make a comment that GitHub refuses.
  @Test func longReportsAreCutAtTheirEnd() {
    var change = Change(
      address: PlanFixture.address(.project).policy, action: .unchanged, source: nil)
    var binding = BindingChange(role: "roles/viewer", condition: nil)
    binding.undeclared = (0..<3000).map { "user:u\($0)@example.com" } + ["allUsers"]
    change.bindings = [binding]
    let rendered = PlanMarkdown().render(PlanFixture.plan([change, refused], undeclared: []))
    #expect(rendered.utf8.count < 65_536)
    #expect(rendered.contains("`allUsers`"))
    #expect(rendered.contains("| `x` | **refused** [AR0203] | `repository/us/old` |"))
    #expect(rendered.contains("More is left out"))
  }

  @Test func everySignIsAMarkInTheFirstColumn() {
    let rendered = PlanMarkdown(values: PlanFixture.values).render(PlanFixture.corners)
    let inside = rendered.split(separator: "```diff\n").dropFirst().flatMap {
      $0.prefix(upTo: $0.firstRange(of: "```")?.lowerBound ?? $0.endIndex).split(separator: "\n")
    }
    #expect(inside.count > 10)
    #expect(inside.allSatisfy { "+-! ".contains($0.first ?? "x") }, "\(inside)")
    #expect(inside.contains("- repository/us-east4/gone"))
    #expect(inside.contains("-     labels.team   web"))
  }
}
