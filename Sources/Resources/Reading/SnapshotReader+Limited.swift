import CloudResources
public import Model

extension SnapshotReader {
  /// A snapshot that was read for a larger graph, as a run for `graph` alone would have read it: what only the larger
  /// graph brings in neither adds policies nor reports anything as undeclared.
  public func snapshot(
    _ snapshot: Snapshot, limitedTo graph: DesiredGraph,
    selected: Set<Address>? = nil, listsIgnored: Bool = false, reach: ReportReach = ReportReach()
  ) -> Snapshot {
    // A run that looks everywhere has no limits, and writes nothing.
    guard reach == ReportReach() else {
      var limited = snapshot
      limited.resources = snapshot.resources.filter { graph.resources[$0.key] != nil }
      limited.destinations = snapshot.destinations.filter { graph.keys[$0.key] != nil }
      limited.holdings = snapshot.holdings.filter { graph.keys[$0.key] != nil }
      return limited
    }
    let plan = ReadPlan(graph, kinds: kinds, selected: selected, listsIgnored: listsIgnored)
    var limited = reportingOnly(plan, snapshot)
    let reads = Set(plan.reads)
    for (address, observation) in snapshot.resources where graph.resources[address] == nil {
      limited.resources[address] = nil
      if case .present(let resource) = observation,
        plan.reported.contains(.list(ResourceCollection(of: address)))
      {
        limited.undeclared.append(resource)
      }
    }
    limited.policies = snapshot.policies.filter { reads.contains(.policy($0.key)) }
    limited.keys = snapshot.keys.filter { reads.contains(.keys($0.key)) }
    limited.destinations = snapshot.destinations.filter { graph.keys[$0.key] != nil }
    limited.holdings = snapshot.holdings.filter { graph.keys[$0.key] != nil }
    limited.undeclared.sort { $0.address < $1.address }
    return limited
  }

  /// A snapshot that was read for a larger graph, with the undeclared resources of the lists that a run for `graph` alone
  /// would have read: a declaration that left the manifests makes no new place in which a scope deletes things.
  public func snapshot(
    _ snapshot: Snapshot, reportingAsFor graph: DesiredGraph, selected: Set<Address>? = nil,
    listsIgnored: Bool = false
  ) -> Snapshot {
    reportingOnly(
      ReadPlan(graph, kinds: kinds, selected: selected, listsIgnored: listsIgnored), snapshot)
  }

  private func reportingOnly(_ plan: ReadPlan, _ snapshot: Snapshot) -> Snapshot {
    let reads = Set(plan.reads)
    var limited = snapshot
    limited.undeclared = snapshot.undeclared.filter { resource in
      let address = resource.address
      if let account = address.parent, kinds.credential(of: account.kind) == address.kind {
        return reads.contains(.keys(account))
      }
      return plan.reported.contains(.list(ResourceCollection(of: address)))
    }
    return limited
  }
}
