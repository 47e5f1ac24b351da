import Model

/// Several live keys of one declaration: `--reissue` creates a new one and leaves the old one live.
extension KeyDiff {
  /// Another key beside the live ones, for `--reissue` or because a rotation is due, and a note about those.
  func superseding(
    _ file: KeyDestination.File?,
    because cause: (code: String, words: Statement.Sentence) = (
      "key.reissue", "reissue requested"
    )
  ) -> Change {
    let here = Set([file?.keyID].compactMap { $0 }).intersection(live.map(\.id))
    let ids = here.union(claimed.map(\.id)).union(namesakes.map(\.id)).sorted()
    guard !ids.isEmpty || file != nil else {
      return row(.create, because: Statement(cause.code, cause.words), order: .issue)
    }
    let isBegun = destination.pendingFingerprint != nil
    var code = isBegun ? "\(cause.code).begun" : cause.code
    var reason = isBegun ? cause.words + "; an interrupted run started it" : cause.words
    // Of keys that Google created, only the one with a file here is known to belong to this declaration.
    let named = desired.origin == .google && !here.isEmpty ? here.sorted() : ids
    if !named.isEmpty {
      reason +=
        "; \(words: named.count == 1 ? "key" : "keys") \(named.joined(separator: ", ")) "
        + "\(words: named.count == 1 ? "stays" : "stay") live"
    }
    if !here.isEmpty {
      code += ".kept"
      reason += ", and its file is kept"
    }
    let order = Set(ids + [file?.keyID].compactMap { $0 }).sorted()
    return making(Statement(code, reason), .supersede(order))
  }

  /// Live keys without a file here: another machine has it. If there are several, this run cannot know which one is in
  /// use; after `--reissue` there are two for a while, so this is a warning and not a refusal.
  func elsewhere(_ keys: [LiveKey]) -> Change {
    let newest = keys.max { ($0.validAfter ?? 0, $0.id) < ($1.validAfter ?? 0, $1.id) }
    guard desired.origin == .uploaded, keys.count > 1, let newest else {
      if let fingerprint = keys.first?.fingerprint, let pin = pinProblem(fingerprint) { return pin }
      let change = row(
        .heldElsewhere, because: Statement("key.elsewhere", "held elsewhere, not verified"))
      return keys.first.map { withRotation(change, $0) } ?? change
    }
    let pins = keys.map { $0.fingerprint.flatMap(pinProblem) }
    if let pin = pins.compactMap({ $0 }).first, !pins.contains(where: { $0 == nil }) { return pin }
    var change = row(
      .heldElsewhere,
      because: Statement(
        "key.elsewhere.several",
        "held elsewhere, not verified; \(keys.count) live keys carry its name"))
    change.keyChange?.superseded = SupersededKeys(
      current: nil, live: keys.map(\.id), since: newest.validAfter, email: desired.email)
    return withRotation(change, newest)
  }

  /// Whether a live key of the same name was replaced by the file's key: its file is kept here, or it is older.
  func isPredecessor(_ other: LiveKey, of key: LiveKey) -> Bool {
    if destination.replaced.contains(where: { $0.file.keyID == other.id }) { return true }
    guard let new = key.validAfter, let old = other.validAfter else { return false }
    return old < new
  }

  /// The row of a live key in a file: the next step of its rotation, if one is due.
  func rotating(_ key: LiveKey, _ file: KeyDestination.File) -> Change {
    let rotation = KeyRotation(
      desired: desired, current: key, former: predecessors(of: key), now: now)
    let isSettled = destination.pendingFingerprint == nil && !destination.hasLeftovers
    var change = besideFile
    if hasStepped {
      // One step for each run: the next one is for the next run.
    } else if isSettled, let step = rotation.retirement {
      change = row(.update, because: step.reason(since: key.validAfter), order: .retire(step))
    } else if change.action == .unchanged, let due = rotation.due, desired.fingerprint == nil {
      change = superseding(file, because: ("key.rotate", "due for rotation since \(Day(due))"))
    }
    change = withRotation(change, key)
    change.keyChange?.rotationDue = rotation.due
    let kept = destination.replaced.filter { kept in
      rotation.former.contains { $0.id == kept.file.keyID }
    }
    change.keyChange?.superseded = rotation.superseded(files: kept.map(\.path))
    return change
  }

  /// The keys that the file's key replaced and that still exist, enabled or not. Those that other documents declare, or
  /// whose files other documents name, are none of them.
  private func predecessors(of key: LiveKey) -> [LiveKey] {
    live.filter { other in
      guard other.id != key.id, !isOfAnother(other.id) else { return false }
      let isKept = destination.replaced.contains { $0.file.keyID == other.id }
      let isNamed = other.isUploaded && desired.isNamed(other.commonName)
      return isKept || isNamed && isPredecessor(other, of: key)
    }
  }

  /// The row of a file whose key was replaced by a run on another machine, within the time in which both are live; nil
  /// once that time is over, or if the keys' times do not say that it is so.
  func replacedElsewhere(_ key: LiveKey, by others: [LiveKey]) -> Change? {
    guard let start = key.validAfter,
      let newest = others.max(by: { ($0.validAfter ?? 0) < ($1.validAfter ?? 0) }),
      let since = newest.validAfter,
      others.allSatisfy({ ($0.validAfter ?? 0) > start }), now < since + 2 * desired.overlap
    else { return nil }
    var change = row(
      .heldElsewhere,
      because: Statement(
        "key.replaced-elsewhere",
        "replaced on another machine: key \(newest.id) is in use since \(Day(since))"))
    change.remarks = [
      Statement(
        "key.replaced-elsewhere.file",
        "\(destination.path) holds the old key \(key.id), which is disabled from "
          + "\(Day(since + desired.overlap)) on: put the new file there")
    ]
    return change
  }
}
