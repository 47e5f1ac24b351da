import Diagnostics
import JSON
import Model
import Testing

@testable import Reconcile

/// Google's limits, counted in the plan: at the limit, one below, one above.
@Suite struct CloudLimitTests {
  private let repository = Fixture.repository("r")
  private let account = Fixture.account("uploader")

  private func refusals(_ plan: Plan, _ address: Address) -> [Refusal] {
    plan.changes.first { $0.address == address }?.refusals ?? []
  }

  // MARK: Policies

  /// A policy with these members under one role, to which a plan adds one member under another.
  private func granting(_ held: [String], _ member: String) -> Plan {
    var snapshot = Snapshot()
    snapshot.resources[repository] = Fixture.present(repository, [:])
    snapshot.policies[repository.policy] = .present(Fixture.bindings(("roles/writer", held)))
    return Planner(
      graph: Fixture.graph(
        [Fixture.resource(repository)],
        policies: [Fixture.policy(repository, "roles/reader", [member])]),
      snapshot: snapshot
    ).plan()
  }

  private func people(_ count: Int) -> [String] { (0..<count).map { "user:u\($0)@x.y" } }
  private func groups(_ count: Int) -> [String] { (0..<count).map { "group:g\($0)@x.y" } }

  @Test(arguments: [(1498, false), (1499, false), (1500, true)])
  func members(_ held: Int, _ isRefused: Bool) {
    // One that holds another role already counts a second time.
    for member in ["user:new@x.y", "user:u0@x.y"] {
      let found = refusals(granting(people(held), member), repository.policy)
      #expect(found.map(\.code) == (isRefused ? [.policyLimit] : []))
      if let first = found.first {
        #expect(first.message.contains("1501 members"))
        #expect(first.message.contains("at most 1500"))
      }
    }
  }

  @Test(arguments: [(248, false), (249, false), (250, true)])
  func groups(_ held: Int, _ isRefused: Bool) {
    let found = refusals(granting(groups(held), "group:new@x.y"), repository.policy)
    #expect(found.map(\.code) == (isRefused ? [.policyLimit] : []))
    #expect(found.first.map { $0.message.contains("251 groups") } ?? true)
    // A person is not a group.
    #expect(refusals(granting(groups(held), "user:new@x.y"), repository.policy).isEmpty)
  }

  /// A number over the limit may shrink, and its members may be exchanged.
  @Test func removingAndReplacingIsNotBlocked() {
    var snapshot = Snapshot()
    snapshot.resources[repository] = Fixture.present(repository, [:])
    snapshot.policies[repository.policy] = .present(
      Fixture.bindings(("roles/reader", people(1502))))
    for added in [[], ["user:new@x.y"]] {
      let plan = Planner(
        graph: Fixture.graph(
          [Fixture.resource(repository)],
          policies: [
            Fixture.policy(repository, "roles/reader", added, absent: ["user:u0@x.y"])
          ]), snapshot: snapshot
      ).plan()
      #expect(plan.changes.first { $0.address.isPolicy }?.action == .update)
    }
  }

  @Test func aPolicyOfManyKilobytesIsWarnedOf() {
    func warnings(_ length: Int) -> [DiagnosticCode] {
      let member = "user:" + String(repeating: "x", count: length) + "@x.y"
      return granting([member], "user:new@x.y").diagnostics.map(\.code).filter { $0 == .nearLimit }
    }
    // The rest of the policy has less than 300 bytes.
    #expect(warnings((64 << 10) - 300) == [])
    #expect(warnings(64 << 10) == [.nearLimit])
  }

  // MARK: Keys

  private func key(_ name: String) -> DesiredKey {
    DesiredKey(
      address: Address(project: "p-one", .serviceAccountKey, "uploader", name), account: account,
      email: "uploader@p-one.iam.gserviceaccount.com", origin: .uploaded, file: "\(name).json",
      expires: nil, rotateAfter: nil, overlap: 0, commonName: "arctl-\(name)",
      source: Fixture.place, dependencies: [account])
  }

  private func issuing(_ names: [String], beside live: [LiveKey]) -> Plan {
    var snapshot = Snapshot()
    snapshot.resources[account] = Fixture.present(account, [:])
    snapshot.keys[account] = .present(live)
    let keys = names.map(key)
    for key in keys {
      snapshot.destinations[key.address] = KeyDestination(state: .empty, path: key.file)
    }
    var planner = Planner(
      graph: Fixture.graph([Fixture.resource(account)], keys: keys), snapshot: snapshot)
    planner.now = 1_000
    return planner.plan()
  }

