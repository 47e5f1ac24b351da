import JSON
import Model
import TestSupport
import Testing

@testable import Reconcile

/// Properties of every pair of manifests and live cloud; a failure prints the seed that reproduces it.
@Suite struct ReconcilePropertyTests {
  private func plan(_ world: RandomWorld, _ random: inout SeededRandom) -> Plan {
    let snapshot = world.cloud.snapshot(for: world.graph, random: &random)
    var planner = Planner(graph: world.graph, snapshot: snapshot)
    for flag in Hazard.Flag.allCases {
      planner.overrides.allowed[flag] = [AddressGlob("p-one/**")]
    }
    planner.overrides.maximumDeletes = 1000
    planner.overrides.maximumRemovals = 1000
    return planner.plan()
  }

  private static func seeds(_ count: Int) -> [UInt64] {
    (0..<count).map { _ in UInt64.random(in: 0...UInt64.max) }
  }

  @Test func anAppliedPlanLeavesNoChanges() throws {
    for seed in Self.seeds(150) {
      var world = RandomWorld(seed: seed)
      var random = SeededRandom(state: seed)
      let first = plan(world, &random)
      #expect(!first.isRefused && first.isComplete, "seed \(seed): \(first.rows)")
      #expect(throws: Never.self, "seed \(seed): \(first.rows)") {
        try world.cloud.run(first.operations)
      }
      let second = plan(world, &random)
      #expect(second.rows == [], "seed \(seed), after \(first.rows)")
      #expect(second.operations.isEmpty, "seed \(seed)")
    }
  }

  @Test func undeclaredStateNeverChanges() throws {
    for seed in Self.seeds(150) {
      let before = RandomWorld(seed: seed)
      var after = before
      var random = SeededRandom(state: seed)
      let plan = plan(before, &random)
      try after.cloud.run(plan.operations)
      let gone = Set(
        plan.changes.filter { [.delete, .replace].contains($0.action) }.map(\.address))
      for (address, live) in before.cloud.resources where !gone.contains(address) {
        let spec = before.graph.resources[address]?.spec ?? [:]
        let now = after.cloud.resources[address]
        #expect(
          Self.foreign(live, spec) == Self.foreign(now ?? .null, spec), "seed \(seed): \(address)")
      }
      for (address, live) in before.cloud.policies where after.cloud.policies[address] != nil {
        guard !gone.contains(address.policyResource ?? address) else { continue }
        let named = Self.named(before, plan)
        let entries = before.graph.policies[address]?.entries ?? []
        let arriving = Set(
          plan.changes.first { $0.address == address }?.bindings.flatMap(\.added) ?? [])
        #expect(
          Self.foreign(live, entries, named, arriving)
            == Self.foreign(after.cloud.policies[address] ?? .null, entries, named, arriving),
          "seed \(seed): \(address)")
      }
    }
  }

  @Test func theOrderOfListsDoesNotMatter() {
    for seed in Self.seeds(100) {
      let world = RandomWorld(seed: seed)
      var one = SeededRandom(state: seed)
      var other = SeededRandom(state: ~seed)
      let (first, second) = (plan(world, &one), plan(world, &other))
      #expect(first.id == second.id, "seed \(seed)")
      #expect(first.rows == second.rows, "seed \(seed)")
      #expect(first.undeclared == second.undeclared, "seed \(seed)")
      #expect(first.operations.map(\.id) == second.operations.map(\.id), "seed \(seed)")
      #expect(
        first.changes.flatMap(\.bindings) == second.changes.flatMap(\.bindings), "seed \(seed)")
    }
  }

  /// The undeclared parts of a resource: whole fields, and labels that no manifest names.
  private static func foreign(_ live: JSONValue, _ spec: JSONObject) -> JSONValue {
    var object = live.object ?? [:]
    for name in spec.keys { object[name] = nil }
    if let labels = spec["labels"]?.object {
      let rest = (live["labels"]?.object ?? [:]).filter { labels[$0.key] == nil }
      object["labels"] = rest.isEmpty ? nil : .object(JSONObject(rest.map { ($0.key, $0.value) }))
    }
    // Only output of the server.
    if var remote = object["remote"]?.object {
      remote["state"] = nil
      object["remote"] = .object(remote)
    }
    return .object(object)
  }

  /// Members that the run may change everywhere: revoked ones, and those of accounts that it creates or deletes.
  private static func named(_ world: RandomWorld, _ plan: Plan) -> Set<String> {
    var members = Set(world.graph.stack.revoked.map(\.text))
    for change in plan.changes where change.address.kind == .serviceAccount {
      if change.isWrite { members.insert(Fixture.member(change.address.id)) }
    }
    return members
  }

  /// The undeclared members, by role and condition, and everything that is not a binding.
  ///
  /// A deleted principal is removed from the whole policy if a live one with its e-mail is added: Google refuses a
  /// policy with both.
  private static func foreign(
    _ policy: JSONValue, _ entries: [PolicyEntry], _ named: Set<String>, _ arriving: Set<String>
  ) -> JSONValue {
    var object = policy.object ?? [:]
    object["version"] = nil
    var rest: [JSONValue] = []
    for binding in policy["bindings"]?.array ?? [] {
      let key = PolicyDocument.key(of: binding)
      let entry = entries.first { $0.role == key.role && $0.condition == key.condition }
      let ofRole = entries.filter { $0.role == key.role }
      if entry?.exclusive == true || ofRole.contains(where: { $0.exclusiveRole != nil }) {
        continue
      }
      if key.role.hasPrefix("projects/") { continue }
      // A grant with another `until` is the former one of the same member and role.
      let others =
        key.condition?.isUntil == true ? ofRole.filter { $0.condition?.isUntil == true } : []
      let spoken = Set(
        ((entry?.members ?? []) + (entry?.absent ?? []) + others.flatMap(\.members)).map(\.text))
      let kept = PolicyDocument.members(of: binding).filter { member in
        let twin = PolicyMember.deletedPrincipal(member)?.member
        return !spoken.contains(member) && !named.contains(member)
          && twin.map {
            !spoken.contains($0) && !named.contains($0) && !arriving.contains($0)
          } != false
      }
      guard !kept.isEmpty else { continue }
      var result = binding.object ?? [:]
      result["members"] = .array(kept.map(JSONValue.string))
      rest.append(.object(result))
    }
    object["bindings"] = rest.isEmpty ? nil : .array(rest)
    return .object(object)
  }
}

extension Plan {
  /// The planned actions, as text for a failed test.
  fileprivate var rows: [String] {
    changes.filter { ![.unchanged, .gone].contains($0.action) }.map { change in
      let fields = change.fields.map {
        "\($0.path): \($0.from?.text() ?? "-") -> \($0.to?.text() ?? "-")"
      }
      let members = change.bindings.filter { !$0.isEmpty }.map {
        "\($0.role) +\($0.added) -\($0.removed.map(\.member))"
      }
      return "\(change.action) \(change.address) \(fields + members) \(change.reason?.text ?? "")"
    }
  }
}
