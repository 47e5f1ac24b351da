import Diagnostics
import Model
import Reconcile
import Rendering
import Resources

extension Session {
  /// The plan for a snapshot. With `--since` it says what left the manifests; with `--prune` it removes that.
  func sincePlan(
    _ snapshot: Snapshot, _ show: Set<PlanShow>, _ report: ExecutionReport, _ reach: ReportReach,
    _ baseline: Baseline?
  ) async throws -> Plan {
    guard let since = manifests.since else {
      var planner = planner(manifests.graph, snapshot, report)
      planner.baseline = baseline
      planner.namesEnds = reach.readsAllGrants
      return try await planned(planner)
    }
    let listsIgnored = show.contains(.ignored)
    var pruning = planner(
      since.pruned,
      reader.snapshot(
        snapshot, reportingAsFor: manifests.graph, selected: selected(in: manifests.graph),
        listsIgnored: listsIgnored), report)
    if since.prunes {
      pruning.prunedSince = since.commit
      pruning.reportedElsewhere = since.dropped.keptRows
      var plan = try await planned(pruning)
      plan.since = SinceReport(
        commit: since.commit, isPruned: true,
        rows: options.selection.isWhole ? since.dropped.keptRows : [])
      return withWarning(plan)
    }
    let rows = since.dropped.isEmpty ? [] : since.dropped.rows(in: pruning.plan())
    var planner = planner(
      manifests.graph,
      reader.snapshot(
        snapshot, limitedTo: manifests.graph, selected: selected(in: manifests.graph),
        listsIgnored: listsIgnored, reach: reach), report)
    planner.baseline = baseline
    planner.namesEnds = reach.readsAllGrants
    // A drift check judges every grant by its danger, also one that left the manifests.
    planner.reportedElsewhere = reach.readsAllGrants ? rows.filter { $0.part == .whole } : rows
    var plan = try await planned(planner)
    plan.since = SinceReport(
      commit: since.commit, isPruned: false,
      rows: rows.filter { row in
        if case .kept = row.state { return options.selection.isWhole }
        return !plan.removes(row)
      })
    return withWarning(plan)
  }

  /// The plan with a warning of what left the manifests and stays.
  private func withWarning(_ plan: Plan) -> Plan {
    guard let report = plan.since, !report.rows.isEmpty else { return plan }
    var plan = plan
    plan.diagnostics.append(
      Diagnostic(
        .leftManifests, severity: .warning, report.headline,
        help: report.isPruned ? [] : ["`--prune` removes what can be removed"]))
    return plan
  }

  /// For a run without `--since`: whether the manifests differ from those where the branch began.
  func noteOnRemovedLines() async -> [Diagnostic] {
    guard options.since == nil else { return [] }
    return [await RemovedLines(options: options.manifests, context: context).note()]
      .compactMap(\.self)
  }

  /// What the comparison with an earlier commit means for the exit code of a plan.
  func sinceOutcomes(_ plan: Plan, _ wantsDetail: Bool) -> [Outcome] {
    guard let since = plan.since else { return [] }
    return (since.isComplete ? [] : [.access])
      + (wantsDetail && since.rows.contains { $0.state == .live } ? [.changes] : [])
  }

  private func planner(
    _ graph: DesiredGraph, _ snapshot: Snapshot, _ report: ExecutionReport
  ) -> Planner {
    var planner = Planner(graph: graph, snapshot: snapshot)
    planner.selection = options.selection
    planner.overrides = options.overrides
    planner.approvals = manifests.approvals.entries
    planner.caller = client.credential.principal ?? client.credential.caller
    planner.signIn = client.credential.federation.flatMap {
      FederatedSignIn(audience: $0.audience, accounts: $0.accounts)
    }
    planner.now = now
    planner.leavesOutNewKeys = KeyFolder.isOnRunner(keys)
    planner.deletedKeys = report.deletedKeys
    planner.issuedKeys = report.issuedKeys
    return planner
  }

  /// The plan, with what its deletions destroy, and without new keys that an organisation forbids.
  private func planned(_ planner: Planner) async throws -> Plan {
    let plan = planner.plan()
    let doomed = plan.changes.filter {
      [.delete, .replace].contains($0.intended) && $0.resource != nil
    }
    var planner = planner
    if !doomed.isEmpty {
      planner.snapshot.losses = try await losses(of: doomed.map(\.address), planner.snapshot)
    }
    let made = plan.keysToMake(in: planner.graph)
    if !made.isEmpty { planner.snapshot.constraints = try await constraints(on: made) }
    return doomed.isEmpty && planner.snapshot.constraints.isEmpty ? plan : planner.plan()
  }

  /// A finding whose place is in an earlier commit: an annotation can only be at a line of the present files.
  func placedInPresent(_ finding: Diagnostic) -> Diagnostic {
    guard let commit = manifests.since?.commit, let place = finding.position,
      place.file.hasPrefix("\(SinceReport.short(commit)):")
    else { return finding }
    var placed = finding
    placed.position = nil
    placed.message += " (declared at \(place.file):\(place.line))"
    return placed
  }

  /// The arguments that give another run the same plan: with the commit in place of a name that may move.
  var repeatedArguments: [String] {
    guard let commit = manifests.since?.commit else { return options.repeated }
    var arguments = options.repeated
    for index in arguments.indices where index > 0 && arguments[index - 1] == "--since" {
      arguments[index] = SinceReport.short(commit)
    }
    return arguments
  }
}

extension Plan {
  /// Whether the plan itself removes what a row names.
  fileprivate func removes(_ row: SinceRow) -> Bool {
    guard let change = changes.first(where: { $0.address == row.address }) else { return false }
    switch row.part {
    case .whole: return change.intended == .delete
    case .grant(let grant):
      return change.bindings.contains { binding in
        binding.role == grant.role && binding.condition == grant.condition
          && binding.removed.contains { $0.member == grant.member }
      }
    case .label(let key, _):
      let path = FieldPath().field("labels").field(key)
      return change.fields.contains { $0.path == path && $0.to == nil }
    }
  }
}
