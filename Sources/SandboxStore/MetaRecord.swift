/// Facts about the whole store, in one row.
package struct MetaRecord: Record {
  /// The secret that signs access tokens, in base64.
  package var tokenSecret: String
  /// The public half (DER, in base64) of the key that stands for every account's SYSTEM_MANAGED one. Its private half
  /// is not in the store.
  package var systemKey = ""
  /// X.509, PEM.
  package var systemCertificate = ""
  /// How far the clock is ahead of real time, in microseconds.
  package var clockOffset: Int64 = 0
  var lastEtag: Int64 = 0
  var lastNumber: Int64 = 0
  /// The last number of an operation or key.
  package var lastSerial: Int64 = 0
  /// The active organisation policies; nil in stores of older versions.
  package var constraints: ConstraintRecord?
}

extension MetaRecord {
  /// The name of its table in the store.
  package static var table: String { "meta" }
  /// No read shows it.
  package static var lag: LagRule { .seen }
  /// The only row's key.
  package var key: String { Self.onlyKey }
  /// Nil: it belongs to the whole store.
  package var parent: String? { nil }
  /// Empty: it has no children.
  package var names: [String] { [] }

  static let onlyKey = "sandbox"
}

/// The organisation policies that the sandbox can enforce.
package struct ConstraintRecord: Codable, Sendable, Hashable {
  /// constraints/iam.disableServiceAccountKeyCreation
  package var disablesKeyCreation = false
  /// constraints/iam.disableServiceAccountKeyUpload
  package var disablesKeyUpload = false
  /// constraints/iam.managed.disableServiceAccountKeyCreation; nil in stores of older versions.
  package var disablesKeyCreationManaged: Bool?
  /// constraints/iam.managed.disableServiceAccountKeyUpload; nil in stores of older versions.
  package var disablesKeyUploadManaged: Bool?
  /// constraints/iam.allowedPolicyMemberDomains; nil allows every domain.
  package var allowedMemberDomains: [String]?

  /// Without any active policy.
  package init() {}
}

extension State {
  /// The facts about the whole store.
  package var meta: MetaRecord {
    get { self[MetaRecord.self][MetaRecord.onlyKey] ?? MetaRecord(tokenSecret: "") }
    set { put(newValue) }
  }

  /// How far the sandbox's clock is ahead of the real one, in microseconds. Limited to twenty thousand years, whatever
  /// an older version stored, so that sums cannot overflow.
  package var offset: Int64 {
    let longest: Int64 = 631_152_000_000_000_000
    return min(max(meta.clockOffset, -longest), longest)
  }
}
