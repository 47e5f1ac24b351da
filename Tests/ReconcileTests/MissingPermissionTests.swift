import Diagnostics
import Model
import TestSupport
import Testing

@testable import Reconcile

/// Missing permissions are one table of the run, with the caller, and not a sentence for each row.
@Suite struct MissingPermissionTests {
  private func plan(isOnlyCause: Bool) -> Plan {
    let addresses = ["aa", "bb"].map(Fixture.repository)
    var snapshot = Snapshot()
    for address in addresses {
      var problem = ReadProblem(
        .forbidden, "artifactregistry.repositories.get us/x: 403 PERMISSION_DENIED",
        help: "needs it")
      problem.missing = .init(
        permission: "artifactregistry.repositories.get", role: "roles/artifactregistry.reader",
        isOnlyCause: isOnlyCause)
      snapshot.resources[address] = .unreadable(problem)
    }
    var planner = Planner(
      graph: Fixture.graph(addresses.map { Fixture.resource($0) }), snapshot: snapshot)
    planner.caller = "ci@p-one.iam.gserviceaccount.com"
    return planner.plan()
  }

  @Test func theTableNamesTheCallerAndARole() throws {
    let plan = plan(isOnlyCause: true)
    let table = try #require(plan.diagnostics.first { $0.code == .permissionDenied })
    #expect(
      table.message == "`ci@p-one.iam.gserviceaccount.com` lacks a permission that this plan needs")
    #expect(
      table.pasted == [
        "  project   permission                          role that has it",
        "  p-one     artifactregistry.repositories.get   roles/artifactregistry.reader",
      ])
    #expect(plan.changes.allSatisfy { $0.remarks.isEmpty && $0.action == .unreadable })
    #expect(
      plan.changes.first?.reason?.text
        == "the permission artifactregistry.repositories.get is missing")
  }

  /// Where a refusal may have another cause, the row keeps Google's words and the advice.
  @Test func anotherPossibleCauseStaysOnTheRow() {
    let plan = plan(isOnlyCause: false)
    #expect(plan.changes.allSatisfy { $0.remarks.map(\.text) == ["needs it"] })
    #expect(plan.changes.first?.reason?.text.contains("403") == true)
  }
}
