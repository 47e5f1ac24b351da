public import Diagnostics
public import JSON

/// All that the manifests request, checked and with every reference resolved.
public struct DesiredGraph: Sendable {
  /// The settings of the Stack document, or the defaults if the set has none.
  public var stack: StackSettings
  /// Declared resources, and those that manifests refer to by full names; policies and keys are separate.
  public var resources: [Address: DesiredResource] = [:]
  /// By the policy's own address.
  public var policies: [Address: DesiredPolicy] = [:]
  /// The declared service-account keys, by their own addresses.
  public var keys: [Address: DesiredKey] = [:]
  /// The addresses that are here only because an earlier set of manifests declared them: they are to be deleted or,
  /// policies, to lose grants.
  public var dropped: Set<Address> = []
  /// What other stacks declare, as far as the run was given them.
  public var others = OtherStacks()
  /// The addresses that other stacks declare: what a set says of them is not all that there is.
  public var elsewhere: Set<Address> = []
  /// How many manifest files were read.
  public var fileCount = 0

  /// A graph without resources, policies and keys.
  public init(stack: StackSettings = StackSettings()) { self.stack = stack }
}

/// The settings of one set of manifests.
public struct StackSettings: Sendable {
  /// The name of the Stack document; nil if the set has none.
  public var name: String?
  /// The names that the Stack had before: its keys may have been issued under them.
  public var formerNames: [SourcedText] = []
  /// Where the Stack document begins; nil if the set has none.
  public var source: SourcePosition?
  /// Members to remove from every policy that a run reads, each with its place in the manifest.
  public var revoked: [SourcedText] = []
  /// `protect`: resources that no flag can delete.
  public var protected: [AddressGlob] = []
  /// `limits.maxDeletes`: how many resources of one kind and project a run may delete. It can only lower the built-in
  /// limit.
  public var maximumDeletes: Int?
  /// `limits.maxDeletePercent`: the same as a percentage of the live resources. Nil and more than 25 count as 25.
  public var maximumDeletePercent: Int?
  /// `limits.maxRemovals`: how many members a run may remove. It can only lower the built-in limits.
  public var maximumRemovals: Int?
  /// `scope`: how a run treats undeclared live resources.
  public var scope = Scope()
  /// The location of repositories that set none: a run searches it for undeclared ones in every declared project.
  public var defaultLocation: String?
  /// The effective values of the variables, for the plan's header and its id; in order of their names.
  public var variables: [String: JSONValue] = [:]

  /// How a run treats undeclared live resources.
  public struct Scope: Sendable, Hashable {
    /// The treatment of undeclared resources: list them, ignore them, or plan their deletion.
    public enum Undeclared: String, Sendable, Hashable, CaseIterable {
      case report, ignore, authoritative
    }
    /// The treatment of kinds that `kinds` does not name: `report` or `ignore`.
    public var undeclared: Undeclared = .report
    /// By kind; only here can it be `authoritative`.
    public var kinds: [KindID: Undeclared] = [:]
    /// `scope.ignore`: ignored resources of any kind. The address of a policy ignores its undeclared members.
    public var ignored: [AddressGlob] = []
    /// `scope.ignoreMembers`: undeclared members of any policy that are ignored; their patterns are in normal form.
    public var ignoredMembers: [AddressGlob] = []
    /// The place of each entry of `kinds`.
    public var positions: [KindID: SourcePosition] = [:]
    /// A scope that reports everything undeclared.
    public init() {}

    /// How a run treats undeclared resources of a kind.
    public func meaning(ofUndeclared kind: KindID) -> Undeclared { kinds[kind] ?? undeclared }
  }
  /// The settings of a set without a Stack document: no limits of its own, nothing protected or revoked.
  public init() {}
}

/// A text and its place in a manifest.
public struct SourcedText: Sendable, Hashable {
  /// The text as the loader reads it, with variables filled in.
  public var text: String
  /// Where the text begins.
  public var source: SourcePosition
  /// The shorthand that the manifest has in place of the text; nil if it has the text itself.
  public var written: String?
  /// Pairs a text with the place where it begins; by default the manifest has it as it is.
  public init(_ text: String, _ source: SourcePosition, written: String? = nil) {
    self.text = text
    self.source = source
    self.written = written
  }
}

