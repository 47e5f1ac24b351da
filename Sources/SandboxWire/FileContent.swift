import Glibc

/// An open file to send.
///
/// Owns its descriptor.
package final class FileContent: Sendable {
  let descriptor: Int32
  /// In bytes, when it was opened.
  package let size: Int64

  /// Opens a file; nil if it cannot be read.
  package init?(path: String) {
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
    guard descriptor >= 0 else { return nil }
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      close(descriptor)
      return nil
    }
    size = Int64(status.st_size)
  }

  /// Passes the whole content on in pieces, which are valid during each call only. False if it could not be read, or
  /// became shorter. (pread)
  package func read(into take: (UnsafeRawBufferPointer) -> Void) -> Bool {
    var buffer = [UInt8](repeating: 0, count: 256 << 10)
    var offset: Int64 = 0
    while offset < size {
      let count = pread(descriptor, &buffer, min(buffer.count, Int(size - offset)), off_t(offset))
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      buffer.withUnsafeBytes { take(UnsafeRawBufferPointer(rebasing: $0[..<count])) }
      offset += Int64(count)
    }
    return true
  }

  deinit { close(descriptor) }
}
