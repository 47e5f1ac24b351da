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

  deinit { close(descriptor) }

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
