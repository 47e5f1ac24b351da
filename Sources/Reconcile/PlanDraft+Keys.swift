import Model

extension PlanDraft {
  mutating func addKeys() {
    for (address, desired) in graph.keys where selected.contains(address) {
      let change = keyChange(desired)
      if change.action == .gone, graph.dropped.contains(address) { continue }
      if isLeftOut(change) {
        keysLeftOut.append(address)
        continue
      }
      changes[address] = change
    }
  }

  /// Whether a key has no row: it would have to be made, and this machine loses its files. A drift check still reports it
  /// as a difference, and `--reissue` asks for it.
  private func isLeftOut(_ change: Change) -> Bool {
    planner.leavesOutNewKeys && !planner.namesEnds && change.action == .refused
      && change.intended == .create
      && change.refusals.map(\.statement.code) == ["key.destination.refused"]
      && !planner.overrides.reissue.contains { $0.matchesWhole(change.address) }
  }

  private func keyChange(_ desired: DesiredKey) -> Change {
    if let id = desired.keyID { return externalChange(desired, id) }
    if let remote = desired.remote { return remoteChange(besideOthers(desired), remote) }
    let desired = besideOthers(desired)
    var change = Change(of: desired, .unreadable)
    guard let destination = snapshot.destinations[desired.address] else {
      change.reason = Statement("key.destination.unknown", "its destination was not checked")
      return change
    }
    let live: [LiveKey]
    var blockedBy: Address?
    switch snapshot.keys[desired.account] {
    case .present(let keys), .softDeleted(let keys): live = keys
    case .absent(let absence):
      live = []
      if let service = absence.unreadWithout, hangsOnLiveKeys(desired, destination) {
        ResourceDiff.wait(for: service, &change)
        return change
      }
      if case .notYetThere(let missing) = absence, missing != desired.account {
        blockedBy = missing
      }
    case .unreadable(let problem):
      change.take(problem)
      return change
    case nil:
      change.reason = Statement("key.account.unread", "the keys of its account were not read")
      return change
    }
    let diff = KeyDiff(
      desired: desired, live: live, destination: destination,
      heldByOthers: heldByOthers(desired, live),
      keptElsewhere: Set(externals(besides: desired, ensure: .present).compactMap(\.keyID)),
      googleKeysElsewhere: googleKeysElsewhere(besides: desired),
      isDeleted: planner.deletedKeys.contains(desired.address),
      hasStepped: planner.issuedKeys.contains(desired.address),
      reissue: !planner.issuedKeys.contains(desired.address)
        && planner.overrides.reissue.contains { $0.matchesWhole(desired.address) },
      blockedBy: blockedBy, now: planner.now)
    var result = diff.change()
    if result.action != .refused { result.intended = result.action }
    return result
  }

  /// Whether the row of a key depends on the live keys: it must be deleted, or it has a local private half, or another
  /// machine may hold it. A new key is requested only if there is none; apply then reads the live ones first.
  private func hangsOnLiveKeys(_ desired: DesiredKey, _ destination: KeyDestination) -> Bool {
    if desired.lifecycle.ensure == .absent { return true }
    switch destination.state {
    case .file(let file): return file.email == desired.email
    case .refused: return true
    case .unusable: return false
    case .empty:
      return destination.pendingFingerprint != nil || destination.intent != nil
        || destination.hasLeftovers
    }
  }

  /// How many other declared keys of the same account come from Google and have no file here with their id.
  private func googleKeysElsewhere(besides desired: DesiredKey) -> Int {
    let foreign = graph.others.keys.count {
      $0.account == desired.account && $0.origin == .google && $0.lifecycle.ensure == .present
    }
    return foreign
      + graph.keys.values.count { other in
        guard other.address != desired.address, other.account == desired.account,
          other.origin == .google, other.lifecycle.ensure == .present
        else { return false }
        guard case .file(let file) = snapshot.destinations[other.address]?.state else {
          return true
        }
        return !file.belongs(to: other.email)
      }
  }

