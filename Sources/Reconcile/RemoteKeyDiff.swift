import Diagnostics
import Model

/// The change of a declared key whose private half goes to a store of secrets.
///
/// Nobody can read a private half back from there, so everything rests on what the store shows: which key's value it
/// holds, since when, and the note of a run that was interrupted. What it does not show is never assumed.
struct RemoteKeyDiff {
  let desired: DesiredKey
  let destination: RemoteDestination
  let live: [LiveKey]
  let holding: RemoteHolding
  /// The ids of live keys that other declarations hold.
  let others: Set<String>
  /// Whether this run has already created it, or taken a step of its rotation.
  var hasStepped = false
  /// Whether this run has already deleted it.
  var isDeleted = false
  let reissue: Bool
  /// Unix seconds.
  let now: Int64

  func change() -> Change {
    if let claim = holding.claim, claim.secondsLeft(at: now) > 0 {
      return row(
        .pending,
        because: Statement(
          "key.claimed",
          "for \(claim.secondsLeft(at: now))s: another run is storing a key in \(destination.text)")
      )
    }
    return desired.lifecycle.ensure == .absent ? absence() : presence()
  }

  private func presence() -> Change {
    switch holding.state {
    case .missing(let why):
      return refusal(
        .keyDestination, Statement("key.remote.missing", "\(destination.text) \(why)"))
    case .unavailable(let why, let remedy): return unavailable(why, remedy)
    case .foreign(let why):
      guard !reissue else { return making(cause("key.reissue", "reissue requested")) }
      return refusal(
        .keyDestination,
        Statement("key.remote.foreign", "\(destination.text) is not this key's: \(why)"),
        remedy: "name another secret; or write over it: arctl keys rotate \(desired.address)")
    case .empty: return making(reissue ? cause("key.reissue", "reissue requested") : nil)
    case .begun(let id):
      guard let key = own.first(where: { $0.id == id }), signsIn(key) else {
        return unverified("an interrupted run wrote key \(id), which is not live")
      }
      return row(
        .create,
        because: Statement(
          "key.remote.adopt",
          "an interrupted run stored key \(id); only the note about it is missing"),
        order: .importExisting(keyID: id))
    case .unverified(let why): return unverified(why)
    case .verified(let id, let since): return holds(id, since: since)
    }
  }

  /// The secret holds a known key.
  private func holds(_ id: String, since: Int64) -> Change {
    guard let key = live.first(where: { $0.id == id }) else {
      return making(
        cause("key.remote.dead", "the key in \(destination.text) is no longer live"))
    }
    if let start = key.validAfter, since < start {
      return unverified("its value is older than key \(id)")
    }
    if key.isUploaded, !desired.isNamed(key.commonName) {
      return refusal(
        .keyMismatch,
        Statement("key.remote.other", "\(destination.text) holds key \(id) of another declaration"),
        remedy: "name another secret")
    }
    if reissue { return making(cause("key.reissue", "reissue requested")) }
    if key.isDisabled {
      return refusal(
        .keyMismatch,
        Statement("key.remote.disabled", "the key in \(destination.text) is disabled"),
        remedy: "enable it, or make another one: arctl keys rotate \(desired.address)")
    }
    if key.isUploaded != (desired.origin == .uploaded) {
      return making(cause("key.remote.origin", "`origin` is another one now"))
    }
    if let pin = pinProblem(key) { return pin }
    guard signsIn(key) else { return making(cause("key.remote.expired", "its key has expired")) }
    return rotating(key, since: since)
  }

  /// The next step of a rotation, if one is due.
  private func rotating(_ key: LiveKey, since: Int64) -> Change {
    let others = own.filter { $0.id != key.id }
    let unexplained = others.filter { signsIn($0) && !isFormer($0, of: key) }
    guard unexplained.isEmpty else { return strangers(unexplained, beside: key) }
    // What an interrupted run lost and left enabled goes at once: its private half is gone.
    let lost = Set(lost.map(\.id))
    let former = others.filter { !lost.contains($0.id) }
    let rotation = KeyRotation(
      desired: desired, current: key, former: former, stored: since, now: now)
    var change = row(.unchanged)
    if let orphans { return orphans }
    if hasStepped {
      // One step for each run: the next one is for the next run.
    } else if !lost.isEmpty, rotation.due == nil || desired.fingerprint != nil {
      let step = KeyRetirement(current: key.id, disable: Array(lost))
      change = row(
        .update,
        because: Statement(
          "key.remote.retire-lost",
          "disable \(lost.sorted().joined(separator: ", ")), whose private half an interrupted run lost"
        ),
        order: .retire(step))
    } else if let step = rotation.retirement {
      change = row(.update, because: step.reason(since: key.validAfter), order: .retire(step))
    } else if let due = rotation.due, desired.fingerprint == nil {
      change = making(cause("key.rotate", "due for rotation since \(Day(due))"))
    } else if let gone = leftovers(beside: key) {
      change = row(.update, because: gone, order: .removeLeftovers)
    }
    change.keyChange?.rotationDue = rotation.due
    change.keyChange?.setEnd(of: key, now: now)
    change.keyChange?.superseded = rotation.superseded(files: [])
    return change
  }

