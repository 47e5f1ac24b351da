import Crypto
import JSON
import Model
import Platform

/// What an interrupted run left next to a destination. A file of that name that arctl did not write is never replaced
/// or removed: only a complete file of ours, or the torn beginning of one.
extension KeyStore {
  /// The staged credential file, complete and not yet installed; nil if there is none or it is torn.
  func stagedFile(_ key: DesiredKey) throws(KeyStoreError) -> KeyDestination.File? {
    let path = paths(key).staged
    guard var bytes = try content(of: path) else { return nil }
    defer { wipe(&bytes) }
    // A write that was cut off leaves a prefix of our file, which begins with a brace. Anything else is another
    // program's.
    if (try? JSONValue(parsing: bytes, maximumBytes: KeyStore.maximumFile)) == nil {
      guard bytes.isEmpty || bytes[0] == UInt8(ascii: "{") else { throw foreign(path) }
      return nil
    }
    guard let file = try credential(at: path, of: key)?.file else { return nil }
    if let why = file.stranger { throw KeyStoreError("\(path) \(why)") }
    return file
  }

  /// The private half that an interrupted run left; nil if there is none or it is torn.
  func pendingKey(_ paths: Paths) throws(KeyStoreError) -> RSAPrivateKey? {
    guard var bytes = try content(of: paths.pending) else { return nil }
    defer { wipe(&bytes) }
    if let key = try? RSAPrivateKey(pemBytes: bytes) { return key }
    // As above: a prefix of a PEM file is ours, other content is not.
    let mark = Array("-----BEGIN".utf8)
    guard bytes.starts(with: mark) || mark.starts(with: bytes) else { throw foreign(paths.pending) }
    return nil
  }

  /// The fingerprint of its public key, in hex.
  func pendingFingerprint(_ paths: Paths) throws(KeyStoreError) -> String? {
    guard let pending = try pendingKey(paths) else { return nil }
    return Hex.encode(pending.publicKey.fingerprint)
  }

  /// The refusal to touch a file that arctl did not write.
  private func foreign(_ path: String) -> KeyStoreError {
    KeyStoreError("\(path) is in the way: it was not left by an interrupted run")
  }

  /// Whether files of an interrupted run are next to an installed one.
  func hasLeftovers(_ paths: Paths) -> Bool {
    // Torn files count here, unlike in the search for a private half: cleaning up is for them too.
    paths.leftovers.contains { (try? files.status(of: $0, followingLinks: false)) ?? nil != nil }
  }

  /// Removes what an interrupted run left next to an installed file whose key is live. It removes copies of that file
  /// only: neither a private half of another key that is not in `dead`, nor an intent whose key may still become
  /// visible.
  func removeLeftovers(_ key: DesiredKey, dead: Set<String>, now: Int64) throws(KeyStoreError) {
    let paths = paths(key)
    // Again, and now with the lock: the plan saw these files without it.
    let destination = inspect(key).destination
    guard case .file = destination.state, destination.pendingFingerprint == nil,
      destination.secondsLeft(at: now) == 0
    else {
      throw KeyStoreError("the file next to \(paths.installed) is not a copy of it, so it is kept")
    }
    // The intent is the last of them: if this is cut off before, the next run still searches.
    for path in paths.leftovers { try remove(path) }
    _ = try dropReplaced(key, dead: dead)
    try synchronize(paths)
  }

  /// Removes every private half of a deleted key on this machine, but nothing of another account and no intent whose
  /// key may still become visible. Returns false if nothing was here.
  func clear(
    _ key: DesiredKey, keepsPending: Bool, now: Int64
  ) throws(KeyStoreError) -> Bool {
    guard !directory.isEmpty, !key.file.isEmpty else { return false }
    try checkName(key.file)
    let paths = paths(key)
    // Both throw if the file is not ours, before anything is removed.
    _ = try (stagedFile(key), pendingFingerprint(paths))
    var removable = [paths.staged]
    if !keepsPending { removable.append(paths.pending) }
    if let intent = try intent(key) {
      let answered = inspect(key).destination.intentIsAnswered
      if answered || intent.secondsLeft(at: now) == 0 { removable.append(paths.intent) }
    }
    if let file = try credential(at: paths.installed, of: key)?.file, file.belongs(to: key.email) {
      // First: if the removal stops midway, leftovers without a file are what the next run cleans up.
      removable.insert(paths.installed, at: 0)
    }
    // The caller has asked the server for each of these keys, and none is live.
    removable += keptFiles(key).map(\.path)
    var isAny = false
    for path in removable where try content(of: path) != nil {
      try remove(path)
      isAny = true
    }
    try dropTemporaries(paths)
    if isAny { try synchronize(paths) }
    return isAny
  }

  /// Removes the pending file of a key that the server refused for good.
  func dropPending(_ key: DesiredKey) {
    let paths = paths(key)
    guard (try? pendingFingerprint(paths)) != nil else { return }
    // Best effort: the refusal is what the report is about, and the next run resumes with a pending file that stays.
    try? remove(paths.pending)
    try? synchronize(paths)
  }

  /// Removes the staged file if it holds this key.
  func dropStaged(_ key: DesiredKey, keyID: String) throws(KeyStoreError) {
    // A staged file of another key may be the only copy of its private half.
    guard try stagedFile(key)?.keyID == keyID else { return }
    try remove(paths(key).staged)
    try synchronize(paths(key))
  }
}
