import Crypto
import Glibc
import GoogleCloud
import JSON
import Model
public import Platform
import Synchronization

/// The key directory of one machine: where the private halves of declared keys lie.
///
/// Beside a credential file `NAME` there may be, each left by an interrupted run: `.NAME.pending`, a private half whose
/// public half may be uploaded; `.NAME.intent`, what was known before Google was asked for a key; `.NAME.new`, the
/// finished file just before it gets its name. `.NAME.KEYID.old` is the file of a key that was replaced while it was
/// live, or may have been. All calls block.
public struct KeyStore: Sendable {
  /// The key directory; files may be named below it.
  public let directory: String
  /// Why no key may be kept here; nil where it may.
  public let refusal: String?
  /// The token endpoint that the files of this run's server name; nil for a folder that is that server's own.
  let tokenURI: String?
  let files: any FileSystem
  /// Makes the pair of a new key, of the size that Google's own keys have; tests take pairs that are there already.
  var makePair: @Sendable () throws(CryptoError) -> RSAPrivateKey = {
    () throws(CryptoError) in try RSAPrivateKey(generatingBits: 2048)
  }
  private let lock = DirectoryLock()
  private let recognized = Fingerprints()

  /// - Parameter refusal: for a machine that dies with its files (a CI runner without an explicit `--key-dir`): why its
  ///   files are no place for keys.
  /// - Parameter tokenURI: the token endpoint of this run's server: a file that names another server is never replaced.
  ///   Nil for a folder in which no other server's files can be.
  public init(
    directory: String, refusal: String? = nil, tokenURI: String?, fileSystem: any FileSystem
  ) {
    var directory = directory[...]
    while directory.count > 1, directory.last == "/" { directory.removeLast() }
    self.directory = String(directory)
    self.refusal = refusal
    self.tokenURI = tokenURI
    self.files = fileSystem
  }

  /// What stands at a key's destination, and the credential files that were found there.
  struct Inspection: Sendable {
    var destination: KeyDestination
    var files: [Held] = []
  }

  /// A credential file that is here.
  struct Held: Sendable, Hashable {
    var file: KeyDestination.File
    var path: String
  }

  /// The names that belong to one key.
  struct Paths: Sendable {
    let folder: String
    let name: String
    let final: String
    let pending: String
    let finished: String
    let intent: String
    /// What an interrupted run may leave; all but the intent hold key material.
    var leftovers: [String] { [pending, finished, intent] }

    init(directory: String, file: String) {
      var parts = file.split(separator: "/").map(String.init)
      name = parts.popLast() ?? file
      folder = ([directory] + parts).joined(separator: "/")
      final = "\(folder)/\(name)"
      pending = "\(folder)/.\(name).pending"
      finished = "\(folder)/.\(name).new"
      intent = "\(folder)/.\(name).intent"
    }
  }

  func paths(_ key: DesiredKey) -> Paths { Paths(directory: directory, file: key.file) }

  /// Looks, and writes nothing. Whatever could not be worked with later makes the destination unusable here.
  func inspect(_ key: DesiredKey) -> Inspection {
    var names = FolderNames()
    return inspect(key, &names)
  }

  /// The same, with the names of folders that were read already.
  func inspect(_ key: DesiredKey, _ names: inout FolderNames) -> Inspection {
    let paths = paths(key)
    func result(_ state: KeyDestination.State) -> Inspection {
      Inspection(destination: KeyDestination(state: state, path: paths.final))
    }
    if let refusal { return result(.refused(refusal)) }
    do throws(KeyStoreError) {
      try checkName(key.file)
      try checkFolders(of: key.file, mustExist: false)
      let isBusy = try isLockedElsewhere()
      let credential = try credential(at: paths.final, of: key)
      if credential == nil { try checkRoom() }
      var inspection = try leftovers(key, paths, beside: credential?.file, &names)
      inspection.destination.isBusy = isBusy
      if credential != nil { inspection.destination.openRights = openRights(paths.final) }
      return inspection
    } catch {
      return result(.unusable(error.message, remedy: error.remedy))
    }
  }

