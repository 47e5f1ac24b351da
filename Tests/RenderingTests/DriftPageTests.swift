import Diagnostics
import JSON
import Model
import TestSupport
import Testing

@testable import Rendering

/// A drift check in its three forms.
@Suite struct DriftPageTests {
  /// The example of `PlanFixture`, with an undeclared public grant.
  private var plan: Plan {
    var plan = PlanFixture.page
    plan.changes[2].bindings[1].undeclared.append("allUsers")
    return plan
  }

  private func page(_ plan: Plan, failOn: Set<Drift.Cause> = Set(Drift.Cause.allCases)) -> DriftPage
  {
    DriftPage(
      Drift(plan), failOn: failOn,
      notChecked: ["roles of p: the permission iam.roles.list is missing"],
      baseline: "baseline.yaml")
  }

  @Test func textBeginsWithTheMostDangerousAndEndsWithTheGaps() {
    let lines = PlanText(values: PlanFixture.values).renderDrift(plan, page(plan))
      .split(separator: "\n").map(String.init)
    #expect(
      lines.prefix(2) == [
        "warning[AR0312]: 1 member holds a role that no manifest grants, public",
        "  my-project-id/iam/repository/us-east4/my-python-libraries   roles/artifactregistry.reader   "
          + #"if "until-2027" (request.time < timestamp("2027-01-01T00:00:00Z"))   allUsers   public"#,
      ])
    #expect(
      lines.suffix(3) == [
        "Not checked:", "  roles of p: the permission iam.roles.list is missing",
        "Drift: 1 public, 3 changed, 1 missing, 5 undeclared. Fails for: public, changed, missing, undeclared.",
      ])
    #expect(!lines.contains { $0.contains("arctl apply") || $0.contains("Plan id") })
  }

  @Test func onlyTheCausesThatAreAskedForFail() {
    #expect(page(plan, failOn: [.missing]).summary(plan).hasSuffix(" Fails for: missing."))
    #expect(!page(plan, failOn: [.expiring]).summary(plan).contains("Fails"))
  }

  @Test func noDriftIsOneSentence() {
    var calm = PlanFixture.plan([], undeclared: [])
    calm.baseline = Baseline.Outcome()
    let entry = Baseline.Entry(
      Baseline.Thing(PlanFixture.address(.role, "x")), reason: "r", expires: "2099-01-01", end: 1)
    calm.baseline?.accepted = [entry, entry]
    #expect(
      page(calm).summary(calm)
        == "No drift. 41 resources match 9 manifest files. 2 undeclared things are accepted by baseline.yaml."
    )
    calm.lacksReports = true
    #expect(page(calm).summary(calm).hasPrefix("No drift in what could be read."))
  }

  @Test func markdownIsFitForAnIssue() {
    let markdown = PlanMarkdown(values: PlanFixture.values).renderDrift(plan, page(plan))
    #expect(markdown.hasPrefix("### arctl drift: 1 public, 3 changed, 1 missing, 5 undeclared\n"))
    #expect(markdown.contains("- `allUsers`: `roles/artifactregistry.reader`"))
    #expect(
      markdown.contains("Not checked:\n\n- roles of p: the permission iam.roles.list is missing"))
    let many = (0..<900).map {
      Change(
        address: PlanFixture.address(.repository, "us", "repository-number-\($0)"),
        action: .create, source: PlanFixture.at($0))
    }
    let long = PlanFixture.plan(many, undeclared: [])
    #expect(PlanMarkdown().renderDrift(long, page(long)).utf8.count < 65_536)
  }

  @Test func jsonHasTheCountsAndTheVerdict() throws {
    let value = PlanJSON.drift(plan, page(plan, failOn: [.everyone, .missing]))
    #expect(value["formatVersion"] == 2)
    #expect(value["drift"]?["counts"]?["public"] == 1)
    #expect(value["drift"]?["counts"]?["expiring"] == 0)
    #expect(value["drift"]?["failOn"] == ["public", "missing"])
    #expect(value["drift"]?["fails"] == ["public", "missing"])
    #expect(value["notChecked"] == ["roles of p: the permission iam.roles.list is missing"])
  }
}
