import Crypto
import GoogleCloud
import JSON
import Model
import Platform

extension KeyStore {
  /// What a credential file says besides its private key.
  struct Identity: Sendable {
    let keyID: String
    let projectID: String
    /// The account's number, where it is known.
    let clientID: String
    let email: String
    let tokenURI: String
  }

  // MARK: uploaded keys

  /// Makes a key pair and writes the private half to the pending file, on disk when this returns.
  ///
  /// Returns a certificate of the public half. A pending file that holds nothing usable, or what the finished file holds
  /// too, is replaced; any other is another run's, and throws.
  func makePending(_ key: DesiredKey, now: Int64) throws(KeyStoreError) -> Certificate {
    let paths = paths(key)
    try dropSpentPending(key)
    do {
      let pair = try makePair()
      let pem = try pair.pkcs8PEM()
      try create(paths.pending, pem)
      try files.synchronizeFolder(paths.folder)
      return try certificate(of: pair, key, now: now)
    } catch let error as CryptoError {
      throw KeyStoreError(error)
    } catch let error as FileError {
      throw KeyStoreError(error)
    } catch {
      throw KeyStoreError("\(paths.pending): \(error)")
    }
  }

  private func dropSpentPending(_ key: DesiredKey) throws(KeyStoreError) {
    let paths = paths(key)
    if let fingerprint = try pendingFingerprint(paths) {
      let finished = try credential(at: paths.final, of: key)?.file.fingerprint
      guard fingerprint == finished else {
        throw KeyStoreError("\(paths.pending) appeared meanwhile: another run is making this key")
      }
    }
    try remove(paths.pending)
  }

  /// A new certificate of the private half in the pending file.
  func pendingCertificate(_ key: DesiredKey, now: Int64) throws(KeyStoreError) -> Certificate {
    let paths = paths(key)
    guard let pending = try pendingKey(paths) else {
      throw KeyStoreError("\(paths.pending) is gone")
    }
    do {
      return try certificate(of: pending, key, now: now)
    } catch {
      throw KeyStoreError(error)
    }
  }

  // A minute back, for clocks that differ.
  private func certificate(
    of pair: borrowing RSAPrivateKey, _ key: DesiredKey, now: Int64
  ) throws(CryptoError) -> Certificate {
    try Certificate.selfSigned(
      by: pair, commonName: key.commonName, notBefore: now - 60,
      notAfter: now + (key.expires ?? KeyStore.defaultExpiry))
  }

  /// 90 days (docs/reliability.md#steps-of-an-uploaded-key).
  private static let defaultExpiry: Int64 = 90 * 86_400

  /// Writes the credential file of the pending private half, and then drops the pending file. A file that it replaces is
  /// kept, unless its key is among the `dead`.
  func finish(
    _ key: DesiredKey, _ identity: Identity, dead: Set<String>
  ) throws(KeyStoreError) {
    let paths = paths(key)
    guard let pending = try pendingKey(paths) else {
      throw KeyStoreError("\(paths.pending) is gone")
    }
    do {
      let text = try KeyStore.credentialFile(pending, identity)
      try install(text, key, dead: dead)
    } catch let error as CryptoError {
      throw KeyStoreError(error)
    } catch let error as KeyStoreError {
      throw error
    } catch {
      throw KeyStoreError("\(paths.final): \(error)")
    }
    try remove(paths.pending)
    try synchronize(paths)
  }

  /// The credential file as Google writes it, composed in wiped memory.
  static func credentialFile(
    _ key: borrowing RSAPrivateKey, _ identity: Identity
  ) throws(CryptoError) -> SecretBytes {
    var text = SecretBytes()
    text.append("{\n")
    text.appendMember("type", "service_account")
    text.appendMember("project_id", identity.projectID)
    text.appendMember("private_key_id", identity.keyID)
    text.append("  \"private_key\": \"")
    let pem = try key.pkcs8PEM()
    pem.withUnsafeBytes { bytes in
      for byte in bytes {
        if byte == UInt8(ascii: "\n") { text.append("\\n") } else { text.append(byte) }
      }
    }
    text.append("\",\n")
    text.appendMember("client_email", identity.email)
    text.appendMember("client_id", identity.clientID)
    text.appendMember("auth_uri", "https://accounts.google.com/o/oauth2/auth")
    text.appendMember("token_uri", identity.tokenURI)
    text.appendMember("auth_provider_x509_cert_url", "https://www.googleapis.com/oauth2/v1/certs")
    let email = identity.email.replacing("@", with: "%40")
    text.appendMember(
      "client_x509_cert_url", "https://www.googleapis.com/robot/v1/metadata/x509/\(email)")
    text.appendMember("universe_domain", "googleapis.com", last: true)
    return text
  }

