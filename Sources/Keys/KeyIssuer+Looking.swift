import CloudResources
import GoogleCloud
import Model

/// What the issuer looks at right before it makes a key, and right after: a plan is a while old by then, lists lag, and
/// another machine may be making the same key.
extension KeyIssuer {
  /// What was there before a key was made.
  struct Before: Sendable {
    /// Keys whose files are here, and that were just seen to be dead, or have expired: only their files are replaced.
    var dead: Set<String> = []
    /// Live keys of which the plan, a file here or an earlier run says what they are.
    var known: Set<String> = []
    /// Live keys that stay beside the new one.
    var superseded: [String] = []
    /// Expired keys of files that the new one replaces.
    var expired: [String] = []
  }

  /// Looks at the keys of the files here, and at the account's keys. Throws, before anything is made, where a file's
  /// key turns out to be live that the plan took for dead, and where a key lives of which the plan knew nothing.
  ///
  /// - Parameter listed: the account's keys, where they were just listed.
  func lookBefore(
    _ order: KeyOrder, listed: [LiveKey]? = nil, known: [String] = []
  ) async throws(OperationFailure) -> Before {
    var before = try await evidence(order)
    let held = try await local { (store, key) throws(KeyStoreError) in store.heldIDs(key) }
    before.known = held.union(known).union(order.seen)
    // An account that this very run made has no keys.
    guard !calls.memory.isNew(key.account) else { return before }
    let pending = try await local { (store, key) throws(KeyStoreError) in
      store.inspect(key).destination.pendingFingerprint
    }
    let claimed = try await claimed(listed, but: before.known)
    let others = try await local { (store, key) throws(KeyStoreError) in
      store.neighbourIntents(key)
    }
    let unknown = claimed.filter { live in
      !before.known.contains(live.id)
        && (live.fingerprint == nil || live.fingerprint != pending)
        && !others.contains { !$0.keyIDs.contains(live.id) && !live.isUploaded }
    }
    guard unknown.isEmpty else { throw appeared(unknown) }
    let stays = order.seen.filter { !before.dead.contains($0) }.sorted()
    let own = stays.filter(held.contains)
    // Of keys that Google made, only the one whose file is here is known to be this declaration's.
    before.superseded = key.origin == .google && !own.isEmpty ? own : stays
    return before
  }

  /// Looks again once the key is made and stored: a key that another run made at the same time, of which neither knew,
  /// is reported by both.
  func lookAfter(
    _ made: OperationResult, _ id: String, _ before: Before
  ) async throws(OperationFailure) -> OperationResult {
    var result = made
    result.warnings += before.superseded.map(stillLive) + before.expired.map(stillThere)
    let held = try await local { (store, key) throws(KeyStoreError) in store.heldIDs(key) }
    let known = before.known.union(held).union([id])
    let rivals: [LiveKey]
    do throws(OperationFailure) {
      let others = try await local { (store, key) throws(KeyStoreError) in
        store.neighbourIntents(key)
      }
      rivals = try await claimed(nil, but: known).filter { live in
        !known.contains(live.id)
          && !others.contains { !$0.keyIDs.contains(live.id) && !live.isUploaded }
      }
    } catch {
      result.warnings.append(
        "whether another run made a key at the same time is not known: \(error.message)")
      return result
    }
    guard !rivals.isEmpty else { return result }
    let ids = rivals.map(\.id).sorted()
    throw OperationFailure(
      .key, call: "\(key.address)",
      message: "key \(id) is made and stored in \(store.paths(key).final), and another run made "
        + "\(ids.count == 1 ? "key" : "keys") \(ids.joined(separator: ", ")) of \(key.email) for the same "
        + "declaration at the same time",
      help: "find out which one is in use, and revoke the other: "
        + (ids + [id]).map(revocation).joined(separator: "; or: "),
      isPartial: true)
  }

  /// The usable live keys that may be this declaration's: those that carry its name, or those that Google made.
  private func claimed(
    _ listed: [LiveKey]?, but known: Set<String>
  ) async throws(OperationFailure) -> [LiveKey] {
    let now = calls.now
    func isUsable(_ key: LiveKey) -> Bool {
      !key.isDisabled && (key.validBefore.map { $0 > now } ?? true)
    }
    switch key.origin {
    case .google:
      let live: [LiveKey]
      if let listed {
        live = listed
      } else {
        live = try await failing { () async throws(APIError) in try await requests.list() }
      }
      return live.filter { !$0.isUploaded && isUsable($0) }
    case .uploaded:
      let live = try await failing { () async throws(APIError) in
        try await requests.keys(withCertificatesBut: known)
      }
      return live.filter { $0.isUploaded && $0.commonName == key.commonName && isUsable($0) }
    }
  }

