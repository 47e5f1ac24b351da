package import SandboxStore
import SandboxWire

/// A secret of Secret Manager: what is known of it, without any value.
package struct SecretRecord: Record {
  /// The id of its project.
  let project: String
  /// As the caller chose it.
  let id: String
  /// The members that clients can set, in wire form.
  var fields: JSONText
  /// Microseconds since 1970.
  let createTime: Int64
  /// With its quotation marks; different after each change of the secret.
  var etag: String
  /// The number of its newest version; 0 if there never was one.
  var lastVersion: Int

  /// The resource name, with the project's id.
  var name: String { Self.name(id, in: project) }

  /// The resource name of the secret with an id.
  static func name(_ id: String, in project: String) -> String {
    "projects/\(project)/secrets/\(id)"
  }

  /// Whether its `expireTime` has come: it is deleted then, with all versions.
  func isExpired(now: Int64) -> Bool {
    fields.value["expireTime"]?.string.flatMap(Timestamps.parse).map { now >= $0 } ?? false
  }
}

extension SecretRecord {
  /// The name of its table in the store.
  package static var table: String { "secret" }
  /// Reads show its changes late, as Google's services may do (docs/google-apis.md#eventual-consistency).
  package static var lag: LagRule { .hidden }
  /// Its resource name.
  package var key: String { name }
  /// Its project.
  package var parent: String? { "projects/\(project)" }
  /// The name of its policy and its versions.
  package var names: [String] { [name] }
}

/// A version of a secret, with its value.
package struct SecretVersionRecord: Record {
  /// The resource name of its secret, with the project's id.
  let secret: String
  /// From 1, in the order of creation.
  let number: Int
  /// Microseconds since 1970.
  let createTime: Int64
  /// As on the wire. `shownState` also counts a destruction that was scheduled.
  var state = "ENABLED"
  /// When it was destroyed, in microseconds since 1970.
  var destroyTime: Int64?
  /// When it will be destroyed.
  var scheduledDestroyTime: Int64?
  /// With its quotation marks; different after each change of the version.
  var etag: String
  /// The value, in base64; nil once it is destroyed.
  var payload: String?
  /// The value's CRC-32C.
  let checksum: Int64
  /// Whether the caller sent the checksum.
  let isChecksumSent: Bool
  /// As on the wire, from the replication of the secret when the version was added.
  let replicationStatus: JSONText

  /// The state at a time.
  func shownState(now: Int64) -> String {
    scheduledDestroyTime.map { now >= $0 } ?? false ? "DESTROYED" : state
  }
}

extension SecretVersionRecord {
  /// The name of its table in the store.
  package static var table: String { "secretVersion" }
  /// As for secrets.
  package static var lag: LagRule { .hidden }
  /// Its resource name.
  package var key: String { Self.key(number, of: secret) }
  /// Its secret, whose deletion removes it.
  package var parent: String? { secret }
  /// Empty: a version has no policy.
  package var names: [String] { [] }

  /// The key of the version with a number.
  static func key(_ number: Int, of secret: String) -> String { "\(secret)/versions/\(number)" }
}
