package import JSON

/// A JSON value inside a record, stored as its text.
package struct JSONText: Codable, Sendable, Hashable {
  package var value: JSONValue

  package init(_ value: JSONValue) { self.value = value }
  package init(from decoder: any Decoder) throws {
    value = try JSONValue(parsing: String(from: decoder).utf8)
  }
  package func encode(to encoder: any Encoder) throws { try value.text().encode(to: encoder) }
}

/// A project. Times in every record are microseconds since 1970 on the sandbox's clock.
package struct ProjectRecord: Codable, Sendable {
  package let id: String
  package let number: String
  package var displayName: String
  /// As `folders/1` or `organizations/1`.
  package var parent: String?
  package var labels: [String: String] = [:]
  package let createTime: Int64
  package var updateTime: Int64
  /// Set while the project's state is DELETE_REQUESTED.
  package var deleteTime: Int64?
  /// Grows with each change; what the v3 etag is made of.
  package var revision = 1
  package var billingAccount: String?
  /// The services that are enabled, as `artifactregistry.googleapis.com`.
  package var services: Set<String> = []
  /// Those that were disabled again: the accounts that Google made for them stay. Nil in stores from before it was kept.
  package private(set) var formerServices: Set<String>?

  /// Disables services.
  package mutating func disable(_ names: Set<String>) {
    formerServices = (formerServices ?? []).union(names.intersection(services))
    services.subtract(names)
  }

  /// Whether one of the services is or was enabled.
  package func hasHad(anyOf names: Set<String>) -> Bool {
    !services.isDisjoint(with: names) || !(formerServices ?? []).isDisjoint(with: names)
  }

  package init(
    id: String, number: String, displayName: String, parent: String? = nil,
    labels: [String: String] = [:], createTime: Int64, updateTime: Int64, deleteTime: Int64? = nil,
    revision: Int = 1, billingAccount: String? = nil, services: Set<String> = []
  ) {
    self.id = id
    self.number = number
    self.displayName = displayName
    self.parent = parent
    self.labels = labels
    self.createTime = createTime
    self.updateTime = updateTime
    self.deleteTime = deleteTime
    self.revision = revision
    self.billingAccount = billingAccount
    self.services = services
  }
}

extension ProjectRecord {
  /// How long a deleted project can come back, in microseconds: 30 days.
  private static let grace: Int64 = 30 * 86_400 * 1_000_000

  /// Whether it is gone for good: nobody sees it any more, and its id stays taken.
  package func isGone(now: Int64) -> Bool {
    deleteTime.map { now - $0 > Self.grace } ?? false
  }
}

/// A repository: the members of the wire object that a client may set, and what the server knows.
package struct RepositoryRecord: Codable, Sendable {
  package let project: String
  package let location: String
  package let id: String
  /// The writable fields, normalised, in the wire form.
  package var fields: JSONText
  package let createTime: Int64
  package var updateTime: Int64
  package var lastScanEnableTime: Int64

  package init(
    project: String, location: String, id: String, fields: JSONText, createTime: Int64,
    updateTime: Int64, lastScanEnableTime: Int64
  ) {
    self.project = project
    self.location = location
    self.id = id
    self.fields = fields
    self.createTime = createTime
    self.updateTime = updateTime
    self.lastScanEnableTime = lastScanEnableTime
  }

  /// The resource name, as `projects/p/locations/l/repositories/r`.
  package var name: String { "projects/\(project)/locations/\(location)/repositories/\(id)" }
}

/// A service account; its row key is `uniqueID`, so a deleted one and its successor can both be there.
package struct AccountRecord: Codable, Sendable {
  package let uniqueID: String
  package let project: String
  let accountID: String
  package let email: String
  package var displayName: String
  package var description: String
  package var isDisabled = false
  package var deleteTime: Int64?

  package init(
    uniqueID: String, project: String, accountID: String, email: String, displayName: String,
    description: String, isDisabled: Bool = false, deleteTime: Int64? = nil
  ) {
    self.uniqueID = uniqueID
    self.project = project
    self.accountID = accountID
    self.email = email
    self.displayName = displayName
    self.description = description
    self.isDisabled = isDisabled
    self.deleteTime = deleteTime
  }
}

extension AccountRecord {
  /// How long a deleted account can come back, in microseconds: 30 days.
  private static let grace: Int64 = 30 * 86_400 * 1_000_000

  /// Whether it is gone for good.
  package func isGone(now: Int64) -> Bool {
    deleteTime.map { now - $0 >= Self.grace } ?? false
  }
}

