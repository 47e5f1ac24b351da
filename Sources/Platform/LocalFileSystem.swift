import Glibc

/// The files of this computer. Each call is the system call that its comment names.
public struct LocalFileSystem: FileSystem {
  /// The file system that this process sees.
  public init() {}

  /// The effective user id. (geteuid)
  public var userID: UInt32 { geteuid() }

  /// The whole content of a regular file. (open, fstat, read)
  public func read(_ path: String, maximumBytes: Int) throws(FileError) -> [UInt8] {
    try FileHandle.regular(path, O_RDONLY).readAll(maximumBytes: maximumBytes)
  }

  /// The status of a path; nil for ENOENT and ENOTDIR. (fstatat)
  public func status(of path: String, followingLinks: Bool) throws(FileError) -> FileStatus? {
    var result = stat()
    do {
      _ = try check("stat", path) {
        fstatat(AT_FDCWD, path, &result, followingLinks ? 0 : AT_SYMLINK_NOFOLLOW)
      }
    } catch {
      if error.code == ENOENT || error.code == ENOTDIR { return nil }
      throw error
    }
    let kind: FileStatus.Kind =
      switch result.st_mode & S_IFMT {
      case S_IFREG: .file
      case S_IFDIR: .folder
      case S_IFLNK: .symbolicLink
      default: .other
      }
    return FileStatus(
      kind: kind, size: Int64(result.st_size), permissions: result.st_mode & 0o7777,
      owner: result.st_uid, modified: Int64(result.st_mtim.tv_sec))
  }

  /// Creates one folder. (mkdir)
  public func makeFolder(_ path: String, permissions: UInt32) throws(FileError) {
    _ = try check("mkdir", path) { mkdir(path, permissions) }
  }

  /// Creates a new file and waits until its content is on disk. Removes it again if writing fails. (open, write, fsync)
  public func create(
    _ path: String, permissions: UInt32, content: UnsafeRawBufferPointer
  ) throws(FileError) {
    let file = try FileHandle(
      path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, permissions: permissions)
    do {
      try file.writeAll(content)
      try file.synchronize()
    } catch {
      // Half a file under this name would look like a complete one.
      unlink(path)
      throw error
    }
  }

  /// Gives a file a second name. (link)
  public func link(_ path: String, as newPath: String) throws(FileError) {
    _ = try check("link", newPath) { Glibc.link(path, newPath) }
  }

  /// Moves a file over the one with the new name. (rename)
  public func rename(_ path: String, to newPath: String) throws(FileError) {
    _ = try check("rename", newPath) { Glibc.rename(path, newPath) }
  }

  /// Removes one name of a file. (unlink)
  public func remove(_ path: String) throws(FileError) {
    _ = try check("unlink", path) { unlink(path) }
  }

  /// Waits until the names in a folder are on disk. (fsync)
  public func synchronizeFolder(_ path: String) throws(FileError) {
    try FileHandle(path, O_RDONLY | O_DIRECTORY).synchronize()
  }

  /// The free bytes for an unprivileged user; the largest integer if the number does not fit. (statvfs)
  public func freeSpace(at path: String) throws(FileError) -> Int64 {
    var result = statvfs()
    _ = try check("statvfs", path) { statvfs(path, &result) }
    let (bytes, overflow) = UInt64(result.f_bavail).multipliedReportingOverflow(
      by: UInt64(result.f_frsize))
    return overflow ? Int64.max : Int64(clamping: bytes)
  }

  /// Appends bytes with one `write`. Throws ENOSPC if it wrote only a part of them.
  public func append(_ bytes: [UInt8], to path: String) throws(FileError) {
    let flags = O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW
    let file = try FileHandle.regular(path, flags, permissions: 0o600)
    // A single call, so that the lines of two processes do not mix.
    let count = try check("write", path) { write(file.descriptor, bytes, bytes.count) }
    guard count == bytes.count else { throw FileError(path: path, code: ENOSPC, call: "write") }
  }

  /// Takes an exclusive lock without waiting; nil if it is held. (flock)
  public func lock(_ path: String) throws(FileError) -> FileLock? {
    let flags = O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC
    let descriptor = try check("open", path) { open(path, flags, 0o600) }
    do {
      _ = try check("flock", path) { flock(descriptor, LOCK_EX | LOCK_NB) }
    } catch {
      close(descriptor)
      if error.code == EWOULDBLOCK { return nil }
      throw error
    }
    return FileLock {
      // A program that another thread is starting right now also has the descriptor, until it runs.
      flock(descriptor, LOCK_UN)
      close(descriptor)
    }
  }

  /// Whether a lock is held. Takes a shared lock for a moment to find out. (flock)
  public func isLocked(_ path: String) throws(FileError) -> Bool {
    guard try status(of: path, followingLinks: false)?.kind == .file else { return false }
    let file = try FileHandle(path, O_RDONLY | O_NOFOLLOW)
    do {
      // A shared lock, so that two processes that test at the same time do not see each other.
      _ = try check("flock", path) { flock(file.descriptor, LOCK_SH | LOCK_NB) }
      flock(file.descriptor, LOCK_UN)
      return false
    } catch {
      if error.code == EWOULDBLOCK { return true }
      throw error
    }
  }
}
