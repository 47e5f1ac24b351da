import Diagnostics
import JSON
import Model
import Testing

@testable import Reconcile

/// Entries that only remove members are reported once there is nothing left to remove.
@Suite struct EndedEntryTests {
  let repository = Fixture.repository("r")

  private func binding(holding members: [String], ended: [String]) -> BindingChange? {
    var policy = Fixture.policy(repository, "roles/reader", [], absent: ended)
    policy.entries[0].ended = [.init(source: Fixture.place, members: ended)]
    var snapshot = Snapshot()
    snapshot.resources = [repository: Fixture.present(repository, [:])]
    snapshot.policies = [
      repository.policy: .present(Fixture.bindings(("roles/reader", members)))
    ]
    let planner = Planner(
      graph: Fixture.graph([Fixture.resource(repository)], policies: [policy]),
      snapshot: snapshot)
    let row = planner.plan().changes.first { $0.address == repository.policy }
    #expect(row?.isNoteworthy == true)
    return row?.bindings.first
  }

  @Test func theRemovalIsPlannedAsLongAsAMemberHoldsIt() {
    let found = binding(
      holding: ["user:A@b.c", "user:x@y.z"], ended: ["user:a@b.c", "user:b@b.c"])
    #expect(found?.removed == [.init("user:a@b.c", .absent)])
    #expect(found?.ended == [])
  }

  @Test func thenTheEntryCanGo() {
    let found = binding(holding: ["user:x@y.z"], ended: ["user:a@b.c"])
    #expect(found?.removed == [])
    #expect(found?.ended == [Fixture.place])
  }

  /// A drift check names what ends in 30 days; a plan does not.
  @Test func onlyADriftCheckNamesGrantsThatEndSoon() {
    let day: Int64 = 86_400
    func ends(at now: Int64, named: Bool = true, members: [String] = ["user:a@b.c"]) -> [String] {
      var policy = Fixture.policy(repository, "roles/reader", members)
      policy.entries[0].until = 100 * day
      var snapshot = Snapshot()
      snapshot.resources[repository] = Fixture.present(repository, [:])
      snapshot.policies[repository.policy] = .present([
        "bindings": [["role": "roles/reader", "members": .array(members.map(JSONValue.string))]]
      ])
      var planner = Planner(
        graph: Fixture.graph([Fixture.resource(repository)], policies: [policy]),
        snapshot: snapshot)
      planner.now = now
      planner.namesEnds = named
      let plan = planner.plan()
      #expect(plan.operations.isEmpty)
      #expect((Drift(plan).counts[.expiring] ?? 0) == plan.diagnostics.count)
      return plan.diagnostics.map { "\($0.code.rawValue) \($0.message)" }
    }
    #expect(
      ends(at: 70 * day) == [
        "AR0327 `roles/reader` on `\(repository.policy)` ends on 1970-04-11 for `user:a@b.c`"
      ])
    #expect(ends(at: 70 * day - 1) == [])
    #expect(ends(at: 70 * day, named: false) == [])
    #expect(ends(at: 70 * day, members: []) == [])
  }
}
