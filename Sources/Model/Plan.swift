public import Diagnostics
public import JSON

/// What an apply would do, as data: it can be printed, serialised, hashed and compared.
public struct Plan: Sendable {
  /// The first 16 hex digits of SHA-256 over the canonical form of its changes; nil if there is nothing to do.
  public var id: String?
  /// The name of the Stack document; nil if the set has none.
  public var stackName: String?
  /// The effective values of the set's variables, by name; part of the id.
  public var variables: [String: JSONValue]
  /// The identity that plans, as far as the credential shows it. Not part of the id: one identity may plan and another
  /// apply.
  public var caller: String
  /// The selected part of the manifests; part of the id.
  public var selection: Selection
  /// The other options about the manifests, which a saved plan carries; not part of the id, which covers their effect.
  public var inputs = PlanInputs()
  /// The flags that lift guards and raise limits; part of the id.
  public var allowances = GuardOverrides()
  /// In the order of display: by project, then in dependency order of kinds, then by address.
  public var changes: [Change]
  /// Live resources that no manifest declares.
  public var undeclared: [Address]
  /// The undeclared resources that the Stack's scope ignores, as far as a read showed them; not in `undeclared`.
  public var ignored: [Address]
  /// The undeclared members that the Stack's scope ignores; never a dangerous one.
  public var ignoredMembers: [UndeclaredMember] = []
  /// Groups that could not be listed, and places where the run did not look, as text: `undeclared` lacks their resources.
  public var notChecked: [String]
  /// Those of `notChecked` where the run did not look.
  public var notLookedIn: [String] = []
  /// Whether a read failed, so that the report of undeclared things is not complete; not only because a service is
  /// disabled.
  public var lacksReports = false
  /// What became of the entries of the baseline; nil for a run without one.
  public var baseline: Baseline.Outcome?
  /// Warnings and notes about the whole plan.
  public var diagnostics: [Diagnostic]
  /// The operations that apply runs.
  public var operations: [Operation]
  /// How many addresses the manifests declare, selected or not.
  public var declaredCount: Int
  /// How many of them the selection includes.
  public var selectedCount: Int
  /// How many manifest files were read.
  public var fileCount: Int
  /// Declared addresses that the selection excludes, with what depends on them.
  public var leftOut: [Address] = []
  /// Declared keys without a row, because they would need a file and this machine, a runner of a CI system, loses its files;
  /// `notChecked` names them too.
  public var keysLeftOut: [Address] = []
  /// What left the manifests since an earlier commit; nil for a plan that was not compared with one.
  public var since: SinceReport?
  /// The live value of each declared resource that exists and stays; not shown, for the run that applies this plan.
  public var seen: [Address: JSONValue] = [:]

  /// `selectedCount` defaults to the number of changes; the properties that it does not take are empty unless set afterwards.
  public init(
    id: String?, stackName: String?, variables: [String: JSONValue], caller: String,
    selection: Selection, allowances: GuardOverrides = GuardOverrides(), changes: [Change],
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

  /// A key without a row, as `notChecked` names it.
  public static func leavesOut(_ key: Address) -> String {
    "\(key): no key was found, and none is made: CI is set, and a runner loses its key files (--key-dir DIR)"
  }

  /// Whether every read succeeded.
  public var isComplete: Bool { !changes.contains { $0.action == .unreadable } }
  /// Whether apply would write anything.
  public var hasChanges: Bool { changes.contains { $0.isWrite } }
  /// Whether declared members also hold their roles under other conditions; apply does not change that.
  public var hasDifferences: Bool { summary.alsoHeld > 0 }
  /// Whether a guard refuses at least one row.
  public var isRefused: Bool { changes.contains { $0.action == .refused } }
  /// The counts of its rows, computed at each use.
  public var summary: PlanSummary { PlanSummary(self) }
}

/// The selected part of the manifests.
public struct Selection: Sendable, Hashable {
  /// `--target`: the targets, which include their dependencies; empty: everything.
  public var targets: [AddressGlob] = []
  /// `--exclude`: the exclusions, which include what depends on them.
  public var excludes: [AddressGlob] = []
  /// Single grants that the run does not change.
  public var excludedGrants: [GrantPattern] = []
  /// By default the whole set of manifests.
  public init(
    targets: [AddressGlob] = [], excludes: [AddressGlob] = [], excludedGrants: [GrantPattern] = []
  ) {
    self.targets = targets
    self.excludes = excludes
    self.excludedGrants = excludedGrants
  }
  /// Whether it leaves nothing out, so that the run can judge undeclared resources.
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
  /// Rows that are unreadable or waiting.
  public var unreadable = 0
  /// Rows with nothing to do; includes gone, pending and held elsewhere.
  public var unchanged = 0
  /// Members that policies gain, without those of refused rows.
  public var membersAdded = 0
  /// Members that policies lose, without those of refused rows.
  public var membersRemoved = 0
  /// Undeclared live resources, without those that the scope ignores.
  public var undeclared = 0
  /// Declared members that hold their role under another condition too.
  public var alsoHeld = 0
  /// Declarations that left the manifests and are still live, and that `--prune` removes.
  public var leftManifests = 0

  /// Counts the rows and the members of a plan.
  public init(_ plan: Plan) {
    undeclared = plan.undeclared.count
    leftManifests = plan.since?.rows.count { $0.state == .live } ?? 0
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
