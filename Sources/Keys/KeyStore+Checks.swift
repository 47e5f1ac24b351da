import Grammar
import Model
import Platform

extension KeyStore {
  /// Throws unless the name stays below the key directory. The manifest language checks the same and points at the
  /// line; this check holds for whatever reaches the store.
  func checkName(_ file: String) throws(KeyStoreError) {
    let parts = file.split(separator: "/", omittingEmptySubsequences: false)
    // Hidden names are reserved for the store's own files (pending, intent, staged, replaced).
    guard parts.allSatisfy({ !$0.isEmpty && !$0.hasPrefix(".") && !$0.contains("\0") }) else {
      throw KeyStoreError("\(file) is not a plain path below the key directory")
    }
    // Below the limit of file systems, since the names of the store's own files are longer.
    guard (parts.last ?? "").utf8.count <= StringRules.longestFileName else {
      throw KeyStoreError("the name of \(file) is over \(StringRules.longestFileName) bytes long")
    }
  }

  /// Throws unless the key directory and the folders below it belong to this user, are not writable for all users, and
  /// contain no link below the directory: whoever can replace a folder can read the next key.
  func checkFolders(of file: String, mustExist: Bool) throws(KeyStoreError) {
    try checkFolder(directory, followingLinks: true, mustExist)
    var folder = directory
    for part in file.split(separator: "/").dropLast() {
      folder += "/\(part)"
      try checkFolder(folder, followingLinks: false, mustExist)
    }
  }

  /// Checks one folder. The key directory itself may be a link, since the user names it; what is below comes from
  /// manifests.
  private func checkFolder(
    _ path: String, followingLinks: Bool, _ mustExist: Bool
  ) throws(KeyStoreError) {
    let status: FileStatus?
    do {
      status = try files.status(of: path, followingLinks: followingLinks)
    } catch {
      throw KeyStoreError(error)
    }
    guard let status else {
      // A plan creates nothing, so it accepts a folder that is missing. `prepare` creates it and checks again.
      if mustExist { throw KeyStoreError("\(path) does not exist") }
      return
    }
    switch status.kind {
    case .folder: break
    case .symbolicLink:
      throw KeyStoreError(
        "\(path) is a symbolic link, and links below a key directory are not followed",
        remedy: "replace it with a folder, or choose another destination")
    case .file, .other:
      throw KeyStoreError("\(path) is not a folder", remedy: KeyStoreError.otherFolder)
    }
    // The owner of a folder can give it other rights at any time, and replace what is in it.
    guard status.owner == files.userID else {
      throw KeyStoreError(
        "\(path) belongs to another user", remedy: KeyStoreError.otherFolder)
    }
    guard status.permissions & 0o002 == 0 else {
      throw KeyStoreError("\(path) is writable by all users", remedy: "chmod 700 \(path)")
    }
    // Creating a file in a folder needs the right to write, and opening it the right to search.
    guard status.permissions & 0o300 == 0o300 else {
      throw KeyStoreError("\(path) is not writable", remedy: "chmod 700 \(path)")
    }
  }

  /// The permissions of a file that users other than its owner can access; nil if only the owner can.
  func openRights(_ path: String) -> UInt32? {
    guard let status = try? files.status(of: path, followingLinks: false) else { return nil }
    // Reported and not refused: the file is in use, and only its user knows who else has to read it.
    return status.permissions & 0o077 == 0 ? nil : status.permissions
  }

  /// Throws unless a few files fit, in the directory or where it will be created. Checked before a key exists whose
  /// file could not be written.
  func checkRoom() throws(KeyStoreError) {
    do {
      // A directory that is still to be created gets the file system of its nearest ancestor.
      let place = try nearestFolder(directory)
      guard try files.freeSpace(at: place) >= KeyStore.roomForKey else {
        throw KeyStoreError(
          "there is not enough space for a key in \(place)",
          remedy: "free space there, or choose another folder: --key-dir DIR")
      }
    } catch let error as FileError {
      throw KeyStoreError(error)
    } catch let error as KeyStoreError {
      throw error
    } catch {
      throw KeyStoreError("\(directory): \(error)")
    }
  }