  /// What an interrupted run left, beside the finished file where there is one. Half-written leftovers, and copies of
  /// what the finished file holds, count as none.
  private func leftovers(
    _ key: DesiredKey, _ paths: Paths, beside file: KeyDestination.File?,
    _ names: inout FolderNames
  ) throws(KeyStoreError) -> Inspection {
    let state = file.map(KeyDestination.State.file) ?? .empty
    var inspection = Inspection(destination: KeyDestination(state: state, path: paths.final))
    if let file { inspection.files.append(Held(file: file, path: paths.final)) }
    // Beside another account's key nothing is ours to judge.
    if file?.stranger != nil { return inspection }
    let kept = keptFiles(key, &names)
    inspection.files += kept
    inspection.destination.replaced = kept.filter { $0.file.fingerprint != file?.fingerprint }
      .map { KeyDestination.Replaced(file: $0.file, path: $0.path) }
    inspection.destination.hasLeftovers =
      hasLeftovers(paths) || !temporaries(paths, &names).isEmpty
      || kept.count > inspection.destination.replaced.count
    inspection.destination.intent = try intent(key)
    let finished = try finishedFile(key)
    let pending = try pendingFingerprint(paths)
    if let finished, finished.fingerprint != file?.fingerprint {
      inspection.destination.unnamed = finished
      inspection.destination.pendingFingerprint = finished.fingerprint
      inspection.destination.pendingTime = try modified(paths.finished)
      inspection.files.append(Held(file: finished, path: paths.finished))
    } else if let pending, pending != file?.fingerprint {
      inspection.destination.pendingFingerprint = pending
      inspection.destination.pendingTime = try modified(paths.pending)
    }
    return inspection
  }

  // MARK: reading

  /// A credential file, taken apart; the private key is gone again, only its public half is known.
  struct Credential: Sendable {
    let file: KeyDestination.File
  }

  /// Nil where nothing is; throws for what is there and is not a credential file. One of another account, project or
  /// server says so in `stranger`.
  func credential(at path: String, of key: DesiredKey) throws(KeyStoreError) -> Credential? {
    guard let stored = try privateKey(inCredentialAt: path) else { return nil }
    guard let id = stored.members["private_key_id"]?.string,
      let email = stored.members["client_email"]?.string?.lowercased()
    else { throw KeyStoreError("\(path) is not a service-account key file") }
    let fingerprint = Hex.encode(stored.key.publicKey.fingerprint)
    return Credential(
      file: KeyDestination.File(
        keyID: id, email: email, fingerprint: fingerprint,
        stranger: stranger(stored.members, email, key),
        otherServer: recognized.contains(fingerprint) ? nil : otherServer(stored.members)))
  }

  /// Why a file is not one of the declared key's account; nil where it is.
  private func stranger(_ members: JSONValue, _ email: String, _ key: DesiredKey) -> String? {
    if email != key.email { return "holds a key of \(email)" }
    guard let project = members["project_id"]?.string, project != key.account.project else {
      return nil
    }
    return "holds a key of the project \(project)"
  }

  /// Why a file looks like one of another server; nil where it names this run's. A server that is reached through
  /// another one (a forwarded port) names itself by another address: such a file is taken once the server is seen to
  /// know its key (`recognize`).
  private func otherServer(_ members: JSONValue) -> String? {
    guard let tokenURI else { return nil }
    let named = members["token_uri"]?.string ?? ""
    guard !KeyStore.isSameServer(named, tokenURI) else { return nil }
    return
      "holds a key of another server: its `token_uri` is `\(named)`, and this run's is \(tokenURI)"
  }

  /// Notes that this run's server knows the key with this public half, whatever server the file names.
  func recognize(_ fingerprint: String) { recognized.add(fingerprint) }

  /// Whether two token endpoints are one server's: the same origin, or both Google's.
  static func isSameServer(_ one: String, _ other: String) -> Bool {
    guard let one = Origin(of: one), let other = Origin(of: other) else { return false }
    if one == other || one.isGoogle && other.isGoogle { return true }
    return one.isLoopback && other.isLoopback && one.scheme == other.scheme
      && one.port == other.port
  }

