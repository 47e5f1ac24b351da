package import GoogleCloud
package import Model

/// The keys that have a file here but are missing in a list. Each is requested by itself, because lists lag.
package struct UnlistedKeys: Sendable {
  private let local: LocalKeys
  private let evidence: KeyEvidence

  private let store: KeyStore

  /// `local` is what `store` holds.
  package init(_ local: LocalKeys, _ store: KeyStore, client: APIClient) {
    self.local = local
    self.store = store
    evidence = KeyEvidence(store: store, client: client)
  }

  /// The account's unlisted keys that are live after all, and those that cannot be judged yet (`unseenFor`). Throws if
  /// an answer leaves it open.
  package func living(
    of account: Address, besides listed: [LiveKey]
  ) async throws(APIError) -> [LiveKey] {
    let ids = Set(listed.map(\.id))
    var living: [LiveKey] = []
    for held in local.held(of: account) where !ids.contains(held.file.keyID) {
      let file = KeyStore.Held(file: held.file, path: held.path)
      switch try await evidence.verdict(on: file, of: held.key) {
      case .live(let key): living.append(local.completed(key))
      // The list was right: the key is gone, and its file is left over.
      case .dead: break
      case .unseen(let seconds):
        // A placeholder: until the key had time to appear, a plan must neither replace it nor take it for dead.
        var key = LiveKey(
          id: held.file.keyID, isUploaded: held.key.origin == .uploaded, isDisabled: false,
          validAfter: nil, validBefore: nil)
        key.unseenFor = seconds
        living.append(local.completed(key))
      }
    }
    return living
  }

  /// The keys of files that name another server but that this run's server knows too: by the same public key, or by a
  /// sign-in. Throws if an answer leaves it open.
  package func recognized(of account: Address) async throws(APIError) -> [LiveKey] {
    var found: [LiveKey] = []
    for held in local.filesOfOtherServers where held.key.account == account {
      let file = KeyStore.Held(file: held.file, path: held.path)
      // Not this server's: the file stays, and if it is the installed one, the plan refuses the destination.
      guard var key = try await evidence.recognized(file, of: held.key) else { continue }
      // From here on, the store treats the file as one of this server.
      store.recognize(held.file.fingerprint)
      key.fingerprint = held.file.fingerprint
      // Lists have no certificates. The file is at the declaration's destination, so the key's name is the declared
      // one.
      if key.isUploaded { key.commonName = held.key.commonName }
      found.append(key)
    }
    return found
  }
}
