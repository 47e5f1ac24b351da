import Crypto
import Glibc
import GoogleCloud
import JSON
import Model
public import Platform
import Synchronization

/// The key directory of one machine, which holds the private halves of declared keys.
///
/// Next to a credential file `NAME`, an interrupted run may leave `.NAME.pending`, a private half whose public half may
/// be uploaded; `.NAME.intent`, what was known before Google was asked for a key; and `.NAME.new`, the staged file that
/// is complete but not installed yet. `.NAME.KEYID.old` is the file of a key that was, or may have been, live when it
/// was replaced. All calls block.
public struct KeyStore: Sendable {
  /// The key directory; manifests name files below it.
  public let directory: String
  /// Why keys cannot be kept here; nil if they can.
  public let refusal: String?
  /// The token endpoint that files of this run's server name; nil for a folder that only that server uses.
  let tokenURI: String?
  let files: any FileSystem
  /// Creates the pair of a new key, with the size of Google's own keys. Tests supply pairs that exist already, because
  /// generating one is slow.
  var makePair: @Sendable () throws(CryptoError) -> RSAPrivateKey = {
    () throws(CryptoError) in try RSAPrivateKey(generatingBits: 2048)
  }
  private let lock = DirectoryLock()
  private let recognized = Fingerprints()

  /// - Parameter refusal: why keys cannot be kept on this machine, for one whose files do not outlive it (a CI runner
  ///   without an explicit `--key-dir`).
  /// - Parameter tokenURI: the token endpoint of this run's server; a file that names another server is never replaced.
  ///   Nil for a folder that cannot hold other servers' files.
  public init(
    directory: String, refusal: String? = nil, tokenURI: String?, fileSystem: any FileSystem
  ) {
    var directory = directory[...]
    // The folders of a name are appended with a slash, and messages show the result.
    while directory.count > 1, directory.last == "/" { directory.removeLast() }
    self.directory = String(directory)
    self.refusal = refusal
    self.tokenURI = tokenURI
    self.files = fileSystem
  }

  /// What is at a key's destination, and the credential files that were found there.
  struct Inspection: Sendable {
    var destination: KeyDestination
    var files: [Held] = []
  }

  /// A credential file on this machine.
  struct Held: Sendable, Hashable {
    var file: KeyDestination.File
    var path: String
  }

  /// The paths that belong to one key.
  struct Paths: Sendable {
    let folder: String
    let name: String
    /// The credential file under the name that the manifest gives it.
    let installed: String
    /// The private half, from before the upload until the file is installed.
    let pending: String
    /// The complete credential file, before it is installed.
    let staged: String
    /// What was known before Google was asked for a key.
    let intent: String
    /// What an interrupted run may leave. All but the intent hold key material.
    var leftovers: [String] { [pending, staged, intent] }

    init(directory: String, file: String) {
      var parts = file.split(separator: "/").map(String.init)
      name = parts.popLast() ?? file
      folder = ([directory] + parts).joined(separator: "/")
      installed = "\(folder)/\(name)"
      // In the folder of the file, since a rename or a link cannot leave a file system. With a dot, since no manifest
      // can name such a file (`checkName`).
      pending = "\(folder)/.\(name).pending"
      staged = "\(folder)/.\(name).new"
      intent = "\(folder)/.\(name).intent"
    }
  }

  /// The paths of a declared key.
  func paths(_ key: DesiredKey) -> Paths { Paths(directory: directory, file: key.file) }

  /// Looks at a destination and writes nothing. Whatever would stop a later step makes it unusable now: the plan is
  /// where a user should learn it, before any key exists.
  func inspect(_ key: DesiredKey) -> Inspection {
    var names = FolderNames()
    return inspect(key, &names)
  }

