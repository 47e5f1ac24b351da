import Glibc

/// The folder with a sandbox's state: created if it is missing, locked while a server uses it.
///
/// Owns the lock's descriptor. The lock ends when it is closed (close).
final class DataDirectory: Sendable {
  let path: String
  private let lock: Int32

  init(_ path: String) throws(SandboxError) {
    self.path = path
    if mkdir(path, 0o700) != 0 && errno != EEXIST {
      throw SandboxError("cannot create the folder \(path): \(Self.reason())")
    }
    let isNew = Self.isEmpty(path)
    let file = "\(path)/lock"
    lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0 else { throw SandboxError("cannot open \(file): \(Self.reason())") }
    guard Self.take(lock) else {
      let busy = errno == EWOULDBLOCK
      let reason = Self.reason()
      close(lock)
      throw SandboxError(
        busy
          ? "\(path) is in use by another arctl-sandbox; stop that one, or choose another folder: --data DIR"
          : "cannot lock \(file): \(reason)")
    }
    if isNew { try write(".gitignore", Array("*\n".utf8)) }
  }

  /// Whether a folder holds nothing but the lock of the arctl that starts this sandbox (opendir). Only then a
  /// `.gitignore` is added: in a folder with other files it would hide them from git.
  private static func isEmpty(_ path: String) -> Bool {
    guard let folder = opendir(path) else { return false }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) {
        String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
      }
      if ![".", "..", "arctl.lock"].contains(name) { return false }
    }
    return true
  }

  /// Locks the folder (flock). Waits a few seconds, because a server that is stopping may still be finishing its
  /// answers.
  private static func take(_ lock: Int32) -> Bool {
    for _ in 0..<patience where flock(lock, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK else { return false }
      usleep(50_000)
    }
    return flock(lock, LOCK_EX | LOCK_NB) == 0
  }
  /// The number of attempts, 50 ms apart.
  private static let patience = 100

  /// The absolute path without links (realpath); the given path if that fails.
  var absolutePath: String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  deinit { close(lock) }

  /// Lets another server use the folder (flock).
  func release() { flock(lock, LOCK_UN) }

  /// Creates a folder in the folder, if it does not exist; only its owner can enter it. (mkdir)
  func makeFolder(_ name: String) throws(SandboxError) {
    let folder = "\(path)/\(name)"
    guard mkdir(folder, 0o700) == 0 || errno == EEXIST else {
      throw SandboxError("cannot create the folder \(folder): \(Self.reason())")
    }
    var status = stat()
    guard lstat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR,
      status.st_uid == geteuid(), chmod(folder, 0o700) == 0
    else { throw SandboxError("\(folder) is not a folder of this user: remove it") }
  }

  /// Whether a file in the folder belongs to this user, who alone can read it. (lstat)
  func isPrivate(_ name: String) -> Bool {
    var status = stat()
    return lstat("\(path)/\(name)", &status) == 0 && status.st_mode & S_IFMT == S_IFREG
      && status.st_uid == geteuid() && status.st_mode & 0o077 == 0
  }

  /// The content of a file in the folder; nil if there is none.
  func read(_ name: String) throws(SandboxError) -> [UInt8]? {
    let file = "\(path)/\(name)"
    let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw SandboxError("cannot open \(file): \(Self.reason())")
    }
    defer { close(descriptor) }
    guard let bytes = Self.content(descriptor) else {
      throw SandboxError("cannot read \(file): \(Self.reason())")
    }
    return bytes
  }

  /// The content of any file; nil if it cannot be read. (open)
  static func content(of file: String) -> [UInt8]? {
    let descriptor = open(file, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    return content(descriptor)
  }

  private static func content(_ descriptor: Int32) -> [UInt8]? {
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 { return nil }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// Creates an empty file that only its owner can read, if it does not exist. Returns its path.
  func ensure(_ name: String) throws(SandboxError) -> String {
    let file = "\(path)/\(name)"
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SandboxError("cannot open \(file): \(Self.reason())") }
    close(descriptor)
    return file
  }

  /// Replaces a file in the folder, readable for its owner only. On return it is on disk: written next to it, flushed
  /// and renamed, so that a crash leaves the old file or the new one.
  func write(_ name: String, _ bytes: [UInt8]) throws(SandboxError) {
    let file = "\(path)/\(name)"
    let temporary = "\(file).new"
    // One that a crash left, or that has other permissions.
    unlink(temporary)
    let flags = O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW
    let descriptor = open(temporary, flags, 0o600)
    guard descriptor >= 0 else {
      throw SandboxError("cannot create \(temporary): \(Self.reason())")
    }
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      if count < 0 {
        let reason = Self.reason()
        close(descriptor)
        throw SandboxError("cannot write \(temporary): \(reason)")
      }
      rest = rest.dropFirst(count)
    }
    let synced = fsync(descriptor) == 0
    close(descriptor)
    guard synced, rename(temporary, file) == 0 else {
      throw SandboxError("cannot write \(file): \(Self.reason())")
    }
  }

  private static func reason() -> String { String(cString: strerror(errno)) }
}

/// Why the sandbox cannot start, as users read it.
public struct SandboxError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The reason, without a full stop.
  public let message: String
  init(_ message: String) { self.message = message }
  public var description: String { message }
}
