import CloudResources
package import Reconcile

/// What the destinations of the declared keys hold, looked at before the first request.
package struct LocalKeys: Sendable {
  /// By the key's address.
  package private(set) var destinations: [Address: KeyDestination] = [:]
  /// The e-mails of the accounts that have declared keys, by the account's address.
  private var emails: [Address: String] = [:]
  /// The private halves that are here, finished or left by an interrupted run, by the id of the key.
  private var held: [String: Held] = [:]

  private struct Held {
    var fingerprint: String
    var commonName: String
  }

  /// Looks at every key's destination; without a store only the accounts are known.
  package static func look(at keys: [DesiredKey], _ store: KeyStore?) async -> LocalKeys {
    await onThread {
      var local = LocalKeys()
      for key in keys {
        local.emails[key.account] = key.email
        guard let store else { continue }
        let inspection = store.inspect(key)
        local.destinations[key.address] = inspection.destination
        for file in inspection.files where file.email == key.email {
          local.held[file.keyID] = Held(
            fingerprint: file.fingerprint, commonName: key.commonName)
        }
      }
      return local
    }
  }

  /// The e-mail of an account, as its declared key says it where there is one.
  package func email(of account: Address) -> String {
    emails[account] ?? ResourceNames.email(account: account.id, project: account.project)
  }

  /// Whether the private half of a key is here.
  package func holdsFile(forKey id: String) -> Bool { held[id] != nil }

  /// The public keys whose private halves lie at a key's destination.
  package func fingerprints(of key: Address) -> [String] {
    guard let destination = destinations[key] else { return [] }
    var prints = [destination.pendingFingerprint].compactMap { $0 }
    if case .file(let file) = destination.state { prints.append(file.fingerprint) }
    return prints
  }

  /// A live key with what its file here tells of it.
  package func completed(_ key: LiveKey) -> LiveKey {
    guard let held = held[key.id] else { return key }
    var key = key
    key.fingerprint = held.fingerprint
    if key.isUploaded { key.commonName = held.commonName }
    return key
  }
}
