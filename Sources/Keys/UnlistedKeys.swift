import CloudResources
package import GoogleCloud
package import Model

/// The keys whose files are here and that a list leaves out. Lists lag: that a key is gone is only believed when the key
/// itself cannot be read, nobody can sign in with it, and its file is no longer new.
package struct UnlistedKeys: Sendable {
  private let local: LocalKeys
  private let store: KeyStore
  private let client: APIClient

  /// `local` is what `store` holds.
  package init(_ local: LocalKeys, _ store: KeyStore, client: APIClient) {
    self.local = local
    self.store = store
    self.client = client
  }

  /// Those of an account that live after all. Throws where that cannot be told.
  package func living(
    of account: Address, besides listed: [LiveKey]
  ) async throws(APIError) -> [LiveKey] {
    let ids = Set(listed.map(\.id))
    var living: [LiveKey] = []
    for held in local.held(of: account) where !ids.contains(held.file.keyID) {
      if let key = try await live(held, project: account.project) { living.append(key) }
    }
    return living
  }

  private func live(
    _ held: LocalKeys.Held, project: String
  ) async throws(APIError) -> LiveKey? {
    let call = ReadCalls.key(id: held.file.keyID, email: held.file.email, project: project)
    do throws(APIError) {
      let answer = try await client.call(call)
      guard let key = LiveKey(wire: answer), key.id == held.file.keyID else {
        throw APIError(.malformed, call.label, "the answer is not about what was asked for")
      }
      return local.completed(key)
    } catch {
      guard error.kind == .notFound else { throw error }
    }
    if try await signsIn(held) {
      let isUploaded = held.key.origin == .uploaded
      return local.completed(
        LiveKey(
          id: held.file.keyID, isUploaded: isUploaded, isDisabled: false, validAfter: nil,
          validBefore: nil))
    }
    let left = try await secondsUntilOld(held)
    guard left == 0 else {
      throw APIError(
        .malformed, call.label,
        "the key in \(held.path) is new, and not to be seen yet; try again in \(left)s")
    }
    return nil
  }

  private func signsIn(_ held: LocalKeys.Held) async throws(APIError) -> Bool {
    let (endpoints, run) = (client.endpoints, client.run)
    let assertion = try await onDisk { (store) throws(KeyStoreError) in
      try store.assertion(
        at: held.path, email: held.file.email, endpoints: endpoints, run: run)
    }
    do {
      try await ServiceAccountSignIn.verify(
        assertion: assertion, email: held.file.email, endpoints: endpoints, run: run)
      return true
    } catch {
      // Only the endpoint's own word counts: RFC 6749 5.2, `invalid_grant`.
      guard error.kind == .unauthenticated, error.status == "invalid_grant" else { throw error }
      return false
    }
  }

  /// How long a file is still too new for its key to be known everywhere; one of the future counts as old.
  private func secondsUntilOld(_ held: LocalKeys.Held) async throws(APIError) -> Int64 {
    let modified = try await onDisk { (store) throws(KeyStoreError) in
      try store.modified(held.path)
    }
    let age = Int64(client.run.clock.now) - modified
    return age < 0 ? 0 : max(0, KeyDestination.patience - age)
  }

  private func onDisk<Value: Sendable>(
    _ body: @escaping @Sendable (KeyStore) throws(KeyStoreError) -> Value
  ) async throws(APIError) -> Value {
    let outcome = await onThread { [store] () -> Result<Value, KeyStoreError> in
      do throws(KeyStoreError) {
        return .success(try body(store))
      } catch {
        return .failure(error)
      }
    }
    do {
      return try outcome.get()
    } catch {
      throw APIError(.other, "the key directory", error.message)
    }
  }
}
