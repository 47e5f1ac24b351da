import CommandLine
import JSON
import Model
import Rendering
import TestSupport
import Testing

@testable import Commands

/// What an apply takes from a saved plan, and what the command line says instead.
@Suite struct SavedPlanOptionsTests {
  private func options(_ arguments: String...) throws -> RunOptions {
    try RunOptions(try CommandTable.apply.parse(arguments, environment: [:], prefix: "ARCTL_"))
  }

  private var saved: Plan {
    var plan = PlanFixture.page
    plan.selection = Selection(targets: [AddressGlob("repository/**")])
    plan.inputs = PlanInputs(project: "p-one", location: "us", projects: "p-*")
    plan.variables = ["env": "prod", "teams": ["web", "ops"]]
    plan.allowances.allowed[.delete] = [AddressGlob("p-one/repository/us/old")]
    return plan
  }

  @Test func whatIsNotGivenComesFromTheFile() throws {
    var run = try options()
    run.adopt(saved, allowances: false)
    #expect(run.selection == saved.selection)
    #expect(run.manifests.inputs == saved.inputs)
    #expect(run.manifests.savedVariables == saved.variables)
    #expect(run.overrides.isEmpty)
    #expect(
      run.repeated == [
        "--target", "repository/**", "--project", "p-one", "--location", "us", "--projects", "p-*",
        "--var", "env=prod",
      ])
  }

  @Test func whatIsGivenCounts() throws {
    var run = try options(
      "--target", "role/**", "--location", "eu", "--var", "env=dev", "--allow-public", "p-one/**")
    run.adopt(saved, allowances: true)
    #expect(run.selection.targets.map(\.pattern) == ["role/**"])
    #expect(run.manifests.inputs == PlanInputs(project: "p-one", location: "eu", projects: "p-*"))
    #expect(run.overrides.allowed[.delete]?.isEmpty != false)
    #expect(!run.repeated.contains("env=prod"))
  }

  @Test func flagsComeFromAnApprovedFileOnly() throws {
    var run = try options()
    run.adopt(saved, allowances: true)
    #expect(run.overrides == saved.allowances)
  }

  @Test func onlyAnApprovedFilePrunes() throws {
    let commit = String(repeating: "a", count: 40)
    for (isPruned, allowances) in [(true, true), (true, false), (false, true)] {
      var plan = saved
      plan.since = SinceReport(commit: commit, isPruned: isPruned, rows: [])
      var run = try options()
      run.adopt(plan, allowances: allowances)
      #expect(run.since?.reference == (isPruned && allowances ? commit : nil))
      #expect(run.since?.prunes == (isPruned && allowances ? true : nil))
      var given = try options("--since", "main")
      given.adopt(plan, allowances: allowances)
      #expect(given.since?.reference == "main")
      #expect(given.since?.prunes == false)
    }
  }

  @Test func aFileAndAnIDBelongTogether() throws {
    var plan = PlanFixture.page
    plan.id = "0123456789abcdef"
    func expected(_ id: String?) throws -> ExpectedPlan {
      let bytes = PlanJSON.saved(plan, createdAt: "now").serialized(.canonical)
      return ExpectedPlan(try SavedPlan(parsing: bytes, kinds: .google), approvedAs: id)
    }
    #expect(try expected(nil).wrongFile == nil)
    #expect(try !expected(nil).isApproved)
    #expect(try expected("0123456789abcdef").wrongFile == nil)
    #expect(try expected("0123456789abcdef").isApproved)
    #expect(try expected("ffffffffffffffff").wrongFile != nil)
    plan.id = nil
    #expect(try expected("0123456789abcdef").wrongFile != nil)
  }

  @Test func otherOptionsAboutTheManifestsAreAnotherPlan() throws {
    var plan = PlanFixture.page
    plan.id = "0123456789abcdef"
    plan.inputs.projects = "my-*"
    let bytes = PlanJSON.saved(plan, createdAt: "now").serialized(.canonical)
    let saved = try SavedPlan(parsing: bytes, kinds: .google)
    #expect(saved.isIntact)
    let expected = ExpectedPlan(saved)
    #expect(expected.isSame(as: plan))
    plan.inputs.projects = nil
    #expect(!expected.isSame(as: plan))
    #expect(expected.mismatch(with: plan).contains("contradict"))
    #expect(expected.help(for: plan).contains { $0.contains("--projects 'my-*'") })
  }
}
