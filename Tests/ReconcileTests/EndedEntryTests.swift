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
}
