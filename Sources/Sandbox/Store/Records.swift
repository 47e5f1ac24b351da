import JSON

/// A JSON value inside a record, stored as its text.
struct JSONText: Codable, Sendable, Hashable {
  var value: JSONValue

  init(_ value: JSONValue) { self.value = value }
  init(from decoder: any Decoder) throws {
    value = try JSONValue(parsing: String(from: decoder).utf8)
  }
  func encode(to encoder: any Encoder) throws { try value.text().encode(to: encoder) }
}

/// A project. Times in every record are microseconds since 1970 on the sandbox's clock.
struct ProjectRecord: Codable, Sendable {
  let id: String
  let number: String
  var displayName: String
  /// As `folders/1` or `organizations/1`.
  var parent: String?
  var labels: [String: String] = [:]
  let createTime: Int64
  var updateTime: Int64
  /// Set while the project's state is DELETE_REQUESTED.
  var deleteTime: Int64?
  /// Grows with each change; what the v3 etag is made of.
  var revision = 1
  var billingAccount: String?
  /// The services that are enabled, as `artifactregistry.googleapis.com`.
  var services: Set<String> = []
}

/// A repository: the members of the wire object that a client may set, and what the server knows.
struct RepositoryRecord: Codable, Sendable {
  let project: String
  let location: String
  let id: String
  /// The writable fields, normalised, in the wire form.
  var fields: JSONText
  let createTime: Int64
  var updateTime: Int64
  var lastScanEnableTime: Int64
}

/// A service account; its row key is `uniqueID`, so a deleted one and its successor can both be there.
struct AccountRecord: Codable, Sendable {
  let uniqueID: String
  let project: String
  let accountID: String
  let email: String
  var displayName: String
  var description: String
  let oauth2ClientID: String
  var isDisabled = false
  var deleteTime: Int64?
}

/// The public half of a service-account key. The private half is never stored.
struct KeyRecord: Codable, Sendable {
  let account: String
  let id: String
  /// DER, base64.
  let publicKey: String
  /// X.509, PEM.
  let certificate: String
  /// Seconds since 1970.
  let validAfter: Int64
  let validBefore: Int64
  /// As on the wire: GOOGLE_PROVIDED or USER_PROVIDED.
  let origin: String
  /// As on the wire: USER_MANAGED or SYSTEM_MANAGED.
  let type: String
  var isDisabled = false
  /// As on the wire; nil for KEY_ALG_RSA_2048.
  var algorithm: String?
}

/// A custom role.
struct RoleRecord: Codable, Sendable {
  let project: String
  let id: String
  var title: String
  var description: String
  var permissions: [String]
  var stage: String
  var etag: String
  var deleteTime: Int64?
}

/// An IAM policy; its row key is the resource's path.
struct PolicyRecord: Codable, Sendable {
  var bindings: [Binding] = []
  /// As on the wire; empty when there is none.
  var auditConfigs: JSONText = JSONText([])
  var etag: String

  struct Binding: Codable, Sendable, Hashable {
    var role: String
    var members: [String]
    var condition: Condition?
  }
  struct Condition: Codable, Sendable, Hashable {
    var title: String
    var description: String
    var expression: String
    var location: String
  }
}

/// A long-running operation.
struct OperationRecord: Codable, Sendable {
  let name: String
  /// Microseconds of real time after which it is done.
  var doneAt: Int64
  let metadata: JSONText?
  let response: JSONText
  /// What it ends with instead of the response.
  var error: JSONText?
  /// The project whose rights decide who may look; nil in stores from before there was one for each.
  let project: String?
  /// The unique id of the account that started it, which may look too.
  var caller: String?
}

/// Small facts about the whole store.
struct MetaRecord: Codable, Sendable {
  /// base64 of what signs access tokens.
  var tokenSecret: String
  /// The public half, DER in base64, and the certificate of the key that stands for every account's
  /// SYSTEM_MANAGED one; nobody has its private half.
  var systemKey = ""
  var systemCertificate = ""
  /// What the clock is ahead of real time, in microseconds.
  var clockOffset: Int64 = 0
  var lastEtag: Int64 = 0
  var lastNumber: Int64 = 0
  /// Numbers operations and tokens.
  var lastSerial: Int64 = 0
  /// The organisation policies that are in force; nil in stores from before there were any.
  var constraints: ConstraintRecord?
}

/// The organisation policies that the sandbox can enforce.
struct ConstraintRecord: Codable, Sendable, Hashable {
  /// constraints/iam.disableServiceAccountKeyCreation
  var disablesKeyCreation = false
  /// constraints/iam.disableServiceAccountKeyUpload
  var disablesKeyUpload = false
  /// constraints/iam.allowedPolicyMemberDomains; nil allows every domain.
  var allowedMemberDomains: [String]?
}