  /// The same, with the names of folders that were already read.
  func inspect(_ key: DesiredKey, _ names: inout FolderNames) -> Inspection {
    let paths = paths(key)
    func result(_ state: KeyDestination.State) -> Inspection {
      Inspection(destination: KeyDestination(state: state, path: paths.installed))
    }
    if let refusal { return result(.refused(refusal)) }
    do throws(KeyStoreError) {
      try checkName(key.file)
      try checkFolders(of: key.file, mustExist: false)
      // A plan takes no lock, so a busy directory is reported and does not stop it.
      let isBusy = try isLockedElsewhere()
      let credential = try credential(at: paths.installed, of: key)
      // A key that is already here needs no room.
      if credential == nil { try checkRoom() }
      var inspection = try leftovers(of: key, at: paths, beside: credential?.file, names: &names)
      inspection.destination.isBusy = isBusy
      if credential != nil { inspection.destination.openRights = openRights(paths.installed) }
      return inspection
    } catch {
      return result(.unusable(error.message, remedy: error.remedy))
    }
  }

  /// What an interrupted run left next to the installed file, if there is one. Torn files, and copies of what the
  /// installed file holds, do not count: nothing depends on them.
  private func leftovers(
    of key: DesiredKey, at paths: Paths, beside file: KeyDestination.File?,
    names: inout FolderNames
  ) throws(KeyStoreError) -> Inspection {
    let state = file.map(KeyDestination.State.file) ?? .empty
    var inspection = Inspection(destination: KeyDestination(state: state, path: paths.installed))
    if let file { inspection.files.append(Held(file: file, path: paths.installed)) }
    // Next to a key of another account, no file belongs to this key for certain.
    if file?.stranger != nil { return inspection }
    let kept = keptFiles(key, &names)
    inspection.files += kept
    // A kept copy of the installed file comes from a run that was killed between the link and the rename. It is a
    // leftover, not the file of a predecessor.
    inspection.destination.replaced = kept.filter { $0.file.fingerprint != file?.fingerprint }
      .map { KeyDestination.Replaced(file: $0.file, path: $0.path) }
    inspection.destination.hasLeftovers =
      hasLeftovers(paths) || !temporaries(paths, &names).isEmpty
      || kept.count > inspection.destination.replaced.count
    // Throws for an intent that cannot be read: the destination is then unusable, because a key may be lost here.
    inspection.destination.intent = try intent(key)
    let staged = try stagedFile(key)
    let pending = try pendingFingerprint(paths)
    // The staged file comes later in the steps than the pending one and holds the same private half, so it decides if
    // both are there.
    if let staged, staged.fingerprint != file?.fingerprint {
      inspection.destination.unnamed = staged
      inspection.destination.pendingFingerprint = staged.fingerprint
      inspection.destination.pendingTime = try modified(paths.staged)
      inspection.files.append(Held(file: staged, path: paths.staged))
    } else if let pending, pending != file?.fingerprint {
      inspection.destination.pendingFingerprint = pending
      inspection.destination.pendingTime = try modified(paths.pending)
    }
    return inspection
  }

  // MARK: reading

  /// What a credential file says, without its private key.
  struct Credential: Sendable {
    let file: KeyDestination.File
  }

  /// The credential at a path; nil if there is no file. Throws for a file of another kind. `stranger` and `otherServer`
  /// say if it belongs to another account, project or server.
  func credential(at path: String, of key: DesiredKey) throws(KeyStoreError) -> Credential? {
    guard let stored = try privateKey(inCredentialAt: path) else { return nil }
    guard let id = stored.members["private_key_id"]?.string,
      let email = stored.members["client_email"]?.string?.lowercased()
    else { throw KeyStoreError("\(path) is not a service-account key file") }
    // Of the key itself, not of a member that the file could claim.
    let fingerprint = Hex.encode(stored.key.publicKey.fingerprint)
    return Credential(
      file: KeyDestination.File(
        keyID: id, email: email, fingerprint: fingerprint,
        stranger: stranger(stored.members, of: email, for: key),
        otherServer: recognized.contains(fingerprint) ? nil : otherServer(stored.members)))
  }

