import CloudResources
import GoogleCloud
import JSON
import Model

/// Keys that Google creates. The private half arrives once, in the answer (docs/google-apis.md#calls-about-keys). So
/// arctl writes an intent first, never repeats the call, and deletes the key on the server at once if its file cannot
/// be stored.
///
/// The intent survives whatever interrupts the run. A later run that finds it acts by what it sees:
///
///     a key that the intent does not list and that has no file here   reports it, never deletes it by a guess
///     no such key, and the request is less than a minute old          waits, and lists the keys again
///     no such key, and that minute has passed                         creates one; the intent then lists the ids of both times
extension KeyIssuer {
  /// The remaining time below which `keys.create` is not sent. The call cannot be repeated, and an answer that arrives
  /// after the deadline is lost together with the private half.
  static let minimumTimeForCreate = Duration.seconds(20)

  /// Creates a key at Google, as the only such operation on the account.
  func issueFromGoogle(_ order: KeyAction) async throws(OperationFailure) -> OperationResult {
    try await serialized { () async throws(OperationFailure) in try await askGoogle(order) }
  }

  private func askGoogle(_ order: KeyAction) async throws(OperationFailure) -> OperationResult {
    // Waits until the server knows an account that this run created; a 404 here costs nothing, one from `keys.create`
    // would leave an intent.
    _ = try await mappingAPIErrors { () async throws(APIError) in try await requests.readAccount() }
    let (listed, known) = try await knownKeys()
    // These ids were there before the interrupted run sent its request, so they are not that run's key.
    let intentIDs = try await local { (store, key) throws(KeyStoreError) in
      try store.intent(key)?.keyIDs ?? []
    }
    // With the list of just now: listing again would cost a request and could show an older state.
    let look = try await checkBeforeCreate(order, listed: listed, known: intentIDs)
    // On disk before the request: from here on a crash may leave a key, and the intent is the only way to recognise it.
    try await writeIntent(known)
    let answer: JSONValue
    do {
      // Both steps run right before the bytes leave: a token or a free slot may have taken long to come.
      answer = try await requests.create { () async throws(APIError) in
        try checkTime()
        try await refreshIntent()
      }
    } catch {
      throw try await afterFailedCreate(error, known)
    }
    // The answer says that a key exists and not which one: only a comparison with the intent can find it.
    guard let live = LiveKey(made: answer, email: key.email, project: key.account.project) else {
      throw await orphanFailure(known, "the answer does not name a key of \(key.email)")
    }
    let result = try await stored(live.id, answer, dead: look.dead)
    // What checkAfterCreate compares with: the ids that the plan saw and those that the list showed just now.
    var before = look
    before.known.formUnion(known)
    return try await checkAfterCreate(result, id: live.id, before: before)
  }

  /// Throws before anything is sent if too little of the run's time is left.
  private func checkTime() throws(APIError) {
    let left = calls.client.run.remaining
    guard left < Self.minimumTimeForCreate else { return }
    throw APIError(.deadline, label: requests.createLabel, Self.outOfTimeReason(left))
  }

  /// Why the call was not sent: the time that is left, and what used it up.
  private static func outOfTimeReason(_ left: Duration, after waiting: Int64 = 0) -> String {
    let wait = waiting == 0 ? "" : " after \(waiting)s of waiting for the key of an interrupted run"
    return
      "it was not sent: \(max(0, left.components.seconds))s of the run's time are left\(wait), and it needs "
      + "\(minimumTimeForCreate.components.seconds)s, because its answer cannot be requested again"
  }

  /// The failure of a run that has no time left for `keys.create`.
  private func outOfTime(_ message: String) -> OperationFailure {
    OperationFailure(
      .other, call: requests.createLabel, message: message,
      help: "apply again with more time: --timeout 5m")
  }

