public import Diagnostics
public import JSON

/// One line of a plan: what happens, or does not, to one address, and why.
///
/// A stored property that is added here or to its parts belongs into the plan's id if it is shown (`PlanIdentity`): a test asks.
public struct Change: Sendable {
  /// What happens. The raw values are part of the plan's id and of its JSON.
  public enum Action: String, Sendable, Hashable, CaseIterable {
    case create, update, delete, replace, undelete
    case unchanged
    /// Declared absent, and it is.
    case gone
    /// A live key whose private half is on another machine.
    case heldElsewhere
    /// Nothing to do until a time that `reason` names.
    case pending
    /// A guard says no; `refusals` say which.
    case refused
    case unreadable
    /// Something that it depends on is refused or unreadable; `waitsFor` names it.
    case waiting
  }
  /// What the row is about; each address has one row.
  public var address: Address
  /// What happens to it. A guard that refuses it changes this to `refused`, and `intended` keeps what was planned.
  public var action: Action
  /// What the action would be if no guard refused it.
  public var intended: Action
  /// The place in a manifest that asks for it; nil where no manifest does.
  public var source: SourcePosition?
  /// What of it changes.
  public var what: What
  /// A line behind the address: `not visible to you`, `uid 123`, what would be lost.
  public var reason: Statement?
  /// Why guards refuse it, and what would allow it; empty for every action but `refused`.
  public var refusals: [Refusal] = []
  /// Everything dangerous that the guards found in it, allowed or not.
  public var hazards: [Hazard] = []
  /// For a refused row: 16 hex digits that stand for what it would do and for what is dangerous in it, so that an approval
  /// can name exactly this. Flags that are given do not change it.
  public var digest: String?
  /// The dependency that blocks it, for a row that is `waiting`; else nil.
  public var waitsFor: Address?
  /// `metadata.note` of the document, which the plan prints with errors and deletions.
  public var note: String?
  /// Warnings on this row alone: managed by Terraform, dry run added.
  public var remarks: [Statement] = []

  /// What of it changes, by the sort of thing that it is.
  public enum What: Sendable {
    case resource(ResourceChange)
    /// The members of a policy, by role and condition.
    case policy([BindingChange])
    case key(KeyChange)
  }

  /// With nothing that changes yet. A key's row is made by the other initialiser.
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

  /// Whether there is something to say of it: it is not as it should be, has a remark, or an entry of it can be removed.
  public var isNoteworthy: Bool {
    action != .unchanged || !remarks.isEmpty
      || bindings.contains { !$0.ended.isEmpty || !$0.alsoHeld.isEmpty || !$0.leftOut.isEmpty }
  }

