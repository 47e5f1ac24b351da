import Model

/// Several live keys of one declaration: `--reissue` creates a new one and leaves the old one live.
extension KeyDiff {
  /// `--reissue`: another key beside the live ones, and a note about those.
  func superseding(_ file: KeyDestination.File?) -> Change {
    let here = Set([file?.keyID].compactMap { $0 }).intersection(live.map(\.id))
    let ids = here.union(claimed.map(\.id)).union(namesakes.map(\.id)).sorted()
    guard !ids.isEmpty || file != nil else {
      return row(.create, because: Statement("key.reissue", "reissue requested"), order: .issue)
    }
    let isBegun = destination.pendingFingerprint != nil
    var code = isBegun ? "key.reissue.begun" : "key.reissue"
    var reason: Statement.Sentence =
      isBegun ? "reissue requested; an interrupted run started it" : "reissue requested"
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

  /// The predecessors of the file's key that are still live; nil if there are none.
  func superseded(by key: LiveKey, _ namesakes: [LiveKey]) -> SupersededKeys? {
    let kept = destination.replaced.filter { kept in
      live.contains { $0.id == kept.file.keyID && isUsable($0) }
    }
    let ids = Set(namesakes.map(\.id) + kept.map(\.file.keyID)).subtracting([key.id])
    guard !ids.isEmpty else { return nil }
    return SupersededKeys(
      current: key.id, live: Array(ids), files: kept.map(\.path), since: key.validAfter,
      email: desired.email)
  }
}
