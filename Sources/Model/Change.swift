public import Diagnostics
public import JSON

/// One row of a plan: what happens to one address, and why.
///
/// If a row shows a stored property, the property belongs in the plan's id (`PlanIdentity`); a test checks this for the
/// properties here and of its parts.
public struct Change: Sendable {
  /// What happens. The raw values are part of the plan's id and of its JSON.
  public enum Action: String, Sendable, Hashable, CaseIterable {
    case create, update, delete, replace, undelete
    case unchanged
    /// Declared absent, and not live.
    case gone
    /// A live key whose private half is on another machine.
    case heldElsewhere
    /// Nothing to do until a time that `reason` names.
    case pending
    /// A guard refuses it; `refusals` gives the reasons.
    case refused
    case unreadable
    /// A dependency is refused or unreadable; `waitsFor` names it.
    case waiting
  }
  /// The subject of the row; each address has one row.
  public var address: Address
  /// What happens to it. A guard that refuses it changes this to `refused`; `intended` keeps the planned action.
  public var action: Action
  /// What the action would be if no guard refused it.
  public var intended: Action
  /// The place in a manifest that requests it; nil if no manifest does.
  public var source: SourcePosition?
  /// The details of the change.
  public var what: What
  /// A remark after the address: `not visible to you`, `uid 123`, what a deletion destroys.
  public var reason: Statement?
  /// Why guards refuse it, and what would allow it; empty for every action but `refused`.
  public var refusals: [Refusal] = []
  /// Everything dangerous that the guards found in it, allowed or not.
  public var hazards: [Hazard] = []
  /// For a refused row: 16 hex digits over the planned change and its hazards, so that an approval can name exactly
  /// this. Flags that are given do not change it.
  public var digest: String?
  /// The dependency that blocks a `waiting` row; else nil.
  public var waitsFor: Address?
  /// `metadata.note` of the document, which the plan prints with errors and deletions.
  public var note: String?
  /// What a deletion or a replacement destroys, one line each: size, contents, who holds roles.
  public var losses: [Statement] = []
  /// Warnings on this row alone: managed by Terraform, dry run added.
  public var remarks: [Statement] = []

  /// The details of a change, by the type of its subject. Indirect, because rows are copied often and most have none.
  public indirect enum What: Sendable {
    case resource(ResourceChange)
    /// The members of a policy, by role and condition.
    case policy([BindingChange])
    case key(KeyChange)
  }

  /// A row without any details yet. The other initialiser creates the rows of keys.
  public init(address: Address, action: Action, source: SourcePosition?) {
    self.init(
      address: address, action: action, source: source,
      what: address.isPolicy ? .policy([]) : .resource(ResourceChange()))
  }

  /// Makes a row whose intended action is `action`, without reason, refusals, hazards and remarks.
  public init(address: Address, action: Action, source: SourcePosition?, what: What) {
    self.address = address
    self.action = action
    self.intended = action
    self.source = source
    self.what = what
  }

  /// Whether a report mentions it: it needs a change, has a remark, or one of its entries can be removed.
  public var isNoteworthy: Bool {
    action != .unchanged || !remarks.isEmpty
      || bindings.contains { !$0.ended.isEmpty || !$0.alsoHeld.isEmpty || !$0.leftOut.isEmpty }
  }

  /// Takes over the reason and the help of a failed read.
  ///
  /// A missing permission is named in a word: one table of the plan says which role has it.
  public mutating func take(_ problem: ReadProblem) {
    if let missing = problem.missing, missing.isOnlyCause {
      reason = Statement("missing-permission", "the permission \(missing.permission) is missing")
      return
    }
    reason = Statement(quoting: problem.message)
    if !problem.help.isEmpty { remarks.append(Statement(quoting: problem.help)) }
  }

  /// Whether apply would write something for it.
  public var isWrite: Bool {
    switch action {
    case .create, .update, .delete, .replace, .undelete: true
    case .unchanged, .gone, .heldElsewhere, .pending, .refused, .unreadable, .waiting: false
    }
  }
}

/// The details of a change of a resource.
public struct ResourceChange: Sendable {
  /// The fields that differ from the live ones or, for a new resource, all its fields.
  public var fields: [FieldChange] = []
  /// For an undelete by unique id: that id.
  public var uid: String?
  /// The action instead, if Google refuses this one because it is too late; nil if there is none.
  public var fallback: Change.Action?
  /// The values that identify the live resource among all that can have its name, if this changes or deletes it; else
  /// empty.
  public var identity = JSONObject()
  /// For a custom role that gains permissions: who has it, as far as policies were read.
  public var holders: [RoleHolder] = []
  /// A change without details.
  public init() {}
}

