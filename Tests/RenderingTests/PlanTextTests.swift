import Diagnostics
import JSON
import Model
import TestSupport
import Testing

@testable import Rendering

@Suite struct PlanTextTests {
  private func text(
    _ plan: Plan, width: Int?, colour: Bool = false, show: Set<PlanShow> = []
  ) -> String {
    let blocked = plan.blocked.flatMap { ["--exclude", $0.address.description] }
    return PlanText(
      style: TextStyle(style: Style(isColored: colour), width: width), show: show,
      values: PlanFixture.values, exclusion: blocked
    ).render(plan)
  }

  @Test func printsThePageOn160Columns() {
    #expect(text(PlanFixture.page, width: 160) == GoldenPlans.page160)
  }

  @Test func printsThePageOn80Columns() {
    #expect(text(PlanFixture.page, width: 80) == GoldenPlans.page80)
  }

  @Test func aPipeCutsNothingAndIsLaidOutLikeAWideTerminal() {
    #expect(text(PlanFixture.page, width: nil) == GoldenPlans.page160)
  }

  @Test func printsDeletionsNotesWaitsAndReportsOn80Columns() {
    #expect(text(PlanFixture.corners, width: 80) == GoldenPlans.corners80)
  }

  @Test func printsDeletionsNotesWaitsAndReportsOn160Columns() {
    #expect(text(PlanFixture.corners, width: 160) == GoldenPlans.corners160)
  }

