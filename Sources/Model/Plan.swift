public import Diagnostics
public import JSON

/// What an apply would do: data that prints, serialises, hashes and is compared.
public struct Plan: Sendable {
  /// The first 16 hex digits of SHA-256 over the canonical form of what it does; nil where nothing is to be carried out.
  public var id: String?
  public var stackName: String?
  public var variables: [String: JSONValue]
  /// Who plans, as far as the credential says. Not part of the id: one identity may plan what another applies.
  public var caller: String
  public var selection: Selection
  /// The flags that lift guards and raise limits; part of the id.
  public var allowances = PlanPermissions()
  /// In the order in which they are shown: by project, then in dependency order of kinds, then by address.
  public var changes: [Change]
  /// Live resources that no manifest declares.
  public var undeclared: [Address]
  /// Those of them that the Stack's scope ignores, as far as they were seen; not in `undeclared`.
  public var ignored: [Address]
  public var notChecked: [String]
  /// Warnings and notes about the whole.
  public var diagnostics: [Diagnostic]
  /// What apply runs.
  public var operations: [Operation]
  /// How many addresses the manifests declare, selected or not.
  public var declaredCount: Int
  /// How many of them this plan is about.
  public var selectedCount: Int
  public var fileCount: Int
  /// Declared addresses that the selection excludes, with what depends on them.
  public var leftOut: [Address] = []
  /// What was read of each declared resource that is there and stays: not shown, for the run that carries this out.
  public var seen: [Address: JSONValue] = [:]

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
  public var isRefused: Bool { changes.contains { $0.action == .refused } }
  public var summary: PlanSummary { PlanSummary(self) }
}

/// Which part of the manifests a run is about.
public struct Selection: Sendable, Hashable {
  public var targets: [AddressGlob] = []
  public var excludes: [AddressGlob] = []
  /// Single grants that are left as they are.
  public var excludedGrants: [GrantPattern] = []
  public init(
    targets: [AddressGlob] = [], excludes: [AddressGlob] = [], excludedGrants: [GrantPattern] = []
  ) {
    self.targets = targets
    self.excludes = excludes
    self.excludedGrants = excludedGrants
  }
  public var isWhole: Bool { targets.isEmpty && excludes.isEmpty && excludedGrants.isEmpty }
}

/// The counts at the end of a plan.
public struct PlanSummary: Sendable, Hashable {
  public var create = 0
  public var change = 0
  public var delete = 0
  public var replace = 0
  public var undelete = 0
  public var refused = 0
  /// Unreadable or waiting.
  public var unreadable = 0
  public var unchanged = 0
  public var membersAdded = 0
  public var membersRemoved = 0
  public var undeclared = 0
  /// Declared members that hold their role under another condition too.
  public var alsoHeld = 0

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