  private func live(_ count: Int, disabled: Int? = nil, expired: Int? = nil) -> [LiveKey] {
    (0..<count).map {
      LiveKey(
        id: "k\($0)", isUploaded: true, isDisabled: $0 == disabled, validAfter: 0,
        validBefore: $0 == expired ? 999 : nil, commonName: "other-\($0)")
    }
  }

  @Test(arguments: [(8, false), (9, false), (10, true)])
  func keys(_ count: Int, _ isRefused: Bool) {
    let found = refusals(issuing(["ci"], beside: live(count)), key("ci").address)
    #expect(found.map(\.code) == (isRefused ? [.keyLimit] : []))
    #expect(found.first.map { $0.message.contains("has 10 keys") } ?? true)
  }

  @Test func keysThatOnePlanMakesCountTogether() {
    for (count, isRefused) in [(7, false), (8, false), (9, true)] {
      let plan = issuing(["ci", "laptop"], beside: live(count))
      for name in ["ci", "laptop"] {
        #expect((refusals(plan, key(name).address).isEmpty) == !isRefused, "\(count)")
      }
    }
  }

  @Test func uselessKeysAreNamed() throws {
    let plan = issuing(["ci"], beside: live(10, disabled: 3, expired: 7))
    let remedy = try #require(refusals(plan, key("ci").address).first?.remedy)
    #expect(remedy.contains("k3, k7"))
    #expect(remedy.contains("gcloud iam service-accounts keys delete k3"))
    let useful = issuing(["ci"], beside: live(10))
    #expect(
      refusals(useful, key("ci").address).first?.remedy?.contains("service-accounts keys list")
        == true)
  }

  // MARK: Resources of a project; in these rules five roles, and twelve accounts that can become more

  private func creating(_ kind: KindID, _ new: Int, beside live: Int) -> Plan {
    var graph = Fixture.graph([])
    var snapshot = Snapshot()
    for number in 0..<new {
      let address = Address(project: "p-one", kind, "new\(number)")
      graph.resources[address] = Fixture.resource(address)
      snapshot.resources[address] = .absent(.confirmed)
    }
    for number in 0..<live {
      let address = Address(project: "p-one", kind, "old\(number)")
      // Declared, just deleted, or undeclared: all of them count.
      let resource = LiveResource(address: address, value: [:])
      switch number % 3 {
      case 0:
        graph.resources[address] = Fixture.resource(address)
        snapshot.resources[address] = .present(resource)
      case 1: snapshot.resources[address] = .softDeleted(resource)
      default: snapshot.undeclared.append(resource)
      }
    }
    return Planner(graph: graph, snapshot: snapshot).plan()
  }

  @Test(arguments: [(3, false), (4, false), (5, true)])
  func roles(_ live: Int, _ isRefused: Bool) {
    let found = refusals(creating(.role, 1, beside: live), Address(project: "p-one", .role, "new0"))
    #expect(found.map(\.code) == (isRefused ? [.countLimit] : []))
  }

  @Test(arguments: [(10, false), (11, false), (12, true)])
  func aQuotaThatCanBeRaisedIsAWarning(_ live: Int, _ isWarned: Bool) {
    let plan = creating(.serviceAccount, 1, beside: live)
    #expect(!plan.isRefused)
    #expect(plan.diagnostics.map(\.code).contains(.nearLimit) == isWarned)
  }

  // MARK: Labels; in these rules four

  @Test(arguments: [(2, false), (3, false), (4, true)])
  func labelsOfOthersCount(_ foreign: Int, _ isRefused: Bool) {
    var held = JSONObject()
    for number in 0..<foreign { held["foreign\(number)"] = "x" }
    var snapshot = Snapshot()
    snapshot.resources[repository] = Fixture.present(repository, ["labels": .object(held)])
    let graph = Fixture.graph([Fixture.resource(repository, ["labels": ["team": "web"]])])
    let plan = Planner(graph: graph, snapshot: snapshot).plan()
    let found = refusals(plan, repository)
    #expect(found.map(\.code) == (isRefused ? [.countLimit] : []))
    #expect(found.first.map { $0.message.contains("5 labels, 4 of them undeclared") } ?? true)
    // A removed label makes room.
    guard foreign > 0 else { return }
    let room = Fixture.graph([
      Fixture.resource(repository, ["labels": ["team": "web", "foreign0": .null]])
    ])
    #expect(!Planner(graph: room, snapshot: snapshot).plan().isRefused)
  }
}
