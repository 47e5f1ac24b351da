import Crypto
import GoogleCloud
import Grammar
import JSON
import Model
import Platform

extension KeyStore {
  /// What a credential file says besides the private key.
  struct Identity: Sendable {
    let keyID: String
    let projectID: String
    /// The account's number; empty if the server did not send one.
    let clientID: String
    let email: String
    let tokenURI: String
  }

  // MARK: uploaded keys

  /// Creates a key pair and writes the private half to the pending file, which is on disk when this returns.
  ///
  /// Returns a certificate of the public half. Replaces a pending file that holds nothing usable or only a copy of the
  /// installed key. Throws for any other: another run is creating this key.
  func makePending(_ key: DesiredKey, now: Int64) throws(KeyStoreError) -> Certificate {
    let paths = paths(key)
    try dropSpentPending(key)
    do {
      let pair = try makePair()
      let pem = try pair.pkcs8PEM()
      // `create` refuses an existing file, and flushes this one. The folder is flushed too: a file whose name is not on
      // disk is lost with the power, and the public half leaves next.
      try create(paths.pending, pem)
      try files.synchronizeFolder(paths.folder)
      return try Self.certificate(of: pair, key, now: now)
    } catch let error as CryptoError {
      throw KeyStoreError(error)
    } catch let error as FileError {
      throw KeyStoreError(error)
    } catch {
      throw KeyStoreError("\(paths.pending): \(error)")
    }
  }

  /// Removes a pending file that is torn or holds the installed key. Throws if it holds another one.
  private func dropSpentPending(_ key: DesiredKey) throws(KeyStoreError) {
    let paths = paths(key)
    if let fingerprint = try pendingFingerprint(paths) {
      let installed = try credential(at: paths.installed, of: key)?.file.fingerprint
      // A run that was killed after it installed the file leaves an equal pending one. Any other may be of a live key.
      guard fingerprint == installed else {
        throw KeyStoreError("\(paths.pending) appeared meanwhile: another run is creating this key")
      }
    }
    try remove(paths.pending)
  }

  /// A new certificate of the private half in the pending file. The old one may be near its end, and the public key
  /// stays the same.
  func pendingCertificate(_ key: DesiredKey, now: Int64) throws(KeyStoreError) -> Certificate {
    let paths = paths(key)
    guard let pending = try pendingKey(paths) else {
      throw KeyStoreError("\(paths.pending) is gone")
    }
    do {
      return try Self.certificate(of: pending, key, now: now)
    } catch {
      throw KeyStoreError(error)
    }
  }

  // Valid from a minute ago, because the server's clock may be behind.
  static func certificate(
    of pair: borrowing RSAPrivateKey, _ key: DesiredKey, now: Int64
  ) throws(CryptoError) -> Certificate {
    try Certificate.selfSigned(
      by: pair, commonName: key.commonName, notBefore: now - 60,
      notAfter: now + (key.expires ?? KeyTimes.defaultExpiry.seconds))
  }