  /// Why a file does not belong to the account of the declared key; nil if it does.
  private func stranger(_ members: JSONValue, of email: String, for key: DesiredKey) -> String? {
    if email != key.email { return "holds a key of \(email)" }
    // A file without the member is accepted: clients do not need it to sign in.
    guard let project = members["project_id"]?.string, project != key.account.project else {
      return nil
    }
    return "holds a key of the project \(project)"
  }

  /// Why a file seems to belong to another server; nil if it names this run's. A server behind another address (a
  /// forwarded port) names itself differently, so such a file is accepted once the server has shown that it knows the
  /// key (`recognize`).
  private func otherServer(_ members: JSONValue) -> String? {
    guard let tokenURI else { return nil }
    // A file that names no server is not taken for one of this server's.
    let named = members["token_uri"]?.string ?? ""
    guard !KeyStore.isSameServer(named, tokenURI) else { return nil }
    return
      "holds a key of another server: its `token_uri` is `\(named)`, and this run's is \(tokenURI)"
  }

  /// Records that this run's server knows the key with this public half, whatever server its file names.
  func recognize(_ fingerprint: String) { recognized.add(fingerprint) }

  /// Whether two token endpoints belong to one server: the same origin, or both Google's, which has several.
  static func isSameServer(_ one: String, _ other: String) -> Bool {
    guard let one = Origin(of: one), let other = Origin(of: other) else { return false }
    if one == other || one.isGoogle && other.isGoogle { return true }
    // A sandbox has several names (127.0.0.1, localhost, [::1]); the port distinguishes two sandboxes.
    return one.isLoopback && other.isLoopback && one.scheme == other.scheme
      && one.port == other.port
  }

  /// A private key, with the other members of its file.
  struct StoredKey: ~Copyable {
    let members: JSONValue
    let key: RSAPrivateKey
  }

  /// The private key in a credential file; nil if there is no file.
  func privateKey(inCredentialAt path: String) throws(KeyStoreError) -> StoredKey? {
    guard var bytes = try content(of: path) else { return nil }
    defer { wipe(&bytes) }
    guard let value = try? JSONValue(parsing: bytes, maximumBytes: KeyStore.maximumFile),
      value["type"]?.string == "service_account", let pem = value["private_key"]?.string
    else { throw KeyStoreError("\(path) is not a service-account key file") }
    // The parsed text is an ordinary string, which cannot be wiped in place; this copy of it can.
    var text = Array(pem.utf8)
    defer { wipe(&text) }
    guard let key = try? RSAPrivateKey(pemBytes: text) else {
      throw KeyStoreError("\(path) holds no usable private key")
    }
    var members = value.object ?? [:]
    // So that nothing downstream can print it.
    members["private_key"] = nil
    return StoredKey(members: .object(members), key: key)
  }

  /// The content of a file; nil if there is none. Reads regular files of this user only, and follows no link: the name
  /// may lead where another user wants it to.
  func content(of path: String) throws(KeyStoreError) -> [UInt8]? {
    do {
      guard let status = try files.status(of: path, followingLinks: false) else { return nil }
      guard status.kind == .file else {
        throw KeyStoreError("\(path) is a \(description(of: status.kind)), not a file")
      }
      guard status.owner == files.userID else {
        throw KeyStoreError("\(path) belongs to another user")
      }
      return try files.read(path, maximumBytes: KeyStore.maximumFile)
    } catch let error as FileError {
      throw KeyStoreError(error)
    } catch let error as KeyStoreError {
      throw error
    } catch {
      throw KeyStoreError("\(path): \(error)")
    }
  }

  /// When a file was last written, in Unix seconds.
  func modified(_ path: String) throws(KeyStoreError) -> Int64 {
    do {
      // No default instead: an assumed age could make a new key look old enough to be dead.
      guard let status = try files.status(of: path, followingLinks: false) else {
        throw KeyStoreError("\(path) is gone")
      }
      return status.modified
    } catch let error as FileError {
      throw KeyStoreError(error)
    } catch let error as KeyStoreError {
      throw error
    } catch {
      throw KeyStoreError("\(path): \(error)")
    }
  }

