import Diagnostics
import Model

/// The change of one declared key, decided from the account's live keys and from the contents of its destination.
struct KeyDiff {
  let desired: DesiredKey
  let live: [LiveKey]
  let destination: KeyDestination
  /// The ids of live keys that are in the files of other declared keys.
  let heldByOthers: Set<String>
  /// The ids of live keys that other documents want to stay, though they were made elsewhere: a deletion leaves them.
  var keptElsewhere: Set<String> = []
  /// How many other declarations claim a key from Google whose id is unknown.
  var googleKeysElsewhere = 0
  /// Whether this run has already deleted it.
  var isDeleted = false
  /// Whether this run has already created it, or taken a step of its rotation.
  var hasStepped = false
  let reissue: Bool
  /// The missing requirement for a read of the account's keys: a service that is off, a project that does not exist.
  /// Nil if they were read.
  var blockedBy: Address?
  /// Unix seconds.
  let now: Int64

  func change() -> Change {
    let change =
      unseen ?? unread ?? (desired.lifecycle.ensure == .absent ? absence() : presence())
    return destination.isBusy && !holdsWhileBusy(change) ? busy : change
  }

  /// The key of a file here is new, and the server does not show it: for a while that proves nothing, and it does not
  /// block other rows.
  private var unseen: Change? {
    let own = [destination.file].compactMap { $0 }.filter { $0.belongs(to: desired.email) }
    let prints = Set(own.map(\.fingerprint) + [destination.pendingFingerprint].compactMap { $0 })
    let left = live.compactMap { key in
      key.fingerprint.map(prints.contains) == true ? key.unseenFor : nil
    }.max()
    guard let left else { return nil }
    return row(
      .pending,
      because: Statement(
        "key.unseen", "for \(left)s: the key in the file is new, and the server does not show it"))
  }

  /// The account's keys could not be read, and a local key may be live or must be deleted.
  private var unread: Change? {
    guard let blockedBy else { return nil }
    switch destination.state {
    case .refused: return nil
    case .unusable, .empty, .file:
      let isEmpty =
        destination.state == .empty && destination.pendingFingerprint == nil
        && destination.intent == nil && destination.replaced.isEmpty
      if desired.lifecycle.ensure == .present, isEmpty { return nil }
      if case .unusable = destination.state, desired.lifecycle.ensure == .present { return nil }
      if let file = destination.file, !file.belongs(to: desired.email) { return nil }
      if destination.unnamed?.otherServer != nil { return nil }
    }
    return row(
      .pending,
      because: Statement(
        "key.blocked", "its account's keys cannot be read until \(blockedBy.local) exists"))
  }

  /// Whether the row stays true whatever another run is about to write.
  private func holdsWhileBusy(_ change: Change) -> Bool {
    switch destination.state {
    case .unusable, .refused: true
    case .empty, .file: change.action == .unchanged
    }
  }

  /// A key that another run is creating looks like an orphan or like no key, until that run ends.
  private var busy: Change {
    var change = row(
      .unreadable,
      because: Statement("key.busy", "another run of arctl is writing keys in this directory"))
    change.remarks = [Statement("key.busy.wait", "wait until it ends, and plan again")]
    return change
  }

  func row(
    _ action: Change.Action, because reason: Statement? = nil, order: KeyAction? = nil
  ) -> Change {
    Change(of: desired, action, because: reason, order: order)
  }

  func refusal(
    _ code: DiagnosticCode, _ message: Statement, remedy: String? = nil
  ) -> Change {
    var change = row(.refused)
    change.intended = .create
    change.refusals = [Refusal(code, message, remedy: remedy)]
    return change
  }

  /// Live keys that may be this one: by the certificate's name or, for keys from Google, because no other declaration
  /// has them.
  var claimed: [LiveKey] {
    live.filter { key in
      guard !heldByOthers.contains(key.id), isUsable(key) else { return false }
      switch desired.origin {
      case .uploaded: return key.isUploaded && desired.isNamed(key.commonName)
      case .google: return !key.isUploaded && !desired.namedElsewhere.contains(key.id)
      case .external: return false
      }
    }
  }

  /// Live uploaded keys with this name, whatever the declared origin.
  var namesakes: [LiveKey] {
    live.filter {
      $0.isUploaded && desired.isNamed($0.commonName) && !heldByOthers.contains($0.id)
        && isUsable($0)
    }
  }

  func isUsable(_ key: LiveKey) -> Bool {
    !key.isDisabled && (key.validBefore.map { $0 > now } ?? true)
  }

  private func presence() -> Change {
    if let why = destination.file?.otherServer {
      return mismatch(Statement("key.other-server", "\(destination.path) \(why)"))
    }
    if let why = destination.unnamed?.otherServer {
      return mismatch(
        Statement(
          "key.other-server.leftover",
          "\(destination.path) has a file beside it, left by an interrupted run, which \(why)"))
    }
    return switch destination.state {
    case .file(let file): withFile(file)
    case .empty: withoutFile()
    case .unusable(let why, let remedy):
      refusal(
        .keyDestination, Statement("key.destination.unusable", "\(why)"),
        remedy: remedy ?? "move that file away, or name another destination")
    case .refused(let why):
      claimed.isEmpty || reissue
        ? refusal(
          .keyDestination, Statement("key.destination.refused", "\(why)"),
          remedy: "pass --key-dir DIR, or leave it out with --exclude \(desired.address)")
        : withoutFile()
    }
  }