  /// Whether a key was replaced by the one that the store holds: it is older, or the store still notes it. A newer key of the same name may be in use elsewhere, unless an interrupted run made and lost it.
  private func isFormer(_ other: LiveKey, of key: LiveKey) -> Bool {
    if holding.kept.contains(other.id) || lost.contains(where: { $0.id == other.id }) {
      return true
    }
    guard let new = key.validAfter, let old = other.validAfter else { return false }
    return old < new
  }

  private func strangers(_ others: [LiveKey], beside key: LiveKey) -> Change {
    let ids = others.map(\.id).sorted()
    return refusal(
      .keyDuplicate,
      Statement(
        "key.remote.strangers",
        "\(destination.text) holds key \(key.id), but more than one live key claims this name: "
          + "\(ids.joined(separator: ", "))"),
      remedy: "if another checkout stores this key elsewhere, keep one of the two; else revoke it: "
        + ids.map { LiveKey.revocation(of: $0, desired.email) }.joined(separator: "; "))
  }

  /// What is left in the store of keys that are gone, or of an interrupted run.
  private func leftovers(beside key: LiveKey) -> Statement? {
    let ids = Set(live.map(\.id))
    let gone = holding.kept.filter { $0 != key.id && !ids.contains($0) }
    guard gone.isEmpty else {
      return Statement(
        "key.remote.kept",
        "\(destination.text) still holds \(gone.joined(separator: ", ")), which is deleted")
    }
    return holding.claim == nil
      ? nil : Statement("key.remote.claim", "an interrupted run left a note at \(destination.text)")
  }

  /// This run has no credential for the store: nothing changes, and what can be said is said.
  private func unavailable(_ why: String, _ remedy: String) -> Change {
    guard let newest = newest, !reissue else {
      return refusal(
        .keyDestination, Statement("key.remote.unavailable", "\(why)"), remedy: remedy)
    }
    return elsewhere(newest, why)
  }

  private func unverified(_ why: String) -> Change {
    guard let newest, !reissue else {
      return making(
        reissue
          ? cause("key.reissue", "reissue requested")
          : cause("key.remote.lost", "\(why), and no key of it is live"))
    }
    var change = elsewhere(newest, why)
    change.remarks = [
      Statement(
        "key.remote.unverified.remedy",
        "nothing is disabled; to store a new key: arctl keys rotate \(desired.address)")
    ]
    return change
  }

  /// The row of a key about which the store says nothing that can be relied on.
  private func elsewhere(_ key: LiveKey, _ why: String) -> Change {
    if let pin = pinProblem(key) { return pin }
    var change = row(
      .heldElsewhere, because: Statement("key.remote.unverified", "not verified: \(why)"))
    change.keyChange?.rotationDue =
      KeyRotation(desired: desired, current: key, former: [], now: now).due
    change.keyChange?.setEnd(of: key, now: now)
    return change
  }

  // MARK: a new key

  private typealias Cause = (code: String, words: Statement.Sentence)
  private func cause(_ code: String, _ words: Statement.Sentence) -> Cause { (code, words) }

  /// A new key beside the live ones. A key whose private half an interrupted run lost is disabled first: it is
  /// of no use, and must not count as a second one in use.
  private func making(_ cause: Cause?) -> Change {
    if let orphans { return orphans }
    let lost = lost.map(\.id).sorted()
    let beside = own.filter { signsIn($0) && !lost.contains($0.id) }.map(\.id).sorted()
    var words = cause?.words
    if !lost.isEmpty {
      let more: Statement.Sentence =
        "an interrupted run lost the private half of \(lost.joined(separator: ", ")), which is disabled"
      words = words.map { $0 + "; " + more } ?? more
    }
    if !beside.isEmpty {
      let more: Statement.Sentence =
        "\(words: beside.count == 1 ? "key" : "keys") \(beside.joined(separator: ", ")) "
        + "\(words: beside.count == 1 ? "stays" : "stay") live"
      words = words.map { $0 + "; " + more } ?? more
    }
    let order: KeyAction =
      if !lost.isEmpty { .reclaim(lost: lost, beside: beside) } else if beside.isEmpty {
        .issue
      } else {
        .supersede(beside)
      }
    return row(
      .create, because: words.map { Statement(cause?.code ?? "key.remote.new", $0) }, order: order)
  }

