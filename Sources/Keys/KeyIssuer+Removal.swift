import CloudResources
import GoogleCloud
import Model

/// Deleting keys, and removing files that are no longer needed.
extension KeyIssuer {
  /// Deletes the live key and its private half on this machine.
  func delete(_ id: String) async throws(OperationFailure) -> OperationResult {
    try await serialized { () async throws(OperationFailure) in try await deleteNow(id) }
  }

  /// Deletes a key that was made elsewhere; there is nothing else to do about one, and no file here is its.
  func deleteExternal(_ order: KeyAction) async throws(OperationFailure) -> OperationResult {
    guard case .delete(let id) = order, id == key.keyID else {
      throw OperationFailure(
        .key, call: "\(key.address)", message: "arctl does not create a key with `origin: external`"
      )
    }
    return try await serialized { () async throws(OperationFailure) in
      let wasThere = try await mappingAPIErrors { () async throws(APIError) in
        try await requests.delete(id)
      }
      return OperationResult(detail: wasThere ? "key \(id)" : "already gone")
    }
  }

  /// The deletion itself. The server comes first: a run that is interrupted in between leaves a file without a key,
  /// which the next run removes. The other way round it would leave a live key that no manifest could find.
  private func deleteNow(_ id: String) async throws(OperationFailure) -> OperationResult {
    let here = try await privateHalves(deleting: id)
    let wasThere = try await mappingAPIErrors { () async throws(APIError) in
      try await requests.delete(id)
    }
    // A 404 may only mean that the server is slow to show a new key. Then the file is its only copy, so each key is
    // asked for by itself before anything is removed.
    if !wasThere, !here.isEmpty { try await checkGone(besides: nil) }
    let removed: Bool
    do {
      removed = try await clear(here)
    } catch {
      // Partial: the deletion on the server cannot be undone, so the report must not read as if nothing had happened.
      var failure = error
      failure.message = "key \(id) is deleted, but its file is not: \(error.message)"
      failure.isPartial = true
      throw failure
    }
    let parts = [wasThere ? "key \(id)" : "already gone", removed ? "its file removed" : ""]
    return OperationResult(detail: parts.filter { !$0.isEmpty }.joined(separator: ", "))
  }

  /// Removes what an interrupted run left next to a file. For a key that is to be absent, it removes the file as well.
  func removeLeftovers() async throws(OperationFailure) -> OperationResult {
    guard key.lifecycle.ensure == .present else {
      // The file of an absent key is a leftover as well. privateHalves throws if a live key belongs to anything here.
      return try await serialized { () async throws(OperationFailure) in
        _ = try await clear(try await privateHalves(deleting: nil))
        return OperationResult()
      }
    }
    let now = calls.localNow
    let dead = try await deadReplaced()
    try await local { (store, key) throws(KeyStoreError) in
      try store.removeLeftovers(key, dead: dead, now: now)
    }
    return OperationResult()
  }

  /// Throws unless the keys of all files here are dead, except for the one that is being deleted. That a list omits a
  /// key proves nothing.
  private func checkGone(besides id: String?) async throws(OperationFailure) {
    let held = try await local { (store, key) throws(KeyStoreError) in
      store.ownFiles(key) + store.keptFiles(key)
    }
    for held in held where held.file.keyID != id {
      let verdict = try await mappingAPIErrors { () async throws(APIError) in
        try await KeyEvidence(store: store, client: calls.client).verdict(on: held, of: key)
      }
      switch verdict {
      case .dead: break
      case .live:
        throw .stale(
          "\(key.address)",
          "key \(held.file.keyID) is live, and its private half is in \(held.path)")
      case .unseen(let seconds):
        // `other`, not `key`: nothing is wrong with the key, the question only comes too early.
        throw OperationFailure(
          .other, call: "\(key.address)",
          message:
            "the key in \(held.path) is new, and the server does not yet show whether it is live",
          help: "apply again in \(seconds)s")
      }
    }
  }

  /// What this machine holds of a key that is to be deleted.
  private struct PrivateHalves: Sendable {
    /// It holds nothing; no request is needed.
    var isEmpty = true
    /// The public half of the pending file may still become visible, so the file stays until that is certain.
    var keepsPending = false
  }

  /// Finds what is here. Throws if a live key other than the one to delete belongs to it.
  private func privateHalves(
    deleting id: String?
  ) async throws(OperationFailure) -> PrivateHalves {
    let (destination, ids) = try await local { (store, key) throws(KeyStoreError) in
      // Files of the account's other declared keys are not this key's to remove.
      var alone = key
      alone.neighbours = []
      return (store.inspect(key).destination, store.heldIDs(alone))
    }
    // Without a file here there is nothing to protect, so no request is spent on it.
    guard !ids.isEmpty || destination.hasLeftovers else { return PrivateHalves() }
    let pending = destination.pendingFingerprint
    // A pending file has no key id yet and can only be matched by its public key. Certificates cost one GET each.
    let live = try await mappingAPIErrors { () async throws(APIError) in
      try await requests.listed(withCertificates: pending != nil)
    }
    func isHere(_ live: LiveKey) -> Bool {
      ids.contains(live.id) || live.fingerprint != nil && live.fingerprint == pending
    }
    if let other = live.first(where: { $0.id != id && isHere($0) }) {
      throw .stale("\(key.address)", "key \(other.id) is live, and its private half is here")
    }
    // The list showed no other key that is here, but lists lag. Each file's key is asked for by itself.
    try await checkGone(besides: id)
    // A pending file of the last minute may belong to an upload that the server does not show yet. One with a time in
    // the future does not stay: it is outside of the range.
    let belongsToDeleted = live.contains { $0.id == id && $0.fingerprint == pending }
    let age = calls.localNow - (destination.pendingTime ?? 0)
    return PrivateHalves(
      isEmpty: false, keepsPending: !belongsToDeleted && (0..<KeyDestination.patience).contains(age)
    )
  }

  /// Removes what was found.
  private func clear(_ here: PrivateHalves) async throws(OperationFailure) -> Bool {
    guard !here.isEmpty else { return false }
    let now = calls.localNow
    // The store looks at each file once more before it removes any: only what is of this account goes.
    return try await local { (store, key) throws(KeyStoreError) in
      try store.clear(key, keepsPending: here.keepsPending, now: now)
    }
  }
}
