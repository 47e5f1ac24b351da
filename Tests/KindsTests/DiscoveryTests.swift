import Foundation
import JSON
import Model
import Testing

@testable import Kinds

/// Every schema agrees with Google's discovery documents.
struct DiscoveryTests {
  @Test func repository() throws {
    try expectNoDifference(
      RepositoryKind(), "artifactregistry.v1", "Repository",
      writers: [
        "name": "follows from the address",
        "disallowUnspecifiedMode": "nothing says that it is returned",
      ])
  }

  @Test func rule() throws {
    try expectNoDifference(
      RuleKind(), "artifactregistry.v1", "GoogleDevtoolsArtifactregistryV1Rule",
      writers: ["name": "follows from the address"])
  }

  @Test func project() throws {
    try expectNoDifference(
      ProjectKind(), "cloudresourcemanager.v3", "Project",
      writers: ["projectId": "it is metadata.name"])
  }

  @Test func serviceAccount() throws {
    try expectNoDifference(
      ServiceAccountKind(), "iam.v1", "ServiceAccount",
      writers: [
        "name": "follows from the address", "etag": "deprecated",
        "disabled": "written by :disable and :enable",
      ])
  }

  @Test func serviceAccountKey() throws {
    try expectNoDifference(
      ServiceAccountKeyKind(), "iam.v1", "ServiceAccountKey", observesOnly: true)
  }

  @Test func role() throws {
    try expectNoDifference(
      RoleKind(), "iam.v1", "Role",
      writers: [
        "name": "follows from the address", "etag": "read and sent back by arctl",
        "deleted": "read-only by its description",
      ])
  }

  @Test func workloadIdentityPool() throws {
    try expectNoDifference(
      WorkloadIdentityPoolKind(), "iam.v1", "WorkloadIdentityPool",
      writers: ["name": "follows from the address"])
  }

  @Test func workloadIdentityPoolProvider() throws {
    try expectNoDifference(
      WorkloadIdentityPoolProviderKind(), "iam.v1", "WorkloadIdentityPoolProvider",
      writers: ["name": "follows from the address"])
  }

  @Test func secret() throws {
    try expectNoDifference(
      SecretKind(), "secretmanager.v1", "Secret",
      writers: [
        "etag": "read and sent back by arctl", "ttl": "a manifest holds `expireTime`",
        "versionAliases": "written for the keys that arctl stores in it",
        "customerManagedEncryption": "for regional secrets only",
        "rotation.rotationPeriod": "Google returns it",
      ])
  }

  private func expectNoDifference(
    _ kind: any Kind, _ document: String, _ schema: String, writers: [String: String] = [:],
    observesOnly: Bool = false
  ) throws {
    var comparison = DiscoveryComparison(
      document: try Self.document(document), writers: writers, observesOnly: observesOnly)
    let differences = comparison.run(kind.schema.fields, with: schema)
    #expect(differences.isEmpty, "\(differences.joined(separator: "\n"))")
  }

  struct MissingDocuments: Error, CustomStringConvertible {
    let description: String
  }

  /// Reads a document from the Python environment of the tests; throws if the environment is missing.
  static func document(_ name: String) throws -> JSONValue {
    var root = URL(filePath: #filePath)
    for _ in 0..<3 { root.deleteLastPathComponent() }
    let libraries = root.appending(path: ".venv/lib")
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: libraries.path)) ?? []
    let folder = "site-packages/googleapiclient/discovery_cache/documents"
    for version in versions.sorted() where version.hasPrefix("python3") {
      let file = libraries.appending(path: "\(version)/\(folder)/\(name).json")
      guard let data = try? Data(contentsOf: file) else { continue }
      return try JSONValue(parsing: Array(data), maximumBytes: 64 << 20)
    }
    throw MissingDocuments(
      description: "\(name).json is not below \(libraries.path): run `make bootstrap`")
  }
}

