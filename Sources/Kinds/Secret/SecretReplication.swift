import JSON
import Model

/// The two forms of a replication: automatic, or by locations. Google requires one of them, and fixes it at creation.
enum SecretReplication {
  private static let automatic = "automatic"
  private static let userManaged = "userManaged"

  /// The spec with a replication: the written one, or else the live one, or else the automatic one.
  ///
  /// What a written form excludes is written as null: an `automatic: {}` without fields would otherwise not differ from
  /// locations. A replacement keeps the replication that no manifest writes.
  static func adopted(_ spec: JSONObject, live: JSONValue?) -> JSONObject {
    var spec = spec
    guard var written = spec["replication"]?.object else {
      guard spec["replication"] == nil else { return spec }
      spec["replication"] = live?["replication"] ?? .object([automatic: [:]])
      return spec
    }
    if written[automatic]?.object != nil, live?["replication"]?[userManaged] != nil {
      written[userManaged] = .null
    }
    spec["replication"] = .object(written)
    return spec
  }

  /// Why a live replication cannot be compared; nil if it can. Whether a secret must be replaced depends on its form.
  static func problem(in live: JSONValue?) -> String? {
    let forms = [automatic, userManaged].filter { live?[$0] != nil }
    return forms.count == 1 ? nil : "`replication` is neither automatic nor by locations"
  }

  /// The names of all keys in a replication.
  static func keys(in replication: JSONValue?) -> [String] {
    places(of: replication).compactMap(\.key)
  }

  /// The written keys with the locations in which they must be, and their paths below `spec`.
  static func places(
    of replication: JSONValue?
  ) -> [(path: FieldPath, location: String, key: String?)] {
    let root = FieldPath().field("replication")
    func key(_ part: JSONValue?) -> String? {
      part?["customerManagedEncryption"]?["kmsKeyName"]?.string
    }
    var places: [(path: FieldPath, location: String, key: String?)] = []
    if let part = replication?[automatic] {
      places.append((root.field(automatic), "global", key(part)))
    }
    let replicas = replication?[userManaged]?["replicas"]?.array ?? []
    for (index, part) in replicas.enumerated() {
      places.append(
        (
          root.field(userManaged).field("replicas").appending(.index(index)),
          part["location"]?.string ?? "", key(part)
        ))
    }
    return places
  }
}
