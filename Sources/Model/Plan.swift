public import Diagnostics
public import JSON

/// What an apply would do: data that prints, serialises, hashes and is compared.
public struct Plan: Sendable {
  /// The first 16 hex digits of SHA-256 over the canonical form of what it does; nil where nothing is to be carried out.
  public var id: String?
  /// The name of the Stack document; nil where the set has none.
  public var stackName: String?
  /// The effective values of the set's variables, by name; part of the id.
  public var variables: [String: JSONValue]
  /// Who plans, as far as the credential says. Not part of the id: one identity may plan what another applies.
  public var caller: String
  /// Which part of the manifests it is about; part of the id.
  public var selection: Selection
  /// The flags that lift guards and raise limits; part of the id.
  public var allowances = PlanPermissions()
  /// In the order in which they are shown: by project, then in dependency order of kinds, then by address.
  public var changes: [Change]
  /// Live resources that no manifest declares.
  public var undeclared: [Address]
  /// Those of them that the Stack's scope ignores, as far as they were seen; not in `undeclared`.
  public var ignored: [Address]
  /// Groups that could not be listed, in words for people: `undeclared` leaves them out.
  public var notChecked: [String]
  /// Warnings and notes about the whole.
  public var diagnostics: [Diagnostic]
  /// What apply runs.
  public var operations: [Operation]
  /// How many addresses the manifests declare, selected or not.
  public var declaredCount: Int
  /// How many of them this plan is about.
  public var selectedCount: Int
  /// How many manifest files were read.
  public var fileCount: Int
  /// Declared addresses that the selection excludes, with what depends on them.
  public var leftOut: [Address] = []
  /// What was read of each declared resource that is there and stays: not shown, for the run that carries this out.
  public var seen: [Address: JSONValue] = [:]

  /// `selectedCount` defaults to the number of changes; `leftOut` and `seen` are empty unless set afterwards.
  public init(
    id: String?, stackName: String?, variables: [String: JSONValue], caller: String,
    selection: Selection, allowances: PlanPermissions = PlanPermissions(), changes: [Change],
    undeclared: [Address],
    ignored: [Address] = [], notChecked: [String],
    diagnostics: [Diagnostic], operations: [Operation], declaredCount: Int,
    selectedCount: Int? = nil, fileCount: Int
  ) {
    self.id = id
    self.stackName = stackName
    self.variables = variables
    self.caller = caller
    self.selection = selection
    self.allowances = allowances
    self.changes = changes
    self.undeclared = undeclared
    self.ignored = ignored
    self.notChecked = notChecked
    self.diagnostics = diagnostics
    self.operations = operations
    self.declaredCount = declaredCount
    self.selectedCount = selectedCount ?? changes.count
    self.fileCount = fileCount
  }

  /// Whether nothing was unreadable.
  public var isComplete: Bool { !changes.contains { $0.action == .unreadable } }
  /// Whether apply would write anything.
  public var hasChanges: Bool { changes.contains { $0.isWrite } }
  /// Whether declared members hold their roles under other conditions too: apply changes nothing of it.
  public var hasDifferences: Bool { summary.alsoHeld > 0 }
  /// Whether a guard refuses at least one row.
  public var isRefused: Bool { changes.contains { $0.action == .refused } }
  /// The counts of its rows, computed at each use.
  public var summary: PlanSummary { PlanSummary(self) }
}

/// Which part of the manifests a run is about.
public struct Selection: Sendable, Hashable {
  /// `--target`: what the run is about, with what it depends on; empty: everything.
  public var targets: [AddressGlob] = []
  /// `--exclude`: what is left out, with what depends on it.
  public var excludes: [AddressGlob] = []
  /// Single grants that are left as they are.
  public var excludedGrants: [GrantPattern] = []
  /// The whole set of manifests, unless patterns are given.
  public init(
    targets: [AddressGlob] = [], excludes: [AddressGlob] = [], excludedGrants: [GrantPattern] = []
  ) {
    self.targets = targets
    self.excludes = excludes
    self.excludedGrants = excludedGrants
  }
  /// Whether it leaves nothing out, so that what is undeclared can be judged.
  public var isWhole: Bool { targets.isEmpty && excludes.isEmpty && excludedGrants.isEmpty }
}

/// The counts at the end of a plan.
public struct PlanSummary: Sendable, Hashable {
  /// Rows that create something.
  public var create = 0
  /// Rows that change something in place, policies included.
  public var change = 0
  /// Rows that delete something.
  public var delete = 0
  /// Rows that delete something and create it with other fields.
  public var replace = 0
  /// Rows that restore something deleted.
  public var undelete = 0
  /// Rows that a guard refuses.
  public var refused = 0
  /// Unreadable or waiting.
  public var unreadable = 0
  /// Rows without anything to do: gone, pending and held elsewhere too.
  public var unchanged = 0
  /// Members that policies gain; refused rows do not count.
  public var membersAdded = 0
  /// Members that policies lose; refused rows do not count.
  public var membersRemoved = 0
  /// Live resources that no manifest declares, without those that the scope ignores.
  public var undeclared = 0
  /// Declared members that hold their role under another condition too.
  public var alsoHeld = 0

  /// Counts the rows and the members of a plan.
  public init(_ plan: Plan) {
    undeclared = plan.undeclared.count
    for change in plan.changes {
      switch change.action {
      case .create: create += 1
      case .update: self.change += 1
      case .delete: delete += 1
      case .replace: replace += 1
      case .undelete: undelete += 1
      case .refused: refused += 1
      case .unreadable, .waiting: unreadable += 1
      case .unchanged, .gone, .heldElsewhere, .pending: unchanged += 1
      }
      alsoHeld += change.bindings.reduce(0) { $0 + $1.alsoHeld.count }
      guard change.isWrite else { continue }
      membersAdded += change.bindings.reduce(0) { $0 + $1.added.count }
      membersRemoved += change.bindings.reduce(0) { $0 + $1.removed.count }
    }
  }
}
