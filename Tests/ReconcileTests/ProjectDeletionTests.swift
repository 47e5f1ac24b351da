import Diagnostics
import JSON
import Model
import Testing

@testable import Reconcile

/// The deletion of a project deletes its contents.
@Suite struct ProjectDeletionTests {
  let project = Address(project: "p-one", .project)
  let repository = Fixture.repository("r")

  private func plan(_ snapshot: Snapshot, allow flags: [Hazard.Flag]) -> Plan {
    var graph = Fixture.graph([Fixture.resource(project, ensure: .absent)])
    graph.stack.scope.kinds = [.repository: .authoritative]
    var planner = Planner(graph: graph, snapshot: snapshot)
    for flag in flags { planner.overrides.allowed[flag] = [AddressGlob("p-one/project")] }
    return planner.plan()
  }

  private var inhabited: Snapshot {
    var snapshot = Snapshot()
    snapshot.resources = [project: Fixture.present(project, [:])]
    let account = Fixture.account("uploader")
    snapshot.undeclared = [
      LiveResource(address: repository, value: ["size": "312"]),
      LiveResource(address: account, value: [:]),
      LiveResource(
        address: Address(project: "p-two", .serviceAccount, "elsewhere"), value: [:]),
    ]
    return snapshot
  }

  @Test func itAlsoNeedsTheFlagOfDataLoss() {
    let none = plan(inhabited, allow: [])
    #expect(none.changes[0].refusals.map(\.code) == [.deletionNotAllowed, .dataLoss])
    let one = plan(inhabited, allow: [.delete])
    #expect(one.changes[0].refusals.map(\.code) == [.dataLoss])
    #expect(one.changes[0].refusals[0].message == "deleting it destroys everything in it")
    #expect(plan(inhabited, allow: [.delete, .dataLoss]).changes[0].action == .delete)
  }

  @Test func theRowNamesTheContentsThatWereRead() {
    for flags: [Hazard.Flag] in [[], [.delete, .dataLoss]] {
      #expect(
        plan(inhabited, allow: flags).changes[0].reason?.text
          == "deletes all that is in it, such as repository/us/r (312 bytes), serviceAccount/uploader"
      )
    }
  }

  @Test func itsContentsAreNotDeletedSeparately() {
    let plan = plan(inhabited, allow: [.delete, .dataLoss])
    #expect(plan.changes.map(\.address) == [project])
    #expect(plan.undeclared.contains(repository))
  }
}
