import JSON
import Model
import Testing

@testable import Reconcile

/// What only the creation of a resource waits for, and the order of switching services on and off.
@Suite struct CreationNeedsTests {
  private let repository = Fixture.repository("libs")
  private let key = Fixture.repository("key")

  /// A repository that is encrypted by a key, whose policy cannot be read.
  private func plan(
    _ live: Observation<LiveResource>, policy: Observation<JSONValue>,
    _ selection: Selection = Selection()
  ) -> Plan {
    var encrypted = Fixture.resource(repository, ["description": "new"])
    encrypted.creationNeeds = [key.policy]
    let granted = Fixture.policy(key, "roles/encrypter", ["user:agent@b.c"])
    var snapshot = Snapshot()
    snapshot.resources = [repository: live, key: Fixture.present(key, [:])]
    snapshot.policies = [key.policy: policy]
    var planner = Planner(
      graph: Fixture.graph([encrypted, Fixture.resource(key)], policies: [granted]),
      snapshot: snapshot)
    planner.selection = selection
    return planner.plan()
  }
  private func row(_ plan: Plan) throws -> Change {
    try #require(plan.changes.first { $0.address == repository })
  }
  private var existing: Observation<LiveResource> {
    Fixture.present(repository, ["description": "old"])
  }
  private let unreadable = Observation<JSONValue>.unreadable(ReadProblem(.other, "it was not read"))

  @Test func onlyACreationWaitsForThePolicyOfItsKey() throws {
    let created = try row(plan(.absent(.confirmed), policy: unreadable))
    #expect(created.action == .waiting)
    #expect(created.waitsFor == key.policy)
    #expect(try row(plan(existing, policy: unreadable)).action == .update)
  }

  @Test func onlyACreationIsOrderedBehindIt() throws {
    let policy = Observation<JSONValue>.present(Fixture.bindings())
    func needs(_ plan: Plan) throws -> Set<OperationID> {
      try #require(plan.operations.first { $0.address == repository }).dependencies
    }
    let set = OperationID("set \(key.policy)")
    #expect(try needs(plan(.absent(.confirmed), policy: policy)) == [set])
    #expect(try needs(plan(existing, policy: policy)).isEmpty)
  }

  @Test func aTargetIncludesThePolicyAndAnExclusionOfItDoesNotSpread() throws {
    let policy = Observation<JSONValue>.present(Fixture.bindings())
    let targeted = plan(
      .absent(.confirmed), policy: policy,
      Selection(targets: [AddressGlob(repository.description)]))
    #expect(targeted.operations.contains { $0.address == key.policy })
    let excluded = plan(
      existing, policy: policy, Selection(excludes: [AddressGlob(key.policy.description)]))
    #expect(excluded.operations.map(\.address) == [repository])
  }

  /// A service that a new one needs cannot be switched off: Google says so only after the new one is enabled.
  @Test func servicesAreSwitchedOffAfterOthersAreEnabled() throws {
    func service(_ name: String, _ project: String = "p-one") -> Address {
      Address(project: project, .service, name)
    }
    let (on, off, other) = (service("a.b.c"), service("d.b.c"), service("d.b.c", "p-two"))
    var snapshot = Snapshot()
    snapshot.resources = [
      on: .absent(.confirmed), off: Fixture.present(off, [:]), other: Fixture.present(other, [:]),
    ]
    var planner = Planner(
      graph: Fixture.graph([
        Fixture.resource(on), Fixture.resource(off, ensure: .absent),
        Fixture.resource(other, ensure: .absent),
      ]), snapshot: snapshot)
    planner.overrides.allowed[.delete] = [off, other].map { AddressGlob($0.description) }
    let operations = planner.plan().operations
    func needs(_ address: Address) throws -> Set<OperationID> {
      try #require(operations.first { $0.address == address }).dependencies
    }
    let enabling = try #require(operations.first { $0.address == on })
    #expect(enabling.dependencies.isEmpty)
    #expect(try needs(off) == [enabling.id])
    #expect(try needs(other).isEmpty)
  }
}
