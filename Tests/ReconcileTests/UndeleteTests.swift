import JSON
import Model
import TestSupport
import Testing

@testable import Reconcile

/// The plan for a deleted resource that may or may not be undeleted.
@Suite struct UndeleteTests {
  @Test func anUndeleteReportsItsFallbackAndTheIDCoversBoth() throws {
    let role = Address(project: "p-one", .role, "publisher")
    func plan(_ live: JSONValue, _ spec: JSONObject) -> Plan {
      var snapshot = Snapshot()
      snapshot.resources = [role: .softDeleted(LiveResource(address: role, value: live))]
      return Planner(
        graph: Fixture.graph([Fixture.resource(role, spec)]), snapshot: snapshot
      ).plan()
    }
    let one = plan(["description": "a"], ["description": "a"])
    let change = try #require(one.changes.first)
    #expect(change.action == .undelete)
    #expect(change.resource?.fallback == .create)
    #expect(change.reason?.text == "returns as it was")
    // The undelete changes no field of either, but a create instead of it would differ.
    #expect(change.fields.isEmpty)
    #expect(one.id != plan(["description": "b"], ["description": "b"]).id)
  }
}
