import Diagnostics
import JSON
import Model
import Rendering
import TestSupport
import Testing

@testable import Commands

@Suite struct PlanVerdictTests {
  private func change(_ action: Change.Action, _ codes: DiagnosticCode...) -> Change {
    var change = Change(address: PlanFixture.address(.role, "r"), action: action, source: nil)
    change.refusals = codes.map { Refusal($0, "no") }
    return change
  }
  private func outcome(_ changes: Change...) -> Outcome {
    Outcome.first(of: PlanFixture.plan(changes, undeclared: []).blockingOutcomes)
  }

  @Test func whatBlocksAnApplyDecidesTheExitCode() {
    #expect(outcome(change(.create), change(.unchanged)) == .success)
    #expect(outcome(change(.refused, .immutableField)) == .refused)
    #expect(outcome(change(.unreadable), change(.refused, .publicGrant)) == .access)
    #expect(outcome(change(.waiting)) == .success)
  }

  @Test func keysThatNeedManualActionExitNineUnlessAGuardRefusesToo() {
    #expect(outcome(change(.refused, .keyDuplicate)) == .keys)
    #expect(outcome(change(.refused, .keyDuplicate, .deletionNotAllowed)) == .refused)
    #expect(outcome(change(.refused, .keyDestination)) == .refused)
    #expect(outcome(change(.refused, .keyOrphan), change(.refused, .protected)) == .refused)
  }

  @Test func aSnapshotThatFailedForOneReasonHasACommonProblem() {
    let problem = ReadProblem(.notReachable, "no server answers")
    var snapshot = Snapshot()
    snapshot.resources[PlanFixture.address(.role, "a")] = .unreadable(problem)
    snapshot.policies[PlanFixture.address(.project).policy] = .unreadable(problem)
    #expect(snapshot.commonProblem == problem)
    snapshot.keys[PlanFixture.address(.serviceAccount, "a")] = .unreadable(
      ReadProblem(.forbidden, "403"))
    #expect(snapshot.commonProblem == nil)
  }

  @Test func aPartlyReadOrForbiddenSnapshotHasNoCommonProblem() {
    let problem = ReadProblem(.unauthenticated, "who are you")
    var snapshot = Snapshot()
    #expect(snapshot.commonProblem == nil)
    snapshot.resources[PlanFixture.address(.role, "a")] = .unreadable(problem)
    snapshot.resources[PlanFixture.address(.role, "b")] = .absent(.confirmed)
    #expect(snapshot.commonProblem == nil)
    var forbidden = Snapshot()
    forbidden.resources[PlanFixture.address(.role, "a")] = .unreadable(
      ReadProblem(.forbidden, "403"))
    #expect(forbidden.commonProblem == nil)
  }

