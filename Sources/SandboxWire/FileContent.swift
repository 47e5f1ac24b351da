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

  deinit { close(descriptor) }
}
