import Glibc

/// An open file; owns its descriptor (open, close).
struct FileHandle: ~Copyable {
  let descriptor: Int32
  private let path: String

  /// Opens a file; always close-on-exec.
  init(_ path: String, _ flags: Int32, permissions: UInt32 = 0) throws(FileError) {
    descriptor = try check("open", path) { open(path, flags | O_CLOEXEC, permissions) }
    self.path = path
  }

  /// Opens a path that must be a regular file, without waiting: opening a pipe would wait for its
  /// other end, and reading a terminal for its user. (open, fstat)
  static func regular(
    _ path: String, _ flags: Int32, permissions: UInt32 = 0
  ) throws(FileError) -> FileHandle {
    do {
      let file = try FileHandle(path, flags | O_NONBLOCK | O_NOCTTY, permissions: permissions)
      try file.checkRegular()
      return file
    } catch {
      // A socket, a device that does not exist, a pipe without a reader.
      throw error.code == ENXIO ? .notRegular(path) : error
    }
  }

  deinit { close(descriptor) }

  private borrowing func checkRegular() throws(FileError) {
    var status = stat()
    _ = try check("fstat", path) { fstat(descriptor, &status) }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return
    case S_IFDIR: throw FileError(path: path, code: EISDIR, call: "open")
    default: throw .notRegular(path)
    }
  }

  /// Reads to the end, or throws EFBIG.
  borrowing func readAll(maximumBytes: Int) throws(FileError) -> [UInt8] {
    var content: [UInt8] = []
    let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 1)
    defer { chunk.deallocate() }
    while true {
      let count = try check("read", path) { Glibc.read(descriptor, chunk.baseAddress, chunk.count) }
      if count == 0 { return content }
      content.append(contentsOf: chunk[..<count])
      if content.count > maximumBytes {
        throw FileError(path: path, code: EFBIG, call: "read")
      }
    }
  }

  /// Writes all bytes.
  borrowing func writeAll(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let count = try check("write", path) { Glibc.write(descriptor, part.baseAddress, part.count) }
      rest = rest.dropFirst(count)
    }
  }

  /// Waits until content and size are on disk.
  borrowing func synchronize() throws(FileError) {
    _ = try check("fsync", path) { fsync(descriptor) }
  }
}
