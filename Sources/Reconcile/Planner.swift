public import Model

/// Turns what is asked for and what is there into a plan; pure.
///
///     let plan = Planner(graph: graph, snapshot: snapshot).plan()
public struct Planner: Sendable {
  /// What the manifests ask for.
  public var graph: DesiredGraph
  /// What was read of the live cloud; a declared resource that it does not hold counts as unreadable.
  public var snapshot: Snapshot
  /// Which part of the graph the plan is about; everything unless set.
  public var selection = Selection()
  /// Which guards the command line lifts; none unless set.
  public var permissions = PlanPermissions()
  /// Who plans, for what would lock them out; an e-mail where the credential tells one.
  public var caller = ""
  /// Unix seconds, for keys that expire.
  public var now: Int64 = 0
  /// Keys that this run has deleted already: a key that Google made carries no name, and its file is gone with it.
  public var deletedKeys: Set<Address> = []
  /// Keys that this run has made already: what `--reissue` asks of them is done.
  public var issuedKeys: Set<Address> = []

  /// A planner for the whole set, at Unix second 0, for a caller who is not known; set the other properties before `plan()`.
  public init(graph: DesiredGraph, snapshot: Snapshot) {
    self.graph = graph
    self.snapshot = snapshot
  }

  /// The plan.
  public func plan() -> Plan {
    var draft = PlanDraft(self)
    draft.addResources()
    draft.addUndeclared()
    draft.nameWhatGoesWithProjects()
    draft.addPolicies()
    draft.addKeys()
    draft.identify()
    Guards(planner: self).check(&draft)
    draft.holdBackDependents()
    draft.signRefusals()
    draft.passOverIgnoredMembers()
    let operations = OperationBuilder(draft: draft).operations()
    let changes = draft.ordered()
    var plan = Plan(
      id: PlanIdentity.id(of: self, changes: changes), stackName: graph.stack.name,
      variables: graph.stack.variables, caller: caller, selection: selection,
      allowances: permissions, changes: changes, undeclared: draft.undeclared,
      ignored: draft.ignored,
      notChecked: snapshot.notChecked.sorted(),
      diagnostics: PlanReport(draft: draft).diagnostics(), operations: operations,
      declaredCount: graph.addresses.count(where: isDeclared),
      selectedCount: draft.selected.count(where: isDeclared),
      fileCount: graph.fileCount)
    plan.leftOut = graph.leftOut(by: selection).filter(isDeclared).sorted()
    plan.seen = draft.seen()
    return plan
  }

  private func isDeclared(_ address: Address) -> Bool {
    graph.resources[address]?.origin != .external
  }
}
