import Diagnostics
import JSON
import Model
import Testing

@testable import Reconcile

/// A flag for one address lifts only its own guard at that address; checked for every flag.
@Suite struct FlagScopeTests {
  /// Two addresses with the same hazard, and flags unrelated to the one under test.
  struct World {
    var planner: Planner
    let addresses: [Address]
    /// Flags for all addresses, because the hazard appears only after another one.
    var also: [Hazard.Flag] = []
  }

  private static func world(_ flag: Hazard.Flag) -> World {
    let kind: KindID =
      flag == .cleanup ? .repository(hazard: Hazard(.cleanup, "more is deleted")) : .repository
    let repositories = ["a", "b"].map { Address(project: "p-one", kind, "us", $0) }
    var graph = Fixture.graph([])
    var snapshot = Snapshot()
    func declare(_ spec: JSONObject, ensure: Lifecycle.Ensure, live: JSONValue) {
      for address in repositories {
        var resource = Fixture.resource(address, spec, ensure: ensure)
        resource.lifecycle.allowReplace = true
        graph.resources[address] = resource
        snapshot.resources[address] = Fixture.present(address, live)
      }
    }
    func grant(_ role: String, _ members: [String], absent: [String] = [], held: [String] = []) {
      declare([:], ensure: .present, live: [:])
      for address in repositories {
        graph.policies[address.policy] = Fixture.policy(address, role, members, absent: absent)
        snapshot.policies[address.policy] = .present(Fixture.bindings((role, held)))
      }
    }
    var also: [Hazard.Flag] = []
    var isPolicy = false
    switch flag {
    case .delete: declare([:], ensure: .absent, live: [:])
    case .dataLoss:
      declare([:], ensure: .absent, live: ["size": "3"])
      also = [.delete]
    case .replace: declare(["format": "DOCKER"], ensure: .present, live: ["format": "PYTHON"])
    case .cleanup: declare(["description": "new"], ensure: .present, live: [:])
    case .lockout:
      grant("roles/owner", [], absent: ["user:me@x.y"], held: ["user:me@x.y", "user:b@x.y"])
      isPolicy = true
    case .privileged:
      grant("roles/owner", ["user:a@x.y"])
      isPolicy = true
    case .publicGrant:
      grant("roles/reader", ["allUsers"])
      isPolicy = true
    }
    var planner = Planner(graph: graph, snapshot: snapshot)
    planner.caller = "me@x.y"
    return World(
      planner: planner, addresses: isPolicy ? repositories.map(\.policy) : repositories, also: also)
  }

  private func refusals(_ world: World, _ allowed: [Hazard.Flag: [AddressGlob]])
    -> [[DiagnosticCode]]
  {
    var planner = world.planner
    planner.overrides.allowed = allowed
    for flag in world.also { planner.overrides.allowed[flag] = [AddressGlob("p-one/**")] }
    let changes = planner.plan().changes
    return world.addresses.map { address in
      Array(Set(changes.first { $0.address == address }?.refusals.map(\.code) ?? [])).sorted {
        $0.rawValue < $1.rawValue
      }
    }
  }

  @Test(arguments: Hazard.Flag.allCases) func aFlagForOneAddressLiftsNothingElsewhere(
    _ flag: Hazard.Flag
  ) {
    let world = Self.world(flag)
    let without = refusals(world, [:])
    #expect(without[0].contains(flag.code))
    #expect(without[1] == without[0])
    let with = refusals(world, [flag: [AddressGlob(world.addresses[0].description)]])
    #expect(!with[0].contains(flag.code))
    #expect(with[1] == without[1])
  }

  @Test(arguments: Hazard.Flag.allCases) func noOtherFlagLiftsIt(_ flag: Hazard.Flag) {
    let world = Self.world(flag)
    for other in Hazard.Flag.allCases where other != flag {
      let found = refusals(world, [other: [AddressGlob("p-one/**")]])
      #expect(found.allSatisfy { $0.contains(flag.code) }, "\(other.rawValue)")
    }
  }

  /// Raised limits do not lift it either.
  @Test(arguments: Hazard.Flag.allCases) func raisedLimitsLiftNoHazard(_ flag: Hazard.Flag) {
    var world = Self.world(flag)
    world.planner.overrides.maximumDeletes = 100
    world.planner.overrides.maximumRemovals = 100
    #expect(refusals(world, [:]).allSatisfy { $0.contains(flag.code) })
  }

  @Test func reissueRecreatesThatKeyAlone() {
    let account = Fixture.account("uploader")
    var graph = Fixture.graph([Fixture.resource(account)])
    var snapshot = Snapshot()
    snapshot.resources[account] = Fixture.present(account, [:])
    var live: [LiveKey] = []
    for name in ["a", "b"] {
      let address = Address(project: "p-one", .serviceAccountKey, "uploader", name)
      graph.keys[address] = DesiredKey(
        address: address, account: account, email: "uploader@p-one.iam.gserviceaccount.com",
        origin: .uploaded, file: "\(name).json", expires: nil, rotateAfter: nil, overlap: 0,
        commonName: "arctl-\(name)", source: Fixture.place, dependencies: [account])
      snapshot.destinations[address] = KeyDestination(state: .empty, path: "\(name).json")
      live.append(
        LiveKey(
          id: name, isUploaded: true, isDisabled: false, validAfter: 0, validBefore: nil,
          commonName: "arctl-\(name)"))
    }
    snapshot.keys[account] = .present(live)
    var planner = Planner(graph: graph, snapshot: snapshot)
    func actions() -> [Change.Action] {
      planner.plan().changes.filter { $0.address.kind == .serviceAccountKey }.map(\.action)
    }
    #expect(actions() == [.heldElsewhere, .heldElsewhere])
    planner.overrides.reissue = [AddressGlob("p-one/serviceAccountKey/uploader/a")]
    #expect(actions() == [.create, .heldElsewhere])
  }

  /// The limit of deletions raises only the guard of deletions, that of removals only the guard of removals.
  @Test func eachLimitRaisesItsOwnGuard() {
    var graph = Fixture.graph([])
    var snapshot = Snapshot()
    for number in 0..<4 {
      let account = Fixture.account("a\(number)")
      graph.resources[account] = Fixture.resource(account, ensure: .absent)
      snapshot.resources[account] = Fixture.present(account, [:])
    }
    let repository = Fixture.repository("r")
    graph.resources[repository] = Fixture.resource(repository)
    snapshot.resources[repository] = Fixture.present(repository, [:])
    let going = (0..<51).map { "user:u\($0)@x.y" }
    graph.policies[repository.policy] = Fixture.policy(
      repository, "roles/reader", [], absent: going)
    snapshot.policies[repository.policy] = .present(Fixture.bindings(("roles/reader", going)))
    var planner = Planner(graph: graph, snapshot: snapshot)
    planner.overrides.allowed[.delete] = [AddressGlob("p-one/**")]
    func codes() -> Set<DiagnosticCode> {
      Set(planner.plan().changes.flatMap(\.refusals).map(\.code))
    }
    #expect(codes() == [.tooManyDeletions, .tooManyRemovals])
    planner.overrides.maximumDeletes = 4
    #expect(codes() == [.tooManyRemovals])
    planner.overrides.maximumDeletes = nil
    planner.overrides.maximumRemovals = 51
    #expect(codes() == [.tooManyDeletions])
  }
}