  @Test func anEndedEntryCanBeRemoved() {
    #expect(
      text(PlanFixture.ended, width: 80).split(separator: "\n").map(String.init).prefix(4) == [
        "  my-project-id",
        "  = iam/repository/us-east4/packages                     manifests/access.yaml:7",
        "      = roles/artifactregistry.reader   if \"until-2026-06-30\"",
        "        manifests/access.yaml:45   obsolete; this entry can be removed",
      ])
  }

  /// The user never approves a value that is cut off.
  @Test func newValuesAreNeverCut() {
    let key = "projects/acme-security/locations/europe/keyRings/registries/cryptoKeys/packages"
    for action: Change.Action in [.create, .update] {
      var change = Change(
        address: PlanFixture.address(.repository, "us-east4", "packages"), action: action,
        source: nil)
      change.resource?.fields = [
        FieldChange(
          path: FieldPath().field("kmsKeyName"), from: nil, to: .string(key), mask: "kmsKeyName")
      ]
      let shown = text(PlanFixture.plan([change], undeclared: []), width: 80)
      #expect(shown.contains("kmsKeyName\n \(key)\n"), "\(action)")
      #expect(!shown.contains("..."))
    }
  }

  @Test func theInstanceOfAnEachGoesBelowALongPlace() {
    var change = Change(
      address: PlanFixture.address(.repository, "us-east4", "inventory-staging"), action: .delete,
      source: SourcePosition(
        file: "examples/platform-team/manifests/teams/repositories.yaml", line: 21, column: 1))
    change.source?.instance = "team=inventory, env=staging"
    let lines = text(PlanFixture.plan([change], undeclared: []), width: 80).split(separator: "\n")
    #expect(
      lines.dropFirst(2).prefix(2) == [
        "      examples/platform-team/manifests/teams/repositories.yaml:21",
        "      [team=inventory, env=staging]",
      ])
  }

  /// A flag moves to a line of its own before the terminal would break it.
  @Test func flagsAreNeverCutInTheMiddle() {
    var change = Change(
      address: PlanFixture.address(.repository, "us-east4", "my-python-libraries"),
      action: .refused, source: nil)
    let address = change.address.description
    change.refusals = [
      Refusal(
        .deletionNotAllowed, "no", remedy: "--allow-delete \(address)",
        hazard: Hazard(.delete, "no"))
    ]
    func lines(_ width: Int?) -> [String] {
      text(PlanFixture.plan([change], undeclared: []), width: width).split(separator: "\n")
        .map(String.init).filter { $0.contains("allow") }
    }
    #expect(lines(nil) == ["      to allow it: --allow-delete \(address)"])
    #expect(lines(100) == ["      to allow it: --allow-delete \(address)"])
    #expect(lines(80) == ["      to allow it:", "        --allow-delete \(address)"])
    #expect(lines(60) == ["      to allow it:", "--allow-delete \(address)"])
  }

  @Test func oneFailedListIsExplainedOnce() {
    let rows = (1...3).map { number in
      var change = Change(
        address: Address(project: "p", .repository, "us", "r\(number)"), action: .unreadable,
        source: nil)
      change.reason = number < 3 ? "the list failed" : "the GET failed"
      change.remarks = ["ask for the permission"]
      return change
    }
    let lines = text(PlanFixture.plan(rows, undeclared: []), width: 100)
      .split(separator: "\n").prefix(7).map(String.init)
    #expect(
      lines == [
        "  p", "  ? repository/us/r1   the list failed", "      what to do: ask for the permission",
        "  ? repository/us/r2   as above", "  ? repository/us/r3   the GET failed",
        "Plan: 0 to create, 0 to change, 0 to delete, 3 unreadable or blocked, 0 unchanged.",
      ])
  }

  @Test(arguments: [80, 160]) func colourChangesNothingButColour(width: Int) {
    for plan in [PlanFixture.page, PlanFixture.corners] {
      let coloured = text(plan, width: width, colour: true)
      #expect(
        coloured.contains("\u{1B}[32m+\u{1B}[0m") || coloured.contains("\u{1B}[31m-\u{1B}[0m"))
      let plain = coloured.replacing(/\u{1B}\[[0-9;]*m/, with: "")
      #expect(plain == text(plan, width: width))
    }
  }

  @Test func onlyTheNextCommandIsWiderThanTheTerminal() {
    for line in text(PlanFixture.corners, width: 80).split(separator: "\n")
    where !line.hasPrefix("the rest: ") {
      #expect(line.count <= 80, "\(line)")
    }
  }

  @Test func showUnchangedAddsTheirRows() {
    let shown = text(PlanFixture.page, width: 160, show: [.unchanged])
    #expect(shown.contains("\n  = serviceAccount/calm1   "))
    #expect(!text(PlanFixture.page, width: 160).contains("calm1"))
  }

  @Test func nothingToDoIsOneSentence() {
    let unchanged = Change(
      address: PlanFixture.address(.role, "r"), action: .unchanged, source: PlanFixture.at(1))
    let plan = PlanFixture.plan([unchanged], undeclared: [])
    #expect(text(plan, width: 80) == "No changes. 41 resources match 9 manifest files.\n")
  }

  @Test func hostileValuesNeverReachTheTerminal() {
    var change = Change(
      address: PlanFixture.address(.repository, "us", "a\u{202E}b"), action: .update, source: nil)
    change.resource?.fields = [
      PlanFixture.field(
        FieldPath([.field("description")]), "\u{1B}]0;title\u{7}", "zero\u{200B}width\nline")
    ]
    change.reason = "\u{9B}31m"
    change.remarks = ["\u{1B}[2J"]
    let rendered = text(PlanFixture.plan([change], undeclared: [change.address]), width: nil)
    for scalar in rendered.unicodeScalars where scalar != "\n" {
      #expect(![.control, .format].contains(scalar.properties.generalCategory), "\(scalar.value)")
    }
    #expect(rendered.contains("zero\\u{200B}width\\nline"))
  }

  @Test func whatACleanupPolicyDeletesIsNeverCutOff() {
    let policy: JSONValue = [
      "action": "DELETE",
      "condition": [
        "olderThan": "2592000s", "packageNamePrefixes": ["one-package", "two-package", "the-last"],
      ],
    ]
    let path = FieldPath([.field("cleanupPolicies"), .element("a-policy")])
    for action in [Change.Action.create, .update] {
      var change = Change(
        address: PlanFixture.address(.repository, "us", "r"), action: action, source: nil)
      change.resource?.fields = [PlanFixture.field(path, nil, policy)]
      for width in [80, 60] {
        let shown = text(PlanFixture.plan([change], undeclared: []), width: width)
        #expect(shown.contains("the-last]}}"), "\(shown)")
        let lines = shown.split(separator: "\n").filter { !$0.hasPrefix("apply exactly this: ") }
        #expect(lines.allSatisfy { $0.count <= width && !$0.hasSuffix(" ") }, "\(shown)")
      }
    }
  }

  @Test func elevenUndeclaredMembersAreTenAndACount() {
    var policy = Change(
      address: PlanFixture.address(.project).policy, action: .update, source: nil)
    var binding = BindingChange(role: "roles/viewer", condition: nil)
    binding.added = ["user:new@example.com"]
    binding.undeclared = (10...20).map { "group:u\($0)@example.com" }
    policy.bindings = [binding]
    let plan = PlanFixture.plan([policy], undeclared: [])
    #expect(text(plan, width: nil).contains("group:u19@example.com and 1 more\n"))
    #expect(text(plan, width: nil, show: [.undeclared]).contains("group:u20@example.com\n"))
  }

  @Test func undeclaredMembersOfUnchangedPoliciesAreListed() {
    var policy = Change(
      address: PlanFixture.address(.project).policy, action: .unchanged, source: nil)
    var binding = BindingChange(role: "roles/viewer", condition: nil)
    binding.undeclared = ["user:eve@example.com"]
    policy.bindings = [binding]
    #expect(
      text(PlanFixture.plan([policy], undeclared: []), width: nil)
        == """
        warning[AR0312]: 1 member holds a role that no manifest grants
          my-project-id/iam/project   roles/viewer   user:eve@example.com
          to write it down: arctl get my-project-id/iam/project

        No changes. 41 resources match 9 manifest files.

        """)
  }

  @Test func aMemberIsShownWithItsShorthand() throws {
    var policy = Change(
      address: PlanFixture.address(.project).policy, action: .update, source: nil)
    var binding = BindingChange(role: "roles/viewer", condition: nil)
    binding.added = ["principalSet://p/attribute.repository_id/77"]
    binding.written = ["principalSet://p/attribute.repository_id/77": "github:acme/lib"]
    policy.bindings = [binding]
    let plan = PlanFixture.plan([policy], undeclared: [])
    #expect(
      text(plan, width: nil).contains(
        "+ principalSet://p/attribute.repository_id/77   github:acme/lib\n"))
    let bytes = Array(PlanJSON.saved(plan, createdAt: "2027-01-01T00:00:00Z").text().utf8)
    let saved = try SavedPlan(parsing: bytes, kinds: .google)
    #expect(saved.plan.changes[0].bindings[0].written == binding.written && saved.isIntact)
  }

  @Test func aLongListInAVariableIsShownInPart() {
    func header(_ count: Int) -> String? {
      var plan = PlanFixture.plan([], undeclared: [])
      plan.variables = [
        "teams": .array((1...count).map { ["name": .string("t\($0)")] }), "zone": "a",
      ]
      return text(plan, width: nil).split(separator: "\n").first.map(String.init)
    }
    #expect(
      header(200)
        == "Variables: teams=[{name: t1}, {name: t2}, {name: t3}, and 197 more], zone=a")
    #expect(header(10)?.hasSuffix("{name: t9}, {name: t10}], zone=a") == true)
  }

  @Test func theApplyHintRepeatsTheArgumentsForAShell() {
    var renderer = PlanText()
    renderer.applyArguments = ["my manifests", "--target", "repository/**"]
    var plan = PlanFixture.page
    plan.changes.removeAll { $0.action == .refused }
    #expect(
      renderer.render(plan).contains(
        "apply exactly this: arctl apply 'my manifests' --target 'repository/**' --expect 9c1f4e0b52d07a13"
      ))
  }

  /// Such a plan cannot be applied; the next command leaves out the blocked rows.
  @Test func aBlockedPlanPrintsWhatToExclude() {
    var renderer = PlanText()
    renderer.applyArguments = ["my manifests"]
    renderer.exclusion = ["--exclude", "my-project-id/repository/us/maven-old"]
    let blocked = renderer.render(PlanFixture.page)
    #expect(
      blocked.contains(
        "arctl plan 'my manifests' --exclude my-project-id/repository/us/maven-old\n"))
    #expect(!blocked.contains("--expect"))
    #expect(blocked.contains("Plan id 9c1f4e0b52d07a13"))
    // Without such options, and for a plan without operations, no command is printed.
    renderer.exclusion = nil
    #expect(renderer.render(PlanFixture.page).hasSuffix("\nPlan id 9c1f4e0b52d07a13\n"))
    renderer.exclusion = ["--exclude", "x"]
    var plan = PlanFixture.page
    plan.changes.removeAll { $0.isWrite }
    plan.id = nil
    #expect(renderer.render(plan).hasSuffix("3 unchanged. 2 undeclared.\n"))
  }

  /// A hazard that a flag allows is printed unless the row already shows it.
  @Test func allowedHazardsArePrinted() {
    var change = Change(
      address: PlanFixture.address(.repository, "us", "r"), action: .delete, source: nil)
    change.hazards = [
      Hazard(.delete, "deleting also needs a flag"),
      Hazard(.dataLoss, "deleting it destroys 3 kB of packages"),
    ]
    let shown = text(PlanFixture.plan([change], undeclared: []), width: 100)
    #expect(shown.contains("allowed: deleting it destroys 3 kB of packages (--allow-data-loss)"))
    #expect(!shown.contains("also needs a flag"))
    change.action = .refused
    #expect(
      !text(PlanFixture.plan([change], undeclared: []), width: 100).contains("allowed: deleting"))
  }

  @Test func aRefusedRowHasADigest() {
    var change = Change(
      address: PlanFixture.address(.role, "r"), action: .refused, source: nil)
    change.digest = "0123456789abcdef"
    let plan = PlanFixture.plan([change], undeclared: [])
    #expect(text(plan, width: 100).contains("digest: 0123456789abcdef"))
    #expect(PlanMarkdown().render(plan).contains("digest: 0123456789abcdef"))
    #expect(!text(plan, width: 100).contains("Plan id"))
    #expect(!PlanMarkdown().render(plan).contains("Plan id"))
    #expect(PlanJSON.value(plan)["id"] == .null)
  }

  @Test func reportedDiagnosticsAreNotRepeated() {
    var plan = PlanFixture.page
    let lint = Diagnostic(.lint, severity: .warning, "a lint of the manifests")
    plan.diagnostics = [
      lint, Diagnostic(.undeclaredMembers, severity: .warning, "of the plan's own block"),
    ]
    var renderer = PlanText()
    #expect(renderer.render(plan).contains("warning[AR0151]: a lint of the manifests"))
    renderer.alreadyReported = [lint]
    #expect(!renderer.render(plan).contains("AR0151"))
    #expect(!renderer.render(plan).contains("own block"))
  }

  @Test func anUnchangedRowWithAWarningIsShown() {
    var key = Change(
      address: PlanFixture.address(.serviceAccountKey, "uploader", "k"), action: .unchanged,
      source: PlanFixture.at(3))
    key.remarks = ["others can read it"]
    let shown = text(PlanFixture.plan([key], undeclared: []), width: 100)
    #expect(shown.contains("= serviceAccountKey/uploader/k"))
    #expect(shown.contains("warning: others can read it"))
    #expect(shown.contains("No changes."))
  }

  @Test func notesArePrintedWithErrorsAndDeletions() {
    for (action, isPrinted) in [
      (Change.Action.refused, true), (.unreadable, true), (.delete, true), (.replace, true),
      (.create, false), (.update, false),
    ] {
      var change = Change(
        address: PlanFixture.address(.role, "r"), action: action, source: nil)
      change.note = "ask ana"
      let shown = text(PlanFixture.plan([change], undeclared: []), width: 100)
      #expect(shown.contains("note: ask ana") == isPrinted)
    }
  }
}
