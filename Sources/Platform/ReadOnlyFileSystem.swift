import Glibc

/// A file system that cannot be written: each call that would change it throws EROFS.
public protocol ReadOnlyFileSystem: FileSystem {}

extension ReadOnlyFileSystem {
  /// No user: nothing can be written.
  public var userID: UInt32 { 0 }

  /// Throws EROFS.
  public func makeFolder(_ path: String, permissions: UInt32) throws(FileError) {
    throw Self.readOnly(path, "mkdir")
  }
  /// Throws EROFS.
  public func create(
    _ path: String, permissions: UInt32, content: UnsafeRawBufferPointer
  ) throws(FileError) { throw Self.readOnly(path, "open") }
  /// Throws EROFS.
  public func link(_ path: String, as newPath: String) throws(FileError) {
    throw Self.readOnly(newPath, "link")
  }
  /// Throws EROFS.
  public func rename(_ path: String, to newPath: String) throws(FileError) {
    throw Self.readOnly(newPath, "rename")
  }
  /// Throws EROFS.
  public func remove(_ path: String) throws(FileError) { throw Self.readOnly(path, "unlink") }
  /// Throws EROFS.
  public func synchronizeFolder(_ path: String) throws(FileError) {
    throw Self.readOnly(path, "fsync")
  }
  /// None.
  public func freeSpace(at path: String) throws(FileError) -> Int64 { 0 }
  /// Throws EROFS.
  public func append(_ bytes: [UInt8], to path: String) throws(FileError) {
    throw Self.readOnly(path, "open")
  }
  /// Throws EROFS.
  public func lock(_ path: String) throws(FileError) -> FileLock? {
    throw Self.readOnly(path, "flock")
  }
  /// Never: nothing is locked.
  public func isLocked(_ path: String) throws(FileError) -> Bool { false }

  private static func readOnly(_ path: String, _ call: String) -> FileError {
    FileError(path: path, code: EROFS, call: call)
  }
}

/// Texts as files in one folder, without links and other folders.
public struct TextFiles: ReadOnlyFileSystem {
  private let texts: [String: String]

  /// Takes the texts by the names of the files.
  public init(_ texts: [String: String]) { self.texts = texts }

  /// The bytes of a text.
  public func read(_ path: String, maximumBytes: Int) throws(FileError) -> [UInt8] {
    guard let text = texts[path] else { throw FileError(path: path, code: ENOENT, call: "open") }
    guard text.utf8.count <= maximumBytes else {
      throw FileError(path: path, code: EFBIG, call: "read")
    }
    return Array(text.utf8)
  }
  /// Throws ENOENT: there are no folders.
  public func files(under folder: String) throws(FileError) -> [String] {
    throw FileError(path: folder, code: ENOENT, call: "open")
  }
  /// Throws ENOENT: there are no folders.
  public func names(in folder: String) throws(FileError) -> [String] {
    throw FileError(path: folder, code: ENOENT, call: "open")
  }
  /// A regular file for each text.
  public func status(of path: String, followingLinks: Bool) throws(FileError) -> FileStatus? {
    texts[path].map {
      FileStatus(
        kind: .file, size: Int64($0.utf8.count), permissions: 0o644, owner: 0, modified: 0)
    }
  }
}