  /// The ids of keys whose private halves are at the destinations of other declared keys, finished or not.
  func heldByOthers(_ desired: DesiredKey, _ live: [LiveKey]) -> Set<String> {
    let others = (keysOfAccount[desired.account] ?? []).filter { $0.address != desired.address }
    var held: Set<String> = []
    for holding in others.compactMap({ snapshot.holdings[$0.address] }) {
      if case .present(let holding) = holding { held.formUnion(holding.keyIDs) }
    }
    for destination in others.compactMap({ snapshot.destinations[$0.address] }) {
      if let file = destination.file, file.belongs(to: desired.email) { held.insert(file.keyID) }
      held.formUnion(destination.replaced.map(\.file.keyID))
      guard let pending = destination.pendingFingerprint else { continue }
      held.formUnion(live.filter { $0.fingerprint == pending }.map(\.id))
    }
    return held
  }

  // MARK: Keys that were made elsewhere

  /// The declarations of an account's other keys that were made elsewhere, in this set and in other stacks.
  func externals(
    besides key: DesiredKey, ensure: Lifecycle.Ensure? = nil
  ) -> [DesiredKey] {
    (keysOfAccount[key.account] ?? []).filter {
      $0.address != key.address && $0.origin == .external
        && (ensure == nil || $0.lifecycle.ensure == ensure)
    }
  }

  /// A key that arctl makes, with the ids of those that other documents declare and that therefore are not this one.
  func besideOthers(_ key: DesiredKey) -> DesiredKey {
    var key = key
    key.namedElsewhere = Set(externals(besides: key).compactMap(\.keyID))
    return key
  }

  private func externalChange(_ desired: DesiredKey, _ id: String) -> Change {
    let (live, row) = liveKeys(of: desired, waits: true)
    if let row { return row }
    var result = ExternalKeyDiff(
      desired: desired, keyID: id, live: live,
      holder: live.first { $0.id == id }.flatMap { holder(of: $0, besides: desired) },
      now: planner.now
    ).change()
    if result.action != .refused { result.intended = result.action }
    return result
  }

  /// The live keys of a key's account; if they are not known, the row of the key.
  ///
  /// - Parameter waits: whether the key waits for a service that this run enables; else it has no keys until then.
  func liveKeys(of desired: DesiredKey, waits: Bool) -> (keys: [LiveKey], row: Change?) {
    var change = Change(of: desired, .unreadable)
    switch snapshot.keys[desired.account] {
    case .present(let keys), .softDeleted(let keys): return (keys, nil)
    case .absent(let absence):
      if let service = absence.unreadWithout, waits {
        ResourceDiff.wait(for: service, &change)
      } else if let blocker = blocker(of: desired, absence) {
        change = Change(
          of: desired, .pending,
          because: Statement(
            "key.blocked", "its account's keys cannot be read until \(blocker.local) exists"))
      } else {
        return ([], nil)
      }
    case .unreadable(let problem): change.take(problem)
    case nil:
      change.reason = Statement("key.account.unread", "the keys of its account were not read")
    }
    return ([], change)
  }

  /// What must exist before the keys of the account can be read: another resource, or the account itself if it returns
  /// with its keys. A new account has none.
  private func blocker(of desired: DesiredKey, _ absence: Absence) -> Address? {
    guard case .notYetThere(let missing) = absence, desired.lifecycle.ensure == .present else {
      return nil
    }
    let returns = changes[missing]?.intended == .undelete
    return missing != desired.account || returns ? missing : nil
  }

  /// The declaration of a key that arctl makes to which a live key belongs; one that is to be present goes first.
  private func holder(of key: LiveKey, besides desired: DesiredKey) -> DesiredKey? {
    let own = (keysOfAccount[desired.account] ?? []).filter { $0.origin != .external }
    let holders = own.filter { other in
      if key.isUploaded, other.isNamed(key.commonName) { return true }
      guard let destination = snapshot.destinations[other.address] else { return false }
      let files = [destination.file].compactMap { $0 } + destination.replaced.map(\.file)
      return files.contains { $0.keyID == key.id && $0.belongs(to: desired.email) }
        || (key.fingerprint != nil && key.fingerprint == destination.pendingFingerprint)
    }
    return holders.sorted { $0.address < $1.address }
      .min { $0.lifecycle.ensure == .present && $1.lifecycle.ensure != .present }
  }
}