  /// Keys that an interrupted run made and could not store: it noted their id, or they are new since its note and carry
  /// this declaration's name. Empty if the store may hold such a key.
  private var lost: [LiveKey] {
    guard let claim = holding.claim else { return [] }
    switch holding.state {
    case .begun, .unverified, .foreign, .missing, .unavailable: return []
    case .empty, .verified: break
    }
    var current: String?
    if case .verified(let id, _) = holding.state { current = id }
    return own.filter { key in
      guard signsIn(key), key.id != current, !holding.kept.contains(key.id) else { return false }
      // Made in the time of the claim: an old note cannot name a key that is in use.
      guard let start = key.validAfter, start >= claim.time - RemoteHolding.Claim.lease else {
        return false
      }
      return key.id == claim.keyID || key.isUploaded && !claim.keyIDs.contains(key.id)
    }
  }

  /// An interrupted run had requested a key from Google, which carries no name: any newer one may be its orphan.
  private var orphans: Change? {
    guard desired.origin == .google, let claim = holding.claim else { return nil }
    let known = Set(own.map(\.id) + claim.keyIDs + holding.kept).union(others)
      .union(desired.namedElsewhere)
    let spare = live.filter { !$0.isUploaded && !known.contains($0.id) }
    guard !spare.isEmpty else { return nil }
    let orphans = KeyOrphans(
      ids: spare.map(\.id), email: desired.email, intent: "the note at \(destination.text)")
    return refusal(
      .keyOrphan,
      Statement("key.orphans", "an interrupted run may have left \(orphans.subject)"),
      remedy: orphans.remedy)
  }

  // MARK: keys of this declaration

  /// The account's keys that are this declaration's, enabled or not: by the name in their certificates, or because the
  /// store holds them or notes them.
  private var own: [LiveKey] {
    var noted = Set(holding.kept)
    if case .verified(let id, _) = holding.state { noted.insert(id) }
    if case .begun(let id) = holding.state { noted.insert(id) }
    if let id = holding.claim?.keyID { noted.insert(id) }
    return live.filter { key in
      guard !others.contains(key.id), !desired.namedElsewhere.contains(key.id) else { return false }
      return key.isUploaded ? desired.isNamed(key.commonName) : noted.contains(key.id)
    }
  }

  private var newest: LiveKey? {
    own.filter(signsIn).max { ($0.validAfter ?? 0, $0.id) < ($1.validAfter ?? 0, $1.id) }
  }

  private func signsIn(_ key: LiveKey) -> Bool {
    !key.isDisabled && (key.validBefore.map { $0 > now } ?? true)
  }

  // MARK: absence

  /// The key is absent once no key of the declaration is on the server; the store then forgets it.
  private func absence() -> Change {
    let ids = own.map(\.id).sorted()
    guard let id = ids.first else {
      if let mayBeLive { return mayBeLive }
      guard case .verified = holding.state, !isDeleted else { return row(.gone) }
      return row(
        .update,
        because: Statement(
          "key.remote.gone", "deleted; what \(destination.text) holds of it is removed too"),
        order: .removeLeftovers)
    }
    guard ids.count == 1 else {
      return refusal(
        .keyDuplicate,
        Statement(
          "key.duplicates",
          "more than one live key claims this name: \(ids.joined(separator: ", "))"),
        remedy: "revoke those that are not in use: "
          + LiveKey.revocation(of: "KEY_ID", desired.email))
    }
    return row(.delete, because: Statement("key.id", "key \(id)"), order: .delete(keyID: id))
  }

  /// A key that Google made has no name: without a store that says which one it is, it may be any key of the account.
  private var mayBeLive: Change? {
    guard desired.origin == .google, !isDeleted else { return nil }
    switch holding.state {
    case .verified, .begun, .empty: return nil
    case .missing, .unavailable, .foreign, .unverified: break
    }
    let unknown = live.filter {
      !$0.isUploaded && !others.contains($0.id) && !desired.namedElsewhere.contains($0.id)
    }.map(\.id).sorted()
    guard !unknown.isEmpty else { return nil }
    var change = refusal(
      .keyOrphan,
      Statement(
        "key.remote.maybe-live",
        "\(destination.text) does not say which key it holds; it may be any of the live keys that Google made: "
          + "\(unknown.joined(separator: ", "))"),
      remedy:
        "revoke it: \(LiveKey.revocation(of: "KEY_ID", desired.email)); if none of them is it, remove this document"
    )
    change.intended = .delete
    return change
  }

  private func pinProblem(_ key: LiveKey) -> Change? {
    guard let pin = desired.fingerprint, let print = key.fingerprint, pin != "sha256:\(print)"
    else {
      return nil
    }
    return refusal(
      .keyMismatch,
      Statement("key.pin", "the live key is sha256:\(print), the manifest pins \(pin)"),
      remedy: "revoke the key if it is not yours, or correct `fingerprint`")
  }

  private func row(
    _ action: Change.Action, because reason: Statement? = nil, order: KeyAction? = nil
  ) -> Change {
    Change(of: desired, action, because: reason, order: order)
  }

  private func refusal(
    _ code: DiagnosticCode, _ message: Statement, remedy: String? = nil
  ) -> Change {
    var change = row(.refused)
    change.intended = .create
    change.refusals = [Refusal(code, message, remedy: remedy)]
    return change
  }
}