/// The details of a change of a key.
public struct KeyChange: Sendable {
  /// The task of the executor; nil if there is none.
  public var order: KeyAction?
  /// For a key that has, or may have, a successor: the keys that are still live.
  public var superseded: SupersededKeys?
  /// How many seconds apply waits before it creates a key, because the key of an interrupted run may still appear.
  public var wait: Int64?
  /// For a live key that is due for rotation: since when, in Unix seconds.
  public var rotationDue: Int64?
  /// When the live key ends, in Unix seconds; nil if it does not, or if the row is about no live key.
  public var expires: Int64?
  /// The whole days until then, rounded down: 0 on the last day, negative afterwards.
  public var daysLeft: Int64?
  /// For a live key that was made elsewhere: what its times ask for; nil if nothing.
  public var ageing: KeyAgeing?
  /// The destination of its file, in words, if the row shows it.
  public var destination: String?
  /// A change with this task.
  public init(order: KeyAction? = nil) { self.order = order }

  /// Records when a live key ends.
  public mutating func setEnd(of key: LiveKey, now: Int64) {
    expires = key.validBefore
    daysLeft = key.validBefore.map { LiveKey.days(until: $0, from: now) }
  }
}

extension Change {
  /// The details of a resource; nil for policies and keys.
  public var resource: ResourceChange? {
    get { if case .resource(let change) = what { change } else { nil } }
    set { if let newValue { what = .resource(newValue) } }
  }

  /// The details of a key; nil for everything else.
  public var keyChange: KeyChange? {
    get { if case .key(let change) = what { change } else { nil } }
    set { if let newValue { what = .key(newValue) } }
  }

  /// The fields that change, or that the row shows.
  public var fields: [FieldChange] {
    switch what {
    case .resource(let change): change.fields
    case .key(let change):
      change.destination.map {
        [FieldChange(path: FieldPath([.field("destination")]), from: nil, to: .string($0))]
      } ?? []
    case .policy: []
    }
  }

  /// The members that change; empty except for policies.
  public var bindings: [BindingChange] {
    get { if case .policy(let bindings) = what { bindings } else { [] } }
    set { if case .policy = what { what = .policy(newValue) } }
  }

  /// The task of the executor for a key.
  public var key: KeyAction? { keyChange?.order }
  /// The values that identify the live resource; empty if there are none.
  public var identity: JSONObject { resource?.identity ?? [:] }
}

/// One field's difference.
public struct FieldChange: Sendable, Hashable {
  /// Where the value is in the resource.
  public var path: FieldPath
  /// In wire form; nil if it is not set.
  public var from: JSONValue?
  /// The value after the change, in wire form; nil if it is not set.
  public var to: JSONValue?
  /// Whether the API refuses to change it in place.
  public var isImmutable: Bool
  /// The entry in the update mask; nil for a field that the row only shows.
  public var mask: String?
  /// The place of the value in the manifest.
  public var source: SourcePosition?

  /// By default a field that can be changed in place and is only shown.
  public init(
    path: FieldPath, from: JSONValue?, to: JSONValue?, isImmutable: Bool = false,
    mask: String? = nil,
    source: SourcePosition? = nil
  ) {
    self.path = path
    self.from = from
    self.to = to
    self.isImmutable = isImmutable
    self.mask = mask
    self.source = source
  }
}

/// What changes for one (role, condition) of a policy.
public struct BindingChange: Sendable, Hashable {
  /// The role's name as policies have it: `roles/artifactregistry.reader`.
  public var role: String
  /// The condition of the grants; nil for grants without one.
  public var condition: PolicyCondition?
  /// In order; members in normal form.
  public var added: [String] = []
  /// The members that lose the role under this condition, each with the reason; in normal form.
  public var removed: [Removal] = []
  /// Members that hold the role, are undeclared, and stay.
  public var undeclared: [String] = []
  /// How dangerous the grants to the undeclared members are; the others are judged by the member alone.
  public var standings: [String: UndeclaredMember.Standing] = [:]
  /// The first place in a manifest that names this role and condition, or else that requests a removal.
  public var source: SourcePosition?
  /// The places of entries that only remove members, all of whom are removed already.
  public var ended: [SourcePosition] = []
  /// When the declared grants end, in Unix seconds; nil unless that is soon and the run looks for it.
  public var ends: Int64?
  /// Members that manifests grant this role under this condition, and that also hold it under another one.
  public var alsoHeld: [AlsoHeld] = []
  /// Members that the selection leaves out, and that the plan would otherwise add or remove.
  public var leftOut: [String] = []
  /// The shorthands by which manifests name members: `github:acme/lib` for a `principalSet://...`.
  public var written: [String: String] = [:]
  /// Where manifests name the members that must hold the role.
  public var places: [String: SourcePosition] = [:]

  /// A member as sentences show it: with the shorthand of the manifest, if it has one.
  public func shown(_ member: String) -> String {
    written[member].map { "\(member) (\($0))" } ?? member
  }

  /// A member that holds the same role under a condition that no manifest declares for it.
  public struct AlsoHeld: Sendable, Hashable {
    /// In normal form.
    public var member: String
    /// The condition under which the member holds the role too; nil: none.
    public var condition: PolicyCondition?
    /// Pairs a member in normal form with the other condition of its grant.
    public init(member: String, condition: PolicyCondition?) {
      self.member = member
      self.condition = condition
    }
  }