/// What a plan may do to a declared resource.
public struct Lifecycle: Sendable, Hashable {
  /// Whether the resource must exist (`lifecycle.ensure`).
  public enum Ensure: String, Sendable, Hashable, CaseIterable { case present, absent }
  /// `absent` plans a deletion where the resource is live.
  public var ensure: Ensure = .present
  /// Refuses deletion even with the flag that allows it.
  public var protect = false
  /// One of the two permissions of a replacement; the other is the flag `--allow-replace`.
  public var allowReplace = false
  /// False: it must exist already, and is never created.
  public var create = true
  /// The defaults: present, created if it does not exist, neither protected nor replaceable.
  public init() {}
}

/// One resource that a manifest declares, or refers to by its full name.
public struct DesiredResource: Sendable {
  /// How the manifests mention it.
  public enum Origin: Sendable, Hashable {
    case declared
    /// Only referred to by a full Google name: read, never written; its absence is an error of the plan.
    case external
  }
  /// The identity in plans, and in references from other documents.
  public var address: Address
  /// Whether the plan may change it: an external resource is only read.
  public var origin: Origin
  /// The written fields, in wire form: enums by their full names, durations in seconds, full names for references. Null
  /// requests the default.
  public var spec: JSONObject
  /// The fields of the language alone that stand for others of `spec`.
  public var abbreviation: JSONObject = [:]
  /// What the plan may do to it; the defaults for an external one.
  public var lifecycle: Lifecycle
  /// The document's own place.
  public var source: SourcePosition
  /// The labels that an earlier set of manifests wrote and this one does not, with the values that it wrote: they are
  /// removed where they still have them.
  public var droppedLabels: [String: String] = [:]
  /// The place of each written field, by the text of its path; the document's place serves for those that are missing.
  public var positions: [String: SourcePosition]
  /// `metadata.note`: printed with errors and deletions.
  public var note: String?
  /// The addresses of its parent and of the resources that it refers to: created before it, deleted after it.
  public var dependencies: Set<Address>
  /// The addresses that are written before it is created, and that nothing else about it waits for: the policy of the key
  /// that encrypts it.
  public var creationNeeds: Set<Address> = []

  /// By default a declared resource without fields, note and dependencies.
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

/// What the manifests declare of one IAM policy: the union of inline entries and binding documents.
public struct DesiredPolicy: Sendable {
  /// The policy's address; its resource is `address.policyResource`.
  public var address: Address
  /// At most one per (role, condition), in order of role, then condition.
  public var entries: [PolicyEntry]
  /// The addresses that a run writes first: its resource and project, and the accounts and custom roles in its grants.
  public var dependencies: Set<Address>
  /// The accounts and custom roles among the dependencies that grants name, each with its name in policies.
  public var mentions: [Address: Set<PolicyName>]

  /// By default a policy whose grants name no declared account or role.
  public init(
    address: Address, entries: [PolicyEntry], dependencies: Set<Address>,
    mentions: [Address: Set<PolicyName>] = [:]
  ) {
    self.address = address
    self.entries = entries
    self.dependencies = dependencies
    self.mentions = mentions
  }
  /// The first place that names the policy; nil if it has no entries.
  public var source: SourcePosition? { entries.map(\.source).min() }
}

/// What the manifests declare of one (role, condition) of a policy. Members are normalised: e-mail parts in lower case.
public struct PolicyEntry: Sendable {
  /// The role's name as policies have it: `roles/artifactregistry.reader`.
  public var role: String
  /// The condition of the grants; nil for grants without one.
  public var condition: PolicyCondition?
  /// Members that must hold the role, each with its place.
  public var members: [SourcedText]
  /// Members that must not hold it, each with its place.
  public var absent: [SourcedText]
  /// Members to which an earlier set of manifests granted it and this one does not, each with its place there. They lose
  /// it unless another form of the same member is in `members`.
  public var dropped: [SourcedText] = []
  /// Whether only `members` may hold it.
  public var exclusive: Bool
  /// The place of `exclusive: role`: only the declared members may hold the role, under any condition.
  public var exclusiveRole: SourcePosition?
  /// The first place that mentions it.
  public var source: SourcePosition
  /// The parts that only remove members, and that the user can delete after the removal.
  public var ended: [Ended] = []
  /// When the grants to `members` end, by `until`, in Unix seconds; nil for grants that do not end so.
  public var until: Int64?

