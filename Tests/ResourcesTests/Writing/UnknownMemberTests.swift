import JSON
import Kinds
import Model
import TestSupport
import Testing

@testable import Resources

/// Members that the schemas do not know, at every depth of every kind: an update keeps every byte of them.
@Suite struct UnknownMemberTests {
  private let repository = "/v1/projects/p/locations/us/repositories/r"

  /// Random written values over a live resource with unknown members: after the update the resource is as written, and
  /// all unknown members are still there.
  @Test func unknownMembersAreNeverADifferenceAndNeverLost() throws {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededRandom(state: seed)
    let kinds: [Address] = [Make.project, Make.account, Make.role, Make.repository]
    var patched = 0
    for round in 0..<400 {
      let address = kinds[round % kinds.count]
      let schema = try #require(address.kind.resource?.schema)
      let clean = LiveSamples.value(of: schema, Make.live(address).object ?? [:])
      let live = Strange.added(to: .object(clean), schema.fields, &random)
      let what: Comment = "seed \(seed), round \(round), \(address.kind)"
      let same = LiveSamples.spec(of: clean, schema)
      #expect(SchemaDiff.changes(desired: same, live: live, schema: schema).isEmpty, what)

      let spec = Strange.changed(same, schema.fields, &random)
      let fields = SchemaDiff.changes(desired: spec, live: live, schema: schema)
      guard !fields.contains(where: \.isImmutable) else { continue }
      let losses = SchemaDiff.unknownLosses(spec: spec, fields: fields, live: live, schema: schema)
      let (body, mask) = SchemaDiff.patchBody(
        spec: spec, fields: fields, live: live, schema: schema)
      let after = mask.reduce(live) { result, path in
        Strange.masked(path.split(separator: ".").map(String.init)[...], result, .object(body))
      }
      patched += mask.isEmpty ? 0 : 1
      #expect(SchemaDiff.changes(desired: spec, live: after, schema: schema).isEmpty, what)
      let before = Set(SchemaDiff.unknownMembers(of: live, schema: schema))
      let kept = Set(SchemaDiff.unknownMembers(of: after, schema: schema))
      #expect(before.subtracting(kept) == Set(losses), what)
      // Only removed elements lose something, and the plan shows each of those.
      for path in losses {
        #expect(
          fields.contains { path.components.starts(with: $0.path.components) && $0.to == nil },
          "\(what) \(path)")
      }
      for path in before.intersection(kept) {
        #expect(Strange.at(path, in: live) == Strange.at(path, in: after), "\(what) \(path)")
      }
    }
    #expect(patched > 40, "seed \(seed)")
  }

  /// A condition that Google adds, and that narrows what a cleanup policy deletes, survives a change of the policy.
  @Test func anUnknownConditionOfACleanupPolicyIsSentBack() async throws {
    let stage = try LiveStage()
    func policies(_ age: JSONValue) -> JSONValue {
      [
        "old": [
          "id": "old", "action": "DELETE", "later": ["a": 1],
          "condition": ["olderThan": age, "onlyUnpulledFor": "31536000s", "tagState": "SOON"],
        ]
      ]
    }
    let live = Make.live(
      Make.repository,
      [
        "format": "DOCKER", "cleanupPolicies": policies("2592000s"), "cleanupPolicyDryRun": true,
        "dockerConfig": ["futureField": "precious"],
      ])
    stage.cloud.on("GET \(repository)", .json(live))
    stage.cloud.on("PATCH \(repository)?updateMask=cleanupPolicies", .json(live))
    let spec: JSONObject = [
      "format": "DOCKER",
      "cleanupPolicies": ["old": ["action": "DELETE", "condition": ["olderThan": "3456000s"]]],
    ]
    let schema = try #require(KindID.repository.resource?.schema)
    let fields = SchemaDiff.changes(desired: spec, live: live, schema: schema)
    #expect(fields.map(\.path.description) == ["cleanupPolicies[\"old\"].condition.olderThan"])
    _ = try await stage.run(
      .update(spec: spec, fields: fields, live: live), on: Make.repository)
    #expect(
      stage.cloud.bodies("PATCH \(repository)") == [["cleanupPolicies": policies("3456000s")]])
  }

  @Test func aNewMemberInARemovedElementStopsTheUpdate() async throws {
    let stage = try LiveStage()
    func live(_ policy: JSONValue) -> JSONValue {
      Make.live(
        Make.repository,
        ["cleanupPolicies": ["old": policy, "new": ["id": "new", "action": "KEEP"]]])
    }
    let shown = live(["id": "old", "action": "KEEP"])
    stage.cloud.on("GET \(repository)", .json(live(["id": "old", "action": "KEEP", "later": 1])))
    let spec: JSONObject = ["cleanupPolicies": ["new": ["action": "KEEP"]]]
    let schema = try #require(KindID.repository.resource?.schema)
    let fields = SchemaDiff.changes(desired: spec, live: shown, schema: schema)
    await #expect {
      try await stage.run(.update(spec: spec, fields: fields, live: shown), on: Make.repository)
    } throws: {
      ($0 as? OperationFailure)?.kind == .stale
    }
    #expect(stage.cloud.requests.allSatisfy { $0.hasPrefix("GET") })
  }
}

