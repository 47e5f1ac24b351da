public import Model

/// Turns the declared and the live state into a plan; a pure function.
///
///     let plan = Planner(graph: graph, snapshot: snapshot).plan()
public struct Planner: Sendable {
  /// The declared state.
  public var graph: DesiredGraph
  /// The live state as it was read; a declared resource that it does not contain counts as unreadable.
  public var snapshot: Snapshot
  /// The selected part of the graph; everything unless set.
  public var selection = Selection()
  /// The guards that the command line lifts; none unless set.
  public var overrides = GuardOverrides()
  /// The entries of an approvals file; none unless set.
  public var approvals: [RowApproval] = []
  /// The guards that these entries lift: found out by `plan()`.
  private var approved: Set<ApprovedGuard> = []
  /// The identity of the caller, for the guard against lockout; an e-mail if the credential names one.
  public var caller = ""
  /// The provider of an identity pool by which the caller signs in, for the same guard; nil for every other caller.
  public var signIn: FederatedSignIn?
  /// Unix seconds, for keys that expire.
  public var now: Int64 = 0
  /// What a drift check accepts of the undeclared things; nil for every other run.
  public var baseline: Baseline?
  /// Whether the plan names the grants that end soon, as a drift check does.
  public var namesEnds = false
  /// Keys that this run has already deleted: a key from Google has no name, and its file is deleted with it.
  public var deletedKeys: Set<Address> = []
  /// Keys that this run has already created: `--reissue` is complete for them.
  public var issuedKeys: Set<Address> = []

  /// Whether keys are left out that would need a file on this machine, because it loses its files when the run ends.
  public var leavesOutNewKeys = false

  /// What the plan shows elsewhere as having left the manifests: its reports of undeclared things leave that out.
  public var reportedElsewhere: [SinceRow] = []
  /// The commit since which declarations that left the manifests are removed; nil for a plan that removes none.
  public var prunedSince: String?

  /// A planner for the whole set, at Unix second 0, for an unknown caller; set the other properties before `plan()`.
  public init(graph: DesiredGraph, snapshot: Snapshot) {
    self.graph = graph
    self.snapshot = snapshot
  }

  /// Whether a flag or an approval lifts this guard for this row.
  func allows(_ flag: Hazard.Flag, _ address: Address) -> Bool {
    overrides.allows(flag, address)
      || approved.contains(ApprovedGuard(flag: flag, address: address))
  }

  /// The plan.
  public func plan() -> Plan {
    let draft = draft()
    guard !approvals.isEmpty else { return plan(of: draft) }
    var verdict = ApprovalVerdict(approvals, in: draft, now: now)
    var approving = self
    approving.approved = verdict.guards
    var approvedDraft = verdict.used.isEmpty ? draft : approving.draft()
    if !verdict.holds(in: approvedDraft) {
      verdict.withdraw()
      approvedDraft = draft
    }
    var plan = plan(of: approvedDraft)
    plan.diagnostics += verdict.diagnostics
    return plan
  }

  /// The rows, judged by the guards.
  private func draft() -> PlanDraft {
    var draft = PlanDraft(self)
    draft.addResources()
    draft.addUndeclared()
    draft.nameWhatGoesWithProjects()
    draft.addPolicies()
    draft.addKeys()
    draft.refuseForbiddenKeys()
    draft.identify()
    draft.nameLosses()
    draft.nameHolders()
    Guards(planner: self).check(&draft)
    draft.holdBackDependents()
    draft.signRefusals()
    draft.judgeUndeclaredMembers()
    draft.passOverIgnoredMembers()
    draft.passOverReported()
    if let baseline { draft.accept(baseline) }
    return draft
  }

  private func plan(of draft: PlanDraft) -> Plan {
    let operations = OperationBuilder(draft: draft).operations()
    let changes = draft.ordered()
    var plan = Plan(
      id: PlanIdentity.id(of: self, changes: changes), stackName: graph.stack.name,
      variables: graph.stack.variables, caller: caller, selection: selection,
      allowances: overrides, changes: changes, undeclared: draft.undeclared,
      ignored: draft.ignored,
      notChecked: snapshot.notChecked.sorted() + snapshot.notLookedIn
        + draft.keysLeftOut.sorted().map(Plan.leavesOut),
      diagnostics: PlanReport(draft: draft, rows: changes).diagnostics(), operations: operations,
      declaredCount: graph.addresses.count(where: isDeclared),
      selectedCount: draft.selected.count(where: isDeclared),
      fileCount: graph.fileCount)
    plan.leftOut = graph.leftOut(by: selection).filter(isDeclared).sorted()
    plan.keysLeftOut = draft.keysLeftOut.sorted()
    plan.seen = draft.seen()
    plan.ignoredMembers = draft.ignoredMembers
    plan.notLookedIn = snapshot.notLookedIn
    plan.lacksReports = snapshot.lacksReports
    plan.baseline = draft.baselineOutcome
    return plan
  }

  private func isDeclared(_ address: Address) -> Bool {
    graph.resources[address]?.origin != .external && !graph.dropped.contains(address)
  }
}
