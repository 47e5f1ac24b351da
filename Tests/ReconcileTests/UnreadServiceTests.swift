import Diagnostics
import JSON
import Model
import TestSupport
import Testing

@testable import Reconcile

/// Resources of a service that is off were not read: the plan reports nothing about them and removes nothing.
@Suite struct UnreadServiceTests {
  private let service = Address(project: "p-one", .service, "iam.googleapis.com")
  private let account = Fixture.account("uploader")
  private let email = "uploader@p-one.iam.gserviceaccount.com"

  private func key(ensure: Lifecycle.Ensure = .present) -> DesiredKey {
    var lifecycle = Lifecycle()
    lifecycle.ensure = ensure
    return DesiredKey(
      address: Address(project: "p-one", .serviceAccountKey, "uploader", "k"), account: account,
      email: email, origin: .uploaded, file: "k.json", expires: nil, rotateAfter: nil, overlap: 0,
      commonName: "arctl-0", lifecycle: lifecycle, source: Fixture.place, dependencies: [account])
  }

  private func row(
    _ key: DesiredKey, _ destination: KeyDestination, unread: Bool = true
  ) throws -> (change: Change, operations: [Operation]) {
    var snapshot = Snapshot()
    snapshot.resources = [service: .absent(.confirmed)]
    let absence = unread ? Absence.notYetThere(because: service) : .notYetThere(because: account)
    snapshot.resources[account] = .absent(unread ? absence : .confirmed)
    snapshot.keys = [account: .absent(absence)]
    snapshot.destinations = [key.address: destination]
    let graph = Fixture.graph(
      [Fixture.resource(service), Fixture.resource(account, on: [service])], keys: [key])
    let plan = Planner(graph: graph, snapshot: snapshot).plan()
    let change = try #require(plan.changes.first { $0.address == key.address })
    return (change, plan.operations.filter { $0.address == key.address })
  }

  private var file: KeyDestination {
    KeyDestination(
      state: .file(.init(keyID: "1f", email: email, fingerprint: "ab")), path: "k.json")
  }

  @Test func anUnreadKeyWithAFileIsNotReportedAsDeleted() throws {
    var pending = KeyDestination(state: .empty, path: "k.json")
    pending.pendingFingerprint = "ab"
    var leftovers = KeyDestination(state: .empty, path: "k.json")
    leftovers.hasLeftovers = true
    let refused = KeyDestination(state: .refused("a runner"), path: "k.json")
    for destination in [file, pending, leftovers, refused] {
      let (change, operations) = try row(key(), destination)
      #expect(change.action == .pending)
      #expect(
        change.reason?.text == "not read: iam.googleapis.com is off until this plan enables it")
      #expect(operations.isEmpty)
    }
  }

  @Test func anUnreadKeyToDeleteIsNotReportedAsGone() throws {
    for destination in [file, KeyDestination(state: .empty, path: "k.json")] {
      let (change, operations) = try row(key(ensure: .absent), destination)
      #expect(change.action == .pending)
      #expect(operations.isEmpty)
    }
  }

  @Test func withoutALocalFileAKeyIsCreated() throws {
    let empty = KeyDestination(state: .empty, path: "k.json")
    #expect(try row(key(), empty).change.action == .create)
    // An absent account has no keys, so the key in the file is deleted.
    #expect(try row(key(), file, unread: false).change.action == .create)
  }

  @Test func anUnreadResourceToDeleteIsNotReportedAsGone() throws {
    var snapshot = Snapshot()
    snapshot.resources = [
      service: .absent(.confirmed), account: .absent(.notYetThere(because: service)),
    ]
    let graph = Fixture.graph([
      Fixture.resource(service), Fixture.resource(account, ensure: .absent, on: [service]),
    ])
    let plan = Planner(graph: graph, snapshot: snapshot).plan()
    #expect(plan.changes.first { $0.address == account }?.action == .pending)
  }

  @Test func anUnreadResourceThatMustExistIsNotReportedAsMissing() throws {
    var snapshot = Snapshot()
    snapshot.resources = [
      service: .absent(.confirmed), account: .absent(.notYetThere(because: service)),
    ]
    var resource = Fixture.resource(account, on: [service])
    resource.lifecycle.create = false
    let graph = Fixture.graph([Fixture.resource(service), resource])
    let plan = Planner(graph: graph, snapshot: snapshot).plan()
    let change = try #require(plan.changes.first { $0.address == account })
    #expect(change.refusals.map(\.code) == [.mustExist])
    #expect(change.refusals.first?.message.contains("was not read") == true)
    #expect(change.refusals.first?.message.contains("does not exist") == false)
  }
}
