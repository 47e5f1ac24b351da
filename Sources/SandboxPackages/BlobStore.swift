import Crypto
import Glibc
import SandboxWire

/// The folder with the content of package files, each in a file with a random name.
///
/// The store's rows decide which blobs count. A blob without a row was left by an interrupted upload or deletion, and
/// the next start removes it.
package struct BlobStore: Sendable {
  private let folder: String

  /// Creates the folder if it is missing, and removes every blob that is not in `kept`.
  package init(_ folder: String, keeping kept: Set<String>) throws(BlobError) {
    self.folder = folder
    if mkdir(folder, 0o700) != 0, errno != EEXIST { throw BlobError("make", folder) }
    guard let stream = opendir(folder) else { throw BlobError("open", folder) }
    defer { closedir(stream) }
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != "..", !kept.contains(name) { unlink("\(folder)/\(name)") }
    }
  }

  /// Creates an empty blob, which is removed unless it is kept.
  func create() throws(BlobError) -> PartialBlob {
    try PartialBlob(folder: folder, name: Hex.encode(randomBytes(16)))
  }

  /// The content of a blob; nil if it does not exist.
  func open(_ name: String) -> FileContent? {
    FileContent(path: "\(folder)/\(name)")
  }

  /// Removes blobs. Ignores those that do not exist.
  package func remove(_ names: [String]) {
    for name in names { unlink("\(folder)/\(name)") }
  }
}

/// Why the disk refused something.
package struct BlobError: Error, Sendable, CustomStringConvertible {
  /// What failed, with the path and the reason.
  package let description: String

  /// Takes the reason from errno.
  init(_ doing: String, _ path: String) {
    description = "cannot \(doing) \(path): \(String(cString: strerror(errno)))"
  }

  /// A file that is not what it was a moment ago.
  init(changed file: String) { description = "\(file) has changed" }
}

/// A blob that is being written, once from start to end.
///
/// Owns its descriptor, and its file until `keep`. Used by one thread at a time.
final class PartialBlob {
  let name: String
  private(set) var size: Int64 = 0
  private let folder: String
  private let descriptor: Int32
  private var isKept = false

  private var path: String { "\(folder)/\(name).part" }

  fileprivate init(folder: String, name: String) throws(BlobError) {
    self.folder = folder
    self.name = name
    let path = "\(folder)/\(name).part"
    descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
    guard descriptor >= 0 else { throw BlobError("make", path) }
  }

  deinit {
    close(descriptor)
    if !isKept { unlink(path) }
  }

  /// Appends bytes (write).
  func append(_ bytes: UnsafeRawBufferPointer) throws(BlobError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let here = UnsafeRawBufferPointer(rebasing: rest)
      let count = write(descriptor, here.baseAddress, here.count)
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw BlobError("write", path) }
      rest = rest.dropFirst(count)
    }
    size += Int64(bytes.count)
  }

  /// A reader of what was written so far (pread).
  var content: BlobReader { BlobReader(descriptor: descriptor, size: size) }

  /// Puts the blob on disk under its final name (fsync, rename). It stays until it is removed. The folder is flushed as
  /// well: the row that is committed next must not survive a power cut without its file.
  func keep() throws(BlobError) {
    guard fsync(descriptor) == 0 else { throw BlobError("write", path) }
    guard rename(path, "\(folder)/\(name)") == 0 else { throw BlobError("rename", path) }
    isKept = true
    let directory = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard directory >= 0 else { throw BlobError("open", folder) }
    defer { close(directory) }
    guard fsync(directory) == 0 else { throw BlobError("write", folder) }
  }
}

/// Reads a blob that is being written. Valid as long as the blob.
struct BlobReader {
  fileprivate let descriptor: Int32
  let size: Int64

  /// `count` bytes from `offset`; nil if there are fewer.
  func bytes(at offset: Int64, count: Int) -> [UInt8]? {
    guard offset >= 0, count >= 0, offset + Int64(count) <= size else { return nil }
    var buffer = [UInt8](repeating: 0, count: count)
    var done = 0
    while done < count {
      let got = buffer.withUnsafeMutableBytes {
        pread(descriptor, $0.baseAddress?.advanced(by: done), count - done, Int(offset) + done)
      }
      guard got > 0 else { return nil }
      done += got
    }
    return buffer
  }
}
