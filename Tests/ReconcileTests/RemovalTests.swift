import Diagnostics
import JSON
import Model
import Testing

@testable import Reconcile

/// Grants that are removed because of an account, a role or the Stack: where the removal is placed, and what blocks it.
@Suite struct RemovalTests {
  let repository = Fixture.repository("r")
  let account = Fixture.account("uploader")
  let role = Address(project: "p-one", .role, "publisher")

  private func at(_ line: Int) -> SourcePosition {
    SourcePosition(file: "a.yaml", line: line, column: 1)
  }

  private func going(_ address: Address, line: Int) -> DesiredResource {
    var resource = Fixture.resource(address, ensure: .absent)
    resource.source = at(line)
    return resource
  }

  private func planner(_ resources: [DesiredResource], _ live: JSONValue) -> Planner {
    var graph = Fixture.graph(resources + [Fixture.resource(repository)])
    graph.stack.source = at(1)
    var snapshot = Snapshot()
    for address in graph.resources.keys {
      snapshot.resources[address] = Fixture.present(address, [:])
    }
    snapshot.policies = [repository.policy: .present(live)]
    return Planner(graph: graph, snapshot: snapshot)
  }

  private func row(_ plan: Plan, _ address: Address) throws -> Change {
    try #require(plan.changes.first { $0.address == address })
  }

  @Test func aRemovalIsPlacedWhereItIsRequested() throws {
    let live = Fixture.bindings(
      ("projects/p-one/roles/publisher", ["user:a@b.c"]),
      ("roles/reader", [Fixture.member("uploader")]), ("roles/writer", ["user:eve@x.y"]))
    var planner = planner([going(account, line: 20), going(role, line: 30)], live)
    planner.graph.stack.revoked = [SourcedText("user:eve@x.y", at(40))]
    let change = try row(planner.plan(), repository.policy)
    #expect(change.source == at(20))
    #expect(change.bindings.map(\.source) == [at(30), at(20), at(40)])
    planner = self.planner([], live)
    planner.graph.stack.revoked = [SourcedText("user:eve@x.y", at(40))]
    #expect(try row(planner.plan(), repository.policy).source == at(40))
  }

  @Test func anAuthoritativeDeletionIsPlacedAtTheScope() throws {
    var planner = planner([], Fixture.bindings())
    planner.graph.stack.scope.kinds = [.role: .authoritative]
    planner.graph.stack.scope.positions = [.role: at(7)]
    planner.snapshot.undeclared = [LiveResource(address: role, value: [:])]
    #expect(try row(planner.plan(), role).source == at(7))
  }

  @Test func grantsStayAsLongAsADeletionIsRefused() throws {
    var planner = planner(
      [going(account, line: 20)], Fixture.bindings(("roles/reader", [Fixture.member("uploader")])))
    let refused = planner.plan()
    #expect(try row(refused, repository.policy).action == .waiting)
    #expect(try row(refused, repository.policy).waitsFor == account)
    #expect(refused.summary.membersRemoved == 0)
    #expect(refused.operations.isEmpty)
    planner.overrides.allowed[.delete] = [AddressGlob(account.description)]
    let allowed = planner.plan()
    #expect(try row(allowed, repository.policy).action == .update)
    #expect(allowed.summary.membersRemoved == 1)
  }

  @Test func policiesThatAreReadForRemovalsAreNotCounted() {
    var planner = planner(
      [going(account, line: 20)],
      Fixture.bindings(("roles/reader", ["user:x@y.z", Fixture.member("uploader")])))
    planner.selection = Selection(excludes: [AddressGlob("serviceAccount/uploader")])
    let plan = planner.plan()
    #expect(plan.changes.count == 2)
    #expect(plan.selectedCount == 1)
    #expect(plan.declaredCount == 2)
  }
}