  /// The account's keys, and the ids of all keys that cannot be the result of the next call. After an interrupted run
  /// it first waits as long as that run's key may take to become visible, and throws if one does: a second key would
  /// hide the first.
  func knownKeys() async throws(OperationFailure) -> (live: [LiveKey], ids: [String]) {
    let (intent, held, isAnswered) = try await local { (store, key) throws(KeyStoreError) in
      let destination = store.inspect(key).destination
      return (try store.intent(key), store.heldIDs(key), destination.intentIsAnswered)
    }
    // An intent is answered if the file here holds the key that it asked for: then there is nothing to wait for.
    let left = isAnswered ? 0 : intent?.secondsLeft(at: calls.localNow) ?? 0
    let rest = calls.client.run.remaining - .seconds(left)
    // Decided before the wait: a user who must pass a longer time-out should not wait a minute to learn that.
    // A run that only resolves the intent sends no create, so it needs no time for one.
    if key.origin == .google, rest < Self.minimumTimeForCreate {
      throw outOfTime(Self.outOfTimeReason(rest, after: left))
    }
    // Uptime, not the wall clock: an adjusted clock must neither shorten nor extend the wait.
    let end = calls.clock.uptime + .seconds(left)
    var pause = Duration.seconds(1)
    while true {
      let live = try await mappingAPIErrors { () async throws(APIError) in try await requests.list()
      }
      if let intent, let orphans = try await orphans(live, since: intent.keyIDs, intent.path) {
        throw failure("an interrupted run may have left \(orphans.subject)", orphans)
      }
      let rest = end - calls.clock.uptime
      // The ids of the old intent stay known, so that this run's intent covers both requests.
      guard rest > .zero else {
        return (live, held.union(live.map(\.id)).union(intent?.keyIDs ?? []).sorted())
      }
      try await mappingAPIErrors { () async throws(APIError) in
        try await calls.sleep(min(rest, pause), requests.createLabel)
      }
      // Up to five seconds, so that a whole minute of waiting costs about fifteen lists.
      pause = min(pause * 2, .seconds(5))
    }
  }

  /// Resolves the intent of an interrupted run if this run does not create a key at Google, because the manifest now
  /// asks for an upload. An intent that stays would block every later run.
  func settleIntent() async throws(OperationFailure) {
    let hasIntent = try await local { (store, key) throws(KeyStoreError) in
      try store.intent(key) != nil
    }
    guard hasIntent else { return }
    // Throws if a key of that run is visible. The intent stays then: it is what a later run recognises the key by.
    _ = try await knownKeys()
    try await local { (store, key) throws(KeyStoreError) in try store.dropIntent(key) }
  }

  /// Writes down which keys exist before the request.
  private func writeIntent(_ before: [String]) async throws(OperationFailure) {
    let now = calls.localNow
    try await local { (store, key) throws(KeyStoreError) in
      try store.writeIntent(key, keyIDs: before, now: now)
    }
  }

  /// Moves the intent's time to the moment of sending: a later run counts its patience from there.
  private func refreshIntent() async throws(APIError) {
    let now = calls.localNow
    do {
      try await local { (store, key) throws(KeyStoreError) in
        try store.refreshIntent(key, now: now)
      }
    } catch {
      // Raised before the bytes leave. `other` counts as a certain failure, so `afterFailedCreate` removes the intent.
      throw APIError(.other, label: requests.createLabel, error.message)
    }
  }

  /// Keys that Google created since the intent and whose private halves are not on this machine.
  private func orphans(
    _ live: [LiveKey], since before: [String], _ intent: String
  ) async throws(OperationFailure) -> KeyOrphans? {
    // Read again on each look: another operation of this run may have stored its key in the meantime.
    let held = try await local { (store, key) throws(KeyStoreError) in store.heldIDs(key) }
    // An uploaded key is never the result of the request: whoever uploaded it has its private half.
    let spare = live.filter {
      !$0.isUploaded && !before.contains($0.id) && !held.contains($0.id)
        && !key.namedElsewhere.contains($0.id)
    }
    guard !spare.isEmpty else { return nil }
    return KeyOrphans(ids: spare.map(\.id), email: key.email, intent: intent)
  }

  private func failure(_ message: String, _ orphans: KeyOrphans) -> OperationFailure {
    OperationFailure(
      .key, call: requests.createLabel, message: message, help: orphans.remedy, isPartial: true)
  }

