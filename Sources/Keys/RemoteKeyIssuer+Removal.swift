import CloudResources
import GoogleCloud
import Model

/// Disabling and deleting keys whose private halves are in a store of secrets.
extension RemoteKeyIssuer {
  /// Disables and deletes keys that were replaced, only while the store shows the key that replaced them: without it, the
  /// users of the store would be left without a key.
  func retire(_ step: KeyRetirement) async throws(OperationFailure) -> OperationResult {
    let holding = try await mapped { () async throws(APIError) in try await vault.look() }
    let current = try await mapped { () async throws(APIError) in
      try await requests.read(step.current)
    }
    guard case .verified(step.current, let since) = holding.state, let current,
      !current.isDisabled, since >= current.validAfter ?? .max
    else {
      throw .stale(
        "\(key.address)",
        "\(destination.text) does not show key \(step.current) any more; nothing was disabled")
    }
    var done: [String] = []
    for id in step.disable {
      let wasThere = try await mapped { () async throws(APIError) in try await requests.disable(id)
      }
      if wasThere { done.append("key \(id) disabled") }
    }
    for id in step.delete where try await deleteRetired(id) { done.append("key \(id) deleted") }
    try await vault.forget(step.delete)
    return OperationResult(detail: done.isEmpty ? "already done" : done.joined(separator: ", "))
  }

  private func deleteRetired(_ id: String) async throws(OperationFailure) -> Bool {
    let live = try await mapped { () async throws(APIError) in try await requests.read(id) }
    if let live, !live.isDisabled, (live.validBefore ?? .max) > calls.now {
      throw .stale("\(key.address)", "key \(id) was enabled again since the plan")
    }
    return try await mapped { () async throws(APIError) in try await requests.delete(id) }
  }

  /// Removes what the store holds of keys that are gone, and the note of an interrupted run.
  func tidy() async throws(OperationFailure) -> OperationResult {
    let holding = try await mapped { () async throws(APIError) in try await vault.look() }
    if let claim = holding.claim, claim.secondsLeft(at: calls.now) > 0 {
      throw .stale("\(key.address)", "another run is storing a key in \(destination.text)")
    }
    var gone: [String] = []
    for id in holding.keyIDs {
      let live = try await mapped { () async throws(APIError) in try await requests.read(id) }
      if live == nil { gone.append(id) }
    }
    if key.lifecycle.ensure == .absent {
      guard gone.count == holding.keyIDs.count else {
        throw .stale("\(key.address)", "a key that \(destination.text) holds is live")
      }
      try await vault.clear()
    } else {
      var current: String?
      if case .verified(let id, _) = holding.state { current = id }
      try await vault.forget(gone.filter { $0 != current })
      if holding.claim != nil { try await vault.release() }
    }
    return OperationResult()
  }

  /// Deletes the live key, and then what the store holds of it.
  func delete(_ id: String) async throws(OperationFailure) -> OperationResult {
    let wasThere = try await mapped { () async throws(APIError) in try await requests.delete(id) }
    do {
      try await vault.clear()
    } catch {
      var failure = error
      failure.message =
        "key \(id) is deleted, but \(destination.text) is not cleared: \(error.message)"
      failure.isPartial = true
      throw failure
    }
    return OperationResult(detail: wasThere ? "key \(id)" : "already gone")
  }
}