  private func mismatch(_ why: Statement) -> Change {
    refusal(
      .keyMismatch, why,
      remedy: "move that file away, or name another destination or folder (--key-dir DIR)")
  }

  private func withFile(_ file: KeyDestination.File) -> Change {
    guard file.stranger == nil, file.email == desired.email else {
      let path = destination.path
      return mismatch(
        file.stranger.map { Statement("key.stranger", "\(path) \($0)") }
          ?? Statement("key.other-account", "\(path) holds a key of \(file.email)"))
    }
    if let pin = pinProblem(file.fingerprint) { return pin }
    if let orphans { return orphans }
    if let adoption = adoption { return adoption }
    guard let key = live.first(where: { $0.id == file.keyID }) else { return withDeadFile(file) }
    if key.isDisabled, !reissue {
      return refusal(
        .keyMismatch, Statement("key.disabled", "the key in \(destination.path) is disabled"),
        remedy: "enable it, or make another one: arctl keys rotate \(desired.address)")
    }
    if key.isUploaded != (desired.origin == .uploaded), !reissue { return wrongOrigin(key) }
    let others = namesakes.filter { $0.id != key.id }
    let unexplained = others.filter { !isPredecessor($0, of: key) }
    if !unexplained.isEmpty {
      return replacedElsewhere(key, by: unexplained) ?? strangers(unexplained, beside: key)
    }
    if let end = key.validBefore, end <= now { return expired(key, file, beside: others) }
    if reissue { return superseding(file) }
    return rotating(key, file)
  }

  /// The key in the file has expired; it counts among the account's ten keys until it is deleted.
  private func expired(
    _ key: LiveKey, _ file: KeyDestination.File, beside others: [LiveKey]
  ) -> Change {
    let order =
      others.isEmpty ? replacement(of: file) : .supersede(others.map(\.id).sorted() + [key.id])
    var change = making(Statement("key.expired", "the key in the file has expired"), order)
    change.keyChange?.setEnd(of: key, now: now)
    change.remarks = [expiryRemark(on: key)]
    return change
  }

  private func expiryRemark(on key: LiveKey) -> Statement {
    let fact: Statement.Sentence =
      "key \(key.id), which has expired, still counts among the account's ten keys"
    // Without a name or a kept file a later run cannot know whose it was.
    guard desired.origin == .google else {
      return Statement(
        "key.expired.later", fact + "; a later apply deletes it, two overlaps after the new one")
    }
    return Statement(
      "key.expired.counts",
      fact + "; delete it: \(words: LiveKey.revocation(of: key.id, desired.email))")
  }

  /// The leftovers of an interrupted run, or of a deleted predecessor, beside the file of a live key.
  var besideFile: Change {
    let isLive = Set(live.map(\.id))
    let gone = destination.replaced.filter { !isLive.contains($0.file.keyID) }
    guard destination.pendingFingerprint == nil, destination.hasLeftovers || !gone.isEmpty else {
      return row(.unchanged)
    }
    let left = destination.secondsLeft(at: now)
    guard left == 0 else {
      return row(
        .pending,
        because: Statement(
          "key.maybe-another", "for \(left)s: an interrupted run may have made another key")
      )
    }
    return destination.hasLeftovers
      ? row(
        .update, because: Statement("key.leftovers", "an interrupted run left files beside it"),
        order: .removeLeftovers)
      : row(
        .update,
        because: Statement(
          "key.kept-file", "the key that it replaced is deleted; its kept file is removed too"),
        order: .removeLeftovers)
  }

  /// A new key in place of a file's; the one that an interrupted run started, if there is one.
  private func replacement(of file: KeyDestination.File) -> KeyAction {
    destination.pendingFingerprint == nil ? .reissue(replacing: file.keyID) : .resume
  }

  /// The private half that an interrupted run left, if its public half is live.
  private var adoption: Change? {
    guard let pending = destination.pendingFingerprint,
      let key = claimed.first(where: { $0.fingerprint == pending })
    else { return nil }
    return row(
      .create,
      because: Statement("key.adopt", "an interrupted run left it; only its file is missing"),
      order: .importExisting(keyID: key.id))
  }

  /// The file's key is not on the server any more: it was revoked, or another machine replaced it.
  private func withDeadFile(_ file: KeyDestination.File) -> Change {
    let others = desired.origin == .uploaded ? claimed : []
    if others.isEmpty {
      return making(
        Statement("key.dead", "the key in the file is no longer live"), replacement(of: file))
    }
    if reissue { return superseding(file) }
    var change = elsewhere(others)
    change.remarks = [
      Statement("key.dead.file", "the key in \(destination.path) is no longer live")
    ]
    for kept in destination.replaced where others.contains(where: { $0.id == kept.file.keyID }) {
      change.remarks.append(
        Statement("key.kept", "key \(kept.file.keyID) is live, and its file is \(kept.path)"))
    }
    return change
  }

