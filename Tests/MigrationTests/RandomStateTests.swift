import JSON
import Kinds
import Model
import TestSupport
import Testing

@testable import Migration

/// Random states with texts that mean something elsewhere: the estate holds what the state says, and nothing crashes.
@Suite struct RandomStateTests {
  private static let texts = [
    "${x}", "$${x}", "a\nb: c", "# no comment", "key: value", "\u{202E}bidi\u{2066}", "\"quoted\"",
    "'",
    "- x", "{a: [b]}", "\t", " led by a space", "ends in one ", "ä\u{0301}ö", "null", "true",
    "0x10",
    "*anchor", "!tag", "|", "%", "\\n", "---", "\u{FEFF}", "日本語", "a\r\nb",
  ]

  @Test(arguments: 0..<40)
  func theEstateHoldsWhatTheStateSays(_ number: Int) throws {
    let seed = UInt64(number) &* 7_919 &+ 11
    var random = SeededRandom(state: seed)
    var resources: [JSONValue] = []
    var expected: [String: JSONObject] = [:]
    for index in 0..<Int.random(in: 1...12, using: &random) {
      let id = "repo-\(index)"
      var spec: JSONObject = ["format": .string(random.pick(["NPM", "PYTHON", "GO"]))]
      var changes: JSONObject = ["repository_id": .string(id), "format": spec["format"] ?? .null]
      spec["mode"] = "STANDARD_REPOSITORY"
      if random.chance(70) {
        let text = random.some(Self.texts, 20).joined(separator: random.pick(["", " ", "\n"]))
        changes["description"] = .string(text)
        if !text.isEmpty { spec["description"] = .string(text) }
      }
      if random.chance(50) {
        let labels = random.some(["a", "b-c", "d_e"]).map {
          ($0, JSONValue.string(random.pick(Self.texts)))
        }
        changes["effective_labels"] = .object(JSONObject(labels))
        if labels.contains(where: { $0.1 != "" }) { spec["labels"] = .object(JSONObject(labels)) }
      }
      if random.chance(50) {
        let policies = random.some(["one", "two: x", "${three}"], 60)
        changes["cleanup_policies"] = .array(
          policies.map {
            [
              "id": .string($0), "action": "DELETE", "most_recent_versions": [],
              "condition": [["older_than": "86400s", "package_name_prefixes": [.string($0)]]],
            ]
          })
        let map = policies.map { id -> (String, JSONValue) in
          (
            id,
            [
              "id": .string(id), "action": "DELETE",
              "condition": ["olderThan": "86400s", "packageNamePrefixes": [.string(id)]],
            ]
          )
        }
        if !map.isEmpty { spec["cleanupPolicies"] = .object(JSONObject(map)) }
      }
      expected[id] = spec
      resources.append(
        States.resource(
          "google_artifact_registry_repository", random.pick(Self.texts),
          States.repository(changes),
          more: random.chance(50) ? ["index_key": .string(random.pick(Self.texts))] : [:]))
    }
    let conversion = try States.convert(resources)
    for (address, value) in conversion.estate.resources {
      #expect(value == .object(expected[address.id] ?? [:]), "seed \(seed) \(address)")
    }
    #expect(conversion.estate.resources.count == expected.count, "seed \(seed)")
    for line in ReleaseText(conversion.items).lines {
      #expect(!line.unicodeScalars.contains { $0.isHidden }, "seed \(seed)")
    }
  }

  /// Bytes that were changed or cut somewhere: an error or a conversion, never a crash.
  @Test(arguments: 0..<60)
  func brokenStatesNeverCrash(_ number: Int) throws {
    let seed = UInt64(number) &* 104_729 &+ 3
    var random = SeededRandom(state: seed)
    var bytes = States.file([
      States.resource("google_artifact_registry_repository", States.repository()),
      States.resource(
        "google_artifact_registry_repository_iam_policy",
        States.grant(["policy_data": "{\"bindings\": [{\"role\": \"roles/a.b\", \"members\": []}]}"]
        )),
      States.resource("google_service_account", States.account()),
    ]).serialized()
    for _ in 0..<Int.random(in: 1...6, using: &random) {
      let place = Int.random(in: 0..<bytes.count, using: &random)
      switch Int.random(in: 0..<4, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      case 2: bytes.insert(random.pick(Array("{}[]\",:0n\\".utf8)), at: place)
      default: bytes = Array(bytes[..<max(1, place)])
      }
    }
    do throws(MigrationError) {
      let found = try TerraformMigration.read(bytes, named: "x", kinds: Kinds.catalog)
      _ = ReleaseText(found.items).lines
    } catch {
      #expect(!error.message.isEmpty, "seed \(seed)")
    }
  }

  /// Each member of a state replaced by a value of another type, at every place.
  @Test func valuesOfOtherTypesNeverCrash() throws {
    let whole = States.file([
      States.resource(
        "google_artifact_registry_repository",
        States.repository([
          "cleanup_policies": [
            ["id": "a", "action": "DELETE", "condition": [["older_than": "1d"]]]
          ],
          "virtual_repository_config": [["upstream_policies": [["id": "a", "priority": 1]]]],
        ])),
      States.resource(
        "google_artifact_registry_repository_iam_binding",
        States.grant([
          "members": ["user:a@example.com"], "condition": [["title": "t", "expression": "x"]],
        ])),
      States.resource("google_service_account", States.account()),
      States.resource(
        "google_project_service", ["service": "a.googleapis.com", "project": "my-project-id"]),
    ])
    var count = 0
    for value in [JSONValue.null, 1, "x", [], [:], [[:]], true, .real(0.5)] {
      for changed in Self.variants(of: whole, with: value) {
        _ = try? TerraformMigration.read(changed.serialized(), named: "x", kinds: Kinds.catalog)
        count += 1
      }
    }
    #expect(count > 500)
  }

  /// The value with one of its parts replaced, once for each part.
  private static func variants(of value: JSONValue, with other: JSONValue) -> [JSONValue] {
    var result = [other]
    switch value {
    case .object(let members):
      for (key, member) in members {
        for variant in variants(of: member, with: other) {
          var changed = members
          changed[key] = variant
          result.append(.object(changed))
        }
      }
    case .array(let elements):
      for (index, element) in elements.enumerated() {
        for variant in variants(of: element, with: other) {
          var changed = elements
          changed[index] = variant
          result.append(.array(changed))
        }
      }
    default: break
    }
    return result
  }
}
