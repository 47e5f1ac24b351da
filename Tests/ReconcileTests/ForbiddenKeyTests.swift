import Model
import TestSupport
import Testing

@testable import Reconcile

/// An organisation policy refuses the rows that would make a key, and no others.
@Suite struct ForbiddenKeyTests {
  private func row(
    _ constraints: Set<OrganisationConstraint>, origin: DesiredKey.Origin = .uploaded,
    project: String = "p", live: [LiveKey] = [], state: KeyDestination.State = .empty
  ) throws -> Change {
    let key = Make.key(origin: origin)
    var snapshot = Snapshot()
    snapshot.keys[key.account] = .present(live)
    snapshot.destinations[key.address] = KeyDestination(state: state, path: "/k/uploader-key.json")
    snapshot.constraints[project] = constraints
    let planner = Planner(graph: Make.graph([], keys: [key]), snapshot: snapshot)
    return try #require(planner.plan().changes.first { $0.address == key.address })
  }

  @Test(arguments: [OrganisationConstraint.keyUpload, .managedKeyUpload])
  func aForbiddenKeyIsRefused(constraint: OrganisationConstraint) throws {
    let row = try row([constraint])
    #expect(row.action == .refused)
    #expect(row.intended == .create)
    #expect(row.refusals.map(\.code) == [.keyForbidden])
    let refusal = try #require(row.refusals.first)
    #expect(refusal.message.contains(constraint.rawValue))
    #expect(refusal.remedy?.contains("--impersonate-service-account=\(Make.email)") == true)
    #expect(!refusal.isLiftedByFlag)
  }

  @Test func constraintsOfTheOtherOriginSayNothing() throws {
    #expect(try row([.keyCreation, .managedKeyCreation]).action == .create)
    #expect(try row([.keyUpload, .managedKeyUpload], origin: .google).action == .create)
    #expect(try row([.keyCreation], origin: .google).action == .refused)
    #expect(try row([.keyUpload], project: "q").action == .create)
    #expect(try row([]).action == .create)
  }

  /// A key that is there stays, whatever is forbidden now.
  @Test func aLiveKeyIsNoNewKey() throws {
    let key = Make.key()
    let file = KeyDestination.File(keyID: "k1", email: key.email, fingerprint: "f1")
    var live = LiveKey(
      id: "k1", isUploaded: true, isDisabled: false, validAfter: 0, validBefore: nil)
    live.fingerprint = "f1"
    live.commonName = key.commonName
    #expect(try row([.keyUpload], live: [live], state: .file(file)).action == .unchanged)
  }

  @Test func onlyNewKeysAreAskedAbout() {
    let key = Make.key()
    let graph = Make.graph([], keys: [key])
    var snapshot = Snapshot()
    snapshot.keys[key.account] = .present([])
    snapshot.destinations[key.address] = KeyDestination(state: .empty, path: "/k/x.json")
    #expect(
      Planner(graph: graph, snapshot: snapshot).plan().keysToMake(in: graph).map(\.address) == [
        key.address
      ])
    snapshot.destinations[key.address]?.state = .refused("no")
    #expect(Planner(graph: graph, snapshot: snapshot).plan().keysToMake(in: graph).isEmpty)
  }
}