  /// Says why it could not be read, and what to do about that.
  public mutating func take(_ problem: ReadProblem) {
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

/// What changes of a resource.
public struct ResourceChange: Sendable {
  /// The fields that differ from what is live, or, for a new resource, those that it gets.
  public var fields: [FieldChange] = []
  /// For one that comes back by its unique id: that id.
  public var uid: String?
  /// What is done where Google refuses the action because it comes too late; nil where nothing is.
  public var fallback: Change.Action?
  /// What tells the live resource from another of its name, where this changes or ends one; else empty.
  public var identity = JSONObject()
  /// Nothing.
  public init() {}
}

/// What is done for a key.
public struct KeyChange: Sendable {
  /// What the executor is to do; nil where there is nothing to do.
  public var order: KeyOrder?
  /// For a key that another one has replaced, or may have: what is still live.
  public var superseded: SupersededKeys?
  /// For how many seconds apply waits before it makes a key, because one of an interrupted run may still appear.
  public var wait: Int64?
  /// For a live key whose time to rotate has come: since when, in Unix seconds.
  public var rotationDue: Int64?
  /// When that key ends, in Unix seconds.
  public var expires: Int64?
  /// Where its file goes, in words, where that is shown.
  public var destination: String?
  /// With this to do.
  public init(order: KeyOrder? = nil) { self.order = order }
}

extension Change {
  /// What changes of a resource; nil for policies and keys.
  public var resource: ResourceChange? {
    get { if case .resource(let change) = what { change } else { nil } }
    set { if let newValue { what = .resource(newValue) } }
  }

  /// What is done for a key; nil for everything else.
  public var keyChange: KeyChange? {
    get { if case .key(let change) = what { change } else { nil } }
    set { if let newValue { what = .key(newValue) } }
  }

  /// The fields that change, or that a row shows.
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

  /// The members that change; of a policy alone.
  public var bindings: [BindingChange] {
    get { if case .policy(let bindings) = what { bindings } else { [] } }
    set { if case .policy = what { what = .policy(newValue) } }
  }

  /// What the executor is to do for a key.
  public var key: KeyOrder? { keyChange?.order }
  /// What tells the live resource from another of its name; empty where there is none.
  public var identity: JSONObject { resource?.identity ?? [:] }
}

/// One field's difference.
public struct FieldChange: Sendable, Hashable {
  /// Where the value is in the resource.
  public var path: FieldPath
  /// In wire form; nil: not there.
  public var from: JSONValue?
  /// The value after the change, in wire form; nil: not there.
  public var to: JSONValue?
  /// Whether the API refuses to change it in place.
  public var isImmutable: Bool
  /// What goes into the update mask for it; nil for one that is only shown.
  public var mask: String?
  /// The place of the value in the manifest.
  public var source: SourcePosition?

  /// A field that can be changed in place and is only shown, unless said otherwise.
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
  /// Members that hold it, that no manifest names, and that stay.
  public var undeclared: [String] = []
  /// Where a manifest first names this role and condition, or else asks for a removal from it.
  public var source: SourcePosition?
  /// Entries that only take members away, all of whom are gone: their places.
  public var ended: [SourcePosition] = []
  /// Members that manifests give this role under this condition, and that hold it under another one too.
  public var alsoHeld: [AlsoHeld] = []
  /// Members that would be added or removed if the selection did not leave them out.
  public var leftOut: [String] = []
  /// Where manifests name the members that are to hold it.
  public var places: [String: SourcePosition] = [:]

  /// A member that holds the same role under a condition that no manifest names for it; without one where it is nil.
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

  /// A member that the plan takes out of a binding, and why.
  public struct Removal: Sendable, Hashable {
    /// Why it goes. The raw values are part of the plan's id and of its JSON.
    public enum Cause: String, Sendable, Hashable, CaseIterable {
      /// `absent:` on the entry, or `ensure: absent` on a binding.
      case absent
      /// `revoked:` in the Stack.
      case revoked
      /// Not among the members of an exclusive entry.
      case exclusive
      /// The account, role or pool that it names is being deleted.
      case deletion
      /// `deleted:serviceAccount:E?uid=N`, which would block its living namesake.
      case deadTwin
      /// The same grant with another `until`, which the manifests gave before.
      case superseded
    }
    /// In normal form; the live policy may spell it in another way.
    public var member: String
    /// What asks for the removal; guards count each cause by a limit of its own.
    public var cause: Cause
    /// Pairs a member with what asks for its removal.
    public init(_ member: String, _ cause: Cause) {
      self.member = member
      self.cause = cause
    }
  }

  /// A binding of which nothing changes yet.
  public init(role: String, condition: PolicyCondition?, source: SourcePosition? = nil) {
    self.role = role
    self.condition = condition
    self.source = source
  }
  /// Whether it adds and removes no member.
  public var isEmpty: Bool { added.isEmpty && removed.isEmpty }
}

/// Why a guard does not let a change through, and what would.
public struct Refusal: Sendable, Hashable {
  /// Which guard refuses: the code that `explain` describes.
  public var code: DiagnosticCode
  /// What is wrong: `cannot be changed in place`.
  public var statement: Statement
  /// How to allow it, where it can be: `lifecycle.allowReplace: true here, and --allow-replace P/...`.
  public var remedy: String?
  /// The danger that this refuses, which a flag allows; nil where no flag does.
  public var hazard: Hazard?

  /// A refusal that neither a remedy nor a flag lifts, unless one is given.
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

/// What is to be done for one key.
public enum KeyOrder: Sendable, Hashable {
  /// Make a new one from nothing, where no file is.
  case issue
  /// Make a new one in the place of the file that holds the key of this id, which is dead or has expired.
  case reissue(replacing: String)
  /// Make a new one beside these live keys (`--reissue`). A file whose key is not dead is kept beside the new one.
  case supersede([String])
  /// Finish what an interrupted run began: the private half is in the pending file.
  case resume
  /// The pending file's key is live already, under this id: only the final file is missing.
  case adopt(keyID: String)
  /// Remove what an interrupted run left beside the finished file: another copy of the private half.
  case tidy
  /// Delete the live key of this id.
  case delete(keyID: String)

  /// Its stable name, as the plan's id and its JSON have it.
  public var name: String {
    switch self {
    case .issue: "issue"
    case .reissue: "reissue"
    case .supersede: "supersede"
    case .resume: "resume"
    case .adopt: "adopt"
    case .tidy: "tidy"
    case .delete: "delete"
    }
  }

  /// The ids of the keys that it replaces, supersedes, adopts or deletes.
  public var keyIDs: [String] {
    switch self {
    case .issue, .resume, .tidy: []
    case .reissue(let id), .adopt(let id), .delete(let id): [id]
    case .supersede(let ids): ids
    }
  }

  /// The order of this name about these keys; nil where there is none.
  public init?(name: String, keyIDs: [String]) {
    switch (name, keyIDs.count) {
    case ("issue", 0): self = .issue
    case ("resume", 0): self = .resume
    case ("tidy", 0): self = .tidy
    case ("supersede", _): self = .supersede(keyIDs)
    case ("reissue", 1): self = .reissue(replacing: keyIDs[0])
    case ("adopt", 1): self = .adopt(keyID: keyIDs[0])
    case ("delete", 1): self = .delete(keyID: keyIDs[0])
    default: return nil
    }
  }
}
