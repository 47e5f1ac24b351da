import CloudResources
import Crypto
import GoogleCloud
import JSON
import Reconcile

/// Keys that Google makes: the private half arrives once, so an intent is written first, the call is never repeated, and
/// what cannot be stored is deleted on the server at once.
extension KeyIssuer {
  func issueFromGoogle() async throws(OperationFailure) -> OperationResult {
    let before = try await failing { () async throws(APIError) in
      // Waits for an account that this run created.
      _ = try await requests.readAccount()
      return try await requests.list().map(\.id)
    }
    let now = calls.now
    try await local { (store, key) throws(KeyStoreError) in
      try store.writeIntent(key, keyIDs: before, now: now)
    }
    let answer: JSONValue
    do {
      answer = try await requests.create()
    } catch {
      throw try await afterFailedCreate(error, before)
    }
    guard let live = LiveKey(wire: answer) else {
      throw try await orphaned(before, "the answer names no key")
    }
    return try await stored(live.id, answer)
  }

  /// What was refused for certain left nothing; everything else may have left a key that nobody holds.
  private func afterFailedCreate(
    _ error: APIError, _ before: [String]
  ) async throws(OperationFailure) -> OperationFailure {
    guard error.kind == .ambiguous || error.kind == .cancelled || error.kind == .malformed else {
      try await local { (store, key) throws(KeyStoreError) in try store.dropIntent(key) }
      return KeyConstraint.failure(error, key)
    }
    return try await orphaned(before, error.message)
  }

  /// Looks for keys that were not there before. They are reported and never deleted by guess: another run may have made
  /// them.
  private func orphaned(
    _ before: [String], _ why: String
  ) async throws(OperationFailure) -> OperationFailure {
    var pause = Pause(calls)
    let label = "iam.serviceAccountKeys.create \(key.email)"
    while true {
      let new = try await failing { () async throws(APIError) in
        try await requests.list().map(\.id).filter { !before.contains($0) }
      }
      if !new.isEmpty {
        return OperationFailure(
          .key, call: label,
          message:
            "\(why); key \(new.joined(separator: ", ")) may be its result, whose private half is lost",
          help: "if nobody else made it: \(revocation(of: new[0]))", isPartial: true)
      }
      let goesOn = try await failing { () async throws(APIError) in
        try await pause.wait(atMost: .seconds(15), label)
      }
      guard goesOn else { break }
    }
    return OperationFailure(
      .key, call: label, message: "\(why); no new key is to be seen",
      help: "apply again: it compares the account's keys with those that were there before")
  }

  /// Stores the file as Google made it; on failure the key is deleted on the server at once.
  private func stored(
    _ id: String, _ answer: JSONValue
  ) async throws(OperationFailure) -> OperationResult {
    let failure: OperationFailure
    do {
      try await local { (store, key) throws(KeyStoreError) in
        try store.store(key, keyID: id, encoded: answer["privateKeyData"]?.string)
      }
      return try await verified(id)
    } catch {
      let isStored = await onThread { [store, key] in
        (try? store.credential(at: store.paths(key).final))?.file.keyID == id
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
      _ = try? await local { (store, key) throws(KeyStoreError) in try store.dropIntent(key) }
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

extension KeyStore {
  /// Checks that what Google sent is the credential of this key, and stores it byte for byte.
  func store(
    _ key: DesiredKey, keyID: String, encoded: String?
  ) throws(KeyStoreError) {
    guard let encoded, var bytes = Base64.decode(encoded) else {
      throw KeyStoreError("the answer holds no credential file")
    }
    defer { wipe(&bytes) }
    guard let value = try? JSONValue(parsing: bytes, maximumBytes: KeyStore.maximumFile),
      value["type"]?.string == "service_account", value["private_key_id"]?.string == keyID,
      value["client_email"]?.string?.lowercased() == key.email
    else { throw KeyStoreError("the credential file in the answer is not one of key \(keyID)") }
    var text = SecretBytes()
    text.append(contentsOf: bytes)
    try store(key, text)
  }
}