  private func appeared(_ unknown: [LiveKey]) -> OperationFailure {
    let ids = unknown.map(\.id).sorted()
    let isOne = ids.count == 1
    return OperationFailure(
      .key, call: "\(key.address)",
      message:
        "\(isOne ? "key" : "keys") \(ids.joined(separator: ", ")) of \(key.email) turned out to be live, "
        + "and no file here holds \(isOne ? "it" : "them"); nothing was made",
      help: "plan again: it reads as held elsewhere, and --reissue \(key.address) makes another; "
        + "where nothing uses it, revoke it: \(ids.map(revocation).joined(separator: "; "))")
  }

  private func stillLive(_ id: String) -> String {
    let kept = store.paths(key).replaced(id) ?? ""
    let isKept = !kept.isEmpty && (try? store.credential(at: kept, of: key)) ?? nil != nil
    return "key \(id) stays live" + (isKept ? ", and its file is kept as \(kept)" : "")
      + "; distribute the new file, and once nothing uses the old key, revoke it: \(revocation(of: id))"
  }

  private func stillThere(_ id: String) -> String {
    "key \(id), which has expired, still counts among the account's ten keys; delete it: "
      + revocation(of: id)
  }

  // MARK: the files here

  /// Asks for the keys of files that name another server: this one may know them under another address.
  func recognizeFiles() async throws(OperationFailure) {
    let doubtful = try await local { (store, key) throws(KeyStoreError) in store.doubtfulFiles(key)
    }
    for held in doubtful {
      let live = try await failing { () async throws(APIError) in
        try await KeyEvidence(store: store, client: calls.client).recognized(held, of: key)
      }
      if live != nil { store.recognize(held.file.fingerprint) }
    }
  }

  /// What the keys of the files here are, each asked for by itself. A `reissue` replaces a file whose key is dead, or it
  /// throws; for every other order a file is kept unless its key is.
  private func evidence(_ order: KeyOrder) async throws(OperationFailure) -> Before {
    var before = Before()
    for held in try await local({ (store, key) throws(KeyStoreError) in store.ownFiles(key) }) {
      let verdict: KeyEvidence.Verdict
      do throws(APIError) {
        verdict = try await KeyEvidence(store: store, client: calls.client)
          .verdict(on: held, of: key)
      } catch {
        guard case .reissue = order else { continue }
        throw OperationFailure(error)
      }
      switch verdict {
      case .dead: before.dead.insert(held.file.keyID)
      case .live(let live) where (live.validBefore ?? .max) <= calls.now:
        before.dead.insert(live.id)
        before.expired.append(live.id)
      case .live(let live):
        guard order == .reissue(replacing: live.id) else { break }
        throw .stale(
          "\(key.address)",
          "the key in \(held.path) is live after all: it is not replaced, and nothing was made")
      case .unseen(let seconds):
        guard order == .reissue(replacing: held.file.keyID) else { break }
        throw OperationFailure(
          .other, call: "\(key.address)",
          message: "the key in \(held.path) is new, and whether it is live cannot be seen yet",
          help: "apply again in \(seconds)s")
      }
    }
    return before
  }

  /// The keys of files here that are dead or have expired; what cannot be said counts as live.
  func deadFiles() async -> Set<String> {
    (try? await evidence(.issue))?.dead ?? []
  }

  /// The dead keys among those whose files are kept, to be removed. Throws where an answer does not say.
  func deadReplaced() async throws(OperationFailure) -> Set<String> {
    var dead: Set<String> = []
    for held in try await local({ (store, key) throws(KeyStoreError) in store.keptFiles(key) }) {
      let verdict = try await failing { () async throws(APIError) in
        try await KeyEvidence(store: store, client: calls.client).verdict(on: held, of: key)
      }
      if verdict == .dead { dead.insert(held.file.keyID) }
    }
    return dead
  }
}

extension KeyOrder {
  /// The live keys beside which the plan said that another one is made.
  fileprivate var seen: [String] {
    if case .supersede(let ids) = self { ids } else { [] }
  }
}
