import Model

/// A key with `ensure: absent`.
extension KeyDiff {
  /// The key is absent once it is neither on the server nor on disk. Its private halves are removed; a key that may
  /// still appear delays this.
  func absence() -> Change {
    if let orphans { return orphans }
    if let file = destination.file, isOfAnother(file.keyID),
      live.contains(where: { $0.id == file.keyID })
    {
      return row(
        .gone,
        because: Statement(
          "key.of-another", "the key in \(desired.file) is that of another declared key, and stays")
      )
    }
    if let unnamed {
      return row(
        .delete, because: Statement("key.id", "key \(unnamed.id)"),
        order: .delete(keyID: unnamed.id))
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
        .pending,
        because: Statement("key.maybe-made", "for \(left)s: an interrupted run may have made one"))
    }
    let hasFile = destination.file?.belongs(to: desired.email) ?? false
    guard hasFile || destination.hasLeftovers || !destination.replaced.isEmpty else {
      return change
    }
    // The declared file name and not the path, which depends on the machine: the plan's id contains the reason.
    return row(
      .update,
      because: Statement(
        "key.gone.file", "deleted; its private half in \(desired.file) is removed too"),
      order: .removeLeftovers)
  }

  /// The row for live keys that carry this declaration's name and have no file here, because another machine may have
  /// created them; nil if there are none.
  private func claimants(besides change: Change) -> Change? {
    let own = destination.file?.keyID
    let others = live.filter {
      $0.isUploaded && desired.isNamed($0.commonName) && $0.id != own
        && !isOfAnother($0.id)
    }
    guard let first = others.first, change.key != .delete(keyID: first.id) else { return nil }
    let all = live.filter { $0.id == own } + others
    return all.count == 1
      ? row(
        .delete, because: Statement("key.id", "key \(first.id)"), order: .delete(keyID: first.id))
      : duplicates(all)
  }

  /// Whether a live key is also that of another document, so that it stays.
  func isOfAnother(_ id: String) -> Bool {
    heldByOthers.contains(id) || keptElsewhere.contains(id)
  }

  /// The live key that Google created and whose file only lacks its name.
  private var unnamed: LiveKey? {
    guard destination.file == nil, let pending = destination.pendingFingerprint else { return nil }
    return live.first { !$0.isUploaded && $0.fingerprint == pending }
  }

  /// How many more seconds an upload of an interrupted run may still appear.
  private var pendingSecondsLeft: Int64 {
    guard destination.pendingFingerprint != nil, let time = destination.pendingTime, time <= now
    else { return 0 }
    return max(0, KeyDestination.patience - (now - time))
  }
}

extension KeyDiff {
  /// The row of a key that is to be absent.
  func deletion() -> Change {
    let ids: [String] =
      switch (desired.origin, destination.state) {
      case (_, .file(let file)) where file.belongs(to: desired.email): [file.keyID]
      case (.uploaded, _):
        live.filter { $0.isUploaded && desired.isNamed($0.commonName) }.map(\.id)
      case (.google, _), (.external, _): []
      }
    // A copy of its file at the destination of another key makes it that key's.
    let present = ids.filter { id in live.contains { $0.id == id } && !isOfAnother(id) }
    guard let id = present.sorted().first else {
      return mayBeLive ?? row(.gone)
    }
    if present.count > 1 { return duplicates(live.filter { present.contains($0.id) }) }
    return row(.delete, because: Statement("key.id", "key \(id)"), order: .delete(keyID: id))
  }

  /// A key from Google has no name: if no file has its id, and more such keys are live than other declarations claim,
  /// arctl cannot know that it is deleted.
  private var mayBeLive: Change? {
    if let file = destination.file, file.belongs(to: desired.email) { return nil }
    guard !isDeleted, desired.origin == .google || !desired.originIsWritten else { return nil }
    let unknown = live.filter {
      !$0.isUploaded && !heldByOthers.contains($0.id) && !desired.namedElsewhere.contains($0.id)
    }.map(\.id).sorted()
    guard unknown.count > googleKeysElsewhere else { return nil }
    var change = refusal(
      .keyOrphan,
      Statement(
        "key.maybe-live",
        "without the file that `destination` names it may be any of the live keys that Google made: "
          + "\(unknown.joined(separator: ", "))"),
      remedy: "on the machine that has its file, write `origin` and `destination`, or revoke it: "
        + LiveKey.revocation(of: "KEY_ID", desired.email)
        + "; if none of them is it, remove this document")
    change.intended = .delete
    return change
  }
}