/// Unknown members in live values, and changes of written ones.
private enum Strange {
  static func added(
    to value: JSONValue, _ fields: [Field], _ random: inout SeededRandom
  ) -> JSONValue {
    var object = value.object ?? [:]
    for field in fields {
      if let member = object[field.name] {
        object[field.name] = added(to: member, field.type, &random)
      }
    }
    if random.chance(40) {
      object["future\(random.pick(["A", "B", "C"]))"] = random.pick([
        "text", 7, .null, false, ["x": ["y", 1]], [],
      ])
    }
    return .object(object)
  }

  private static func added(
    to value: JSONValue, _ type: FieldType, _ random: inout SeededRandom
  ) -> JSONValue {
    switch type {
    case .object(let fields): return added(to: value, fields, &random)
    case .map(let element, _):
      var object = value.object ?? [:]
      for (key, member) in object { object[key] = added(to: member, element, &random) }
      return .object(object)
    case .list(let element, .keyed):
      return .array((value.array ?? []).map { added(to: $0, element, &random) })
    default: return value
    }
  }

  /// Resets some fields, leaves some out, removes and adds some elements, and changes some values.
  static func changed(
    _ spec: JSONObject, _ fields: [Field], _ random: inout SeededRandom
  ) -> JSONObject {
    var result = spec
    for field in fields {
      guard let value = spec[field.name], random.chance(50),
        !field.traits.contains(.required)
      else { continue }
      if !field.traits.contains(.immutable), random.chance(15) {
        result[field.name] = random.chance(50) ? nil : .null
      } else if !field.traits.contains(.immutable) {
        result[field.name] = changed(value, field.type, &random)
      }
    }
    return result
  }

  private static func changed(
    _ value: JSONValue, _ type: FieldType, _ random: inout SeededRandom
  ) -> JSONValue {
    switch type {
    case .string: return "changed"
    case .boolean: return false
    case .duration: return "60s"
    case .object(let fields): return .object(changed(value.object ?? [:], fields, &random))
    case .map(let element, _):
      var object = value.object ?? [:]
      for (key, member) in object {
        object[key] = random.chance(30) ? nil : changed(member, element, &random)
      }
      if random.chance(30) { object["new"] = object["one"] }
      return .object(object)
    case .list(let element, .keyed(let key)):
      var members = (value.array ?? []).filter { _ in random.chance(70) }
      members = members.map { member in
        var object = changed(member, element, &random).object ?? [:]
        object[key] = member[key]
        return .object(object)
      }
      return .array(members)
    default: return value
    }
  }

  /// One path of a mask, as a server applies it: replaced by the body's value, or removed if the body has none.
  static func masked(
    _ path: ArraySlice<String>, _ live: JSONValue, _ body: JSONValue?
  ) -> JSONValue {
    guard let name = path.first else { return live }
    var object = live.object ?? [:]
    object[name] =
      path.count == 1
      ? body?[name] : masked(path.dropFirst(), object[name] ?? [:], body?[name])
    return .object(object)
  }

  static func at(_ path: FieldPath, in value: JSONValue) -> JSONValue? {
    path.components.reduce(Optional(value)) { value, component in
      switch component {
      case .field(let name): value?[name]
      case .element(let id):
        value?[id] ?? value?.array?.first { $0["id"]?.string == id }
      case .index(let index): value?.array?[index]
      }
    }
  }
}
