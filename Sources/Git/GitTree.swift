import Glibc
public import Platform

/// The files of one commit, as a file system that cannot be written.
///
/// Paths are absolute, or relative to the folder in which it was opened (`current`).
public struct GitTree: ReadOnlyFileSystem {
  /// One entry of a tree.
  public struct Entry: Sendable, Hashable {
    /// What it is.
    public enum Kind: Sendable, Hashable { case file, symbolicLink, submodule }
    /// What it is.
    public let kind: Kind
    /// The id of its object.
    public let object: String
    /// Relative to the top folder.
    public let path: String

    /// A record of `ls-tree -z`: `100644 blob ID<TAB>PATH`; nil for another form, and for a path that is not UTF-8.
    init?(record: some Collection<UInt8>) {
      guard let tab = record.firstIndex(of: 0x09),
        let path = String(validating: Array(record[record.index(after: tab)...]), as: UTF8.self)
      else { return nil }
      let head = String(decoding: Array(record[..<tab]), as: UTF8.self).split(separator: " ")
      guard head.count == 3, GitRepository.isObjectID(String(head[2])) else { return nil }
      switch (head[0], head[1]) {
      case ("100644", "blob"), ("100755", "blob"), ("100664", "blob"): kind = .file
      case ("120000", "blob"): kind = .symbolicLink
      case ("160000", "commit"): kind = .submodule
      default: return nil
      }
      object = String(head[2])
      self.path = path
    }
  }

  /// The absolute path of the folder to which relative paths belong.
  public var current: String
  /// Paths that begin with this text and a colon are relative to the top folder, as in `git show COMMIT:PATH`, so that the
  /// names of files say which commit they are of.
  public var label: String?
  private let top: String
  private var entries: [String: Entry] = [:]
  private var contents: [String: [UInt8]] = [:]
  /// Files outside of the work tree, by the paths under which they are read.
  private var others: [String: [UInt8]] = [:]
  private var folders: Set<String> = [""]

  init(top: String, entries: [Entry]) {
    self.top = top
    current = top
    for entry in entries {
      self.entries[entry.path] = entry
      var folder = LocalFileSystem.split(entry.path).folder
      while folder != ".", folders.insert(folder).inserted {
        folder = LocalFileSystem.split(folder).folder
      }
    }
  }

  /// The entries that are neither files nor folders, in order of their paths.
  public var oddEntries: [Entry] {
    entries.values.filter { $0.kind != .file }.sorted { $0.path < $1.path }
  }

  /// Whether the commit has a file or folder there.
  public func contains(_ path: String) -> Bool {
    relative(path).map { folders.contains($0) || entries[$0] != nil } ?? false
  }

  /// Adds a file that is outside of the work tree, under the path by which it is read.
  public mutating func add(_ content: [UInt8], at path: String) { others[path] = content }

  mutating func put(_ content: [UInt8], at path: String) { contents[path] = content }

  /// The path below the top folder; nil for one outside of the work tree.
  func relative(_ path: String) -> String? {
    if let label, path.hasPrefix("\(label):") {
      return Self.relative(String(path.dropFirst(label.count + 1)), current: top, top: top)
    }
    return Self.relative(path, current: current, top: top)
  }

  /// The path of a file below the top folder of a work tree, without `.` and `..`; nil for one outside.
  public static func relative(_ path: String, current: String, top: String) -> String? {
    var parts: [Substring] = []
    let absolute = path.hasPrefix("/") ? path : "\(current)/\(path)"
    for part in absolute.split(separator: "/") where part != "." {
      if part == ".." { _ = parts.popLast() } else { parts.append(part) }
    }
    let root = top.split(separator: "/")
    guard parts.starts(with: root) else { return nil }
    return parts.dropFirst(root.count).joined(separator: "/")
  }

  /// The content of a file that was read from git. Throws ENOENT for every other one.
  public func read(_ path: String, maximumBytes: Int) throws(FileError) -> [UInt8] {
    guard let content = others[path] ?? relative(path).flatMap({ contents[$0] }) else {
      throw FileError(path: path, code: ENOENT, call: "open")
    }
    guard content.count <= maximumBytes else {
      throw FileError(path: path, code: EFBIG, call: "read")
    }
    return content
  }

  /// The files below a folder, without those in folders whose name starts with a dot, and without links.
  public func files(under folder: String) throws(FileError) -> [String] {
    guard let name = relative(folder), folders.contains(name) else {
      throw FileError(path: folder, code: ENOENT, call: "open")
    }
    let start = name.isEmpty ? "" : name + "/"
    return entries.values.filter { $0.kind == .file && $0.path.hasPrefix(start) }
      .map { String($0.path.dropFirst(start.count)) }
      .filter { !$0.split(separator: "/").dropLast().contains { $0.hasPrefix(".") } }
      .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  /// The names of the files and folders in a folder.
  public func names(in folder: String) throws(FileError) -> [String] {
    Array(
      Set(try files(under: folder).compactMap { $0.split(separator: "/").first.map(String.init) }))
  }

  /// What the commit has at a path; links are never followed.
  public func status(of path: String, followingLinks: Bool) throws(FileError) -> FileStatus? {
    guard let name = relative(path) else { return nil }
    if folders.contains(name) {
      return FileStatus(kind: .folder, size: 0, permissions: 0o755, owner: 0, modified: 0)
    }
    guard let entry = entries[name] else { return nil }
    return FileStatus(
      kind: entry.kind == .file ? .file : .symbolicLink, size: Int64(contents[name]?.count ?? 0),
      permissions: 0o644, owner: 0, modified: 0)
  }
}