  /// An entry whose `until` is past, or a binding that is `ensure: absent`.
  public struct Ended: Sendable {
    /// The place of the entry, or of the binding document.
    public var source: SourcePosition
    /// The members that it removes, normalised.
    public var members: [String]
    /// Whether it is an entry whose `until` is past.
    public var isPast: Bool
    /// By default a binding that is `ensure: absent`.
    public init(source: SourcePosition, members: [String], isPast: Bool = false) {
      self.source = source
      self.members = members
      self.isPast = isPast
    }
  }

  /// The members that it adds and removes.
  public var named: [SourcedText] { members + absent + dropped }

  /// By default an entry that is not exclusive and has no members; no part of it has ended.
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
  /// Who creates the key. The raw values are part of the plan's id.
  public enum Origin: String, Sendable, Hashable, CaseIterable {
    case uploaded, google
    /// It exists already, and its private half is held elsewhere: arctl never creates it.
    case external
  }
  /// The identity of the declaration in plans; the live key has an id from Google.
  public var address: Address
  /// The address of its account.
  public var account: Address
  /// The account's e-mail, in lower case.
  public var email: String
  /// Who creates the key pair: arctl, which uploads the public key, or Google, which returns the private one; or neither
  /// in a run of arctl.
  public var origin: Origin
  /// Whether the manifest sets it; a document that is `ensure: absent` need not.
  public var originIsWritten = true
  /// Google's id of a key that was made elsewhere; nil for the keys that arctl makes.
  public var keyID: String?
  /// The ids of the account's keys that other documents declare as made elsewhere: none of them is this key.
  public var namedElsewhere: Set<String> = []
  /// The file's name below the key directory; empty for a key with another destination, and for one made elsewhere.
  public var file: String
  /// The store of secrets that takes its private half in place of a file.
  public var remote: RemoteDestination?
  /// The declared resource of that store, such as a Secret; nil if it is not declared.
  public var store: Address?
  /// The files of the account's other declared keys.
  public var neighbours: [String] = []
  /// How many seconds a new key is valid; nil: without end (origin `google`, for which Google decides).
  public var expires: Int64?
  /// After how many seconds a key is replaced; nil: never.
  public var rotateAfter: Int64?
  /// How many seconds a rotation needs the old and the new key side by side.
  public var overlap: Int64
  /// `sha256:` and the hex digest of the public key, if the manifest pins it.
  public var fingerprint: String?
  /// `arctl-` and 32 hex digits: the common name of the certificate subject, by which arctl recognises an uploaded key.
  /// Empty for a key that was made elsewhere.
  public var commonName: String
  /// The common names of the same key under a former Stack or name.
  public var formerCommonNames: [String] = []
  /// What the plan may do to it.
  public var lifecycle: Lifecycle
  /// Where the document that declares it begins.
  public var source: SourcePosition
  /// `metadata.note`: printed with errors and deletions.
  public var note: String?
  /// The addresses that a run writes first: its account and, if they are declared, its project and the IAM API.
  public var dependencies: Set<Address>

  /// By default a key without a pinned public half, with the default lifecycle.
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

  /// Whether a certificate's common name is that of this key, today or formerly; never for a key that was made elsewhere.
  public func isNamed(_ name: String?) -> Bool {
    guard let name, origin != .external else { return false }
    return name == commonName || formerCommonNames.contains(name)
  }
}
