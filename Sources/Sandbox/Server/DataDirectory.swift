import Glibc

/// The folder that holds a sandbox's state: made when it is missing, locked while a server uses it.
///
/// Owns the lock's descriptor; the lock goes with it (close).
final class DataDirectory: Sendable {
  let path: String
  private let lock: Int32

  init(_ path: String) throws(SandboxError) {
    self.path = path
    if mkdir(path, 0o700) != 0 && errno != EEXIST {
      throw SandboxError("cannot make the folder \(path): \(Self.reason())")
    }
    let file = "\(path)/lock"
    lock = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard lock >= 0 else { throw SandboxError("cannot open \(file): \(Self.reason())") }
    guard Self.take(lock) else {
      let busy = errno == EWOULDBLOCK
      let reason = Self.reason()
      close(lock)
      throw SandboxError(
        busy
          ? "\(path) is in use by another arctl-sandbox; stop that one, or give --data another folder"
          : "cannot lock \(file): \(reason)")
    }
  }

  /// Locks, with a few seconds' patience: a server that was told to stop may still be finishing its answers (flock).
  private static func take(_ lock: Int32) -> Bool {
    for _ in 0..<patience where flock(lock, LOCK_EX | LOCK_NB) != 0 {
      guard errno == EWOULDBLOCK else { return false }
      usleep(50_000)
    }
    return flock(lock, LOCK_EX | LOCK_NB) == 0
  }
  /// Tries, 50 ms apart.
  private static let patience = 100

  /// The path from the root, without links (realpath); as it was given where that fails.
  var absolutePath: String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  deinit { close(lock) }

  /// Lets another server use the folder (flock).
  func release() { flock(lock, LOCK_UN) }

  /// Reads a file of the folder; nil when there is none.
  func read(_ name: String) throws(SandboxError) -> [UInt8]? {
    let file = "\(path)/\(name)"
    let descriptor = open(file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else {
      if errno == ENOENT { return nil }
      throw SandboxError("cannot open \(file): \(Self.reason())")
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 65_536)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      if count < 0 { throw SandboxError("cannot read \(file): \(Self.reason())") }
      if count == 0 { return bytes }
      bytes += buffer[..<count]
    }
  }

  /// Makes an empty file, readable by its owner alone, where there is none, and gives its path.
  func ensure(_ name: String) throws(SandboxError) -> String {
    let file = "\(path)/\(name)"
    let descriptor = open(file, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw SandboxError("cannot open \(file): \(Self.reason())") }
    close(descriptor)
    return file
  }

  /// Replaces a file of the folder, readable by its owner alone; on return it is on the disk.
  func write(_ name: String, _ bytes: [UInt8]) throws(SandboxError) {
    let file = "\(path)/\(name)"
    let temporary = "\(file).new"
    let flags = O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW
    let descriptor = open(temporary, flags, 0o600)
    guard descriptor >= 0 else { throw SandboxError("cannot make \(temporary): \(Self.reason())") }
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

/// Why a sandbox cannot start; for people.
public struct SandboxError: Error, Sendable, Hashable, CustomStringConvertible {
  public let message: String
  init(_ message: String) { self.message = message }
  public var description: String { message }
}
