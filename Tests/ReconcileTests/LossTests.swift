import JSON
import Model
import TestSupport
import Testing

@testable import Reconcile

/// A row that deletes says what the deletion destroys, whether or not a guard refuses it.
@Suite struct LossTests {
  private let address = Fixture.repository("libs")

  private func plan(
    _ losses: DeletionLosses?, live: JSONValue = ["name": "libs"], allows: [Hazard.Flag] = []
  ) throws -> Change {
    let graph = Fixture.graph([Fixture.resource(address, ensure: .absent)])
    var snapshot = Snapshot()
    snapshot.resources[address] = .present(LiveResource(address: address, value: live))
    snapshot.losses[address] = losses
    var planner = Planner(graph: graph, snapshot: snapshot)
    for flag in allows { planner.overrides.allowed[flag] = [AddressGlob(address.description)] }
    return try #require(planner.plan().changes.first)
  }

  private func packages(_ count: Int) -> DeletionLosses {
    var losses = DeletionLosses()
    losses.contents = .init(
      count: count, one: "package", many: "packages",
      latest: count == 0 ? nil : "2026-11-20T10:00:00Z")
    losses.policy = Fixture.bindings(
      ("roles/artifactregistry.writer", ["user:b@x.yz", "user:a@x.yz"]))
    return losses
  }

  @Test func refusedAndAllowedRowsSayTheSame() throws {
    let lines = [
      "3 packages, the last upload at 2026-11-20T10:00:00Z",
      "roles/artifactregistry.writer of user:a@x.yz, user:b@x.yz",
    ]
    let refused = try plan(packages(3))
    #expect(refused.action == .refused)
    #expect(refused.losses.map(\.text) == lines)
    let allowed = try plan(packages(3), allows: [.delete, .dataLoss])
    #expect(allowed.action == .delete)
    #expect(allowed.losses.map(\.text) == lines)
  }

  /// The size of a repository can lag behind its packages: a list that shows some needs the flag for data too.
  @Test func listedPackagesNeedTheFlagForData() throws {
    let change = try plan(packages(1), allows: [.delete])
    #expect(change.refusals.map(\.code) == [.dataLoss])
    #expect(change.refusals.first?.message.contains("1 package") == true)
    #expect(try plan(packages(0), allows: [.delete]).action == .delete)
    #expect(try plan(packages(0)).losses.first?.text == "no packages")
  }

  @Test func theSizeIsNamedWithoutFurtherReads() throws {
    let change = try plan(nil, live: ["name": "libs", "size": "2048"])
    #expect(change.losses.map(\.text) == ["2048 bytes"])
  }

  /// What could not be read is said, and changes no id.
  @Test func whatIsNotKnownIsSaid() throws {
    var losses = DeletionLosses()
    losses.problems = ["its contents could not be counted (503)"]
    let change = try plan(losses)
    #expect(change.losses.map(\.text) == losses.problems)
    #expect(change.losses.flatMap(\.facts).isEmpty)
  }

  @Test func theIDCoversTheLosses() throws {
    let digests = try [3, 4].map { try plan(packages($0)).digest }
    #expect(digests[0] != digests[1])
  }
}
