import CloudResources
import GoogleCloud
import Model

/// What the issuer checks right before it creates a key, and right after. The plan is older than that, lists lag, and
/// another machine may be creating the same key.
extension KeyIssuer {
  /// What was known before the key was created.
  struct Before: Sendable {
    /// Keys whose files are on this machine and that are dead or expired. Only their files may be overwritten without a
    /// copy.
    var dead: Set<String> = []
    /// Live keys that are accounted for by the plan, a file here or an earlier run.
    var known: Set<String> = []
    /// Live keys that stay in use in addition to the new one.
    var superseded: [String] = []
    /// Expired keys whose files the new one replaces.
    var expired: [String] = []
  }

  /// Reads the keys of the files here, and the keys of the account. Throws before anything is created if the plan took
  /// a key for dead that is live, or if there is a live key of which the plan did not know: the user approved something
  /// else.
  ///
  /// - Parameter listed: the account's keys, if they were listed just now.
  func checkBeforeCreate(
    _ order: KeyAction, listed: [LiveKey]? = nil, known: [String] = []
  ) async throws(OperationFailure) -> Before {
    var before = try await evidence(order)
    let held = try await local { (store, key) throws(KeyStoreError) in store.heldIDs(key) }
    before.known = held.union(known).union(order.seen).union(key.namedElsewhere)
    // An account that this run created has no keys, and asking for them would only wait for the account.
    guard !calls.memory.isNew(key.account) else { return before }
    let pending = try await local { (store, key) throws(KeyStoreError) in
      store.inspect(key).destination.pendingFingerprint
    }
    let candidates = try await candidates(listed, but: before.known)
    let others = try await local { (store, key) throws(KeyStoreError) in
      store.neighbourIntents(key)
    }
    // A key with the public half of the pending file is this one's own, uploaded by a run that was interrupted. A key
    // that a neighbour's intent does not list is what that neighbour asked Google for.
    let unknown = candidates.filter { live in
      !before.known.contains(live.id)
        && (live.fingerprint == nil || live.fingerprint != pending)
        && !others.contains { !$0.keyIDs.contains(live.id) && !live.isUploaded }
    }
    // Nothing was created yet, so refusing costs a new plan; going on could add a second key beside one in use.
    guard unknown.isEmpty else { throw unexpected(unknown) }
    // Sorted, because the warnings about them are printed in this order.
    let stays = order.seen.filter { !before.dead.contains($0) }.sorted()
    let own = stays.filter(held.contains)
    // All keys that Google creates look alike: only the one with a file here is known to belong to this declaration.
    before.superseded = key.origin == .google && !own.isEmpty ? own : stays
    return before
  }

  /// Looks again after the key is created and stored. Two runs on different machines cannot lock each other out, so
  /// both look afterwards, and each reports a key of the other.
  func checkAfterCreate(
    _ made: OperationResult, id: String, before: Before
  ) async throws(OperationFailure) -> OperationResult {
    var result = made
    result.warnings += before.superseded.map(stillLive) + before.expired.map(stillCounted)
    // Read again: other operations of this run may have stored their keys since checkBeforeCreate.
    let held = try await local { (store, key) throws(KeyStoreError) in store.heldIDs(key) }
    let known = before.known.union(held).union([id])
    let concurrent: [LiveKey]
    do throws(OperationFailure) {
      let others = try await local { (store, key) throws(KeyStoreError) in
        store.neighbourIntents(key)
      }
      concurrent = try await candidates(nil, but: known).filter { live in
        !known.contains(live.id)
          && !others.contains { !$0.keyIDs.contains(live.id) && !live.isUploaded }
      }
    } catch {
      // The key is stored and works; that the second look failed is a warning, not a failure of the key.
      result.warnings.append(
        "it is not known whether another run created a key at the same time: \(error.message)")
      return result
    }
    guard !concurrent.isEmpty else { return result }
    let ids = concurrent.map(\.id).sorted()
    // A failure although the key works: only the user knows which of the two is in use.
    throw OperationFailure(
      .key, call: "\(key.address)",
      message:
        "key \(id) is created and stored in \(store.paths(key).installed), and another run created "
        + "\(ids.count == 1 ? "key" : "keys") \(ids.joined(separator: ", ")) of \(key.email) for the same "
        + "declaration at the same time",
      help: "find out which one is in use, and revoke the other: "
        + (ids + [id]).map(revocation).joined(separator: "; or: "),
      isPartial: true)
  }

  /// The usable live keys that may belong to this declaration: uploaded ones with its common name, or any that Google
  /// created, which carry no name.
  private func candidates(
    _ listed: [LiveKey]?, but known: Set<String>
  ) async throws(OperationFailure) -> [LiveKey] {
    let now = calls.now
    // A disabled or an expired key signs nothing in, so it is not a key that another run has just made for use.
    func isUsable(_ key: LiveKey) -> Bool {
      !key.isDisabled && (key.validBefore.map { $0 > now } ?? true)
    }
    switch key.origin {
    case .google:
      let live: [LiveKey]
      if let listed {
        live = listed
      } else {
        live = try await mappingAPIErrors { () async throws(APIError) in try await requests.list() }
      }
      return live.filter { !$0.isUploaded && isUsable($0) }
    case .external: return []
    case .uploaded:
      // The common name is in the certificate, at one GET each. Keys that are accounted for need no comparison.
      let live = try await mappingAPIErrors { () async throws(APIError) in
        try await requests.keys(withCertificatesBut: known)
      }
      return live.filter { $0.isUploaded && key.isNamed($0.commonName) && isUsable($0) }
    }
  }

