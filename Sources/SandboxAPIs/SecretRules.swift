import JSON
import SandboxStore
import SandboxWire

/// The message of a secret, and what Secret Manager refuses in one (discovery `secretmanager.v1` of 2026-10-21).
///
/// Where the document gives no text for a refusal, the text is the sandbox's.
enum SecretRules {
  private static let encryption = MessageType(["kmsKeyName": .init(type: .string)])

  static let message = MessageType([
    "name": .init(type: .string, isOutputOnly: true),
    "createTime": .init(type: .timestamp, isOutputOnly: true),
    "policyMember": .init(type: .object, isOutputOnly: true),
    "replication": .init(
      type: .message(
        MessageType([
          "automatic": .init(
            type: .message(
              MessageType(["customerManagedEncryption": .init(type: .message(encryption))]))),
          "userManaged": .init(
            type: .message(
              MessageType([
                "replicas": .init(
                  type: .list(
                    .message(
                      MessageType([
                        "location": .init(type: .string),
                        "customerManagedEncryption": .init(type: .message(encryption)),
                      ]))))
              ]))),
        ]))),
    "labels": .init(type: .map(.string)), "annotations": .init(type: .map(.string)),
    "topics": .init(type: .list(.message(MessageType(["name": .init(type: .string)])))),
    "expireTime": .init(type: .timestamp), "ttl": .init(type: .duration, isInputOnly: true),
    "rotation": .init(
      type: .message(
        MessageType([
          "nextRotationTime": .init(type: .timestamp), "rotationPeriod": .init(type: .duration),
          "managedRotationStatus": .init(type: .object, isOutputOnly: true),
        ]))),
    "versionAliases": .init(type: .map(.int64)), "versionDestroyTtl": .init(type: .duration),
    "etag": .init(type: .string),
    "secretType": .init(
      type: .enumeration(
        EnumType(
          "SECRET_TYPE_UNSPECIFIED", "CLOUD_SQL_DB_CREDENTIALS", "ACCESS_KEY", "CERTIFICATE",
          "OTHER_DB_CREDENTIALS", "OTHER"))),
    "tags": .init(type: .map(.string)),
    "customerManagedEncryption": .init(type: .message(encryption)),
  ])

  /// The fields of a request, with `ttl` turned into the `expireTime` that answers have.
  static func read(_ object: JSONObject, now: Int64) throws(APIError) -> JSONObject {
    var fields = try message.read(object)
    for name in ["secretType", "tags"] where fields[name] != nil {
      throw APIError(.unimplemented, "The sandbox does not serve \(name) of secrets.")
    }
    guard fields["customerManagedEncryption"] == nil else {
      throw .badField(
        "secret.customer_managed_encryption",
        "customer_managed_encryption is for regional secrets; use replication.")
    }
    if let ttl = fields["ttl"]?.string {
      guard fields["expireTime"] == nil else {
        throw .badField("secret.ttl", "expire_time and ttl are mutually exclusive.")
      }
      guard let seconds = seconds(ttl), seconds > 0 else {
        throw .badField("secret.ttl", "The ttl must be positive.")
      }
      fields["expireTime"] = .string(Timestamps.text(now + seconds * 1_000_000))
      fields["ttl"] = nil
    }
    return fields
  }

  private static func seconds(_ duration: String) -> Int64? {
    duration.split(separator: ".").first.flatMap { Int64($0.prefix { $0.isNumber }) }
  }

  // MARK: Checks

  /// Checks the fields of a secret after a change.
  ///
  /// - Parameter old: those before it; nil for a new secret.
  static func check(
    _ fields: JSONObject, old: JSONObject?, lastVersion: Int, now: Int64
  ) throws(APIError) {
    try checkReplication(fields["replication"])
    try checkLabels(fields["labels"]?.object ?? [:])
    try checkAnnotations(fields["annotations"]?.object ?? [:])
    try checkAliases(fields["versionAliases"]?.object ?? [:], lastVersion)
    if let time = fields["expireTime"], time != old?["expireTime"] {
      guard let at = time.string.flatMap(Timestamps.parse), at > now else {
        throw .badField("secret.expire_time", "The expire_time must be in the future.")
      }
    }
    if let ttl = fields["versionDestroyTtl"]?.string {
      guard let seconds = seconds(ttl), (86_400...86_400_000).contains(seconds) else {
        throw .badField(
          "secret.version_destroy_ttl",
          "The version_destroy_ttl must be between 24 hours and 1000 days.")
      }
    }
    try checkRotation(fields, old: old, now: now)
  }

  /// The message is immutable but for its keys, which Terraform's tests change in place.
  static func checkUnchanged(_ replication: JSONValue?, old: JSONValue?) throws(APIError) {
    guard shape(replication) == shape(old) else {
      throw .badField("secret.replication", "The replication policy cannot be changed.")
    }
  }

  /// The locations of a replication; empty for the automatic one.
  private static func shape(_ replication: JSONValue?) -> [String] {
    (replication?["userManaged"]?["replicas"]?.array ?? []).map { $0["location"]?.string ?? "" }
  }