  @Test func aStaleSavedPlanNamesTheDifferences() throws {
    var old = PlanFixture.page
    old.selection = Selection(excludes: [AddressGlob("role/*")])
    old.variables = ["env": "dev"]
    old.caller = "user:other@example.com"
    let saved = try SavedPlan(
      parsing: PlanJSON.saved(old, createdAt: "x").serialized(), kinds: .google)
    let help = ExpectedPlan(saved).help(for: PlanFixture.page)
    #expect(
      help.dropFirst() == [
        "the saved plan was made with --exclude 'role/*': give the same options here",
        "variable `env` is not set; the saved plan was made with `dev`",
        "the saved plan was made by user:other@example.com, and this run is by user:me@example.com: "
          + "the lockout guard depends on the caller",
      ])
  }

  /// Every option that differs between the two runs is named, even if the plan has no operations now.
  @Test func everyOptionThatDiffersIsNamed() throws {
    let edits: [(String, (inout Plan) -> Void)] =
      Hazard.Flag.allCases.map { flag in
        ("--\(flag.rawValue) p/role/x", { $0.allowances.allowed[flag] = [AddressGlob("p/role/x")] })
      } + [
        ("--reissue p/role/x", { $0.allowances.reissue = [AddressGlob("p/role/x")] }),
        ("--max-deletes 7", { $0.allowances.maximumDeletes = 7 }),
        ("--max-removals 8", { $0.allowances.maximumRemovals = 8 }),
        ("--target p/role/x", { $0.selection.targets = [AddressGlob("p/role/x")] }),
        ("--exclude p/role/x", { $0.selection.excludes = [AddressGlob("p/role/x")] }),
      ]
    var refused = PlanFixture.page
    refused.changes.removeAll(where: \.isWrite)
    refused.id = nil
    for (option, edit) in edits {
      var old = PlanFixture.page
      edit(&old)
      let help = ExpectedPlan(try saved(old) { _ in }).help(for: refused)
      let approved =
        "a file alone allows nothing; with the id of the reviewed plan too, its own options count: --expect ID"
      #expect(
        help == ["the saved plan was made with \(option): give the same options here"]
          + (old.allowances.isEmpty ? [] : [approved]))
      var new = PlanFixture.page
      edit(&new)
      let plain = ExpectedPlan(try saved(PlanFixture.page) { _ in })
      #expect(plain.help(for: new).contains("the saved plan was made without \(option)"))
      #expect(!plain.isSame(as: new), "\(option)")
    }
  }

  @Test func nothingIsLeftToDoOnlyForAnEmptyPlan() {
    let expected = ExpectedPlan(id: "0123456789abcdef")
    let nothing = "nothing is left to do: the cloud matches the manifests; a new plan is empty"
    var plan = PlanFixture.page
    plan.changes.removeAll(where: \.isWrite)
    plan.id = nil
    #expect(expected.help(for: plan) == [])
    plan.changes.removeAll { $0.action == .refused }
    #expect(expected.help(for: plan) == [nothing])
    #expect(!expected.isSame(as: plan))
    #expect(expected.mismatch(with: plan).contains("has no operations"))
  }

  /// A saved plan without operations matches every plan without operations, and no other.
  @Test func aSavedPlanWithoutOperationsMatchesOthersWithoutOperations() throws {
    let empty = PlanFixture.ended
    let expected = ExpectedPlan(try saved(empty) { _ in })
    #expect(expected.id == nil)
    var later = empty
    later.changes.append(change(.unchanged))
    #expect(expected.isSame(as: later))
    #expect(!expected.isSame(as: PlanFixture.page))
    #expect(expected.mismatch(with: PlanFixture.page).contains("is now 9c1f4e0b52d07a13"))
    let edited = ExpectedPlan(try saved(empty) { $0["stack"] = "other" })
    #expect(!edited.isSame(as: empty))
  }

  private func saved(_ plan: Plan, _ edit: (inout JSONObject) -> Void) throws -> SavedPlan {
    var object = try #require(PlanJSON.saved(plan, createdAt: "x").object)
    edit(&object)
    return try SavedPlan(parsing: JSONValue.object(object).serialized(), kinds: .google)
  }

  @Test(
    arguments: [
      ("caller", "boss@example.com"), ("variables", ["env": "prod"]), ("stack", "other"),
      ("allowances", ["max-deletes": 9]), ("id", "0123456789abcdef"),
      ("summary", ["create": 0]), ("complete", true), ("createdAt", "yesterday"),
      ("undeclared", []), ("notChecked", ["x"]), ("declaredCount", 1),
      (
        "diagnostics",
        [
          [
            "code": "AR0407", "severity": "warning", "message": "m", "source": .null, "help": [],
          ]
        ]
      ),
      ("selectedCount", 1), ("fileCount", 1), ("digest", "0"), ("more", 1),
      ("selection", ["targets": ["role/*"], "excludes": []]), ("changes", []),
    ] as [(String, JSONValue)])
  func everyEditMakesASavedPlanStale(_ member: String, _ value: JSONValue) throws {
    let plan = PlanFixture.page
    let intact = try saved(plan) { _ in }
    #expect(intact.isIntact)
    #expect(ExpectedPlan(intact).isSame(as: plan))
    let edited = try saved(plan) { $0[member] = $0[member] == value ? nil : value }
    #expect(!edited.isIntact)
    let expected = ExpectedPlan(edited)
    #expect(!expected.isSame(as: plan))
    #expect(expected.mismatch(with: plan).contains("was edited"))
  }

  /// The digest in another plan's file is valid, so the content is compared.
  @Test func aSavedPlanWithOtherContentIsStaleDespiteAValidDigest() throws {
    let plan = PlanFixture.page
    let edits: [(inout Plan) -> Void] = [
      { $0.variables = ["env": "prod"] }, { $0.allowances.maximumDeletes = 9 },
      { $0.stackName = "other" }, { $0.stackName = nil },
      { $0.selection = Selection(excludes: [AddressGlob("role/*")]) },
      { $0.changes[0].resource?.fields = [] }, { $0.changes[0].action = .update },
      { $0.changes[0].reason = "nothing to see" }, { $0.changes[0].note = "fine" },
      { $0.changes[0].remarks = ["fine"] },
      { $0.changes[1].resource?.identity = ["createTime": "x"] },
      { $0.changes[2].bindings[0].added = ["user:eve@example.com"] },
      { $0.changes[2].bindings[1].removed = [] }, { $0.changes.removeLast() },
      { $0.changes[3].action = .unchanged }, { $0.changes[6].action = .gone },
    ]
    for (number, edit) in edits.enumerated() {
      var other = plan
      edit(&other)
      let file = try saved(other) { _ in }
      #expect(file.isIntact)
      #expect(!ExpectedPlan(file).isSame(as: plan), "edit \(number)")
    }
  }

  @Test func unrelatedChangesMakeNoPlanStale() throws {
    let plan = PlanFixture.page
    var later = plan
    later.undeclared = []
    later.diagnostics = []
    later.notChecked = ["roles of p: 403"]
    later.changes[0].source = PlanFixture.at(99)
    later.fileCount = 12
    // Another identity applies the plan, and another user has granted a role.
    later.caller = "deployer@example.com"
    later.changes[2].bindings[1].undeclared.append("user:new@example.com")
    #expect(ExpectedPlan(try saved(plan) { _ in }).isSame(as: later))
  }

  @Test func passingTimeMakesNoKeyStale() throws {
    var key = Change(
      address: PlanFixture.address(.serviceAccountKey, "uploader", "k"), action: .create,
      source: nil, what: .key(KeyChange(order: .issue)))
    key.reason = "an interrupted run started it"
    key.keyChange?.wait = 59
    var later = key
    later.keyChange?.wait = nil
    let (old, new) = (
      PlanFixture.plan([key], undeclared: []), PlanFixture.plan([later], undeclared: [])
    )
    #expect(ExpectedPlan(try saved(old) { _ in }).isSame(as: new))
    key.action = .delete
    key.reason = "key 1"
    later.action = .delete
    later.reason = "key 2"
    let (one, two) = (
      PlanFixture.plan([key], undeclared: []), PlanFixture.plan([later], undeclared: [])
    )
    #expect(!ExpectedPlan(try saved(one) { _ in }).isSame(as: two))
  }
}
