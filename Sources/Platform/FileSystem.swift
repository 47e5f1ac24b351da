import Glibc

/// What the system reports about a file without opening it.
public struct FileStatus: Sendable, Hashable {
  /// The kinds of files that callers distinguish.
  public enum Kind: Sendable, Hashable {
    case file
    case folder
    case symbolicLink
    /// A pipe, a socket, a device.
    case other
  }
  /// The kind of file. For a path that was looked at without following links, `symbolicLink` is the link itself.
  public let kind: Kind
  /// In bytes.
  public let size: Int64
  /// The permission bits, with the set-id and sticky bits: `0o600`.
  public let permissions: UInt32
  /// The user id of the owner.
  public let owner: UInt32
  /// When its content was last written, in Unix seconds.
  public let modified: Int64

  /// The status of one file: `size` in bytes, `modified` in Unix seconds.
  public init(kind: Kind, size: Int64, permissions: UInt32, owner: UInt32, modified: Int64) {
    self.kind = kind
    self.size = size
    self.permissions = permissions
    self.owner = owner
    self.modified = modified
  }
}

/// A lock on a file, held as long as this value exists, and at most until the process ends.
public final class FileLock: Sendable {
  private let release: @Sendable () -> Void

  /// A lock that `release` gives back.
  package init(release: @escaping @Sendable () -> Void) { self.release = release }

  deinit { release() }
}

/// The file system: the seam that lets tests enumerate crash points.
///
/// Each requirement is one step, of which a crash leaves all or nothing, as far as the kernel promises that. Extensions
/// combine steps. All calls block, and throw the `errno` of the system call that failed; comments name the codes that
/// callers decide by.
public protocol FileSystem: Sendable {
  /// The effective user id, to compare with the owner of a file.
  var userID: UInt32 { get }

  /// The whole content of a file. Throws EFBIG if it is larger than `maximumBytes`. Throws without waiting if the path
  /// is not a regular file but a pipe, a socket or a device.
  func read(_ path: String, maximumBytes: Int) throws(FileError) -> [UInt8]

  /// The files below a folder, as paths relative to it, sorted by their UTF-8 bytes.
  ///
  /// Includes regular files and links to them. Does not enter folders that are links, or whose name starts with a dot.
  func files(under folder: String) throws(FileError) -> [String]

  /// The names in one folder in any order, without `.` and `..`.
  func names(in folder: String) throws(FileError) -> [String]

  /// The status of a path; nil if it does not exist.
  func status(of path: String, followingLinks: Bool) throws(FileError) -> FileStatus?

  /// Creates one folder. Throws EEXIST if the path exists.
  func makeFolder(_ path: String, permissions: UInt32) throws(FileError)

  /// Creates a new file with this content, which is on disk when the call returns. Throws EEXIST if the path exists,
  /// even as a dangling link. The entry in its folder is not on disk yet.
  func create(
    _ path: String, permissions: UInt32, content: UnsafeRawBufferPointer
  ) throws(FileError)

  /// Gives a file a second name. Throws EEXIST if that name exists.
  func link(_ path: String, as newPath: String) throws(FileError)

  /// Moves a file, replacing the one with the new name.
  func rename(_ path: String, to newPath: String) throws(FileError)

  /// Removes a name of a file.
  func remove(_ path: String) throws(FileError)

  /// Waits until the names in a folder are on disk.
  func synchronizeFolder(_ path: String) throws(FileError)

  /// The bytes that an unprivileged user can still write to the file system of `path`.
  func freeSpace(at path: String) throws(FileError) -> Int64

  /// Appends bytes to a regular file, which is created (0600) if it does not exist.
  func append(_ bytes: [UInt8], to path: String) throws(FileError)

  /// Locks a file, which is created (0600) if it does not exist. Returns nil if another process, or another lock of
  /// this one, holds it.
  func lock(_ path: String) throws(FileError) -> FileLock?

  /// Whether a file is locked by another process or by another lock of this one. Creates and keeps nothing.
  func isLocked(_ path: String) throws(FileError) -> Bool
}

extension FileSystem {
  /// The status of a path after following all links; nil if it does not exist.
  public func status(of path: String) throws(FileError) -> FileStatus? {
    try status(of: path, followingLinks: true)
  }

  /// Replaces or creates a file, so that a crash leaves the old content or the new one. An error leaves the old
  /// content, unless it comes from waiting for the folder: then the new content is in place.
  public func writeAtomically(
    _ content: UnsafeRawBufferPointer, to path: String, permissions: UInt32 = 0o600
  ) throws(FileError) {
    let (folder, name) = Self.split(path)
    let suffix = String(UInt64.random(in: 0...UInt64.max), radix: 36)
    let temporary = "\(folder)/.\(name).\(suffix)"
    do {
      try create(temporary, permissions: permissions, content: content)
      try rename(temporary, to: path)
    } catch {
      try? remove(temporary)
      throw error
    }
    try synchronizeFolder(folder)
  }

  /// The same for content that is not secret.
  public func writeAtomically(
    _ content: [UInt8], to path: String, permissions: UInt32 = 0o600
  ) throws(FileError) {
    let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: content.count, alignment: 1)
    defer { copy.deallocate() }
    copy.copyBytes(from: content)
    try writeAtomically(UnsafeRawBufferPointer(copy), to: path, permissions: permissions)
  }

  /// Creates a folder and its missing ancestors. One that exists stays as it is. Throws ENOTDIR if a file is in the
  /// way.
  public func makeFolders(_ path: String, permissions: UInt32 = 0o700) throws(FileError) {
    switch try status(of: path)?.kind {
    case .folder: return
    case nil: break
    default: throw FileError(path: path, code: ENOTDIR, call: "mkdir")
    }
    let (parent, _) = Self.split(path)
    if parent != path { try makeFolders(parent, permissions: permissions) }
    do {
      try makeFolder(path, permissions: permissions)
    } catch {
      // Another process may have created it first.
      guard error.code == EEXIST, try status(of: path)?.kind == .folder else { throw error }
    }
  }

  /// The folder of a path (`.` for a bare name) and its last part.
  public static func split(_ path: String) -> (folder: String, name: String) {
    var bare = path[...]
    while bare.count > 1, bare.hasSuffix("/") { bare.removeLast() }
    guard let slash = bare.lastIndex(of: "/") else { return (".", String(bare)) }
    let folder = bare[..<slash]
    return (folder.isEmpty ? "/" : String(folder), String(bare[bare.index(after: slash)...]))
  }
}