  /// A member that the plan removes from a binding, and why.
  public struct Removal: Sendable, Hashable {
    /// Why it is removed. The raw values are part of the plan's id and of its JSON.
    public enum Cause: String, Sendable, Hashable, CaseIterable {
      /// `absent:` on the entry, or `ensure: absent` on a binding.
      case absent
      /// `revoked:` in the Stack.
      case revoked
      /// Not among the members of an exclusive entry.
      case exclusive
      /// The account, role or pool that it names is being deleted.
      case deletion
      /// `deleted:serviceAccount:E?uid=N`, which would block the live account of the same name.
      case tombstone = "deadTwin"
      /// The same grant with an earlier `until` of the manifests.
      case superseded
      /// An earlier set of manifests granted it, and this one does not.
      case dropped
    }
    /// In normal form; the live policy may spell it differently.
    public var member: String
    /// The source of the removal; guards count each cause against its own limit.
    public var cause: Cause
    /// Pairs a member with the cause of its removal.
    public init(_ member: String, _ cause: Cause) {
      self.member = member
      self.cause = cause
    }
  }

  /// A binding without changes.
  public init(role: String, condition: PolicyCondition?, source: SourcePosition? = nil) {
    self.role = role
    self.condition = condition
    self.source = source
  }
  /// Whether it neither adds nor removes a member.
  public var isEmpty: Bool { added.isEmpty && removed.isEmpty }
}

/// Why a guard refuses a change, and how to allow it.
public struct Refusal: Sendable, Hashable {
  /// Which guard refuses: the code that `explain` describes.
  public var code: DiagnosticCode
  /// What is wrong: `cannot be changed in place`.
  public var statement: Statement
  /// How to allow it, if that is possible: `lifecycle.allowReplace: true here, and --allow-replace P/...`.
  public var remedy: String?
  /// The danger behind the refusal, which a flag allows; nil if no flag does.
  public var hazard: Hazard?

  /// By default a refusal that neither a remedy nor a flag lifts.
  public init(
    _ code: DiagnosticCode, _ statement: Statement, remedy: String? = nil, hazard: Hazard? = nil
  ) {
    self.code = code
    self.statement = statement
    self.remedy = remedy
    self.hazard = hazard
  }

  /// What is wrong, as a reader sees it.
  public var message: String { statement.text }

  /// Whether a flag lifts it.
  public var isLiftedByFlag: Bool {
    hazard != nil || code == .tooManyDeletions || code == .tooManyRemovals
  }
}

/// The task of the executor for one key.
public enum KeyAction: Sendable, Hashable {
  /// Create a new key; there is no file yet.
  case issue
  /// Create a new key in place of the file with the key of this id, which is deleted or has expired.
  case reissue(replacing: String)
  /// Create a new key beside these live keys (`--reissue`). A file whose key is still live is kept beside the new one.
  case supersede([String])
  /// Create a new key beside these live ones, after the keys whose private halves an interrupted run lost were disabled.
  case reclaim(lost: [String], beside: [String])
  /// Complete the upload that an interrupted run started: the private half is in the pending file.
  case resume
  /// The pending file's key is live already, under this id: only the final file is missing.
  case importExisting(keyID: String)
  /// Remove what an interrupted run left beside the finished file: another copy of the private half.
  case removeLeftovers
  /// Disable or delete keys that were replaced.
  case retire(KeyRetirement)
  /// Delete the live key of this id.
  case delete(keyID: String)

  /// The stable name in the plan's id and its JSON.
  public var name: String {
    switch self {
    case .issue: "issue"
    case .reissue: "reissue"
    case .supersede: "supersede"
    case .reclaim: "reclaim"
    case .resume: "resume"
    case .importExisting: "adopt"
    case .removeLeftovers: "tidy"
    case .retire: "retire"
    case .delete: "delete"
    }
  }

  /// The ids of the keys that it replaces, supersedes, adopts or deletes.
  public var keyIDs: [String] {
    switch self {
    case .issue, .resume, .removeLeftovers: []
    case .reissue(let id), .importExisting(let id), .delete(let id): [id]
    case .supersede(let ids): ids
    case .reclaim(let lost, let beside): lost + beside
    case .retire(let step): step.disable + step.delete
    }
  }

  /// The task of this name for these keys; nil for an unknown name, and for `retire` and `reclaim`,
  /// which name more.
  public init?(name: String, keyIDs: [String]) {
    switch (name, keyIDs.count) {
    case ("issue", 0): self = .issue
    case ("resume", 0): self = .resume
    case ("tidy", 0): self = .removeLeftovers
    case ("supersede", _): self = .supersede(keyIDs)
    case ("reissue", 1): self = .reissue(replacing: keyIDs[0])
    case ("adopt", 1): self = .importExisting(keyID: keyIDs[0])
    case ("delete", 1): self = .delete(keyID: keyIDs[0])
    default: return nil
    }
  }
}
