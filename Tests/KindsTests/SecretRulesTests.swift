import Foundation
import JSON
import Model
import Testing

@testable import Kinds

/// The rules of secrets, and what counts as equal.
struct SecretRulesTests {
  private let kind = SecretKind()
  private static let key = "projects/p/locations/us-east4/keyRings/r/cryptoKeys/k"

  @Test(arguments: [
    (#"{"annotations": {"arctl-key": "x"}}"#, "error annotations.arctl-key: `arctl-key` belongs"),
    (#"{"annotations": null}"#, "error annotations: `annotations` cannot be reset"),
    (#"{"annotations": {"a/b": "x"}}"#, "error annotations.a/b: annotation key `a/b` must"),
    (#"{"annotations": {"a.": "x"}}"#, "error annotations.a.: annotation key `a.` must"),
    (#"{"labels": {"Team": "x"}}"#, "error labels.Team: label key"),
    (#"{"replication": {}}"#, "error replication: `replication` is empty"),
    (
      #"{"replication": {"automatic": {}, "userManaged": {"replicas": [{"location": "us-east4"}]}}}"#,
      "error replication.userManaged: `automatic` and"
    ),
    (
      #"{"replication": {"userManaged": {"replicas": []}}}"#,
      "error replication.userManaged.replicas: `replicas` is empty"
    ),
    (
      #"{"replication": {"automatic": {"customerManagedEncryption": {"kmsKeyName": "KEY"}}}}"#,
      "error replication.automatic.customerManagedEncryption.kmsKeyName: the key must be in `global`"
    ),
    (
      #"{"replication": {"userManaged": {"replicas": [{"location": "us-east1", "customerManagedEncryption": {"kmsKeyName": "KEY"}}]}}}"#,
      "error replication.userManaged.replicas[0].customerManagedEncryption.kmsKeyName: the key must be in `us-east1`"
    ),
    (
      #"{"rotation": {"nextRotationTime": "2030-01-01T00:00:00Z"}}"#,
      "error rotation: `rotation` needs `topics`"
    ),
    (
      #"{"topics": [{"name": "t"}], "rotation": {"rotationPeriod": "86400s"}}"#,
      "error rotation.rotationPeriod: `rotationPeriod` needs `nextRotationTime`"
    ),
    (
      #"{"topics": [{"name": "t"}], "rotation": {"nextRotationTime": "2030-01-01T00:00:00Z", "rotationPeriod": "60s"}}"#,
      "error rotation.rotationPeriod: `rotationPeriod` must be from `1h`"
    ),
    (#"{"expireTime": "2030-01-01"}"#, "error expireTime: `2030-01-01` is not a time"),
    (#"{"expireTime": "soon"}"#, "error expireTime: `soon` is not a time"),
    (#"{"versionDestroyTtl": "3600s"}"#, "error versionDestroyTtl: `versionDestroyTtl` must be"),
  ])
  func mistakes(_ spec: String, _ expected: String) throws {
    let lines = try found(kind, spec.replacing("KEY", with: Self.key))
    #expect(lines.count == 1 && lines.first?.hasPrefix(expected) == true, "\(lines)")
  }

  @Test(arguments: [
    "{}", #"{"replication": {"automatic": {}}}"#, #"{"annotations": {"a.b-c_D": "x", "y": null}}"#,
    #"{"replication": {"userManaged": {"replicas": [{"location": "us-east4", "customerManagedEncryption": {"kmsKeyName": "KEY"}}]}}}"#,
    #"{"expireTime": "2030-01-01T00:00:00+01:00", "versionDestroyTtl": "86400s"}"#,
    #"{"expireTime": null, "rotation": null, "labels": null}"#,
  ])
  func goodSecrets(_ spec: String) throws {
    #expect(try found(kind, spec.replacing("KEY", with: Self.key)) == [])
  }

  @Test(arguments: ["a", "A_b-1", String(repeating: "x", count: 255)]) func goodNames(
    _ name: String
  ) {
    #expect(kind.problem(withName: name) == nil)
  }

  @Test(arguments: ["", "a.b", "a/b", "ñ", String(repeating: "x", count: 256)])
  func badNames(_ name: String) { #expect(kind.problem(withName: name) != nil) }

  // MARK: Equal forms

  private func changes(_ spec: JSONObject, _ live: JSONValue) -> [FieldChange] {
    SchemaDiff.changes(
      desired: kind.prepared(spec, live: live).spec, live: live, schema: kind.schema)
  }

  private static let automatic: JSONValue = ["replication": ["automatic": [:]]]
  private static let regional: JSONValue = [
    "replication": ["userManaged": ["replicas": [["location": "us-east4"]]]]
  ]

  @Test func aNewSecretIsReplicatedAutomatically() {
    #expect(kind.prepared([:], live: nil).spec == ["replication": ["automatic": [:]]])
  }

  @Test func anotherFormOfReplicationCannotBeChangedInPlace() {
    for (spec, live) in [(Self.automatic, Self.regional), (Self.regional, Self.automatic)] {
      let found = changes(spec.object ?? [:], live)
      #expect(!found.isEmpty && found.allSatisfy(\.isImmutable), "\(found)")
    }
    #expect(changes([:], Self.regional) == [] && changes([:], Self.automatic) == [])
    // A replacement for another reason keeps it.
    #expect(kind.prepared([:], live: Self.regional).spec == Self.regional.object)
  }

  @Test func keysAreChangedInPlaceAndLocationsAreNot() throws {
    func spec(_ locations: [String], key: String? = nil) -> JSONObject {
      let replicas = locations.map { location -> JSONValue in
        var replica: JSONObject = ["location": .string(location)]
        if let key { replica["customerManagedEncryption"] = ["kmsKeyName": .string(key)] }
        return .object(replica)
      }
      return ["replication": ["userManaged": ["replicas": .array(replicas)]]]
    }
    let key = changes(spec(["us-east4"], key: Self.key), Self.regional)
    #expect(key.map(\.isImmutable) == [false] && key.map(\.mask) == ["replication"])
    let more = changes(spec(["us-east4", "us-east1"]), Self.regional)
    #expect(more.map(\.isImmutable) == [true])
  }

  @Test func equalTimesAreNoDifference() {
    let live: JSONValue = [
      "replication": ["automatic": [:]], "expireTime": "2030-01-01T00:00:00Z",
      "rotation": ["nextRotationTime": "2030-03-01T00:00:00Z", "rotationPeriod": "86400s"],
    ]
    func spec(_ next: String, period: String = "86400s") -> JSONObject {
      ["rotation": ["nextRotationTime": .string(next), "rotationPeriod": .string(period)]]
    }
    #expect(changes(["expireTime": "2030-01-01T01:00:00+01:00"], live) == [])
    #expect(changes(["expireTime": "2030-01-01T00:00:01Z"], live).count == 1)
    // Google moves the date on by whole periods, and never back.
    #expect(changes(spec("2030-01-01T00:00:00Z"), live) == [])
    #expect(changes(spec("2030-01-01T00:00:01Z"), live).count == 1)
    #expect(changes(spec("2030-03-02T00:00:00Z"), live).count == 1)
    #expect(changes(spec("2030-01-01T00:00:00Z", period: "3600s"), live).count == 1)
  }

  // MARK: What belongs to arctl's keys

  private static let held: JSONValue = [
    "replication": ["automatic": [:]], "annotations": ["arctl-key-id": "1", "owner": "web"],
    "versionAliases": ["k-1": "3"], "etag": "\"1\"",
  ]

  @Test func notesAndAliasesOfKeysAreNoDifference() {
    #expect(changes(["annotations": ["owner": "web"]], Self.held) == [])
    let changed = changes(["annotations": ["owner": "app"]], Self.held)
    let (body, mask) = SchemaDiff.patchBody(
      spec: ["annotations": ["owner": "app"]], fields: changed, live: Self.held,
      schema: kind.schema)
    #expect(mask == ["annotations"])
    #expect(body == ["annotations": ["arctl-key-id": "1", "owner": "app"]])
  }

  @Test func anExportHasNeitherNotesOfKeysNorAliases() {
    let address = Address(project: "p", SecretKind().id, "s")
    guard case .document(let fields, _, _) = kind.writtenForm(of: Self.held, at: address) else {
      Issue.record("it is not written")
      return
    }
    #expect(fields == ["annotations": ["owner": "web"]])
  }

  @Test func everyVersionThatIsNotDestroyedCounts() {
    let items: [JSONValue] = [
      ["state": "ENABLED"], ["state": "DISABLED"], ["state": "DESTROYED"], ["state": "NEW"], [:],
    ]
    #expect(kind.contents(in: items).count == 4)
    #expect(kind.contents(in: []).text == "no versions that are not destroyed")
  }

  @Test func anUnknownReplicationIsNotEvidence() {
    for live: JSONValue in [[:], ["replication": [:]], ["replication": ["other": [:]]]] {
      #expect(kind.problem(inLive: live, written: [:]) != nil)
    }
    #expect(kind.problem(inLive: Self.regional, written: [:]) == nil)
  }
}