  /// The failure after `keys.create` failed. A certain refusal creates no key, so the intent goes. Every other error
  /// may have left a key whose private half is lost.
  private func afterFailedCreate(
    _ error: APIError, _ before: [String]
  ) async throws(OperationFailure) -> OperationFailure {
    // A cancelled call may have left already, and a malformed answer may be that of a success: neither is a refusal.
    guard error.kind == .ambiguous || error.kind == .cancelled || error.kind == .malformed else {
      try await local { (store, key) throws(KeyStoreError) in try store.dropIntent(key) }
      return error.kind == .deadline ? outOfTime(error.message) : KeyConstraint.failure(error, key)
    }
    return await orphanFailure(before, error.message)
  }

  /// Looks for keys that were not there before. It reports them and never deletes one, because another run may have
  /// created it. The intent stays whatever the list shows: it may lag.
  private func orphanFailure(_ before: [String], _ reason: String) async -> OperationFailure {
    let intent = store.paths(key).intent
    var pause = Pause(calls)
    do throws(OperationFailure) {
      while true {
        let live = try await mappingAPIErrors { () async throws(APIError) in
          try await requests.list()
        }
        if let orphans = try await orphans(live, since: before, intent) {
          return failure("\(reason); it may have left \(orphans.subject)", orphans)
        }
        // Shorter than the time in which a key becomes visible: the intent stays, and the next run waits for the rest.
        let mayContinue = try await mappingAPIErrors { () async throws(APIError) in
          try await pause.wait(atMost: .seconds(15), requests.createLabel)
        }
        guard mayContinue else { break }
      }
    } catch {
      return OperationFailure(
        .key, call: requests.createLabel,
        message: "\(reason); it is not known whether a key was created: \(error.message)",
        help: "apply again: \(intent) lists the keys that existed before", isPartial: true)
    }
    // Not partial: no key is visible, and if one appears later, the intent leads the next run to it.
    return OperationFailure(
      .key, call: requests.createLabel, message: "\(reason); no new key is visible yet",
      help: "apply again: arctl waits until such a key would be visible before it creates another")
  }

  /// Stores the file as Google sent it. If that fails, deletes the key on the server at once: a key whose private half
  /// is lost can only do harm.
  private func stored(
    _ id: String, _ answer: JSONValue, dead: Set<String>
  ) async throws(OperationFailure) -> OperationResult {
    let failure: OperationFailure
    do {
      try await local { (store, key) throws(KeyStoreError) in
        try store.stage(
          key, keyID: id, encoded: answer["privateKeyData"]?.string, dead: dead)
      }
      try await checkStaged(id, dead: dead)
      try await local { (store, key) throws(KeyStoreError) in
        guard try store.installStaged(key, keyID: id, dead: dead) else {
          throw KeyStoreError("\(store.paths(key).staged) is gone")
        }
      }
      return try await verified(id)
    } catch {
      // A failed sign-in is not a failed write: if the file is in place, the key is usable and must stay.
      let isStored = await runBlocking { [store, key] in
        (try? store.credential(at: store.paths(key).installed, of: key))?.file.keyID == id
      }
      if isStored { throw error }
      failure = error
    }
    throw await revoked(id, failure)
  }

  /// Deletes the key that could not be stored. Adds the outcome to the failure of the write.
  private func revoked(_ id: String, _ cause: OperationFailure) async -> OperationFailure {
    var failure = cause
    do {
      _ = try await requests.delete(id)
      // Best effort: the key is gone, so a staged file or an intent that stays is harmless, and the next run removes
      // it.
      _ = try? await local { (store, key) throws(KeyStoreError) in
        try store.dropStaged(key, keyID: id)
        try store.dropIntent(key)
      }
      failure.help = "key \(id) was deleted again; nothing remains"
    } catch {
      // Whatever stopped the write, the report is now about a live key without a private half.
      failure.kind = .key
      failure.message += "; key \(id) is live and could not be deleted: \(error.message)"
      failure.help = revocation(of: id)
      failure.isPartial = true
    }
    return failure
  }
}
