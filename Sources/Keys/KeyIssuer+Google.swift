import CloudResources
import GoogleCloud
import JSON
import Model

/// Keys that Google makes: the private half arrives once, so an intent is written first, the call is never repeated, and
/// what cannot be stored is deleted on the server at once.
///
/// The intent outlives whatever cuts a run off. What a later run sees decides:
///
///     a key that is not in the intent, and whose private half is not here   reported, never guessed away
///     none, and Google was asked less than a minute ago                     waits, and looks again
///     none, and that minute is over                                         asks again, with the ids of both times
extension KeyIssuer {
  /// How much of the run's time must be left for `keys.create` to be sent: it cannot be repeated, and an answer that
  /// comes too late takes the private half with it.
  static let leastTimeForCreate = Duration.seconds(20)

  func issueFromGoogle(_ order: KeyOrder) async throws(OperationFailure) -> OperationResult {
    try await inTurn { () async throws(OperationFailure) in try await askGoogle(order) }
  }

  private func askGoogle(_ order: KeyOrder) async throws(OperationFailure) -> OperationResult {
    // Waits for an account that this run created.
    _ = try await failing { () async throws(APIError) in try await requests.readAccount() }
    let (listed, known) = try await knownKeys()
    let isIntended = try await local { (store, key) throws(KeyStoreError) in
      try store.intent(key)?.keyIDs ?? []
    }
    let look = try await lookBefore(order, listed: listed, known: isIntended)
    try await writeIntent(known)
    let answer: JSONValue
    do {
      answer = try await requests.create { () async throws(APIError) in
        try checkTime()
        try await refreshIntent()
      }
    } catch {
      throw try await afterFailedCreate(error, known)
    }
    guard let live = LiveKey(made: answer, email: key.email, project: key.account.project) else {
      throw await orphaned(known, "the answer does not name a key of \(key.email)")
    }
    let result = try await stored(live.id, answer, dead: look.dead)
    var before = look
    before.known.formUnion(known)
    return try await lookAfter(result, live.id, before)
  }

  /// Throws, before anything is sent, where too little of the run's time is left.
  private func checkTime() throws(APIError) {
    let left = calls.client.run.remaining
    guard left < Self.leastTimeForCreate else { return }
    throw APIError(.deadline, requests.createLabel, Self.tooLate(left))
  }

  private static func tooLate(_ left: Duration, after waiting: Int64 = 0) -> String {
    let wait = waiting == 0 ? "" : " once an interrupted run's key had its \(waiting)s to show"
    return
      "it was not sent: \(max(0, left.components.seconds))s of the run's time are left\(wait), and it takes "
      + "\(leastTimeForCreate.components.seconds)s to be sure of the answer, which cannot be had again"
  }

  /// The failure of a run without the time for `keys.create`.
  private func noTime(_ message: String) -> OperationFailure {
    OperationFailure(
      .other, call: requests.createLabel, message: message,
      help: "apply again, with more time: --timeout 5m")
  }

  /// The account's keys, and the ids of all keys that cannot be the result of what comes now. After an interrupted run it
  /// waits until that run's key would have come to light, and throws when one does.
  func knownKeys() async throws(OperationFailure) -> (live: [LiveKey], ids: [String]) {
    let (intent, held, isAnswered) = try await local { (store, key) throws(KeyStoreError) in
      let destination = store.inspect(key).destination
      return (try store.intent(key), store.heldIDs(key), destination.intentIsAnswered)
    }
    let left = isAnswered ? 0 : intent?.secondsLeft(at: calls.now) ?? 0
    let rest = calls.client.run.remaining - .seconds(left)
    if key.origin == .google, rest < Self.leastTimeForCreate {
      throw noTime(Self.tooLate(rest, after: left))
    }
    let end = calls.clock.uptime + .seconds(left)
    var pause = Duration.seconds(1)
    while true {
      let live = try await failing { () async throws(APIError) in try await requests.list() }
      if let intent, let orphans = try await orphans(live, since: intent.keyIDs, intent.path) {
        throw failure("an interrupted run may have left \(orphans.subject)", orphans)
      }
      let rest = end - calls.clock.uptime
      guard rest > .zero else {
        return (live, held.union(live.map(\.id)).union(intent?.keyIDs ?? []).sorted())
      }
      try await failing { () async throws(APIError) in
        try await calls.sleep(min(rest, pause), requests.createLabel)
      }
      pause = min(pause * 2, .seconds(5))
    }
  }