  /// The failure when keys are live that the plan did not know.
  private func unexpected(_ unknown: [LiveKey]) -> OperationFailure {
    let ids = unknown.map(\.id).sorted()
    let isOne = ids.count == 1
    return OperationFailure(
      .key, call: "\(key.address)",
      message:
        "\(isOne ? "key" : "keys") \(ids.joined(separator: ", ")) of \(key.email) \(isOne ? "is" : "are") live "
        + "although the plan did not list \(isOne ? "it" : "them"), "
        + "and no file on this machine holds \(isOne ? "it" : "them"); nothing was created",
      help:
        "plan again: it then shows as held elsewhere, and --reissue \(key.address) creates another; "
        + "if nothing uses it, revoke it: \(ids.map(revocation).joined(separator: "; "))")
  }

  /// What remains to be done for users of a replaced key, and until when it works.
  private func stillLive(_ id: String) -> String {
    let kept = store.paths(key).replaced(id) ?? ""
    // `try?`: a file that cannot be read must not fail an apply that succeeded. The warning then leaves it out.
    let isKept = !kept.isEmpty && (try? store.credential(at: kept, of: key)) ?? nil != nil
    return "key \(id) stays live" + (isKept ? ", and its file is kept as \(kept)" : "")
      + "; distribute the new file: an apply from \(Day(calls.now + key.overlap)) on disables the old key"
  }

  /// The warning that an expired key still takes one of the account's ten places (docs/google-apis.md#counted-limits).
  private func stillCounted(_ id: String) -> String {
    "key \(id) has expired but still counts towards the account's ten keys; delete it: "
      + revocation(of: id)
  }

  // MARK: files on this machine

  /// Asks for the keys of files that name another server. The same server may be reached under another address, and
  /// then these files are its own.
  func recognizeFiles() async throws(OperationFailure) {
    let filesOfOtherServers = try await local { (store, key) throws(KeyStoreError) in
      store.filesOfOtherServers(key)
    }
    for held in filesOfOtherServers {
      let live = try await mappingAPIErrors { () async throws(APIError) in
        try await KeyEvidence(store: store, client: calls.client).recognized(held, of: key)
      }
      // By the public key, which `recognized` has compared or signed in with. An id proves nothing about a server.
      if live != nil { store.recognize(held.file.fingerprint) }
    }
  }

  /// Asks for each key whose file is here. `reissue` replaces a file, so it throws unless the key of that file is dead.
  /// Every other order keeps a file whose key it cannot judge.
  private func evidence(_ order: KeyAction) async throws(OperationFailure) -> Before {
    var before = Before()
    for held in try await local({ (store, key) throws(KeyStoreError) in store.ownFiles(key) }) {
      let verdict: KeyEvidence.Verdict
      do throws(APIError) {
        verdict = try await KeyEvidence(store: store, client: calls.client)
          .verdict(on: held, of: key)
      } catch {
        // Only `reissue` destroys on the strength of this answer, so only it needs one; the others go on without.
        guard case .reissue = order else { continue }
        throw OperationFailure(error)
      }
      switch verdict {
      case .dead: before.dead.insert(held.file.keyID)
      // An expired key signs nothing in, so its file needs no copy. It still takes one of the account's places.
      case .live(let live) where (live.validBefore ?? .max) <= calls.now:
        before.dead.insert(live.id)
        before.expired.append(live.id)
      case .live(let live):
        guard order == .reissue(replacing: live.id) else { break }
        throw .stale(
          "\(key.address)",
          "the key in \(held.path) is live after all; it was not replaced, and nothing was created")
      case .unseen(let seconds):
        guard order == .reissue(replacing: held.file.keyID) else { break }
        throw OperationFailure(
          .other, call: "\(key.address)",
          message:
            "the key in \(held.path) is new, and the server does not yet show whether it is live",
          help: "apply again in \(seconds)s")
      }
    }
    return before
  }

  /// The keys of files here that are dead or expired. What cannot be determined counts as live: the worst that follows
  /// is one copy too many.
  func deadFiles() async -> Set<String> {
    (try? await evidence(.issue))?.dead ?? []
  }

  /// The dead keys among the replaced ones whose files are kept. Throws if an answer leaves it open, because these
  /// files are about to be removed.
  func deadReplaced() async throws(OperationFailure) -> Set<String> {
    var dead: Set<String> = []
    for held in try await local({ (store, key) throws(KeyStoreError) in store.keptFiles(key) }) {
      let verdict = try await mappingAPIErrors { () async throws(APIError) in
        try await KeyEvidence(store: store, client: calls.client).verdict(on: held, of: key)
      }
      // An expired key stays out, unlike in `evidence`: nothing replaces these files, so a file too many does no harm.
      if verdict == .dead { dead.insert(held.file.keyID) }
    }
    return dead
  }
}

extension KeyAction {
  /// The live keys to which the plan adds another one.
  fileprivate var seen: [String] {
    if case .supersede(let ids) = self { ids } else { [] }
  }
}