  private static func checkReplication(_ replication: JSONValue?) throws(APIError) {
    let (automatic, userManaged) = (replication?["automatic"], replication?["userManaged"])
    guard (automatic == nil) != (userManaged == nil) else {
      throw .badField(
        "secret.replication", "The replication must be either automatic or user_managed.")
    }
    if let automatic { try checkEncryption(automatic, location: "global") }
    guard let userManaged else { return }
    let replicas = userManaged["replicas"]?.array ?? []
    guard !replicas.isEmpty else {
      throw .badField(
        "secret.replication.user_managed.replicas", "At least one replica is required.")
    }
    var seen: Set<String> = []
    for replica in replicas {
      let location = replica["location"]?.string ?? ""
      guard Locations.isKnown(location), seen.insert(location).inserted else {
        throw .badField(
          "secret.replication.user_managed.replicas.location",
          "Invalid or repeated location \"\(location.prefix(100))\".")
      }
      try checkEncryption(replica, location: location)
    }
  }

  private static func checkEncryption(
    _ part: JSONValue, location: String
  ) throws(APIError) {
    guard let encryption = part["customerManagedEncryption"] else { return }
    let name = encryption["kmsKeyName"]?.string ?? ""
    guard
      let match = name.wholeMatch(
        of: /projects\/[^\/]+\/locations\/([^\/]+)\/keyRings\/[^\/]+\/cryptoKeys\/[^\/]+/),
      match.1 == location
    else {
      throw .badField(
        "secret.replication.customer_managed_encryption.kms_key_name",
        "The key must be in \(location): \"\(name.prefix(300))\".")
    }
  }

  private static func checkLabels(_ labels: JSONObject) throws(APIError) {
    guard labels.count <= 64 else {
      throw .badField("secret.labels", "A secret can have at most 64 labels.")
    }
    for (key, value) in labels {
      let text = value.string ?? ""
      guard key.wholeMatch(of: /[\p{Ll}\p{Lo}][\p{Ll}\p{Lo}\p{N}_-]{0,62}/) != nil,
        key.utf8.count <= 128
      else { throw .badField("secret.labels", "Invalid label key \"\(key.prefix(200))\".") }
      guard text.wholeMatch(of: /[\p{Ll}\p{Lo}\p{N}_-]{0,63}/) != nil, text.utf8.count <= 128
      else { throw .badField("secret.labels", "Invalid label value \"\(text.prefix(200))\".") }
    }
  }

  private static func checkAnnotations(_ annotations: JSONObject) throws(APIError) {
    var size = 0
    for (key, value) in annotations {
      size += key.utf8.count + (value.string ?? "").utf8.count
      guard
        key.wholeMatch(of: /[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?/) != nil
      else {
        throw .badField("secret.annotations", "Invalid annotation key \"\(key.prefix(200))\".")
      }
    }
    guard size < 16 << 10 else {
      throw .badField(
        "secret.annotations", "The annotations must be smaller than 16 KiB in total.")
    }
  }

  private static func checkAliases(
    _ aliases: JSONObject, _ lastVersion: Int
  ) throws(APIError) {
    guard aliases.count <= 50 else {
      throw .badField("secret.version_aliases", "A secret can have at most 50 version aliases.")
    }
    for (alias, value) in aliases {
      guard alias.wholeMatch(of: /[A-Za-z][A-Za-z0-9_-]{0,62}/) != nil,
        !["latest", "NEW"].contains(alias)
      else {
        throw .badField(
          "secret.version_aliases", "Invalid version alias \"\(alias.prefix(200))\".")
      }
      // That a version must exist is not documented. It is refused here, since such an alias leads nowhere.
      guard let number = value.string.flatMap({ Int($0) }),
        (1...max(1, lastVersion)).contains(number),
        lastVersion > 0
      else {
        throw .badField(
          "secret.version_aliases",
          "The alias \"\(alias)\" is for a version that does not exist.")
      }
    }
  }

  private static func checkRotation(
    _ fields: JSONObject, old: JSONObject?, now: Int64
  ) throws(APIError) {
    let topics = fields["topics"]?.array ?? []
    guard topics.count <= 10 else {
      throw .badField("secret.topics", "A secret can have at most 10 topics.")
    }
    for topic in topics {
      let name = topic["name"]?.string ?? ""
      guard name.wholeMatch(of: /projects\/[^\/]+\/topics\/[^\/]+/) != nil else {
        throw .badField("secret.topics", "Invalid topic \"\(name.prefix(300))\".")
      }
    }
    guard let rotation = fields["rotation"], rotation != [:] else { return }
    guard !topics.isEmpty else {
      throw .badField("secret.topics", "Topics must be set to configure rotation.")
    }
    let next = rotation["nextRotationTime"]
    if let period = rotation["rotationPeriod"]?.string {
      guard let seconds = seconds(period), (3600...3_153_600_000).contains(seconds), next != nil
      else {
        throw .badField(
          "secret.rotation.rotation_period",
          "The rotation_period must be between an hour and 100 years, and needs a "
            + "next_rotation_time.")
      }
    }
    if let next, next != old?["rotation"]?["nextRotationTime"] {
      guard let at = next.string.flatMap(Timestamps.parse), at >= now + 300 * 1_000_000 else {
        throw .badField(
          "secret.rotation.next_rotation_time",
          "The next_rotation_time must be at least 5 minutes in the future.")
      }
    }
  }

  // MARK: Rotation

  /// The rotation at a time: after each notification, the next one is a period later.
  static func advanced(_ rotation: JSONValue, now: Int64) -> JSONValue {
    guard let period = rotation["rotationPeriod"]?.string.flatMap(seconds),
      let next = rotation["nextRotationTime"]?.string.flatMap(Timestamps.parse), next <= now,
      var object = rotation.object
    else { return rotation }
    let step = period * 1_000_000
    object["nextRotationTime"] = .string(Timestamps.text(next + ((now - next) / step + 1) * step))
    return .object(object)
  }
}
