import JSON
import Model
import TestSupport
import Testing

@testable import Reconcile

/// What a plan says of something deleted that may or may not come back.
@Suite struct UndeleteTests {
  @Test func anUndeleteSaysWhatElseItMayBeAndItsIDCoversBoth() throws {
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
    // The undelete changes no field of either, but what would be created differs.
    #expect(change.fields.isEmpty)
    #expect(one.id != plan(["description": "b"], ["description": "b"]).id)
  }
}
