import Diagnostics
import Model
import TestSupport
import Testing

/// Which causes a drift check finds in a plan.
@Suite struct DriftTests {
  private func drift(
    _ change: (inout Change) -> Void = { _ in }, action: Change.Action = .unchanged,
    undeclared: [Address] = [], besides: Set<Baseline.Thing> = []
  ) -> [Drift.Cause: Int] {
    var row = Change(
      address: PlanFixture.address(.repository, "us", "r").policy, action: action, source: nil)
    change(&row)
    return Drift(PlanFixture.plan([row], undeclared: undeclared), besides: besides).counts
  }

  @Test(arguments: Change.Action.allCases)
  func rows(_ action: Change.Action) {
    let expected: [Drift.Cause: Int] =
      switch action {
      case .create, .undelete: [.missing: 1]
      case .update, .delete, .replace, .refused, .waiting: [.changed: 1]
      case .unchanged, .gone, .heldElsewhere, .pending, .unreadable: [:]
      }
    #expect(drift(action: action) == expected)
  }

  /// What a guard refuses to create differs too: nothing will create it.
  @Test func whatIsRefusedIsAChange() {
    #expect(drift({ $0.intended = .create }, action: .refused) == [.changed: 1])
    #expect(drift({ $0.intended = .create }, action: .waiting) == [.missing: 1])
  }

  @Test func whatMustExistAndDoesNotIsMissing() {
    let refused = drift(
      {
        $0.intended = .create
        $0.refusals = [Refusal(.mustExist, "is not there")]
      }, action: .refused)
    #expect(refused == [.missing: 1])
  }

  @Test func grantsAndKeysThatEndAreExpiring() {
    var ends = BindingChange(role: "roles/x.reader", condition: nil)
    ends.ends = 7
    var ended = BindingChange(role: "roles/x.writer", condition: nil)
    ended.ended = [SourcePosition(file: "a.yaml", line: 1, column: 1)]
    #expect(drift({ $0.bindings = [ends, ended] }) == [.expiring: 2])
    func key(_ ageing: KeyAgeing) -> [Drift.Cause: Int] {
      drift({
        var key = KeyChange()
        key.ageing = ageing
        $0.what = .key(key)
      })
    }
    #expect(key(.expired(1)) == [.expiring: 1] && key(.ends(1)) == [.expiring: 1])
    #expect(key(.old(since: 1)) == [:])
  }

  private func binding(_ standings: [String: UndeclaredMember.Standing]) -> BindingChange {
    var binding = BindingChange(role: "roles/x.reader", condition: nil)
    binding.undeclared = standings.keys.sorted()
    binding.standings = standings
    return binding
  }

  @Test func undeclaredThings() {
    let all = binding([
      "allUsers": .everyone, "group:a": .privileged, "user:b": .user, "group:c": .other,
      "serviceAccount:g": .google,
    ])
    let address = PlanFixture.address(.serviceAccount, "stray")
    #expect(
      drift({ $0.bindings = [all] }, undeclared: [address])
        == [.undeclared: 5, .everyone: 1, .privileged: 1])
    let policy = PlanFixture.address(.repository, "us", "r").policy
    let accepted: Set = [
      Baseline.Thing(address),
      Baseline.Thing(policy, Grant(role: "roles/x.reader", member: "allUsers")),
    ]
    #expect(
      drift({ $0.bindings = [all] }, undeclared: [address], besides: accepted)
        == [.undeclared: 3, .privileged: 1])
  }

  @Test func googlesOwnGrantsAreNoDrift() {
    #expect(drift({ $0.bindings = [binding(["serviceAccount:g": .google])] }) == [:])
  }

  @Test func grantsThatAreAlsoHeldAndEntriesThatEnded() {
    var binding = BindingChange(role: "roles/x.reader", condition: nil)
    binding.alsoHeld = [BindingChange.AlsoHeld(member: "user:a", condition: nil)]
    binding.ended = [PlanFixture.at(1), PlanFixture.at(2)]
    #expect(drift({ $0.bindings = [binding] }) == [.changed: 1, .expiring: 2])
  }

  @Test func theMostUrgentCauseComesFirst() {
    let all = binding(["allUsers": .everyone])
    var row = Change(
      address: PlanFixture.address(.repository, "us", "r").policy, action: .update, source: nil)
    row.bindings = [all]
    let drift = Drift(PlanFixture.plan([row], undeclared: []))
    #expect(
      drift.causes(among: Set(Drift.Cause.allCases)) == [.everyone, .changed, .undeclared])
    #expect(drift.causes(among: [.missing, .undeclared]) == [.undeclared])
  }
}