  /// Settles the intent of an interrupted run where this one does not ask Google: the key's origin is another now.
  func settleIntent() async throws(OperationFailure) {
    let hasIntent = try await local { (store, key) throws(KeyStoreError) in
      try store.intent(key) != nil
    }
    guard hasIntent else { return }
    _ = try await knownKeys()
    try await local { (store, key) throws(KeyStoreError) in try store.dropIntent(key) }
  }

  private func writeIntent(_ before: [String]) async throws(OperationFailure) {
    let now = calls.now
    try await local { (store, key) throws(KeyStoreError) in
      try store.writeIntent(key, keyIDs: before, now: now)
    }
  }

  private func refreshIntent() async throws(APIError) {
    let now = calls.now
    do {
      try await local { (store, key) throws(KeyStoreError) in
        try store.refreshIntent(key, now: now)
      }
    } catch {
      throw APIError(.other, requests.createLabel, error.message)
    }
  }

  /// Keys that are new, that Google made, and whose private halves are not here.
  private func orphans(
    _ live: [LiveKey], since before: [String], _ intent: String
  ) async throws(OperationFailure) -> KeyOrphans? {
    let held = try await local { (store, key) throws(KeyStoreError) in store.heldIDs(key) }
    let spare = live.filter {
      !$0.isUploaded && !before.contains($0.id) && !held.contains($0.id)
    }
    guard !spare.isEmpty else { return nil }
    return KeyOrphans(ids: spare.map(\.id), email: key.email, intent: intent)
  }

  private func failure(_ message: String, _ orphans: KeyOrphans) -> OperationFailure {
    OperationFailure(
      .key, call: requests.createLabel, message: message, help: orphans.remedy, isPartial: true)
  }

  /// What was refused for certain left nothing; everything else may have left a key that nobody holds.
  private func afterFailedCreate(
    _ error: APIError, _ before: [String]
  ) async throws(OperationFailure) -> OperationFailure {
    guard error.kind == .ambiguous || error.kind == .cancelled || error.kind == .malformed else {
      try await local { (store, key) throws(KeyStoreError) in try store.dropIntent(key) }
      return error.kind == .deadline ? noTime(error.message) : KeyConstraint.failure(error, key)
    }
    return await orphaned(before, error.message)
  }

  /// Looks for keys that were not there before. They are reported and never deleted by guess: another run may have made
  /// them. The intent stays, whatever is seen.
  private func orphaned(_ before: [String], _ why: String) async -> OperationFailure {
    let intent = store.paths(key).intent
    var pause = Pause(calls)
    do throws(OperationFailure) {
      while true {
        let live = try await failing { () async throws(APIError) in try await requests.list() }
        if let orphans = try await orphans(live, since: before, intent) {
          return failure("\(why); it may have left \(orphans.subject)", orphans)
        }
        let goesOn = try await failing { () async throws(APIError) in
          try await pause.wait(atMost: .seconds(15), requests.createLabel)
        }
        guard goesOn else { break }
      }
    } catch {
      return OperationFailure(
        .key, call: requests.createLabel,
        message: "\(why); whether a key was made is not known: \(error.message)",
        help: "apply again: \(intent) remembers which keys were there before", isPartial: true)
    }
    return OperationFailure(
      .key, call: requests.createLabel, message: "\(why); no new key is to be seen yet",
      help: "apply again: it waits until one would be seen, before it makes another")
  }

  /// Stores the file as Google made it; on failure the key is deleted on the server at once.
  private func stored(
    _ id: String, _ answer: JSONValue, dead: Set<String>
  ) async throws(OperationFailure) -> OperationResult {
    let failure: OperationFailure
    do {
      try await local { (store, key) throws(KeyStoreError) in
        try store.store(
          key, keyID: id, encoded: answer["privateKeyData"]?.string, dead: dead)
      }
      return try await verified(id)
    } catch {
      let isStored = await onThread { [store, key] in
        (try? store.credential(at: store.paths(key).final, of: key))?.file.keyID == id
      }
      if isStored { throw error }
      failure = error
    }
    throw await revoked(id, failure)
  }

  private func revoked(_ id: String, _ cause: OperationFailure) async -> OperationFailure {
    var failure = cause
    do {
      _ = try await requests.delete(id)
      _ = try? await local { (store, key) throws(KeyStoreError) in
        try store.dropFinished(key, keyID: id)
        try store.dropIntent(key)
      }
      failure.help = "key \(id) was deleted again; nothing is left"
    } catch {
      failure.kind = .key
      failure.message += "; key \(id) is live and could not be deleted: \(error.message)"
      failure.help = revocation(of: id)
      failure.isPartial = true
    }
    return failure
  }
}
