import Crypto
import JSON
import Model
import Platform

/// The intent: what is written down before Google is asked for a key, so that a crash cannot make anybody forget it.
extension KeyStore {
  /// The intent that an interrupted run left; nil where there is none. Throws for one that tells nothing about this
  /// account: what it was to remember must not be forgotten.
  func intent(_ key: DesiredKey) throws(KeyStoreError) -> KeyDestination.Intent? {
    let path = paths(key).intent
    guard let bytes = try content(of: path) else { return nil }
    guard let value = try? JSONValue(parsing: bytes, maximumBytes: KeyStore.maximumFile),
      let account = value["account"]?.string, let ids = value["keyIDs"]?.array,
      let time = value["time"]?.integer
    else {
      throw KeyStoreError(
        "\(path) should tell which keys there were before one was asked for, and cannot be read; "
          + KeyStore.lookAfter(key.email))
    }
    guard account == key.email else {
      throw KeyStoreError(
        "\(path) tells that a key of \(account) may be lost; \(KeyStore.lookAfter(account))")
    }
    return KeyDestination.Intent(keyIDs: ids.compactMap(\.string), time: time, path: path)
  }

  private static func lookAfter(_ email: String) -> String {
    "look after them before you remove it: gcloud iam service-accounts keys list "
      + "--iam-account=\(email)"
  }

  /// Writes the intent, replacing an older one.
  func writeIntent(
    _ key: DesiredKey, keyIDs: [String], now: Int64
  ) throws(KeyStoreError) {
    let paths = paths(key)
    let value: JSONValue = [
      "account": .string(key.email), "keyIDs": .array(keyIDs.map(JSONValue.string)),
      "time": .integer(now), "destination": .string(paths.final),
    ]
    do {
      try files.writeAtomically(value.serialized(.pretty), to: paths.intent)
    } catch {
      throw KeyStoreError(error)
    }
  }

  /// Brings the intent's time up to date where sending was put off: its patience counts from the sending.
  func refreshIntent(_ key: DesiredKey, now: Int64) throws(KeyStoreError) {
    guard let intent = try intent(key) else {
      throw KeyStoreError("\(paths(key).intent) is gone: another run was here")
    }
    guard now - intent.time > 5 else { return }
    try writeIntent(key, keyIDs: intent.keyIDs, now: now)
  }

  func dropIntent(_ key: DesiredKey) throws(KeyStoreError) {
    guard try intent(key) != nil else { return }
    try remove(paths(key).intent)
    try synchronize(paths(key))
  }

  /// The ids of the keys whose private halves are here: at this key's destination, at those of the account's other
  /// declared keys, and in the files that are kept of replaced ones.
  func heldIDs(_ key: DesiredKey) -> Set<String> {
    var ids: Set<String> = []
    guard !directory.isEmpty else { return ids }
    var names = FolderNames()
    for file in [key.file] + key.neighbours {
      var key = key
      key.file = file
      ids.formUnion(ownFiles(key).map(\.file.keyID))
      let kept = keptFiles(key, &names).filter { $0.file.belongs(to: key.email) }
      ids.formUnion(kept.map(\.file.keyID))
    }
    return ids
  }

  /// The intents of the account's other declared keys: what one of them asked for, and may have lost, is not this one's.
  func neighbourIntents(_ key: DesiredKey) -> [KeyDestination.Intent] {
    key.neighbours.compactMap { file in
      var key = key
      key.file = file
      return try? intent(key)
    }
  }

  /// The credential files at one destination, with its name and without one yet: those of the key's account alone.
  func ownFiles(_ key: DesiredKey) -> [Held] {
    [paths(key).final, paths(key).finished].compactMap { path in
      guard let file = (try? credential(at: path, of: key))?.file, file.belongs(to: key.email)
      else { return nil }
      return Held(file: file, path: path)
    }
  }

  // MARK: what Google sent

  /// Checks that what Google sent is the credential of this key, and stores it byte for byte.
  func store(
    _ key: DesiredKey, keyID: String, encoded: String?, dead: Set<String>
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
    try install(text, key, dead: dead)
    if let file = try credential(at: paths(key).final, of: key)?.file {
      recognize(file.fingerprint)
    }
    try dropIntent(key)
  }
}
