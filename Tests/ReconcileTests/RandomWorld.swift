import Diagnostics
import JSON
import Model
import TestSupport

@testable import Reconcile

/// Unrelated manifests and cloud, from a seed.
struct RandomWorld {
  var graph = DesiredGraph()
  var cloud = ImaginaryCloud()
  private var random: SeededRandom

  private static let addresses: [Address] =
    (0..<5).map { Fixture.repository("r\($0)") } + (0..<4).map { Fixture.account("a\($0)") }
    + (0..<3).map { Address(project: "p-one", .role, "role\($0)") }
  private static let members =
    (0..<4).map { Fixture.member("a\($0)") }
    + [
      "user:eve@b.c", "user:bob@b.c", "group:dev@b.c",
      "serviceAccount:service-1@gcp-sa-artifactregistry.iam.gserviceaccount.com",
      "deleted:\(Fixture.member("a0"))?uid=1", "deleted:\(Fixture.member("a1"))?uid=2",
      "deleted:\(Fixture.member("a1"))?uid=3", "deleted:user:gone@b.c?uid=7",
    ]
  private static let roles =
    ["roles/reader", "roles/writer", "projects/p-one/roles/role0", "projects/p-one/roles/role1"]
  private static let conditions: [PolicyCondition?] = [
    nil, PolicyCondition(title: "t", expression: "e"),
    PolicyCondition(title: "t", description: "d", expression: "e"),
    .until("2027-01-01"), .until("2028-01-01"),
  ]

  init(seed: UInt64) {
    random = SeededRandom(state: seed)
    addResources()
    addPolicies()
    if random.chance(20) {
      graph.stack.revoked = [SourcedText("user:eve@b.c", Fixture.place)]
    }
    if random.chance(20) { graph.stack.scope.kinds[.repository] = .authoritative }
    dropConflicts()
  }

  private mutating func addResources() {
    for address in Self.addresses {
      if random.chance(70) {
        var resource = Fixture.resource(
          address, randomSpec(address.kind), ensure: random.chance(20) ? .absent : .present)
        resource.lifecycle.allowReplace = true
        if resource.lifecycle.ensure == .absent { resource.spec = [:] }
        graph.resources[address] = resource
      }
      if random.chance(60) {
        cloud.resources[address] = .object(randomLive(address.kind))
        cloud.policies[address.policy] = ["etag": "BwYabcdef00=", "auditConfigs": [["a": 1]]]
      } else if address.kind == .role, random.chance(40) {
        cloud.deletedRoles[address] = .object(randomLive(address.kind))
      }
    }
  }

  private mutating func addPolicies() {
    for address in Self.addresses where address.kind != .role {
      if cloud.policies[address.policy] != nil, random.chance(80) {
        var policy = cloud.policies[address.policy]?.object ?? [:]
        policy["bindings"] = .array(liveBindings())
        cloud.policies[address.policy] = .object(policy)
      }
      guard let resource = graph.resources[address], resource.lifecycle.ensure == .present,
        random.chance(70)
      else { continue }
      graph.policies[address.policy] = desiredPolicy(address)
    }
  }

  private mutating func liveBindings() -> [JSONValue] {
    Self.roles.flatMap { role in
      random.some(Self.conditions).map { condition in
        var binding: JSONObject = [
          "role": .string(role), "members": .array(liveMembers().map(JSONValue.string)),
          "future": "kept",
        ]
        if let condition {
          binding["condition"] = [
            "title": .string(condition.title), "description": .string(condition.description),
            "expression": .string(random.pick(["", " ", "\n"]) + condition.expression),
          ]
        }
        return .object(binding)
      }
    }
  }

  /// Members with existing accounts, and outside members.
  private mutating func liveMembers() -> [String] {
    let cloud = cloud
    let found = random.some(Self.members, 40).filter { member in
      guard let account = Self.account(member) else { return true }
      return cloud.resources[account] != nil
    }
    return found.isEmpty ? ["group:all@b.c"] : found
  }

  private static func account(_ member: String) -> Address? {
    (0..<4).map { Fixture.account("a\($0)") }.first { Fixture.member($0.id) == member }
  }

