public import JSON

/// What a run read of the live cloud. Nothing in it can turn `unreadable` into `absent`.
public struct Snapshot: Sendable {
  /// Declared and referenced resources.
  public var resources: [Address: Observation<LiveResource>] = [:]
  /// Policies, by their own address; the whole document from the server.
  public var policies: [Address: Observation<JSONValue>] = [:]
  /// The user-managed keys of each account that has declared keys, by the account's address.
  public var keys: [Address: Observation<[LiveKey]>] = [:]
  /// What is at each declared key's destination, by the key's address.
  public var destinations: [Address: KeyDestination] = [:]
  /// What the stores of secrets hold of the keys whose private halves go there, by the key's address.
  public var holdings: [Address: Observation<RemoteHolding>] = [:]
  /// Undeclared live resources, including those that the scope ignores.
  public var undeclared: [LiveResource] = []
  /// Groups that could not be listed, as text: a report of undeclared resources lacks them.
  public var notChecked: [String] = []
  /// The places where the run did not look for undeclared resources, as text.
  public var notLookedIn: [String] = []
  /// Whether a read of `notChecked` failed for another reason than a disabled service.
  public var lacksReports = false
  /// What the deletions and replacements of a plan take along; filled by a second reading, after a first plan.
  public var losses: [Address: DeletionLosses] = [:]
  /// The enforced constraints about keys by project; filled by a further reading, after a first plan that makes keys.
  public var constraints: [String: Set<OrganisationConstraint>] = [:]
  /// Project numbers by id, as far as a read showed them.
  public var projectNumbers: [String: String] = [:]

  /// A snapshot in which nothing was read.
  public init() {}
}

/// The result of one read.
public enum Observation<Value: Sendable>: Sendable {
  case absent(Absence)
  case present(Value)
  /// It exists in a state from which it can be undeleted (a soft-deleted role).
  case softDeleted(Value)
  case unreadable(ReadProblem)
}

/// How the run knows that something does not exist.
public enum Absence: Sendable, Hashable {
  /// The server said so, in a complete list or a 404.
  case confirmed
  /// Its parent does not exist yet; this plan creates it: a service to enable, a project to create.
  case notYetThere(because: Address)
  /// Google answers 403 for absent and for hidden projects; only creating it shows which it is.
  case notVisible

  /// The service that this plan enables and without which the read failed; the resource may already exist.
  public var unreadWithout: Address? {
    guard case .notYetThere(let cause) = self else { return nil }
    // A parent that does not exist yet has no children and no policy.
    return cause.resource?.place.isSetting == true ? cause : nil
  }
}

/// Why a read failed.
public struct ReadProblem: Sendable, Hashable {
  /// The group of the failure; `notReachable` covers timeouts and TLS errors.
  public enum Reason: Sendable, Hashable {
    case forbidden
    case serviceDisabled
    case unauthenticated
    case notReachable
    case other
  }
  /// Decides the diagnostic of a run in which every read failed.
  public var reason: Reason
  /// One line for people: the call, the status, the missing permission.
  public var message: String
  /// What to do about it; may be empty.
  public var help: String
  /// The permission that the caller lacks; nil for any other failure.
  public var missing: MissingPermission?

  /// A permission that the caller lacks.
  public struct MissingPermission: Sendable, Hashable {
    /// `artifactregistry.repositories.list`.
    public var permission: String
    /// A predefined role that has it; nil if none is known.
    public var role: String?
    /// Whether the refusal cannot have another cause, as far as arctl knows.
    public var isOnlyCause: Bool
    /// A permission with a role that has it.
    public init(permission: String, role: String?, isOnlyCause: Bool) {
      self.permission = permission
      self.role = role
      self.isOnlyCause = isOnlyCause
    }
  }
  /// Takes one line for people; without help by default.
  public init(_ reason: Reason, _ message: String, help: String = "") {
    self.reason = reason
    self.message = message
    self.help = help
  }
}

/// One resource as the server returned it.
public struct LiveResource: Sendable, Hashable {
  /// The address of the resource.
  public var address: Address
  /// The whole answer of the server, in wire form.
  public var value: JSONValue
  /// Pairs a resource's address with the server's answer.
  public init(address: Address, value: JSONValue) {
    self.address = address
    self.value = value
  }
}

/// One user-managed key of a service account.
public struct LiveKey: Sendable, Hashable {
  /// The last segment of its name.
  public var id: String
  /// Whether the public half was uploaded; otherwise Google created the pair.
  public var isUploaded: Bool
  /// Whether Google refuses requests signed with it until it is enabled.
  public var isDisabled: Bool
  /// Unix seconds; nil if the server sent none.
  public var validAfter: Int64?
  /// Unix seconds; nil for a key without end.
  public var validBefore: Int64?
  /// SHA-256 of the public key (DER SubjectPublicKeyInfo), in hex. Nil unless it was read (uploaded keys without a
  /// local file, and keys with one).
  public var fingerprint: String?
  /// The common name of the certificate subject: `arctl-` and 32 hex digits for a key that arctl uploaded. Nil unless
  /// it was read.
  public var commonName: String?
  /// For a new key with a local file that the server does not show: for how many seconds that proves nothing. Nil for
  /// every other key.
  public var unseenFor: Int64?

  /// By default a key whose certificate was not read.
  public init(
    id: String, isUploaded: Bool, isDisabled: Bool, validAfter: Int64?, validBefore: Int64?,
    fingerprint: String? = nil, commonName: String? = nil
  ) {
    self.id = id
    self.isUploaded = isUploaded
    self.isDisabled = isDisabled
    self.validAfter = validAfter
    self.validBefore = validBefore
    self.fingerprint = fingerprint
    self.commonName = commonName
  }

  /// The command that revokes a key manually; with the account's project, if the user's own may be another one.
  package static func revocation(
    of id: String, _ email: String, project: String? = nil
  ) -> String {
    "gcloud iam service-accounts keys delete \(id) --iam-account=\(email)"
      + (project.map { " --project=\($0)" } ?? "")
  }
}
