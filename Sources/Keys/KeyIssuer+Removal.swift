import CloudResources
import GoogleCloud
import Model

/// Keys that are to go, and files that nobody needs any more.
extension KeyIssuer {
  /// Deletes the live key, and whatever of its private half is here.
  func delete(_ id: String) async throws(OperationFailure) -> OperationResult {
    try await inTurn { () async throws(OperationFailure) in try await deleteNow(id) }
  }

  private func deleteNow(_ id: String) async throws(OperationFailure) -> OperationResult {
    let here = try await privateHalves(deleting: id)
    let wasThere = try await failing { () async throws(APIError) in try await requests.delete(id) }
    // A server that does not find the key may be slow to show it: then its file is all that there is.
    if !wasThere, !here.isEmpty { try await checkGone(besides: nil) }
    let removed: Bool
    do {
      removed = try await clear(here)
    } catch {
      var failure = error
      failure.message = "key \(id) is deleted, but not its file: \(error.message)"
      failure.isPartial = true
      throw failure
    }
    let parts = [wasThere ? "key \(id)" : "already gone", removed ? "its file removed" : ""]
    return OperationResult(detail: parts.filter { !$0.isEmpty }.joined(separator: ", "))
  }

  /// Removes what an interrupted run left beside a file; of a key that is gone for good, the file as well.
  func tidy() async throws(OperationFailure) -> OperationResult {
    guard key.lifecycle.ensure == .present else {
      return try await inTurn { () async throws(OperationFailure) in
        _ = try await clear(try await privateHalves(deleting: nil))
        return OperationResult()
      }
    }
    let now = calls.now
    let dead = try await deadReplaced()
    try await local { (store, key) throws(KeyStoreError) in
      try store.tidy(key, dead: dead, now: now)
    }
    return OperationResult()
  }

  /// Throws unless the keys of all files here are dead, besides the one that is just being deleted: a list that leaves a
  /// key out proves nothing.
  private func checkGone(besides id: String?) async throws(OperationFailure) {
    let held = try await local { (store, key) throws(KeyStoreError) in
      store.ownFiles(key) + store.keptFiles(key)
    }
    for held in held where held.file.keyID != id {
      let verdict = try await failing { () async throws(APIError) in
        try await KeyEvidence(store: store, client: calls.client).verdict(on: held, of: key)
      }
      switch verdict {
      case .dead: break
      case .live:
        throw .stale(
          "\(key.address)",
          "key \(held.file.keyID) is live, and its private half is in \(held.path)")
      case .unseen(let seconds):
        throw OperationFailure(
          .other, call: "\(key.address)",
          message: "the key in \(held.path) is new, and whether it is live cannot be seen yet",
          help: "apply again in \(seconds)s")
      }
    }
  }

  /// What is here of a key that is to go.
  private struct PrivateHalves: Sendable {
    /// Nothing is: no request is made for it.
    var isEmpty = true
    /// A private half whose public half may just be arriving: it stays until that can be seen.
    var keepsPending = false
  }

  /// Looks at what is here, and throws where a key is live to which it belongs, other than the one to delete.
  private func privateHalves(
    deleting id: String?
  ) async throws(OperationFailure) -> PrivateHalves {
    let (destination, ids) = try await local { (store, key) throws(KeyStoreError) in
      var alone = key
      alone.neighbours = []
      return (store.inspect(key).destination, store.heldIDs(alone))
    }
    guard !ids.isEmpty || destination.hasLeftovers else { return PrivateHalves() }
    let pending = destination.pendingFingerprint
    let live = try await failing { () async throws(APIError) in
      try await requests.listed(withCertificates: pending != nil)
    }
    func isHere(_ live: LiveKey) -> Bool {
      ids.contains(live.id) || live.fingerprint != nil && live.fingerprint == pending
    }
    if let other = live.first(where: { $0.id != id && isHere($0) }) {
      throw .stale("\(key.address)", "key \(other.id) is live, and its private half is here")
    }
    try await checkGone(besides: id)
    let isIts = live.contains { $0.id == id && $0.fingerprint == pending }
    let age = calls.now - (destination.pendingTime ?? 0)
    return PrivateHalves(
      isEmpty: false, keepsPending: !isIts && (0..<KeyDestination.patience).contains(age))
  }

  private func clear(_ here: PrivateHalves) async throws(OperationFailure) -> Bool {
    guard !here.isEmpty else { return false }
    let now = calls.now
    return try await local { (store, key) throws(KeyStoreError) in
      try store.clear(key, keepsPending: here.keepsPending, now: now)
    }
  }
}
