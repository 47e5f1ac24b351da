import JSON
import Model
import Synchronization
import TestSupport
import Testing

@testable import Reconcile

/// Dependents are deleted before the resource that they depend on, however long the chain.
@Suite struct DeletionChainTests {
  private final class Recorder: OperationRunner {
    let order = Mutex<[Address]>([])
    func run(_ operation: Operation) async throws(OperationFailure) -> OperationResult {
      order.withLock { $0.append(operation.address) }
      await Task.yield()
      return OperationResult()
    }
  }

  private func plan(_ edges: [Address: Set<Address>]) -> Plan {
    var graph = Fixture.graph([])
    var snapshot = Snapshot()
    for (address, dependencies) in edges {
      graph.resources[address] = Fixture.resource(address, ensure: .absent, on: dependencies)
      snapshot.resources[address] = Fixture.present(address, [:])
    }
    var planner = Planner(graph: graph, snapshot: snapshot)
    planner.overrides.allowed[.delete] = [AddressGlob("p-one/**")]
    planner.overrides.maximumDeletes = 100
    return planner.plan()
  }

  private func executed(_ plan: Plan) async -> [Address] {
    let recorder = Recorder()
    let report = await Executor(
      runner: recorder, parallelism: 8, stop: StopSignal(), uptime: { .zero }
    ).execute(plan.operations, events: { _ in })
    #expect(report.isComplete)
    return recorder.order.withLock { $0 }
  }

  @Test(arguments: [2, 3, 4, 9]) func aChainIsDeletedFromItsLastLinkToItsFirst(_ length: Int) async
  {
    // The names sort the other way round, so that no order of names is the right one by luck.
    let chain = (0..<length).map { Fixture.repository("r\(9 - $0)") }
    var edges: [Address: Set<Address>] = [:]
    for (number, address) in chain.enumerated() {
      edges[address] = number == 0 ? [] : [chain[number - 1]]
    }
    #expect(await executed(plan(edges)) == chain.reversed())
    let other = (0..<length).map { Fixture.repository("r\($0)") }
    edges = [:]
    for (number, address) in other.enumerated() {
      edges[address] = number == 0 ? [] : [other[number - 1]]
    }
    #expect(await executed(plan(edges)) == other.reversed())
  }

  @Test func noGraphDeletesAResourceBeforeItsDependents() async {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(state: seed)
    for _ in 0..<50 {
      var names = (0..<8).map { Fixture.repository("r\($0)") }
      names.shuffle(using: &random)
      var edges: [Address: Set<Address>] = [:]
      for (number, address) in names.enumerated() {
        edges[address] = Set(random.some(Array(names[..<number]), 30))
      }
      let order = await executed(plan(edges))
      #expect(order.count == names.count, "seed \(seed)")
      for (address, dependencies) in edges {
        for dependency in dependencies {
          guard let first = order.firstIndex(of: address),
            let second = order.firstIndex(of: dependency)
          else {
            Issue.record("not every deletion ran; seed \(seed)")
            return
          }
          #expect(first < second, "seed \(seed)")
        }
      }
    }
  }

  /// A policy only needs its resource to exist; a failed change of the description does not block its grants.
  @Test func aGrantOnlyNeedsItsResourceToExist() throws {
    let repository = Fixture.repository("r")
    func dependencies(_ live: Observation<LiveResource>) throws -> Set<OperationID> {
      var snapshot = Snapshot()
      snapshot.resources[repository] = live
      if case .present = live {
        snapshot.policies[repository.policy] = .present(["etag": "BwY="])
      } else {
        snapshot.policies[repository.policy] = .absent(.confirmed)
      }
      let plan = Planner(
        graph: Fixture.graph(
          [Fixture.resource(repository, ["description": "new"])],
          policies: [Fixture.policy(repository, "roles/reader", ["user:a@b.c"])]),
        snapshot: snapshot
      ).plan()
      return try #require(plan.operations.first { $0.address.isPolicy }).dependencies
    }
    #expect(try dependencies(Fixture.present(repository, ["description": "old"])) == [])
    #expect(
      try dependencies(.absent(.confirmed)) == [OperationID("create \(repository)")])
  }

  /// A grant covers the role's permissions, so a role that could not be narrowed is not granted to more members.
  @Test func aGrantWaitsForTheChangeOfItsRole() throws {
    let (repository, role) = (
      Fixture.repository("r"), Address(project: "p-one", .role, "publisher")
    )
    var snapshot = Snapshot()
    snapshot.resources = [
      repository: Fixture.present(repository, [:]),
      role: Fixture.present(role, ["description": "old"]),
    ]
    snapshot.policies[repository.policy] = .present(["etag": "BwY="])
    let plan = Planner(
      graph: Fixture.graph(
        [Fixture.resource(repository), Fixture.resource(role, ["description": "new"])],
        policies: [
          Fixture.policy(
            repository, "projects/p-one/roles/publisher", ["user:a@b.c"], on: [role])
        ]), snapshot: snapshot
    ).plan()
    let operation = try #require(plan.operations.first { $0.address.isPolicy })
    #expect(operation.dependencies == [OperationID("update \(role)")])
  }
}
