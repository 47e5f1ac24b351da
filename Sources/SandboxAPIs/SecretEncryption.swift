import JSON
import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// The keys of Cloud KMS with which Secret Manager encrypts the versions of a secret.
enum SecretEncryption {
  /// Refuses a version whose secret has a key that Secret Manager's agent cannot use.
  ///
  /// The status and the text are assumed.
  static func check(_ secret: SecretRecord, _ call: Call, _ state: State) throws(APIError) {
    for key in keys(secret) {
      let agent = state[ProjectRecord.self][secret.project].flatMap {
        GoogleAccounts.primaryAgent(of: API.secretManager.service, project: $0.number)
      }
      guard let agent, EncryptionKey.isUsable(key, by: agent, state, now: call.now) else {
        throw APIError(
          .failedPrecondition,
          "The Secret Manager service account cannot encrypt and decrypt with the key \(key).")
      }
    }
  }

  private static func keys(_ secret: SecretRecord) -> [String] {
    let replication = secret.fields.value["replication"]
    let parts =
      [replication?["automatic"]] + (replication?["userManaged"]?["replicas"]?.array ?? [])
    return parts.compactMap { $0?["customerManagedEncryption"]?["kmsKeyName"]?.string }
  }

  /// The `replicationStatus` of a new version.
  static func status(_ secret: SecretRecord) -> JSONValue {
    let replication = secret.fields.value["replication"]
    guard let replicas = replication?["userManaged"]?["replicas"]?.array else {
      return ["automatic": .object(encryption(replication?["automatic"]))]
    }
    return [
      "userManaged": [
        "replicas": .array(
          replicas.map { replica in
            var object = encryption(replica)
            object["location"] = replica["location"]
            return .object(object)
          })
      ]
    ]
  }

  private static func encryption(_ part: JSONValue?) -> JSONObject {
    guard let key = part?["customerManagedEncryption"]?["kmsKeyName"]?.string else { return [:] }
    return [
      "customerManagedEncryption": ["kmsKeyVersionName": .string("\(key)/cryptoKeyVersions/1")]
    ]
  }
}
