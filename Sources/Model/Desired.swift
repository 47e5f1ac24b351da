public import Diagnostics
public import JSON

/// Everything that the manifests ask for, checked and with every reference resolved.
public struct DesiredGraph: Sendable {
  public var stack: StackSettings
  public var resources: [Address: DesiredResource] = [:]
  /// By the policy's own address.
  public var policies: [Address: DesiredPolicy] = [:]
  public var keys: [Address: DesiredKey] = [:]
  /// How many manifest files were read.
  public var fileCount = 0

  public init(stack: StackSettings = StackSettings()) { self.stack = stack }
}

/// The settings of one set of manifests.
public struct StackSettings: Sendable {
  public var name: String?
  public var source: SourcePosition?
  /// Members to be removed from every policy that a run reads, with the place that says so.
  public var revoked: [SourcedText] = []
  public var protected: [AddressGlob] = []
  public var maximumDeletes: Int?
  public var maximumDeletePercent: Int?
  public var maximumRemovals: Int?
  public var scope = Scope()
  /// Where repositories are that name no location: looked at for undeclared ones in every declared project.
  public var defaultLocation: String?
  /// The effective values of the variables, for the plan's header and its id; in order of their names.
  public var variables: [String: JSONValue] = [:]

  /// What live resources mean that no manifest declares.
  public struct Scope: Sendable, Hashable {
    public enum Undeclared: String, Sendable, Hashable, CaseIterable {
      case report, ignore, authoritative
    }
    public var undeclared: Undeclared = .report
    /// `authoritative` only here.
    public var kinds: [Address.Kind: Undeclared] = [:]
    public var ignored: [AddressGlob] = []
    /// Where each kind of `kinds` stands.
    public var positions: [Address.Kind: SourcePosition] = [:]
    public init() {}

    /// What live resources of a kind mean that no manifest declares.
    public func meaning(ofUndeclared kind: Address.Kind) -> Undeclared { kinds[kind] ?? undeclared }
  }
  public init() {}
}

/// A text and where a manifest says it.
public struct SourcedText: Sendable, Hashable {
  public var text: String
  public var source: SourcePosition
  public init(_ text: String, _ source: SourcePosition) {
    self.text = text
    self.source = source
  }
}

/// What may be done to a declared resource.
public struct Lifecycle: Sendable, Hashable {
  public enum Ensure: String, Sendable, Hashable, CaseIterable { case present, absent }
  public var ensure: Ensure = .present
  /// Refuses deletion even with the flag that allows it.
  public var protect = false
  public var allowReplace = false
  /// False: must exist, is never created.
  public var create = true
  public init() {}
}

/// One resource that a manifest declares, or that one refers to by its full name.
public struct DesiredResource: Sendable {
  public enum Origin: Sendable, Hashable {
    case declared
    /// Named by a full Google name only: read, never written; its absence is an error of the plan.
    case external
  }
  public var address: Address
  public var origin: Origin
  /// The written fields, in wire form: enums by their full names, durations in seconds, references whole. A null asks for
  /// the default.
  public var spec: JSONObject
  public var lifecycle: Lifecycle
  /// The document's own place.
  public var source: SourcePosition
  /// Where each written field stands, by the text of its path; the document's place serves where one is missing.
  public var positions: [String: SourcePosition]
  /// `metadata.note`: printed with errors and deletions.
  public var note: String?
  public var dependencies: Set<Address>

  public init(
    address: Address, origin: Origin = .declared, spec: JSONObject = [:],
    lifecycle: Lifecycle = Lifecycle(), source: SourcePosition,
    positions: [String: SourcePosition] = [:], note: String? = nil, dependencies: Set<Address> = []
  ) {
    self.address = address
    self.origin = origin
    self.spec = spec
    self.lifecycle = lifecycle
    self.source = source
    self.positions = positions
    self.note = note
    self.dependencies = dependencies
  }
}

