public import Diagnostics
public import JSON

/// Everything that the manifests ask for, checked and with every reference resolved.
public struct DesiredGraph: Sendable {
  /// The settings of the Stack document; the defaults of the language where the set has none.
  public var stack: StackSettings
  /// What documents declare and what they refer to by full names; policies and keys are kept apart.
  public var resources: [Address: DesiredResource] = [:]
  /// By the policy's own address.
  public var policies: [Address: DesiredPolicy] = [:]
  /// The declared service-account keys, by their own addresses.
  public var keys: [Address: DesiredKey] = [:]
  /// How many manifest files were read.
  public var fileCount = 0

  /// A graph without resources, policies and keys.
  public init(stack: StackSettings = StackSettings()) { self.stack = stack }
}

/// The settings of one set of manifests.
public struct StackSettings: Sendable {
  /// The name of the Stack document; nil where the set has none.
  public var name: String?
  /// Where the Stack document begins; nil where the set has none.
  public var source: SourcePosition?
  /// Members to be removed from every policy that a run reads, with the place that says so.
  public var revoked: [SourcedText] = []
  /// `protect`: what no flag may delete.
  public var protected: [AddressGlob] = []
  /// `limits.maxDeletes`: how many resources of one kind and project a run may delete. It only tightens the built-in limit.
  public var maximumDeletes: Int?
  /// `limits.maxDeletePercent`: the same as a share of the live ones, from 0 to 100; more than 25 counts as 25, and so does
  /// nil.
  public var maximumDeletePercent: Int?
  /// `limits.maxRemovals`: how many members a run may remove. It only tightens the built-in limits.
  public var maximumRemovals: Int?
  /// `scope`: what undeclared live resources mean.
  public var scope = Scope()
  /// Where repositories are that name no location: looked at for undeclared ones in every declared project.
  public var defaultLocation: String?
  /// The effective values of the variables, for the plan's header and its id; in order of their names.
  public var variables: [String: JSONValue] = [:]

  /// What live resources mean that no manifest declares.
  public struct Scope: Sendable, Hashable {
    /// What a run does with undeclared resources: list them, pass over them, or plan their deletion.
    public enum Undeclared: String, Sendable, Hashable, CaseIterable {
      case report, ignore, authoritative
    }
    /// The meaning for kinds that `kinds` does not name: `report` or `ignore`.
    public var undeclared: Undeclared = .report
    /// `authoritative` only here.
    public var kinds: [KindID: Undeclared] = [:]
    /// `scope.ignore`: what is passed over whatever its kind. The address of a policy passes over its undeclared members.
    public var ignored: [AddressGlob] = []
    /// Where each kind of `kinds` stands.
    public var positions: [KindID: SourcePosition] = [:]
    /// A scope that reports everything undeclared.
    public init() {}

    /// What live resources of a kind mean that no manifest declares.
    public func meaning(ofUndeclared kind: KindID) -> Undeclared { kinds[kind] ?? undeclared }
  }
  /// The settings of a set without a Stack document: no limits of its own, nothing protected or revoked.
  public init() {}
}

/// A text and where a manifest says it.
public struct SourcedText: Sendable, Hashable {
  /// The text as the loader reads it, with variables filled in.
  public var text: String
  /// Where the text begins.
  public var source: SourcePosition
  /// Pairs a text with the place where it begins.
  public init(_ text: String, _ source: SourcePosition) {
    self.text = text
    self.source = source
  }
}

/// What may be done to a declared resource.
public struct Lifecycle: Sendable, Hashable {
  /// Whether the resource is to exist (`lifecycle.ensure`).
  public enum Ensure: String, Sendable, Hashable, CaseIterable { case present, absent }
  /// `absent` plans a deletion where the resource is live.
  public var ensure: Ensure = .present
  /// Refuses deletion even with the flag that allows it.
  public var protect = false
  /// One of the two permissions of a replacement; the other is the flag `--allow-replace`.
  public var allowReplace = false
  /// False: must exist, is never created.
  public var create = true
  /// Present, created where it does not exist, neither protected nor replaceable.
  public init() {}
}