/// The public half of a service-account key. The private half is never stored.
package struct KeyRecord: Codable, Sendable {
  let account: String
  package let id: String
  /// DER, base64.
  package let publicKey: String
  /// X.509, PEM.
  package let certificate: String
  /// Seconds since 1970.
  package let validAfter: Int64
  package let validBefore: Int64
  /// As on the wire: GOOGLE_PROVIDED or USER_PROVIDED.
  package let origin: String
  /// As on the wire: USER_MANAGED or SYSTEM_MANAGED.
  package let type: String
  package var isDisabled = false
  /// What the request that disabled it gave as its reason and message.
  package var disableReason: String?
  package var disableMessage: String?
  /// As on the wire; nil for KEY_ALG_RSA_2048.
  package var algorithm: String?

  package init(
    account: String, id: String, publicKey: String, certificate: String, validAfter: Int64,
    validBefore: Int64, origin: String, type: String, isDisabled: Bool = false,
    algorithm: String? = nil
  ) {
    self.account = account
    self.id = id
    self.publicKey = publicKey
    self.certificate = certificate
    self.validAfter = validAfter
    self.validBefore = validBefore
    self.origin = origin
    self.type = type
    self.isDisabled = isDisabled
    self.algorithm = algorithm
  }

  /// Whether its owner can sign in with it at that time of the sandbox's clock.
  ///
  /// A key that the sandbox made is good from its making on: a clock that went back does not undo that.
  package func isGood(nowSeconds: Int64) -> Bool {
    type == "USER_MANAGED" && !isDisabled && nowSeconds < validBefore
      && (origin == "GOOGLE_PROVIDED" || validAfter - 60 <= nowSeconds)
  }
}

/// A custom role.
package struct RoleRecord: Codable, Sendable {
  package let project: String
  package let id: String
  package var title: String
  package var description: String
  package var permissions: [String]
  package var stage: String
  package var etag: String
  package var deleteTime: Int64?

  package init(
    project: String, id: String, title: String, description: String, permissions: [String],
    stage: String, etag: String, deleteTime: Int64? = nil
  ) {
    self.project = project
    self.id = id
    self.title = title
    self.description = description
    self.permissions = permissions
    self.stage = stage
    self.etag = etag
    self.deleteTime = deleteTime
  }
}

extension RoleRecord {
  /// How long a deleted role holds its id, in microseconds: 37 days, of which it can come back for 7.
  private static let retention: Int64 = 37 * 86_400 * 1_000_000

  /// Whether it is gone for good: no read shows it, and its id is free.
  package func isGone(now: Int64) -> Bool {
    deleteTime.map { now - $0 > Self.retention } ?? false
  }
}

/// An IAM policy; its row key is the resource's path.
package struct PolicyRecord: Codable, Sendable {
  package var bindings: [Binding] = []
  /// As on the wire; empty when there is none.
  package var auditConfigs: JSONText = JSONText([])
  package var etag: String

  package init(bindings: [Binding] = [], auditConfigs: JSONText = JSONText([]), etag: String) {
    self.bindings = bindings
    self.auditConfigs = auditConfigs
    self.etag = etag
  }

  /// A role, and who has it.
  package struct Binding: Codable, Sendable, Hashable {
    package var role: String
    package var members: [String]
    package var condition: Condition?

    package init(role: String, members: [String], condition: Condition? = nil) {
      self.role = role
      self.members = members
      self.condition = condition
    }
  }
  /// When a binding counts.
  package struct Condition: Codable, Sendable, Hashable {
    package var title: String
    package var description: String
    package var expression: String
    package var location: String

    package init(title: String, description: String, expression: String, location: String) {
      self.title = title
      self.description = description
      self.expression = expression
      self.location = location
    }
  }
}

/// A long-running operation.
package struct OperationRecord: Codable, Sendable {
  package let name: String
  /// Microseconds of real time after which it is done.
  package var doneAt: Int64
  package let metadata: JSONText?
  package let response: JSONText
  /// What it ends with instead of the response.
  package var error: JSONText?
  /// The project whose rights decide who may look; nil in stores from before there was one for each.
  package let project: String?
  /// The unique id of the account that started it, which may look too.
  package var caller: String?

  package init(
    name: String, doneAt: Int64, metadata: JSONText?, response: JSONText, error: JSONText? = nil,
    project: String?, caller: String? = nil
  ) {
    self.name = name
    self.doneAt = doneAt
    self.metadata = metadata
    self.response = response
    self.error = error
    self.project = project
    self.caller = caller
  }
}

/// Small facts about the whole store.
package struct MetaRecord: Codable, Sendable {
  /// base64 of what signs access tokens.
  package var tokenSecret: String
  /// The public half, DER in base64, and the certificate of the key that stands for every account's
  /// SYSTEM_MANAGED one; nobody has its private half.
  package var systemKey = ""
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

/// The organisation policies that the sandbox can enforce.
package struct ConstraintRecord: Codable, Sendable, Hashable {
  /// constraints/iam.disableServiceAccountKeyCreation
  package var disablesKeyCreation = false
  /// constraints/iam.disableServiceAccountKeyUpload
  package var disablesKeyUpload = false
  /// constraints/iam.allowedPolicyMemberDomains; nil allows every domain.
  package var allowedMemberDomains: [String]?

  package init() {}
}
