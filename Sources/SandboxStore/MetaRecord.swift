/// Small facts about the whole store: one row.
package struct MetaRecord: Record {
  /// base64 of what signs access tokens.
  package var tokenSecret: String
  /// The public half, DER in base64, and the certificate of the key that stands for every account's
  /// SYSTEM_MANAGED one; nobody has its private half.
  package var systemKey = ""
  /// X.509, PEM.
  package var systemCertificate = ""
  /// What the clock is ahead of real time, in microseconds.
  package var clockOffset: Int64 = 0
  var lastEtag: Int64 = 0
  var lastNumber: Int64 = 0
  /// Numbers operations and tokens.
  package var lastSerial: Int64 = 0
  /// The organisation policies that are in force; nil in stores from before there were any.
  package var constraints: ConstraintRecord?
}

extension MetaRecord {
  /// The name of its table in the store.
  package static var table: String { "meta" }
  /// No read shows it.
  package static var lag: LagRule { .seen }
  /// There is one row.
  package var key: String { Self.onlyKey }
  /// It is about the whole store.
  package var parent: String? { nil }
  /// Nothing is below it.
  package var names: [String] { [] }

  static let onlyKey = "sandbox"
}

/// The organisation policies that the sandbox can enforce.
package struct ConstraintRecord: Codable, Sendable, Hashable {
  /// constraints/iam.disableServiceAccountKeyCreation
  package var disablesKeyCreation = false
  /// constraints/iam.disableServiceAccountKeyUpload
  package var disablesKeyUpload = false
  /// constraints/iam.allowedPolicyMemberDomains; nil allows every domain.
  package var allowedMemberDomains: [String]?

  /// No organisation policy is in force.
  package init() {}
}

extension State {
  /// The facts about the whole store.
  package var meta: MetaRecord {
    get { self[MetaRecord.self][MetaRecord.onlyKey] ?? MetaRecord(tokenSecret: "") }
    set { put(newValue) }
  }

  /// What the sandbox's clock is ahead of the real one, in microseconds; within twenty thousand years, whatever an
  /// older sandbox stored.
  package var offset: Int64 {
    let longest: Int64 = 631_152_000_000_000_000
    return min(max(meta.clockOffset, -longest), longest)
  }
}