/// One resource that a manifest declares, or that one refers to by its full name.
public struct DesiredResource: Sendable {
  /// How the manifests bring it in.
  public enum Origin: Sendable, Hashable {
    case declared
    /// Named by a full Google name only: read, never written; its absence is an error of the plan.
    case external
  }
  /// What identifies it in plans, and in references from other documents.
  public var address: Address
  /// Whether the plan may change it: what is external is only read.
  public var origin: Origin
  /// The written fields, in wire form: enums by their full names, durations in seconds, references whole. A null asks for
  /// the default.
  public var spec: JSONObject
  /// What the plan may do to it; the defaults for one that is external.
  public var lifecycle: Lifecycle
  /// The document's own place.
  public var source: SourcePosition
  /// Where each written field stands, by the text of its path; the document's place serves where one is missing.
  public var positions: [String: SourcePosition]
  /// `metadata.note`: printed with errors and deletions.
  public var note: String?
  /// The addresses that it refers to or is in: created before it, deleted after it.
  public var dependencies: Set<Address>

  /// A declared resource without fields, note and dependencies, unless said otherwise.
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
  /// The addresses that are written before it: its resource and project, and the accounts and custom roles that its grants
  /// name.
  public var dependencies: Set<Address>
  /// The accounts and custom roles among the dependencies that grants name, with the name that policies have for them.
  public var mentions: [Address: Set<PolicyName>]

  /// A policy whose grants name no declared account or role, unless `mentions` says so.
  public init(
    address: Address, entries: [PolicyEntry], dependencies: Set<Address>,
    mentions: [Address: Set<PolicyName>] = [:]
  ) {
    self.address = address
    self.entries = entries
    self.dependencies = dependencies
    self.mentions = mentions
  }
  /// The first place that names the policy; nil where it has no entries.
  public var source: SourcePosition? { entries.map(\.source).min() }
}

/// What the manifests say of one (role, condition) of a policy. Members are normalised: e-mail parts in lower case.
public struct PolicyEntry: Sendable {
  /// The role's name as policies have it: `roles/artifactregistry.reader`.
  public var role: String
  /// The condition of the grants; nil for grants without one.
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
    /// The place of the entry, or of the binding document.
    public var source: SourcePosition
    /// The members that it takes away, normalised.
    public var members: [String]
    /// Whether it is an entry whose `until` is past.
    public var isPast: Bool
    /// A binding that is `ensure: absent`, unless `isPast` is set.
    public init(source: SourcePosition, members: [String], isPast: Bool = false) {
      self.source = source
      self.members = members
      self.isPast = isPast
    }
  }

  /// An entry that is not exclusive and names no members, unless said otherwise; nothing of it has ended.
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
  /// What identifies the declaration in plans; the live key has an id of Google's.
  public var address: Address
  /// The address of the account that it is for.
  public var account: Address
  /// The account's e-mail, in lower case.
  public var email: String
  /// Who makes the key pair: arctl, which uploads the public key, or Google, which returns the private one.
  public var origin: Origin
  /// Whether the manifest says so; a document that is `ensure: absent` need not.
  public var originIsWritten = true
  /// The file's name below the key directory.
  public var file: String
  /// The files of the account's other declared keys.
  public var neighbours: [String] = []
  /// Seconds that a new key is valid; nil: for ever (origin `google`, which has no say in it).
  public var expires: Int64?
  /// Seconds after which a plan says that the rotation of a key is due; nil: never.
  public var rotateAfter: Int64?
  /// Seconds that a rotation needs for the old and the new key side by side.
  public var overlap: Int64
  /// `sha256:` and the hex digest of the public key, when the manifest pins it.
  public var fingerprint: String?
  /// `arctl-` and 32 hex digits: the certificate subject's common name, by which an uploaded key is recognised.
  public var commonName: String
  /// What the plan may do to it.
  public var lifecycle: Lifecycle
  /// Where the document that declares it begins.
  public var source: SourcePosition
  /// `metadata.note`: printed with errors and deletions.
  public var note: String?
  /// The addresses that are written before it: its account, and where they are declared its project and the IAM API.
  public var dependencies: Set<Address>

  /// A key whose public half is not pinned, with the default lifecycle, unless said otherwise.
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