/// The comparison finds every type of difference.
struct DiscoveryComparisonTests {
  private static let document: JSONValue = [
    "schemas": [
      "Thing": [
        "properties": [
          "name": ["type": "string", "readOnly": true],
          "size": ["type": "string", "format": "int64"],
          "age": ["type": "string", "format": "google-duration"],
          "mode": ["type": "string", "enum": ["MODE_UNSPECIFIED", "ONE", "TWO"]],
          "check": ["type": "boolean", "description": "Input only. Whether."],
          "parts": ["type": "array", "items": ["$ref": "Part"]],
          "byID": ["type": "object", "additionalProperties": ["$ref": "Part"]],
        ]
      ],
      "Part": ["properties": ["count": ["type": "integer", "format": "int32"]]],
    ]
  ]

  private static func fields(
    name: Field.Traits = [.outputOnly], age: FieldType = .duration,
    modes: [String] = ["ONE", "TWO"], unspecified: String? = "MODE_UNSPECIFIED",
    check: Field.Traits = [.inputOnly], part: [Field] = [count], more: [Field] = []
  ) -> [Field] {
    [
      Field("name", .string(), name, ""), Field("size", .int64, [], ""), Field("age", age, [], ""),
      Field("mode", .enumeration(Enumeration(modes, unspecified: unspecified)), [], ""),
      Field("check", .boolean, check, ""),
      Field("parts", .list(.object(part), .ordered), [], ""),
      Field("byID", .map(.object([count]), idField: nil), [], ""),
      Field("ours", .string(), [.manifestOnly], ""),
    ] + more
  }
  private static let count = Field("count", .integer(0...9), [], "")

  private func differences(
    _ fields: [Field], writers: [String: String] = [:], schema: String = "Thing"
  ) -> [String] {
    var comparison = DiscoveryComparison(document: Self.document, writers: writers)
    return comparison.run(fields, with: schema)
  }

  @Test func findsNothingInEqualSchemas() {
    #expect(differences(Self.fields()) == [])
  }

  @Test func findsEveryDifference() {
    let planted: [([Field], String)] = [
      (Self.fields().filter { $0.name != "size" }, "missing: size"),
      (Self.fields(more: [Field("other", .boolean, [], "")]), "extra: other"),
      (Self.fields(part: []), "missing: parts[].count"),
      (
        Self.fields(part: [Self.count, Field("odd", .boolean, [], "")]), "extra: parts[].odd"
      ),
      (
        Self.fields(age: .string()),
        "type: age is string google-duration in the document and string here"
      ),
      (
        Self.fields(part: [Field("count", .string(), [], "")]),
        "type: parts[].count is integer int32 in the document and string here"
      ),
      (Self.fields(modes: ["ONE"]), "missing value: mode TWO"),
      (Self.fields(modes: ["ONE", "TWO", "THREE"]), "extra value: mode THREE"),
    ]
    for (fields, expected) in planted {
      #expect(differences(fields) == [expected])
    }
  }

  @Test func findsWhoWrites() {
    for fields in [Self.fields(name: []), Self.fields(check: []), Self.fields(name: [.inputOnly])] {
      let found = differences(fields)
      #expect(found.count == 1)
      #expect(found.first?.hasPrefix("writer: ") == true)
    }
  }

  @Test func findsAnEnumWhoseUnspecifiedValueIsNotKnownAsSuch() {
    let fields = Self.fields(modes: ["MODE_UNSPECIFIED", "ONE", "TWO"], unspecified: nil)
    #expect(differences(fields) == ["unspecified value: mode is MODE_UNSPECIFIED in the document"])
  }

  @Test func findsAStringThatIsAnEnum() {
    let fields = Self.fields().map { field in
      field.name == "mode" ? Field("mode", .string(), [], "") : field
    }
    #expect(differences(fields) == ["type: mode is string enum in the document and string here"])
  }

  @Test func findsExceptionsThatNoLongerAre() {
    let writers = ["name": "a reason"]
    #expect(differences(Self.fields(name: []), writers: writers) == [])
    #expect(
      differences(Self.fields(), writers: writers) == ["exception: name is not needed"])
  }

  @Test func findsAMissingSchema() {
    #expect(differences([], schema: "Gone") == ["missing schema: Gone at "])
  }
}
