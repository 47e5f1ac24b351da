import Model

/// Keys whose private halves go to a store of secrets.
extension PlanDraft {
  func remoteChange(_ desired: DesiredKey, _ destination: RemoteDestination) -> Change {
    let (shown, unknown) = holding(of: desired)
    guard let shown else { return unknown }
    let holding = existing(shown, of: desired)
    var (live, row) = liveKeys(of: desired, waits: desired.lifecycle.ensure == .absent)
    // A service that this run enables hides nothing that a first key could double: apply looks again before it makes one.
    if row != nil, desired.lifecycle.ensure == .present, holding == RemoteHolding(.empty),
      case .absent(let absence) = snapshot.keys[desired.account], absence.unreadWithout != nil
    {
      (live, row) = ([], nil)
    }
    if let row { return row }
    let isIssued = planner.issuedKeys.contains(desired.address)
    var result = RemoteKeyDiff(
      desired: desired, destination: destination, live: live,
      holding: holding,
      others: heldByOthers(desired, live).union(
        externals(besides: desired, ensure: .present).compactMap(\.keyID)),
      hasStepped: isIssued, isDeleted: planner.deletedKeys.contains(desired.address),
      reissue: !isIssued
        && planner.overrides.reissue.contains { $0.matchesWhole(desired.address) },
      now: planner.now
    ).change()
    if result.action != .refused { result.intended = result.action }
    return result
  }

  /// What the store of a key shows; if it is not known, the row of the key.
  private func holding(of desired: DesiredKey) -> (RemoteHolding?, row: Change) {
    var change = Change(of: desired, .unreadable)
    switch snapshot.holdings[desired.address] {
    case .present(let shown), .softDeleted(let shown): return (shown, change)
    case .absent: return (RemoteHolding(.missing("does not exist")), change)
    case .unreadable(let problem):
      // The run itself enables what the answer lacks, or creates the project.
      if isMade(desired.store) { return (RemoteHolding(.empty), change) }
      change.take(problem)
    case nil:
      change.reason = Statement("key.destination.unknown", "its destination was not checked")
    }
    return (nil, change)
  }

  /// A missing secret that this run creates is as good as an empty one.
  private func existing(_ holding: RemoteHolding, of key: DesiredKey) -> RemoteHolding {
    if case .missing = holding.state, isMade(key.store) { RemoteHolding(.empty) } else { holding }
  }

  private func isMade(_ store: Address?) -> Bool {
    guard let store, let change = changes[store] else { return false }
    switch change.action {
    case .create, .replace, .undelete: return true
    case .waiting: return change.intended == .create
    case .update, .delete, .unchanged, .gone, .heldElsewhere, .pending, .refused, .unreadable:
      return false
    }
  }
}
