import Crypto
import JSON
import Model
import Platform

/// The intent: what is written down before Google is asked for a key, so that a key survives no crash unnoticed.
extension KeyStore {
  /// The intent of an interrupted run; nil if there is none. Throws for a file that cannot be read or names another
  /// account: it may be the only trace of a lost key, so it is neither skipped nor overwritten.
  func intent(_ key: DesiredKey) throws(KeyStoreError) -> KeyDestination.Intent? {
    let path = paths(key).intent
    guard let bytes = try content(of: path) else { return nil }
    guard let value = try? JSONValue(parsing: bytes, maximumBytes: KeyStore.maximumFile),
      let account = value["account"]?.string, let ids = value["keyIDs"]?.array,
      let time = value["time"]?.integer
    else {
      throw KeyStoreError(
        "\(path) should list the keys that existed before a request, but cannot be read; "
          + KeyStore.checkAfterCreate(key.email))
    }
    guard account == key.email else {
      throw KeyStoreError(
        "\(path) records that a key of \(account) may be lost; \(KeyStore.checkAfterCreate(account))"
      )
    }
    return KeyDestination.Intent(keyIDs: ids.compactMap(\.string), time: time, path: path)
  }

  /// The advice that ends both messages.
  private static func checkAfterCreate(_ email: String) -> String {
    "check the account's keys before you remove it: gcloud iam service-accounts keys list "
      + "--iam-account=\(email)"
  }

  /// Writes the intent, replacing an older one. Atomically: a torn intent would block every later run.
  func writeIntent(
    _ key: DesiredKey, keyIDs: [String], now: Int64
  ) throws(KeyStoreError) {
    let paths = paths(key)
    let value: JSONValue = [
      "account": .string(key.email), "keyIDs": .array(keyIDs.map(JSONValue.string)),
      // The destination is for a person who finds the file. arctl does not read it.
      "time": .integer(now), "destination": .string(paths.installed),
    ]
    do {
      try files.writeAtomically(value.serialized(.pretty), to: paths.intent)
    } catch {
      throw KeyStoreError(error)
    }
  }

  /// Moves the intent's time if sending was delayed: a later run counts its patience from the sending. Up to five
  /// seconds are not worth a write.
  func refreshIntent(_ key: DesiredKey, now: Int64) throws(KeyStoreError) {
    // Stops the call: without an intent, a lost answer would leave a key that no later run could recognise.
    guard let intent = try intent(key) else {
      throw KeyStoreError("\(paths(key).intent) is gone: another run was here")
    }
    guard now - intent.time > 5 else { return }
    try writeIntent(key, keyIDs: intent.keyIDs, now: now)
  }

  /// Removes the intent once its outcome is known, and waits until that is on disk.
  func dropIntent(_ key: DesiredKey) throws(KeyStoreError) {
    // Read first, because it throws for the intent of another account, which must not be removed.
    guard try intent(key) != nil else { return }
    try remove(paths(key).intent)
    try synchronize(paths(key))
  }

  /// The ids of all keys whose private halves are here: at this key's destination, at those of the account's other
  /// declared keys, and in the files of replaced keys. None of them can be an orphan.
  func heldIDs(_ key: DesiredKey) -> Set<String> {
    var ids: Set<String> = []
    // An empty directory stands for none (a machine without a home folder); the paths would be below the root.
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

  /// The intents of the account's other declared keys. A key that one of them asked for and may have lost is not this
  /// key's.
  func neighbourIntents(_ key: DesiredKey) -> [KeyDestination.Intent] {
    key.neighbours.compactMap { file in
      var key = key
      key.file = file
      // An intent that cannot be read excuses no key of this one. Its own key reports it.
      return try? intent(key)
    }
  }

  /// The credential files at one destination, installed or staged, that belong to the key's account.
  func ownFiles(_ key: DesiredKey) -> [Held] {
    [paths(key).installed, paths(key).staged].compactMap { path in
      // A file that cannot be read proves nothing, so it counts as missing; `prepare` throws for it.
      guard let file = (try? credential(at: path, of: key))?.file, file.belongs(to: key.email)
      else { return nil }
      return Held(file: file, path: path)
    }
  }

  // MARK: answers of keys.create

  /// Checks that the answer holds the credential of this key, and stages it byte for byte: arctl has no reason to know
  /// every member that Google writes.
  func stage(
    _ key: DesiredKey, keyID: String, encoded: String?, dead: Set<String>
  ) throws(KeyStoreError) {
    // A failure here makes the caller delete the new key: without this member its private half is lost.
    guard let encoded, var bytes = Base64.decode(encoded) else {
      throw KeyStoreError("the answer contains no credential file")
    }
    defer { wipe(&bytes) }
    // Before anything is written: a wrong file must not replace a good one.
    guard let value = try? JSONValue(parsing: bytes, maximumBytes: KeyStore.maximumFile),
      value["type"]?.string == "service_account", value["private_key_id"]?.string == keyID,
      value["client_email"]?.string?.lowercased() == key.email
    else {
      throw KeyStoreError("the credential file in the answer belongs to another key than \(keyID)")
    }
    var text = SecretBytes()
    text.append(contentsOf: bytes)
    try stage(text, key, dead: dead)
    // Google's file may name a token endpoint under another address than this run's; that its server just sent it
    // settles whose it is.
    if let file = try credential(at: paths(key).staged, of: key)?.file {
      recognize(file.fingerprint)
    }
  }
}