  /// Writes the credential file for the pending private half and then removes the pending file, in this order: at every
  /// moment one of them is on disk. A file that it replaces is kept, unless its key is in `dead`.
  func finish(
    _ key: DesiredKey, _ identity: Identity, dead: Set<String>
  ) throws(KeyStoreError) {
    let paths = paths(key)
    // Only the user or a program other than arctl can have removed it: this run holds the lock.
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
      throw KeyStoreError("\(paths.installed): \(error)")
    }
    // The install has flushed the credential file, so the private half has its other copy on disk.
    try remove(paths.pending)
    try synchronize(paths)
  }

  /// The credential file in Google's layout, composed in memory that is wiped. JSONValue would leave copies of the
  /// private half behind. Its members are those of the files that Google generates, so that every client reads it
  /// (docs/google-apis.md#credential-files).
  static func credentialFile(
    _ key: borrowing RSAPrivateKey, _ identity: Identity
  ) throws(CryptoError) -> SecretBytes {
    var text = SecretBytes()
    text.append("{\n")
    text.appendMember("type", "service_account")
    text.appendMember("project_id", identity.projectID)
    text.appendMember("private_key_id", identity.keyID)
    // Not by `appendMember`, which takes a String: the memory of a String cannot be wiped.
    text.append("  \"private_key\": \"")
    let pem = try key.pkcs8PEM()
    pem.withUnsafeBytes { bytes in
      // The line break is the only character of a PEM that JSON escapes.
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

  /// Installs a staged file, which an interrupted run did not get to do. Returns false if there is none of this key. A
  /// file that it replaces is kept, unless its key is in `dead`.
  func installStaged(
    _ key: DesiredKey, keyID: String, dead: Set<String>
  ) throws(KeyStoreError) -> Bool {
    let paths = paths(key)
    guard let staged = try stagedFile(key), staged.keyID == keyID else { return false }
    let pending = try pendingFingerprint(paths)
    // Throws if the intent cannot be read, before anything changes.
    _ = try intent(key)
    try moveIntoPlace(key, dead: dead)
    // A torn or a copied pending file goes; the private half of yet another key stays.
    if pending == nil || pending == staged.fingerprint { try remove(paths.pending) }
    // The key has its file, so a later run has nothing to search for.
    try remove(paths.intent)
    try synchronize(paths)
    return true
  }

  // MARK: both

  /// A JWT signed with the pending private half, for a sign-in that tests it before its file is installed.
  func pendingAssertion(
    _ key: DesiredKey, keyID: String, endpoints: Endpoints, run: RequestContext
  ) throws(KeyStoreError) -> String {
    let paths = paths(key)
    guard let pending = try pendingKey(paths) else {
      throw KeyStoreError("\(paths.pending) is gone")
    }
    do {
      return try ServiceAccountSignIn.assertion(
        email: key.email, keyID: keyID, key: pending, endpoints: endpoints, run: run)
    } catch {
      throw KeyStoreError(error)
    }
  }

  /// A JWT signed with the key of a credential file, for a sign-in that tests the key.
  func assertion(
    at path: String, email: String, endpoints: Endpoints, run: RequestContext
  ) throws(KeyStoreError) -> String {
    guard let stored = try privateKey(inCredentialAt: path) else {
      throw KeyStoreError("\(path) is gone")
    }
    do {
      return try ServiceAccountSignIn.assertion(
        // With the id from the file, by which the server finds the public key.
        email: email, keyID: stored.members["private_key_id"]?.string ?? "", key: stored.key,
        endpoints: endpoints, run: run)
    } catch {
      throw KeyStoreError(error)
    }
  }

  /// Stages a file, complete and on disk, and then installs it: a reader never sees a partial credential file. A staged
  /// file that is already there is removed if it is torn, a copy, or of a key in `dead`; otherwise this throws.
  func install(
    _ text: borrowing SecretBytes, _ key: DesiredKey, dead: Set<String>
  ) throws(KeyStoreError) {
    try stage(text, key, dead: dead)
    try moveIntoPlace(key, dead: dead)
  }

  /// Stages a file, complete and on disk.
  func stage(
    _ text: borrowing SecretBytes, _ key: DesiredKey, dead: Set<String>
  ) throws(KeyStoreError) {
    let paths = paths(key)
    try dropSpentStaged(key, dead: dead)
    // A torn pending file goes. A complete one may belong to a live key.
    if try pendingFingerprint(paths) == nil { try remove(paths.pending) }
    do {
      // `create` flushes the content before the installed name points to it.
      try create(paths.staged, text)
    } catch {
      throw KeyStoreError(error)
    }
  }

  /// Removes a staged file that is not needed any more. Throws if its key may be live and no other file holds it.
  private func dropSpentStaged(_ key: DesiredKey, dead: Set<String>) throws(KeyStoreError) {
    let paths = paths(key)
    if let staged = try stagedFile(key), !dead.contains(staged.keyID) {
      let pending = try pendingFingerprint(paths)
      let installed = try credential(at: paths.installed, of: key)?.file.fingerprint
      // Its private half has another copy, so nothing is lost with this one.
      guard staged.fingerprint == pending || staged.fingerprint == installed else {
        throw KeyStoreError("\(paths.staged) holds key \(staged.keyID), which may be live")
      }
    }
    try remove(paths.staged)
  }

  /// Installs the staged file. If the name is free, by a hard link: unlike a rename it fails if another process takes
  /// the name in the meantime. Over an older file of the same account, by a rename, which leaves no moment without a
  /// file; the older file is linked under a name of its own first, unless its key is in `dead`.
  private func moveIntoPlace(_ key: DesiredKey, dead: Set<String>) throws(KeyStoreError) {
    let paths = paths(key)
    do {
      if let new = try credential(at: paths.staged, of: key),
        let old = try credential(at: paths.installed, of: key)
      {
        // Never over a file of another account or server, which may be the only copy.
        if let why = old.file.stranger ?? old.file.otherServer {
          throw KeyStoreError("\(paths.installed) \(why)")
        }
        if old.file.fingerprint != new.file.fingerprint, !dead.contains(old.file.keyID) {
          try keep(old.file, key)
        }
        try files.rename(paths.staged, to: paths.installed)
      } else {
        // A crash between the two leaves one file with two names: the staged one is a copy, which a later run removes.
        try files.link(paths.staged, as: paths.installed)
        try files.remove(paths.staged)
      }
      // Only now is the new name certain to survive a power cut, and the pending file may go.
      try files.synchronizeFolder(paths.folder)
    } catch let error as FileError {
      throw KeyStoreError(error)
    } catch let error as KeyStoreError {
      throw error
    } catch {
      throw KeyStoreError("\(paths.installed): \(error)")
    }
  }

  /// Creates a file that must not exist, readable for its owner only from the first byte.
  private func create(_ path: String, _ content: borrowing SecretBytes) throws(FileError) {
    try content.withUnsafeBytes { (bytes) throws(FileError) in
      try files.create(path, permissions: 0o600, content: bytes)
    }
  }

  /// Removes a file if it exists.
  func remove(_ path: String) throws(KeyStoreError) {
    do {
      // An interrupted run may have removed it already.
      guard try files.status(of: path, followingLinks: false) != nil else { return }
      try files.remove(path)
    } catch {
      throw KeyStoreError(error)
    }
  }

  /// Waits until changes of names in the folder are on disk.
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