  private func withoutFile() -> Change {
    if let orphans { return orphans }
    let claimed = claimed
    if let adoption = adoption { return adoption }
    let isBegun = destination.pendingFingerprint != nil
    if isBegun, reissue, !claimed.isEmpty { return superseding(nil) }
    if isBegun, destination.intent != nil || claimed.isEmpty {
      return making(Statement("key.begun", "an interrupted run started it"), .resume)
    }
    if destination.intent != nil {
      return making(Statement("key.begun", "an interrupted run started it"), .issue)
    }
    if desired.origin == .google, !reissue, let key = namesakes.first { return wrongOrigin(key) }
    if reissue { return superseding(nil) }
    if claimed.isEmpty { return row(.create, because: nil, order: .issue) }
    return elsewhere(claimed)
  }

  /// A new key with a reason, and with the time that apply waits while the key of an interrupted run may still appear.
  func making(_ reason: Statement, _ order: KeyAction) -> Change {
    var change = row(.create, because: reason, order: order)
    let left = destination.secondsLeft(at: now)
    change.keyChange?.wait = left == 0 ? nil : left
    return change
  }

  /// An interrupted run had requested a key from Google: any newer key may be its orphan, and is never dismissed by a
  /// guess.
  var orphans: Change? {
    guard let intent = destination.intent else { return nil }
    let spare = live.filter { key in
      !key.isUploaded && !intent.keyIDs.contains(key.id) && !heldByOthers.contains(key.id)
        && key.id != destination.file?.keyID && !desired.namedElsewhere.contains(key.id)
        && (key.fingerprint == nil || key.fingerprint != destination.pendingFingerprint)
    }
    guard !spare.isEmpty else { return nil }
    let orphans = KeyOrphans(ids: spare.map(\.id), email: desired.email, intent: intent.path)
    return refusal(
      .keyOrphan,
      Statement("key.orphans", "an interrupted run may have left \(orphans.subject)"),
      remedy: orphans.remedy)
  }

  func duplicates(_ keys: [LiveKey]) -> Change {
    let ids = keys.map(\.id).sorted().joined(separator: ", ")
    return refusal(
      .keyDuplicate,
      Statement("key.duplicates", "more than one live key claims this name: \(ids)"),
      remedy: "find out which one is in use, then revoke the other: "
        + LiveKey.revocation(of: "KEY_ID", desired.email))
  }

  /// The file shows which key is this declaration's; the others may still be in use elsewhere.
  private func strangers(_ others: [LiveKey], beside key: LiveKey) -> Change {
    let ids = others.map(\.id).sorted()
    let commands = ids.map { LiveKey.revocation(of: $0, desired.email) }
    return refusal(
      .keyDuplicate,
      Statement(
        "key.strangers",
        "\(destination.path) holds key \(key.id), but more than one live key claims this name: "
          + "\(ids.joined(separator: ", "))"),
      remedy: "if it is not in use, revoke it: \(commands.joined(separator: "; "))")
  }

  private func wrongOrigin(_ key: LiveKey) -> Change {
    let (maker, origin) =
      key.isUploaded ? ("was uploaded", "uploaded") : ("was created by Google", "google")
    return refusal(
      .immutableField,
      Statement(
        "key.wrong-origin",
        "`origin` cannot be changed in place: key \(key.id) \(words: maker)\(fact: origin)"),
      remedy: "write `origin: \(origin)`, or create another key with --reissue \(desired.address)")
  }

  func pinProblem(_ fingerprint: String) -> Change? {
    guard let pin = desired.fingerprint, pin != "sha256:\(fingerprint)" else { return nil }
    return refusal(
      .keyMismatch,
      Statement("key.pin", "the live key is sha256:\(fingerprint), the manifest pins \(pin)"),
      remedy: "revoke the key if it is not yours, or correct `fingerprint`")
  }

  /// The remarks on a key that stays: an unknown private half, a file that other users can access, and a rotation that
  /// is due.
  func withRotation(_ change: Change, _ key: LiveKey) -> Change {
    var change = change
    if destination.pendingFingerprint != nil {
      change.remarks.append(
        Statement(
          "key.pending",
          "an interrupted run left a private half beside \(destination.path): finish it with "
            + "--reissue \(desired.address), or remove the file that ends in `.pending` there"))
    }
    if let rights = destination.openRights {
      let path = destination.path
      change.remarks.append(
        Statement(
          "key.open-file",
          "other users can access \(path) (\(String(rights, radix: 8))); run: chmod 600 \(path)"))
    }
    change.keyChange?.rotationDue =
      KeyRotation(desired: desired, current: key, former: [], now: now).due
    change.keyChange?.setEnd(of: key, now: now)
    return change
  }
}

extension Change {
  /// The row of a declared key.
  init(
    of key: DesiredKey, _ action: Action, because reason: Statement? = nil, order: KeyAction? = nil
  ) {
    self.init(
      address: key.address, action: action, source: key.source, what: .key(KeyChange(order: order)))
    self.reason = reason
    note = key.note
  }
}
