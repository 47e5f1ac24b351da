import Diagnostics
import JSON
import Model
import Rendering
import TestSupport
import Testing

@testable import Commands

@Suite struct PlanVerdictTests {
  private func change(_ action: Change.Action, _ codes: DiagnosticCode...) -> Change {
    var change = Change(address: PlanFixture.address("role", "r"), action: action, source: nil)
    change.refusals = codes.map { Refusal($0, "no") }
    return change
  }
  private func outcome(_ changes: Change...) -> Outcome {
    Outcome.first(of: PlanFixture.plan(changes, undeclared: []).hindrances)
  }

  @Test func whatHindersAnApplyDecidesTheCode() {
    #expect(outcome(change(.create), change(.unchanged)) == .success)
    #expect(outcome(change(.refused, .immutableField)) == .refused)
    #expect(outcome(change(.unreadable), change(.refused, .publicGrant)) == .access)
    #expect(outcome(change(.waiting)) == .success)
  }

  @Test func keysThatNeedAPersonAreNineUnlessAGuardSaysNoToo() {
    #expect(outcome(change(.refused, .keyDuplicate)) == .keys)
    #expect(outcome(change(.refused, .keyDuplicate, .deletionNotAllowed)) == .refused)
    #expect(outcome(change(.refused, .keyDestination)) == .refused)
    #expect(outcome(change(.refused, .keyOrphan), change(.refused, .protected)) == .refused)
  }

  @Test func aSnapshotWithNothingReadForOneReasonHasACommonProblem() {
    let problem = ReadProblem(.notReachable, "nobody answers")
    var snapshot = Snapshot()
    snapshot.resources[PlanFixture.address("role", "a")] = .unreadable(problem)
    snapshot.policies[PlanFixture.address("iam", "project")] = .unreadable(problem)
    #expect(snapshot.commonProblem == problem)
    snapshot.keys[PlanFixture.address("serviceAccount", "a")] = .unreadable(
      ReadProblem(.forbidden, "403"))
    #expect(snapshot.commonProblem == nil)
  }

  @Test func whatWasReadOrIsForbiddenHasNone() {
    let problem = ReadProblem(.unauthenticated, "who are you")
    var snapshot = Snapshot()
    #expect(snapshot.commonProblem == nil)
    snapshot.resources[PlanFixture.address("role", "a")] = .unreadable(problem)
    snapshot.resources[PlanFixture.address("role", "b")] = .absent(.confirmed)
    #expect(snapshot.commonProblem == nil)
    var forbidden = Snapshot()
    forbidden.resources[PlanFixture.address("role", "a")] = .unreadable(
      ReadProblem(.forbidden, "403"))
    #expect(forbidden.commonProblem == nil)
  }

  @Test func aStaleSavedPlanSaysWhatDiffers() throws {
    var old = PlanFixture.page
    old.selection = Selection(excludes: [AddressGlob("role/*")])
    old.variables = ["env": "dev"]
    old.caller = "user:other@example.com"
    let saved = try SavedPlan(
      parsing: PlanJSON.saved(old, createdAt: "x").serialized())
    let help = ExpectedPlan(id: old.id, saved: saved).help(for: PlanFixture.page)
    #expect(
      help.dropFirst() == [
        "the saved plan was made with --exclude 'role/*'", "these variables have other values: env",
        "the saved plan was made by user:other@example.com",
      ])
  }
}
