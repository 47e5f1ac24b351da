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
    try await local { (store, key) throws(KeyStoreError) in try store.tidy(key, now: now) }
    return OperationResult()
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
