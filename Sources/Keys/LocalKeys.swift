import CloudResources
package import GoogleCloud
import Grammar
package import Model

/// What the destinations of the declared keys hold, read before the first request.
package struct LocalKeys: Sendable {
  /// By the key's address.
  package private(set) var destinations: [Address: KeyDestination] = [:]
  /// The e-mails of the accounts that have declared keys, by the account's address.
  private var emails: [Address: String] = [:]
  /// The ids of the declared keys that were made elsewhere, by the account's address: no file here holds them.
  private var named: [Address: Set<String>] = [:]
  /// The private halves on this machine, installed or left by an interrupted run, by key id.
  private var held: [String: Held] = [:]

  /// The ids of the keys that stores of secrets show themselves to hold, by the declared key's address.
  private var stored: [Address: Set<String>] = [:]
  /// The declared keys whose stores may hold other keys than they show.
  private var unclear: Set<Address> = []

  /// Files of the declared keys' accounts that name another server than this run's.
  private(set) var filesOfOtherServers: [Held] = []

  /// A private half, and the declaration that it belongs to.
  struct Held {
    var key: DesiredKey
    var file: KeyDestination.File
    /// The path of its file.
    var path: String
  }

  /// Looks at the destination of every key. Without a store it only collects the accounts.
  package static func look(at keys: [DesiredKey], _ store: KeyStore?) async -> LocalKeys {
    await runBlocking {
      var local = LocalKeys()
      var names = KeyStore.FolderNames()
      for key in keys {
        local.emails[key.account] = key.email
        if let id = key.keyID {
          local.named[key.account, default: []].insert(id)
          continue
        }
        if key.remote != nil { continue }
        guard let store else { continue }
        let inspection = store.inspect(key, &names)
        local.destinations[key.address] = inspection.destination
        // A file of another account or project says nothing about the declared key.
        for held in inspection.files where held.file.stranger == nil {
          let held = Held(key: key, file: held.file, path: held.path)
          if held.file.otherServer == nil {
            local.held[held.file.keyID] = held
          } else {
            local.filesOfOtherServers.append(held)
          }
        }
      }
      return local
    }
  }

  /// Adds what stores of secrets show.
  package mutating func add(_ holdings: [Address: Result<RemoteHolding, APIError>]) {
    for (address, outcome) in holdings {
      guard case .success(let holding) = outcome else {
        unclear.insert(address)
        continue
      }
      switch holding.state {
      case .verified, .empty, .begun: break
      case .missing, .unavailable, .foreign, .unverified: unclear.insert(address)
      }
      stored[address] = Set(holding.keyIDs + [holding.claim?.keyID].compactMap { $0 })
    }
  }

  /// The same for all declared keys of an account.
  package func storedIDs(ofAccount account: Address) -> Set<String> {
    stored.filter { $0.key.parent == account }.reduce(into: []) { $0.formUnion($1.value) }
  }

  /// Whether the store of a declared key may hold another key than it shows.
  package func isUnclear(_ key: Address) -> Bool { unclear.contains(key) }

  /// The ids of the keys that the store of a declared key shows itself to hold.
  package func storedIDs(of key: Address) -> Set<String> { stored[key] ?? [] }

  /// The e-mail of an account: from its declared key, or else built from the account's id and project.
  package func email(of account: Address) -> String {
    emails[account] ?? AccountEmail(id: account.id, project: account.project).description
  }

  /// The ids of an account's declared keys that were made elsewhere.
  package func namedIDs(of account: Address) -> Set<String> { named[account] ?? [] }

  /// Whether the private half of a key is on this machine.
  package func holdsFile(forKey id: String) -> Bool { held[id] != nil }

  /// The declaration whose file holds the private half of a key; nil if no file does.
  package func declaration(ofKey id: String) -> Address? { held[id]?.key.address }

  /// The file on this machine that holds the private half of a key; nil if there is none.
  package func path(ofKey id: String) -> String? { held[id]?.path }

  /// The public keys whose private halves are at a key's destination.
  package func fingerprints(of key: Address) -> [String] {
    guard let destination = destinations[key] else { return [] }
    var prints = [destination.pendingFingerprint].compactMap { $0 }
    if case .file(let file) = destination.state { prints.append(file.fingerprint) }
    return prints
  }

  /// The public keys of the replaced files that are kept next to a key's destination.
  package func replacedFingerprints(of key: Address) -> [String] {
    destinations[key]?.replaced.map(\.file.fingerprint) ?? []
  }

  /// A live key, completed with what its file on this machine says: the list carries no certificates, and a file saves
  /// the GET.
  package func completed(_ key: LiveKey) -> LiveKey {
    guard let held = held[key.id] else { return key }
    var key = key
    key.fingerprint = held.file.fingerprint
    if key.isUploaded { key.commonName = held.key.commonName }
    return key
  }

  /// The files of an account's keys, ordered by key id.
  func held(of account: Address) -> [Held] {
    // In a fixed order, so that a run repeats its requests and messages.
    held.values.filter { $0.key.account == account }.sorted { $0.file.keyID < $1.file.keyID }
  }
}
