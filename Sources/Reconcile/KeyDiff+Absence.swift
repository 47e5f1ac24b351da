import Model

/// A key that is declared absent.
extension KeyDiff {
  /// Gone is what is neither live nor here: private halves of it are removed, and what may still come to light is waited
  /// for.
  func absence() -> Change {
    if let orphans { return orphans }
    if let unnamed {
      return row(
        .delete, Statement("key.id", "key \(unnamed.id)"), .delete(keyID: unnamed.id))
    }
    let kept = live.filter { key in
      destination.replaced.contains { $0.file.keyID == key.id } && isUsable(key)
    }
    if !kept.isEmpty {
      return duplicates(kept + live.filter { $0.id == destination.file?.keyID })
    }
    let change = deletion()
    if change.action == .gone || change.action == .delete, let other = claimants(besides: change) {
      return other
    }
    guard change.action == .gone else { return change }
    let left = max(destination.secondsLeft(at: now), pendingSecondsLeft)
    if left > 0 {
      return row(
        .pending, Statement("key.maybe-made", "for \(left)s: an interrupted run may have made one"))
    }
    let hasFile = destination.file?.belongs(to: desired.email) ?? false
    guard hasFile || destination.hasLeftovers || !destination.replaced.isEmpty else {
      return change
    }
    // Not the path, which is this machine's: the plan's id holds the reason.
    return row(
      .update,
      Statement("key.gone.file", "deleted; its private half in \(desired.file) is removed too"),
      .tidy)
  }

  /// What is to be done about live keys that carry this declaration's name, and that no file here holds: another machine
  /// may have made them. Nil where there is none.
  private func claimants(besides change: Change) -> Change? {
    let own = destination.file?.keyID
    let others = live.filter {
      $0.isUploaded && $0.commonName == desired.commonName && $0.id != own
        && !heldByOthers.contains($0.id)
    }
    guard let first = others.first, change.key != .delete(keyID: first.id) else { return nil }
    let all = live.filter { $0.id == own } + others
    return all.count == 1
      ? row(.delete, Statement("key.id", "key \(first.id)"), .delete(keyID: first.id))
      : duplicates(all)
  }

  /// The live key that Google made and whose file lacks only its name.
  private var unnamed: LiveKey? {
    guard destination.file == nil, let pending = destination.pendingFingerprint else { return nil }
    return live.first { !$0.isUploaded && $0.fingerprint == pending }
  }

  /// For how many seconds an upload may still come to light that an interrupted run began.
  private var pendingSecondsLeft: Int64 {
    guard destination.pendingFingerprint != nil, let time = destination.pendingTime, time <= now
    else { return 0 }
    return max(0, KeyDestination.patience - (now - time))
  }
}