/// What the manifests say of one IAM policy: the union of inline entries and binding documents.
public struct DesiredPolicy: Sendable {
  /// The policy's address; its resource is `address.policyResource`.
  public var address: Address
  /// At most one per (role, condition), in order of role, then condition.
  public var entries: [PolicyEntry]
  public var dependencies: Set<Address>
  /// The accounts and custom roles among the dependencies that grants name, with the name that policies have for them.
  public var mentions: [Address: Set<PolicyName>]

  public init(
    address: Address, entries: [PolicyEntry], dependencies: Set<Address>,
    mentions: [Address: Set<PolicyName>] = [:]
  ) {
    self.address = address
    self.entries = entries
    self.dependencies = dependencies
    self.mentions = mentions
  }
  public var source: SourcePosition? { entries.map(\.source).min() }
}

/// What the manifests say of one (role, condition) of a policy. Members are normalised: e-mail parts in lower case.
public struct PolicyEntry: Sendable {
  public var role: String
  public var condition: PolicyCondition?
  /// Members that must hold the role, each with its place.
  public var members: [SourcedText]
  /// Members that must not.
  public var absent: [SourcedText]
  /// Whether `members` are all that may hold it.
  public var exclusive: Bool
  /// Where `exclusive: role` is written: what the manifests give of the role, under any condition, is all of it.
  public var exclusiveRole: SourcePosition?
  /// The first place that speaks of it.
  public var source: SourcePosition
  /// What of it only takes members away, and has nothing more to say once they are gone.
  public var ended: [Ended] = []

  /// An entry whose `until` is past, or a binding that is `ensure: absent`.
  public struct Ended: Sendable {
    public var source: SourcePosition
    public var members: [String]
    /// Whether it is an entry whose `until` is past.
    public var isPast: Bool
    public init(source: SourcePosition, members: [String], isPast: Bool = false) {
      self.source = source
      self.members = members
      self.isPast = isPast
    }
  }

  public init(
    role: String, condition: PolicyCondition? = nil, members: [SourcedText] = [],
    absent: [SourcedText] = [], exclusive: Bool = false, source: SourcePosition
  ) {
    self.role = role
    self.condition = condition
    self.members = members
    self.absent = absent
    self.exclusive = exclusive
    self.source = source
  }
}

/// One service-account key that the manifests ask for.
public struct DesiredKey: Sendable {
  /// Who makes it. The raw values are part of the plan's id.
  public enum Origin: String, Sendable, Hashable, CaseIterable { case uploaded, google }
  public var address: Address
  /// The address of the account that it is for.
  public var account: Address
  /// The account's e-mail, in lower case.
  public var email: String
  public var origin: Origin
  /// Whether the manifest says so; a document that is `ensure: absent` need not.
  public var originIsWritten = true
  /// The file's name below the key directory.
  public var file: String
  /// The files of the account's other declared keys.
  public var neighbours: [String] = []
  /// Seconds that a new key is valid; nil: for ever (origin `google`, which has no say in it).
  public var expires: Int64?
  public var rotateAfter: Int64?
  public var overlap: Int64
  /// `sha256:` and the hex digest of the public key, when the manifest pins it.
  public var fingerprint: String?
  /// `arctl-` and 32 hex digits: the certificate subject's common name, by which an uploaded key is recognised.
  public var commonName: String
  public var lifecycle: Lifecycle
  public var source: SourcePosition
  public var note: String?
  public var dependencies: Set<Address>

  public init(
    address: Address, account: Address, email: String, origin: Origin, file: String,
    expires: Int64?, rotateAfter: Int64?, overlap: Int64, fingerprint: String? = nil,
    commonName: String, lifecycle: Lifecycle = Lifecycle(), source: SourcePosition,
    note: String? = nil, dependencies: Set<Address>
  ) {
    self.address = address
    self.account = account
    self.email = email
    self.origin = origin
    self.file = file
    self.expires = expires
    self.rotateAfter = rotateAfter
    self.overlap = overlap
    self.fingerprint = fingerprint
    self.commonName = commonName
    self.lifecycle = lifecycle
    self.source = source
    self.note = note
    self.dependencies = dependencies
  }
}