  /// Gives a finished file its name that a run was cut off just before; false where there is none of this key. A file
  /// that it replaces is kept, unless its key is among the `dead`.
  func adoptFinished(
    _ key: DesiredKey, keyID: String, dead: Set<String>
  ) throws(KeyStoreError) -> Bool {
    let paths = paths(key)
    guard let finished = try finishedFile(key), finished.keyID == keyID else { return false }
    let pending = try pendingFingerprint(paths)
    _ = try intent(key)
    try giveName(key, dead: dead)
    // Torn, or a copy; the private half of yet another key stays.
    if pending == nil || pending == finished.fingerprint { try remove(paths.pending) }
    try remove(paths.intent)
    try synchronize(paths)
    return true
  }

  // MARK: both

  /// A JWT of the key in a credential file, to see whether it is taken.
  func assertion(
    at path: String, email: String, endpoints: Endpoints, run: CloudRun
  ) throws(KeyStoreError) -> String {
    guard let stored = try privateKey(inCredentialAt: path) else {
      throw KeyStoreError("\(path) is gone")
    }
    do {
      return try ServiceAccountSignIn.assertion(
        email: email, keyID: stored.members["private_key_id"]?.string ?? "", key: stored.key,
        endpoints: endpoints, run: run)
    } catch {
      throw KeyStoreError(error)
    }
  }

  /// Writes a file whole and on disk, then gives it its name. What stands under its first name is an interrupted run's:
  /// torn, a copy, or of a key that is `dead`; or it throws.
  func install(
    _ text: borrowing SecretBytes, _ key: DesiredKey, dead: Set<String>
  ) throws(KeyStoreError) {
    let paths = paths(key)
    try dropSpentFinished(key, dead: dead)
    // A torn one; a whole one may be live.
    if try pendingFingerprint(paths) == nil { try remove(paths.pending) }
    do {
      try create(paths.finished, text)
    } catch {
      throw KeyStoreError(error)
    }
    try giveName(key, dead: dead)
  }

  private func dropSpentFinished(_ key: DesiredKey, dead: Set<String>) throws(KeyStoreError) {
    let paths = paths(key)
    if let finished = try finishedFile(key), !dead.contains(finished.keyID) {
      let pending = try pendingFingerprint(paths)
      let final = try credential(at: paths.final, of: key)?.file.fingerprint
      guard finished.fingerprint == pending || finished.fingerprint == final else {
        throw KeyStoreError("\(paths.finished) holds key \(finished.keyID), which may be live")
      }
    }
    try remove(paths.finished)
  }

  /// By a link, which replaces nothing; over an older file of the same account, by renaming. The older file is kept
  /// under a name of its own before that, unless its key is among the `dead`.
  private func giveName(_ key: DesiredKey, dead: Set<String>) throws(KeyStoreError) {
    let paths = paths(key)
    do {
      if let new = try credential(at: paths.finished, of: key),
        let old = try credential(at: paths.final, of: key)
      {
        if let why = old.file.stranger ?? old.file.otherServer {
          throw KeyStoreError("\(paths.final) \(why)")
        }
        if old.file.fingerprint != new.file.fingerprint, !dead.contains(old.file.keyID) {
          try keep(old.file, key)
        }
        try files.rename(paths.finished, to: paths.final)
      } else {
        try files.link(paths.finished, as: paths.final)
        try files.remove(paths.finished)
      }
      try files.synchronizeFolder(paths.folder)
    } catch let error as FileError {
      throw KeyStoreError(error)
    } catch let error as KeyStoreError {
      throw error
    } catch {
      throw KeyStoreError("\(paths.final): \(error)")
    }
  }

  private func create(_ path: String, _ content: borrowing SecretBytes) throws(FileError) {
    try content.withUnsafeBytes { (bytes) throws(FileError) in
      try files.create(path, permissions: 0o600, content: bytes)
    }
  }

  /// Removes a name, be it there or not.
  func remove(_ path: String) throws(KeyStoreError) {
    do {
      guard try files.status(of: path, followingLinks: false) != nil else { return }
      try files.remove(path)
    } catch {
      throw KeyStoreError(error)
    }
  }

  func synchronize(_ paths: Paths) throws(KeyStoreError) {
    do {
      try files.synchronizeFolder(paths.folder)
    } catch {
      throw KeyStoreError(error)
    }
  }
}

extension SecretBytes {
  /// One line of a JSON object in Google's layout.
  fileprivate mutating func appendMember(_ name: String, _ value: String, last: Bool = false) {
    append("  \"\(name)\": \(JSONValue.string(value).text())\(last ? "\n}\n" : ",\n")")
  }
}
