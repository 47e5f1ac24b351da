import JSON
import Model
import TestSupport
import Testing

/// One resource of a kind, and the values of its fields: all that the conformance suite needs to know about a kind.
struct KindSample: Sendable, CustomTestStringConvertible {
  /// A field of `spec` and a value for it in YAML.
  typealias Value = (field: String, yaml: String)

  let kind: any ResourceKind
  /// Distinguishes the samples of one kind: `docker`.
  var variant = ""
  /// The kinds of its set.
  var kinds = KindSet.google
  /// Other documents that it needs.
  var surroundings = KindSample.services
  /// `metadata.name`.
  let name: String
  let address: Address
  /// The fields that it is created with.
  let spec: [Value]
  /// Other values of fields that can be changed, each tried alone.
  var changes: [Value] = []
  /// Other values of fields that cannot be changed.
  var fixed: [Value] = []
  /// Optional fields that cannot be reset, and why.
  var kept: [String: String] = [:]
  /// Fields that must be written together with the other value of a field.
  var companions: [String: [Value]] = [:]
  /// Fields of the schema that no value is tried for, and why.
  var untried: [String: String] = [:]
  /// The documents, where they are not one of the kind's own.
  var documents: (@Sendable (_ isAbsent: Bool) -> String)?
  /// Answers the requests about it in place of the sandbox.
  var service: (@Sendable () -> @Sendable (HTTPExchange) -> JSONValue?)?

  var testDescription: String { variant.isEmpty ? kind.name : "\(kind.name) (\(variant))" }

  /// The whole set, with some fields replaced, or with null for them.
  func manifests(with values: [Value] = [], isAbsent: Bool = false) -> String {
    if let documents { return surroundings + documents(isAbsent) }
    var all = spec
    for value in values {
      all.removeAll { $0.field == value.field }
      all.append(value)
    }
    // The parent identifies an absent resource.
    if isAbsent {
      all = all.filter { kind.schema[$0.field]?.traits.contains(.manifestOnly) == true }
    }
    let fields = all.map { "\($0.field): \($0.yaml)" }.joined(separator: ", ")
    return surroundings
      + Self.document(kind.name, name, "{\(fields)}", isAbsent ? "{ensure: absent}" : "{}")
  }

  static func document(
    _ kind: String, _ name: String, _ spec: String, _ lifecycle: String = "{}"
  ) -> String {
    """
    ---
    apiVersion: arctl.dev/v1
    kind: \(kind)
    metadata: {name: \(name)}
    lifecycle: \(lifecycle)
    spec: \(spec)

    """
  }

  static let services = document(
    "Project", "my-project-id",
    "{services: [artifactregistry.googleapis.com, iam.googleapis.com]}")
}

/// One request, as a test server needs it.
struct HTTPExchange: Sendable {
  let method: String
  /// Without the query.
  let path: String
  let query: [String: String]
  let body: JSONValue
}
