import Crypto
import Glibc
import SandboxWire

/// The folder that holds the content of package files, one file each under a name that says nothing.
///
/// Which of them count is in the store's rows: a blob without a row is an orphan of an interrupted upload
/// or deletion, and goes at the next start.
package struct BlobStore: Sendable {
  private let folder: String

  /// Makes the folder where it is missing, and removes every blob that is not among `kept`.
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

  /// An empty blob that is gone unless it is kept.
  func create() throws(BlobError) -> PartialBlob {
    try PartialBlob(folder: folder, name: Hex.encode(randomBytes(16)))
  }

  /// The content of a blob; nil when it is gone.
  func open(_ name: String) -> FileContent? {
    FileContent(path: "\(folder)/\(name)")
  }

  /// Removes blobs; those that are gone already do not matter.
  package func remove(_ names: [String]) {
    for name in names { unlink("\(folder)/\(name)") }
  }
}

/// Why the disk refused.
package struct BlobError: Error, Sendable, CustomStringConvertible {
  package let description: String

  /// Reads errno.
  init(_ doing: String, _ path: String) {
    description = "cannot \(doing) \(path): \(String(cString: strerror(errno)))"
  }
}

/// A blob in the making: written once, from its start to its end.
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

  /// Adds bytes at the end (write).
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

  /// What was written, from its start (pread).
  var content: BlobReader { BlobReader(descriptor: descriptor, size: size) }

  /// Puts it on the disk under its final name (fsync, rename): there it stays, unless it is removed.
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

/// A look at a blob in the making, valid as long as that is.
struct BlobReader {
  fileprivate let descriptor: Int32
  let size: Int64

  /// `count` bytes from `offset`; nil when there are fewer.
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
