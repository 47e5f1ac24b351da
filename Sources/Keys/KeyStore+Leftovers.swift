import Crypto
import JSON
import Model
import Platform

/// What an interrupted run left beside a destination. Files of other people under these names are never taken for it:
/// only what is ours to the last byte, or the torn beginning of such, is ever replaced or removed.
extension KeyStore {
  /// The finished credential file that has not got its name yet; nil where there is none, or a torn one.
  func finishedFile(_ key: DesiredKey) throws(KeyStoreError) -> KeyDestination.File? {
    let path = paths(key).finished
    guard var bytes = try content(of: path) else { return nil }
    defer { wipe(&bytes) }
    if (try? JSONValue(parsing: bytes, maximumBytes: KeyStore.maximumFile)) == nil {
      guard bytes.isEmpty || bytes[0] == UInt8(ascii: "{") else { throw foreign(path) }
      return nil
    }
    guard let file = try credential(at: path, of: key)?.file else { return nil }
    if let why = file.stranger { throw KeyStoreError("\(path) \(why)") }
    return file
  }

  /// The private half that an interrupted run left; nil where there is none, or a torn one.
  func pendingKey(_ paths: Paths) throws(KeyStoreError) -> RSAPrivateKey? {
    guard var bytes = try content(of: paths.pending) else { return nil }
    defer { wipe(&bytes) }
    if let key = try? RSAPrivateKey(pemBytes: bytes) { return key }
    let mark = Array("-----BEGIN".utf8)
    guard bytes.starts(with: mark) || mark.starts(with: bytes) else { throw foreign(paths.pending) }
    return nil
  }

  /// Its public key's fingerprint, in hex.
  func pendingFingerprint(_ paths: Paths) throws(KeyStoreError) -> String? {
    guard let pending = try pendingKey(paths) else { return nil }
    return Hex.encode(pending.publicKey.fingerprint)
  }

  private func foreign(_ path: String) -> KeyStoreError {
    KeyStoreError("\(path) is in the way, and was not left by an interrupted run")
  }

  /// Whether files of an interrupted run stand beside a finished one.
  func hasLeftovers(_ paths: Paths) -> Bool {
    paths.leftovers.contains { (try? files.status(of: $0, followingLinks: false)) ?? nil != nil }
  }

  /// Removes what an interrupted run left beside the finished file, which holds a key that is live: copies of it, never
  /// a private half of another key that is not `dead`, nor an intent whose key may still come to light.
  func tidy(_ key: DesiredKey, dead: Set<String>, now: Int64) throws(KeyStoreError) {
    let paths = paths(key)
    let destination = inspect(key).destination
    guard case .file = destination.state, destination.pendingFingerprint == nil,
      destination.secondsLeft(at: now) == 0
    else { throw KeyStoreError("what lies beside \(paths.final) is no copy of it, and stays") }
    for path in paths.leftovers { try remove(path) }
    _ = try dropReplaced(key, dead: dead)
    try synchronize(paths)
  }

  /// Removes whatever of a key's private half is here, once the key is gone: nothing of another account's, nor an intent
  /// whose key may still come to light. False where nothing was here.
  func clear(
    _ key: DesiredKey, keepsPending: Bool, now: Int64
  ) throws(KeyStoreError) -> Bool {
    guard !directory.isEmpty, !key.file.isEmpty else { return false }
    try checkName(key.file)
    let paths = paths(key)
    _ = try (finishedFile(key), pendingFingerprint(paths))
    var doomed = [paths.finished]
    if !keepsPending { doomed.append(paths.pending) }
    if let intent = try intent(key) {
      let answered = inspect(key).destination.intentIsAnswered
      if answered || intent.secondsLeft(at: now) == 0 { doomed.append(paths.intent) }
    }
    if let file = try credential(at: paths.final, of: key)?.file, file.belongs(to: key.email) {
      doomed.insert(paths.final, at: 0)
    }
    doomed += keptFiles(key).map(\.path)
    var isAny = false
    for path in doomed where try content(of: path) != nil {
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
    try? remove(paths.pending)
    try? synchronize(paths)
  }

  /// Removes the finished file that has not got its name, when it holds this key.
  func dropFinished(_ key: DesiredKey, keyID: String) throws(KeyStoreError) {
    guard try finishedFile(key)?.keyID == keyID else { return }
    try remove(paths(key).finished)
    try synchronize(paths(key))
  }
}