  private mutating func desiredPolicy(_ resource: Address) -> DesiredPolicy {
    var needs: Set<Address> = [resource]
    var entries: [PolicyEntry] = []
    for role in Self.roles {
      let exclusiveRole = random.chance(15) ? Fixture.place : nil
      for condition in random.some(Self.conditions, 30) {
        let present = random.some(Self.members, 30).filter { !$0.hasPrefix("deleted:") }
        let members = present.filter { member in
          guard let account = Self.account(member) else { return true }
          return graph.resources[account]?.lifecycle.ensure == .present
        }
        needs.formUnion(members.compactMap(Self.account))
        let absent = random.some(Self.members, 20).filter { !members.contains($0) }
        entries.append(
          PolicyEntry(
            role: role, condition: condition,
            members: members.map { SourcedText($0, Fixture.place) },
            absent: absent.map { SourcedText($0, Fixture.place) },
            exclusive: exclusiveRole == nil && random.chance(20), source: Fixture.place))
        entries[entries.count - 1].exclusiveRole = exclusiveRole
      }
    }
    return DesiredPolicy(address: resource.policy, entries: entries, dependencies: needs)
  }

  /// Removes contradictions that the language refuses: a revoked member that is present, a role that is granted and
  /// absent.
  private mutating func dropConflicts() {
    let revoked = Set(graph.stack.revoked.map(\.text))
    for (address, policy) in graph.policies {
      var policy = policy
      policy.entries = policy.entries.compactMap { entry in
        var entry = entry
        entry.members.removeAll { revoked.contains($0.text) }
        let role = Self.addresses.first { entry.role.hasSuffix("/roles/\($0.id)") }
        if let role, graph.resources[role]?.lifecycle.ensure == .absent { entry.members = [] }
        return entry.members.isEmpty && entry.absent.isEmpty && !entry.exclusive
          && entry.exclusiveRole == nil ? nil : entry
      }
      graph.policies[address] = policy
    }
  }

  // Resources that can be undeleted have no immutable fields.
  private mutating func randomSpec(_ kind: KindID) -> JSONObject {
    let isRepository = kind == .repository
    var spec: JSONObject = ["format": isRepository ? random.pick(["PYTHON", "DOCKER"]) : "PYTHON"]
    for (name, values) in Self.written where isRepository || name != "remote" {
      if random.chance(40) { spec[name] = random.pick(values) }
    }
    return spec
  }

  private mutating func randomLive(_ kind: KindID) -> JSONObject {
    let isRepository = kind == .repository
    var live: JSONObject = [
      "format": isRepository ? random.pick(["PYTHON", "DOCKER"]) : "PYTHON", "unknown": ["x": 1],
    ]
    for (name, values) in Self.seen where isRepository || name != "remote" {
      if random.chance(60) { live[name] = random.pick(values) }
    }
    return live
  }

  private static let written: [(String, [JSONValue])] = [
    ("description", ["a", "", .null]), ("dryRun", [true, false, .null]),
    ("labels", [["a": "1"], ["a": .null, "b": "2"], [:], .null]),
    ("permissions", [["p", "q"], ["q", "p"], [], .null]),
    (
      "policies",
      [
        ["x": ["id": "x", "action": "DELETE", "condition": ["olderThan": "86400s"]]], [:], .null,
        ["x": ["id": "x", "action": "KEEP"], "y": ["id": "y", "action": "KEEP"]],
      ]
    ),
    (
      "upstreams",
      [[["id": "u", "priority": 1], ["id": "v", "priority": 0]], [["id": "v"]], [], .null]
    ),
    (
      "remote",
      [
        ["credentials": ["username": "n"]], ["credentials": ["password": "v", "username": .null]],
        ["credentials": .null], ["uri": "https://x", "skipCheck": true],
      ]
    ), ("marker", [[:]]),
  ]
  private static let seen: [(String, [JSONValue])] = [
    ("description", ["a", "b", ""]), ("dryRun", [true, false]),
    ("labels", [["a": "1", "b": "1"], ["c": "3"], [:]]),
    ("permissions", [["q", "p"], ["r"], []]),
    (
      "policies",
      [
        ["x": ["id": "x", "action": "DELETE", "condition": ["olderThan": "86400.000s"]]],
        ["z": ["id": "z", "action": "KEEP", "condition": ["tagState": ""]]],
      ]
    ), ("upstreams", [[["id": "v"], ["id": "u", "priority": 1]], [["id": "w"]]]),
    (
      "remote",
      [
        ["uri": "https://x", "state": "on", "credentials": ["username": "m", "password": "w"]],
        ["uri": "https://y"],
      ]
    ), ("mode", ["STANDARD_REPOSITORY", "REMOTE_REPOSITORY"]), ("size", ["5"]), ("marker", [[:]]),
  ]
}