  /// The folder itself, or its nearest ancestor that exists.
  private func nearestFolder(_ path: String) throws -> String {
    var path = path
    while true {
      if let status = try files.status(of: path, followingLinks: true) {
        guard status.kind == .folder else {
          throw KeyStoreError("\(path) is not a folder", remedy: KeyStoreError.otherFolder)
        }
        return path
      }
      let parent = LocalFileSystem.split(path).folder
      // `/` is its own parent.
      guard parent != path else { throw KeyStoreError("\(path) does not exist") }
      path = parent
    }
  }

  /// Enough for one key and its leftovers on file systems with usual block sizes.
  private static let roomForKey: Int64 = 65_536

  /// Creates the folders (0700), checks everything again and takes the lock. All of it happens before the first
  /// request, because a key that exists and cannot be stored is the worst outcome.
  func prepare(_ key: DesiredKey) throws(KeyStoreError) {
    if let refusal { throw KeyStoreError(refusal, remedy: "pass --key-dir DIR") }
    try checkName(key.file)
    try checkFolders(of: key.file, mustExist: false)
    do {
      try makeFolders(paths(key).folder)
    } catch {
      throw KeyStoreError(error)
    }
    // Again, now that they exist: between the first check and mkdir another user may have put a link there.
    try checkFolders(of: key.file, mustExist: true)
    try checkRoom()
    // After the checks of the folders, because it creates a file there.
    try takeLock()
    // A file of another account or server stays untouched, and no key is created for a place where it could not go.
    let file = try credential(at: paths(key).installed, of: key)?.file
    if let why = file?.stranger ?? file?.otherServer {
      throw KeyStoreError("\(paths(key).installed) \(why)")
    }
    if let why = try stagedFile(key)?.otherServer {
      throw KeyStoreError("\(paths(key).staged) \(why)")
    }
    // Only with the lock: without it, a temporary file may be one that another run is writing.
    try dropTemporaries(paths(key))
  }

  /// Why an order no longer fits what is at the destination; nil if it does. A file that the plan did not see holds
  /// another run's key, and nothing may replace it.
  func changeSincePlan(_ key: DesiredKey, _ order: KeyAction) throws(KeyStoreError) -> String? {
    let path = paths(key).installed
    let found = try credential(at: path, of: key)?.file.keyID
    let unnamed = try stagedFile(key)
    if let unnamed, unnamed.keyID != found, order.makesNewKey {
      return
        "\(paths(key).staged) appeared since the plan: another run created key \(unnamed.keyID)"
    }
    if case .retire(let step) = order {
      return found == step.current && unnamed == nil
        ? nil : "\(path) changed since the plan: it does not hold key \(step.current) alone"
    }
    guard let found else {
      // The leftovers may be the only copy of the private half now.
      let isPresent = key.lifecycle.ensure == .present
      return order == .removeLeftovers && isPresent ? "\(path) is gone since the plan" : nil
    }
    switch order {
    case .issue: return "\(path) appeared since the plan: another run created this key"
    case .reissue(let old) where old != found:
      return "\(path) changed since the plan: it holds another key"
    case .supersede(let ids) where !ids.contains(found):
      return "\(path) changed since the plan: it holds another key"
    case .reissue, .supersede, .reclaim, .resume, .importExisting, .removeLeftovers, .retire,
      .delete:
      return nil
    }
  }

  /// Creates missing folders, each on disk before something is put into it. Otherwise a power cut could remove the
  /// private half of a key whose public half was uploaded.
  private func makeFolders(_ path: String) throws(FileError) {
    guard try files.status(of: path, followingLinks: true) == nil else { return }
    let parent = LocalFileSystem.split(path).folder
    if parent != path { try makeFolders(parent) }
    try files.makeFolders(path, permissions: 0o700)
    try files.synchronizeFolder(parent)
  }
}

extension KeyAction {
  /// Whether it creates a key from nothing, so that whatever is already begun at the destination belongs to another
  /// run.
  fileprivate var makesNewKey: Bool {
    switch self {
    case .issue, .reissue, .supersede, .reclaim: true
    case .resume, .importExisting, .removeLeftovers, .retire, .delete: false
    }
  }
}
