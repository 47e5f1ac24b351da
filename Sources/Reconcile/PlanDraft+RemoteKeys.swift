import Model

/// Keys whose private halves go to a store of secrets.
extension PlanDraft {
  func remoteChange(_ desired: DesiredKey, _ destination: RemoteDestination) -> Change {
    var change = Change(of: desired, .unreadable)
    let live: [LiveKey]
    switch snapshot.keys[desired.account] {
    case .present(let keys), .softDeleted(let keys): live = keys
    case .absent(let absence):
      if let service = absence.unreadWithout, desired.lifecycle.ensure == .absent {
        ResourceDiff.wait(for: service, &change)
        return change
      }
      if let blocker = blocker(of: desired, absence) {
        return Change(
          of: desired, .pending,
          because: Statement(
            "key.blocked", "its account's keys cannot be read until \(blocker.local) exists"))
      }
      live = []
    case .unreadable(let problem):
      change.take(problem)
      return change
    case nil:
      change.reason = Statement("key.account.unread", "the keys of its account were not read")
      return change
    }
    let holding: RemoteHolding
    switch snapshot.holdings[desired.address] {
    case .present(let shown), .softDeleted(let shown): holding = shown
    case .absent: holding = RemoteHolding(.missing("does not exist"))
    case .unreadable(let problem):
      // The run itself enables what the answer lacks, or creates the project.
      guard isMade(desired.store) else {
        change.take(problem)
        return change
      }
      holding = RemoteHolding(.empty)
    case nil:
      change.reason = Statement("key.destination.unknown", "its destination was not checked")
      return change
    }
    let isIssued = planner.issuedKeys.contains(desired.address)
    var result = RemoteKeyDiff(
      desired: desired, destination: destination, live: live,
      holding: existing(holding, of: desired),
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
