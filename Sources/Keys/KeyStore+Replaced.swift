import Model
import Platform

/// Files of keys that were, or may have been, live when they were replaced: a private half is removed only after its
/// key was seen to be dead. And the temporary files of an intent that a killed run left, which hold no secret.
extension KeyStore {
  /// The hidden names in folders, each folder read once: a set may put thousands of keys into one folder.
  struct FolderNames {
    private var byFolder: [String: [String]] = [:]

    /// The names in a folder that begin with a dot; empty if the folder does not exist.
    mutating func hidden(in folder: String, _ files: any FileSystem) -> [String] {
      if let known = byFolder[folder] { return known }
      // Sorted, because a folder lists its names in any order and messages follow theirs.
      let names = ((try? files.names(in: folder)) ?? []).filter { $0.hasPrefix(".") }.sorted()
      byFolder[folder] = names
      return names
    }
  }

  /// The kept files of this key's predecessors, in the order of their names, including those that name another server.
  /// A file is ours only if the id in its name is the id of the key of this account that it holds.
  func keptFiles(_ key: DesiredKey, _ names: inout FolderNames) -> [Held] {
    let paths = paths(key)
    return names.hidden(in: paths.folder, files).compactMap { name in
      guard let id = paths.replacedID(name) else { return nil }
      let path = "\(paths.folder)/\(name)"
      // A file that cannot be read is neither counted nor removed, since it may not be a key file at all.
      guard let file = (try? credential(at: path, of: key))?.file, file.stranger == nil,
        file.keyID == id
      else { return nil }
      return Held(file: file, path: path)
    }
  }

  /// Those that belong to this account on this run's server, with the folder read now.
  func keptFiles(_ key: DesiredKey) -> [Held] {
    var names = FolderNames()
    return keptFiles(key, &names).filter { $0.file.belongs(to: key.email) }
  }

  /// The files here that name another server.
  func filesOfOtherServers(_ key: DesiredKey) -> [Held] {
    var names = FolderNames()
    let own = [paths(key).installed, paths(key).staged].compactMap { path -> Held? in
      guard let file = (try? credential(at: path, of: key))?.file, file.stranger == nil else {
        return nil
      }
      return Held(file: file, path: path)
    }
    return (own + keptFiles(key, &names)).filter { $0.file.otherServer != nil }
  }

  /// What a run left that was killed while it wrote an intent: regular files of this user.
  func temporaries(_ paths: Paths, _ names: inout FolderNames) -> [String] {
    names.hidden(in: paths.folder, files).filter(paths.isTemporary).map { "\(paths.folder)/\($0)" }
      .filter {
        guard let status = try? files.status(of: $0, followingLinks: false) else { return false }
        // The name alone does not show who wrote it, and what is found here is removed.
        return status.kind == .file && status.owner == files.userID
      }
  }

  /// Removes them. The caller holds the lock, so that no other run is writing one.
  func dropTemporaries(_ paths: Paths) throws(KeyStoreError) {
    var names = FolderNames()
    let found = temporaries(paths, &names)
    for path in found { try remove(path) }
    if !found.isEmpty { try synchronize(paths) }
  }

  /// Gives the installed file a second name, under which it stays when the first one moves to another key. A hard link
  /// replaces nothing and cannot be torn. A copy that an interrupted run kept already is left as it is.
  func keep(_ old: KeyDestination.File, _ key: DesiredKey) throws(KeyStoreError) {
    let paths = paths(key)
    // Refused rather than renamed: a later run finds a kept file only by the id in its name.
    guard let path = paths.replaced(old.keyID) else {
      throw KeyStoreError(
        "\(paths.installed) holds a key with an unusual id, which cannot be part of a file name",
        remedy: "move that file away, and apply again")
    }
    if let kept = try credential(at: path, of: key) {
      // Replacing what has the name could destroy the only copy of a private half.
      guard kept.file.fingerprint == old.fingerprint else {
        throw KeyStoreError(
          "\(path) is in the way: it is not a copy of \(paths.installed)",
          remedy: "move that file away, and apply again")
      }
      return
    }
    do {
      try files.link(paths.installed, as: path)
      // On disk before the caller renames over the first name: a power cut in between must leave one of them.
      try files.synchronizeFolder(paths.folder)
    } catch {
      throw KeyStoreError(error)
    }
  }

  /// Removes the kept files of dead keys, and second names of the installed file. Returns false if there was none.
  func dropReplaced(_ key: DesiredKey, dead: Set<String>) throws(KeyStoreError) -> Bool {
    // A run that was killed between the link and the rename leaves the installed file with a second name.
    let current = try credential(at: paths(key).installed, of: key)?.file.fingerprint
    let removable = keptFiles(key).filter {
      dead.contains($0.file.keyID) || $0.file.fingerprint == current
    }
    for kept in removable { try remove(kept.path) }
    return !removable.isEmpty
  }
}

extension KeyStore.Paths {
  /// Where the file of a replaced key is kept: `.NAME.KEYID.old`. Nil for an id that does not look like Google's
  /// (letters, digits, `-` and `_`, at most 48): it comes from a file and becomes part of a path.
  func replaced(_ id: String) -> String? {
    guard (1...48).contains(id.utf8.count), id.utf8.allSatisfy(Self.isPlain) else { return nil }
    return "\(folder)/.\(name).\(id).old"
  }

  /// The id in the name of a kept file; nil for every other name.
  func replacedID(_ hidden: String) -> String? {
    let (start, end) = (".\(name).", ".old")
    guard hidden.hasPrefix(start), hidden.hasSuffix(end),
      hidden.utf8.count > start.utf8.count + end.utf8.count
    else { return nil }
    let id = String(hidden.dropFirst(start.count).dropLast(end.count))
    // Only ids that `replaced` would have written, so that every name leads back to the same path.
    return replaced(id) == nil ? nil : id
  }

  /// Whether a name is that of an intent's temporary file, as `FileSystem.writeAtomically` makes it:
  /// `..NAME.intent.RANDOM`.
  func isTemporary(_ hidden: String) -> Bool {
    let start = "..\(name).intent."
    guard hidden.hasPrefix(start), hidden.utf8.count > start.utf8.count else { return false }
    return hidden.utf8.dropFirst(start.utf8.count).allSatisfy {
      (0x30...0x39).contains($0) || (0x61...0x7A).contains($0)
    }
  }

  private static func isPlain(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == 0x2D || byte == 0x5F
  }
}
