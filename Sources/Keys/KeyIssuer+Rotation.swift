import CloudResources
import GoogleCloud
import Model

/// The steps of a rotation that touch keys in use: a new file takes the place of a live one, and keys that were
/// replaced are disabled and deleted.
extension KeyIssuer {
  /// Waits until the token endpoint accepts the pending private half of an uploaded key, as `checkNew` does.
  func checkPending(_ id: String, dead: Set<String>) async throws(OperationFailure) {
    let (endpoints, run) = (calls.client.endpoints, calls.client.run)
    try await checkNew(id, dead: dead) { (store, key) throws(KeyStoreError) in
      try store.pendingAssertion(key, keyID: id, endpoints: endpoints, run: run)
    }
  }

  /// The same for the staged file of a key that Google made.
  func checkStaged(_ id: String, dead: Set<String>) async throws(OperationFailure) {
    let (endpoints, run) = (calls.client.endpoints, calls.client.run)
    try await checkNew(id, dead: dead) { (store, key) throws(KeyStoreError) in
      try store.assertion(
        at: store.paths(key).staged, email: key.email, endpoints: endpoints, run: run)
    }
  }

  /// Waits until the token endpoint accepts a new key, if its file is about to replace that of a live one: whoever reads
  /// the file must be able to sign in at every moment. Throws if it does not become so; the old file then stays.
  private func checkNew(
    _ id: String, dead: Set<String>,
    assertion: @escaping @Sendable (KeyStore, DesiredKey) throws(KeyStoreError) -> String
  ) async throws(OperationFailure) {
    let installed = try await local { (store, key) throws(KeyStoreError) in
      try store.credential(at: store.paths(key).installed, of: key)?.file.keyID
    }
    guard let installed, installed != id, !dead.contains(installed) else { return }
    let client = calls.client
    var pause = Pause(calls)
    while true {
      let text = try await local(assertion)
      do {
        return try await ServiceAccountSignIn.verify(
          assertion: text, email: key.email, endpoints: client.endpoints, run: client.run)
      } catch {
        let mayContinue = try await mappingAPIErrors { () async throws(APIError) in
          try await pause.wait(atMost: CloudCalls.patience, error.label)
        }
        guard mayContinue else {
          throw OperationFailure(
            .key, call: error.label,
            message: "the new key \(id) does not sign in yet: \(error.message)",
            help: "the file still holds key \(installed): apply again to finish", isPartial: true)
        }
      }
    }
  }

  /// Disables and deletes keys that the key in the file has replaced. Only after a sign-in with that file: a run that
  /// cannot use the new key must not take the old one away.
  func retire(_ step: KeyRetirement) async throws(OperationFailure) -> OperationResult {
    try await serialized { () async throws(OperationFailure) in
      try await checkCurrent(step)
      var done: [String] = []
      for id in step.disable where try await disable(id) { done.append("key \(id) disabled") }
      for id in step.delete where try await deleteRetired(id) { done.append("key \(id) deleted") }
      return OperationResult(detail: done.isEmpty ? "already done" : done.joined(separator: ", "))
    }
  }

  /// Throws unless the file holds the key that replaced the others, and that key signs in now.
  private func checkCurrent(_ step: KeyRetirement) async throws(OperationFailure) {
    let client = calls.client
    let live = try await mappingAPIErrors { () async throws(APIError) in
      try await requests.read(step.current)
    }
    guard let live, !live.isDisabled else {
      throw .stale("\(key.address)", "key \(step.current) is not live any more")
    }
    let assertion = try await local { (store, key) throws(KeyStoreError) in
      try store.assertion(
        at: store.paths(key).installed, email: key.email, endpoints: client.endpoints,
        run: client.run)
    }
    do {
      try await ServiceAccountSignIn.verify(
        assertion: assertion, email: key.email, endpoints: client.endpoints, run: client.run)
    } catch {
      throw OperationFailure(
        .key, call: error.label,
        message: "key \(step.current) could not be tested, so nothing was disabled or deleted: "
          + error.message,
        help: "apply again")
    }
  }

  private func disable(_ id: String) async throws(OperationFailure) -> Bool {
    try await mappingAPIErrors { () async throws(APIError) in try await requests.disable(id) }
  }

  /// Deletes a key that is disabled or has expired, and then its kept file: until the key is gone, it can be enabled
  /// again.
  private func deleteRetired(_ id: String) async throws(OperationFailure) -> Bool {
    let live = try await mappingAPIErrors { () async throws(APIError) in
      try await requests.read(id)
    }
    if let live, !live.isDisabled, (live.validBefore ?? .max) > calls.now {
      throw .stale("\(key.address)", "key \(id) was enabled again since the plan")
    }
    let wasThere = try await mappingAPIErrors { () async throws(APIError) in
      try await requests.delete(id)
    }
    // Its file last: a run that is cut off in between leaves a file without a key, which the next run removes.
    if wasThere {
      _ = try await local { (store, key) throws(KeyStoreError) in
        try store.dropReplaced(key, dead: [id])
      }
    }
    return wasThere
  }
}