  /// A private key with the members of the file that it came from.
  struct StoredKey: ~Copyable {
    let members: JSONValue
    let key: RSAPrivateKey
  }

  /// The private key in a credential file; nil where nothing is.
  func privateKey(inCredentialAt path: String) throws(KeyStoreError) -> StoredKey? {
    guard var bytes = try content(of: path) else { return nil }
    defer { wipe(&bytes) }
    guard let value = try? JSONValue(parsing: bytes, maximumBytes: KeyStore.maximumFile),
      value["type"]?.string == "service_account", let pem = value["private_key"]?.string
    else { throw KeyStoreError("\(path) is not a service-account key file") }
    var text = Array(pem.utf8)
    defer { wipe(&text) }
    guard let key = try? RSAPrivateKey(pemBytes: text) else {
      throw KeyStoreError("\(path) holds no usable private key")
    }
    var members = value.object ?? [:]
    members["private_key"] = nil
    return StoredKey(members: .object(members), key: key)
  }

  /// Nil where nothing is. Only regular files of this user are read, and none through a link.
  func content(of path: String) throws(KeyStoreError) -> [UInt8]? {
    do {
      guard let status = try files.status(of: path, followingLinks: false) else { return nil }
      guard status.kind == .file else {
        throw KeyStoreError("\(path) is a \(words(status.kind)), not a file")
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

  /// When a file was written, in Unix seconds.
  func modified(_ path: String) throws(KeyStoreError) -> Int64 {
    do {
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

  private func words(_ kind: FileStatus.Kind) -> String {
    switch kind {
    case .file: "file"
    case .folder: "folder"
    case .symbolicLink: "symbolic link"
    case .other: "special file"
    }
  }

  /// A credential file has about 2,400 bytes.
  static let maximumFile = 65_536

  private var lockPath: String { "\(directory)/.lock" }

  /// Holds the directory against other runs until this process ends. Throws where another run has it.
  func takeLock() throws(KeyStoreError) { try lock.take(lockPath, files) }

  /// Whether another run is writing keys here just now.
  private func isLockedElsewhere() throws(KeyStoreError) -> Bool {
    guard !lock.isHeld, try content(of: lockPath) != nil else { return false }
    do {
      return try files.isLocked(lockPath)
    } catch {
      throw KeyStoreError(error)
    }
  }
}

/// Why a destination cannot be used, in words for people; never key material.
struct KeyStoreError: Error, Sendable, Hashable {
  let message: String
  /// What to do about it; nil where that depends on what the key is for.
  var remedy: String?
  /// Whether another run is at work here, so that all is well once it has ended.
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

  /// What helps where the folder cannot be used.
  static let otherFolder = "name a folder of your own with --key-dir DIR"
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

/// Public keys that the server of this run was seen to know.
private final class Fingerprints: Sendable {
  private let known = Mutex<Set<String>>([])
  func add(_ fingerprint: String) { known.withLock { _ = $0.insert(fingerprint) } }
  func contains(_ fingerprint: String) -> Bool { known.withLock { $0.contains(fingerprint) } }
}

/// The lock of a key directory, taken once.
private final class DirectoryLock: Sendable {
  private let held = Mutex<FileLock?>(nil)

  var isHeld: Bool { held.withLock { $0 != nil } }

  func take(_ path: String, _ files: any FileSystem) throws(KeyStoreError) {
    let outcome: Result<Void, KeyStoreError> = held.withLock { held in
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

  /// Tries a few times: a plan that looks whether it is locked holds it for a moment.
  private static func lock(_ path: String, _ files: any FileSystem) throws(FileError) -> FileLock? {
    for _ in 0..<4 {
      if let lock = try files.lock(path) { return lock }
      usleep(20_000)
    }
    return try files.lock(path)
  }
}

/// Overwrites bytes that held key material.
func wipe(_ bytes: inout [UInt8]) {
  bytes.withUnsafeMutableBytes { buffer in
    if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
  }
}
