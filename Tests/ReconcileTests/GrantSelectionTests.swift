import JSON
import Model
import TestSupport
import Testing

@testable import Reconcile

/// Single grants that a run does not change.
@Suite struct GrantSelectionTests {
  private let repository = Fixture.repository("libs")
  private let phantom = Fixture.account("phantom")

  private func planner(_ selection: Selection, _ live: JSONValue = Fixture.bindings()) -> Planner {
    let member = Fixture.member("phantom")
    var policy = Fixture.policy(
      repository, "roles/reader", [member, "group:dev@b.c"], on: [phantom])
    policy.mentions = [phantom: [.member(member)]]
    var external = Fixture.resource(phantom)
    external.origin = .external
    var snapshot = Snapshot()
    snapshot.resources = [
      repository: Fixture.present(repository, [:]), phantom: .absent(.confirmed),
    ]
    snapshot.policies = [repository.policy: .present(live)]
    var planner = Planner(
      graph: Fixture.graph([Fixture.resource(repository), external], policies: [policy]),
      snapshot: snapshot)
    planner.selection = selection
    return planner
  }

  private func row(_ plan: Plan) throws -> Change {
    try #require(plan.changes.first { $0.address.isPolicy })
  }

  private func pattern(_ text: String) throws -> GrantPattern { try GrantPattern(parsing: text) }

  @Test func anUnknownAccountNamesTheFlagThatExcludesItsGrants() throws {
    let plan = planner(Selection()).plan()
    #expect(plan.isRefused)
    let remedy = try #require(plan.changes.flatMap(\.refusals).first?.remedy)
    #expect(
      remedy.contains(
        "--exclude 'p-one/iam/repository/us/libs member=serviceAccount:phantom@p-one.iam.gserviceaccount.com'"
      ))
  }

  @Test func anExcludedAccountLeavesOutOnlyItsGrants() throws {
    let plan = planner(Selection(excludes: [AddressGlob("serviceAccount/phantom")])).plan()
    let row = try row(plan)
    #expect(row.action == .update)
    #expect(row.bindings.flatMap(\.added) == ["group:dev@b.c"])
    #expect(row.bindings.flatMap(\.leftOut) == [Fixture.member("phantom")])
    #expect(plan.operations.count == 1)
  }

  @Test func anExcludedGrantIsLeftOutAndInThePlansID() throws {
    let selection = Selection(excludedGrants: [
      try pattern("iam/repository/us/libs member=\(Fixture.member("phantom"))")
    ])
    let other = Selection(excludedGrants: [
      try pattern("iam/repository/us/libs role=roles/reader member=\(Fixture.member("phantom"))")
    ])
    let plan = planner(selection).plan()
    // Nothing needs the account any more, so its absence does not block the plan.
    #expect(!plan.isRefused)
    #expect(try row(plan).action == .update)
    #expect(try row(plan).bindings.flatMap(\.added) == ["group:dev@b.c"])
    #expect(plan.id != planner(other).plan().id)
  }

  @Test func anAccountThatAnotherGrantNeedsIsStillMissing() throws {
    var planner = planner(
      Selection(excludedGrants: [try pattern("iam/repository/us/libs role=roles/writer")]))
    let member = SourcedText(Fixture.member("phantom"), Fixture.place)
    planner.graph.policies[repository.policy]?.entries.append(
      PolicyEntry(role: "roles/writer", members: [member], source: Fixture.place))
    #expect(planner.plan().isRefused)
  }

  @Test func anExcludedResourceExcludesItsPolicy() {
    let plan = planner(Selection(excludes: [AddressGlob("repository/us/libs")])).plan()
    #expect(!plan.changes.contains { $0.address.isPolicy })
    #expect(plan.leftOut.contains(repository.policy))
  }

  @Test func aRemovalCanBeLeftOutToo() throws {
    let selection = Selection(
      excludes: [AddressGlob("serviceAccount/phantom")],
      excludedGrants: [try pattern("iam/** member=user:old@b.c")])
    var planner = planner(
      selection, Fixture.bindings(("roles/reader", ["user:old@b.c", "user:other@b.c"])))
    planner.graph.policies[repository.policy]?.entries[0].exclusive = true
    let row = try row(planner.plan())
    #expect(row.bindings.flatMap(\.removed) == [.init("user:other@b.c", .exclusive)])
    #expect(row.bindings.flatMap(\.leftOut) == [Fixture.member("phantom"), "user:old@b.c"])
  }

  @Test func aPatternThatMatchesNoGrantIsFound() throws {
    let graph = planner(Selection()).graph
    func unmatched(_ text: String) throws -> Int {
      graph.unmatchedGrants(Selection(excludedGrants: [try pattern(text)])).count
    }
    #expect(try unmatched("iam/repository/us/libs member=group:dev@b.c") == 0)
    #expect(try unmatched("p-one/iam/** role=roles/reader") == 0)
    #expect(try unmatched("iam/repository/us/libs member=group:div@b.c") == 1)
    #expect(try unmatched("iam/repository/us/libs role=roles/raeder") == 1)
    #expect(try unmatched("iam/repository/us/libs role=roles/reader condition=x") == 1)
    #expect(try unmatched("repository/us/libs role=roles/reader") == 1)
  }
}