  /// A kind of file, as messages name it.
  private func description(of kind: FileStatus.Kind) -> String {
    switch kind {
    case .file: "file"
    case .folder: "folder"
    case .symbolicLink: "symbolic link"
    case .other: "special file"
    }
  }

  /// A credential file has about 2,400 bytes; a larger limit bounds what a wrong file can cost.
  static let maximumFile = 65_536

  private var lockPath: String { "\(directory)/.lock" }

  /// Locks the directory against other runs until this process ends. Throws if another run holds the lock.
  func takeLock() throws(KeyStoreError) { try lock.take(lockPath, files) }

  /// Whether another run is writing keys here now.
  private func isLockedElsewhere() throws(KeyStoreError) -> Bool {
    // `content` first: it refuses a lock file that is a link or another user's, before this process opens it.
    guard !lock.isHeld, try content(of: lockPath) != nil else { return false }
    do {
      return try files.isLocked(lockPath)
    } catch {
      throw KeyStoreError(error)
    }
  }
}

/// Why a destination cannot be used, as users read it. Never contains key material.
struct KeyStoreError: Error, Sendable, Hashable {
  let message: String
  /// What the user can do about it; nil if that depends on the purpose of the key.
  var remedy: String?
  /// Whether another run holds the directory, so that a repeat after its end succeeds.
  var isBusy = false

  init(_ message: String, remedy: String? = nil) {
    self.message = message
    self.remedy = remedy
  }
  init(_ error: FileError) {
    message = error.description
    remedy = Self.otherFolder
  }
  init(_ error: CryptoError) { message = error.message }

  /// The remedy if the folder cannot be used.
  static let otherFolder = "choose a folder of your own: --key-dir DIR"
}

extension KeyStoreError {
  fileprivate static func busy(_ path: String) -> KeyStoreError {
    var error = KeyStoreError(
      "another run of arctl is writing keys here (\(path) is locked)",
      remedy: "apply again once it has ended")
    error.isBusy = true
    return error
  }
}

/// The public keys that this run's server has shown that it knows.
private final class Fingerprints: Sendable {
  // Shared by all copies of the store, whose operations run concurrently.
  private let known = Mutex<Set<String>>([])
  func add(_ fingerprint: String) { known.withLock { _ = $0.insert(fingerprint) } }
  func contains(_ fingerprint: String) -> Bool { known.withLock { $0.contains(fingerprint) } }
}

/// The lock of a key directory, taken at most once per process.
private final class DirectoryLock: Sendable {
  private let held = Mutex<FileLock?>(nil)

  var isHeld: Bool { held.withLock { $0 != nil } }

  func take(_ path: String, _ files: any FileSystem) throws(KeyStoreError) {
    let outcome: Result<Void, KeyStoreError> = held.withLock { held in
      // Operations of one run share it. It keeps other processes out; within a run, `KeyIssuer.serialized` takes turns.
      if held != nil { return .success(()) }
      do throws(FileError) {
        held = try Self.lock(path, files)
      } catch {
        return .failure(KeyStoreError(error))
      }
      return held == nil
        ? .failure(.busy(path)) : .success(())
    }
    try outcome.get()
  }

  /// Tries a few times, because a plan that tests the lock holds it for a moment.
  private static func lock(_ path: String, _ files: any FileSystem) throws(FileError) -> FileLock? {
    for _ in 0..<4 {
      if let lock = try files.lock(path) { return lock }
      usleep(20_000)
    }
    return try files.lock(path)
  }
}

/// Overwrites bytes that held key material. `explicit_bzero`, since the compiler may remove a plain fill of memory that
/// is not read again.
func wipe(_ bytes: inout [UInt8]) {
  bytes.withUnsafeMutableBytes { buffer in
    if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
  }
}
