import Crypto
import Glibc
import SandboxWire
import Synchronization

/// A folder of wheels and source distributions that stands for PyPI.
///
/// It is read again for each request, so files can be added while the server runs. Nothing in it is changed.
package final class UpstreamFolder: Sendable {
  private let path: String
  private let hashes = Mutex<[String: Known]>([:])

  /// The hash of a file, and what the file looked like when it was read.
  private struct Known {
    let stamp: Stamp
    let sha256: String
  }
  private struct Stamp: Hashable {
    let inode: UInt64
    let size: Int64
    let modified: Int64
  }

  /// Throws if the folder cannot be read.
  package init(_ path: String) throws(BlobError) {
    self.path = path
    _ = try names()
  }

  /// The files in it whose names are not those of wheels or source distributions. (readdir)
  package func strangers() -> [String] {
    ((try? names()) ?? []).filter { DistributionName($0) == nil }.sorted()
  }

  /// What it holds at this time.
  func look() -> UpstreamFiles {
    let found: [String]
    do throws(BlobError) {
      found = try names()
    } catch {
      return UpstreamFiles(problem: "\(error)")
    }
    let files = hashes.withLock { hashes in
      let files = found.compactMap { name in
        DistributionName(name).flatMap { file($0, &hashes) }
      }
      let present = Set(found)
      hashes = hashes.filter { present.contains($0.key) }
      return files
    }
    return UpstreamFiles(files)
  }

  /// The content of a file; nil if it is not there any more.
  func open(_ file: UpstreamFiles.File) -> FileContent? {
    FileContent(path: place(of: file.name.fileName))
  }

  private func place(of name: String) -> String { "\(path)/\(name)" }

  /// A file with its hash, which is taken from memory if the file looks as before. (lstat)
  private func file(_ name: DistributionName, _ hashes: inout [String: Known]) -> UpstreamFiles
    .File?
  {
    var status = stat()
    guard lstat(place(of: name.fileName), &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      return nil
    }
    let modified = Int64(status.st_mtim.tv_sec) * 1_000_000_000 + Int64(status.st_mtim.tv_nsec)
    let stamp = Stamp(inode: UInt64(status.st_ino), size: Int64(status.st_size), modified: modified)
    var known = hashes[name.fileName]
    if known?.stamp != stamp {
      known = FileContent(path: place(of: name.fileName))?.sha256.map {
        Known(stamp: stamp, sha256: $0)
      }
    }
    hashes[name.fileName] = known
    return known.map {
      UpstreamFiles.File(
        name: name, size: stamp.size, sha256: $0.sha256, modified: stamp.modified / 1000)
    }
  }

  /// The names of its entries. (opendir, readdir)
  private func names() throws(BlobError) -> [String] {
    guard let folder = opendir(path) else { throw BlobError("open", path) }
    defer { closedir(folder) }
    var names: [String] = []
    while let entry = readdir(folder) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}

/// The files that stand for PyPI's, at one time.
struct UpstreamFiles: Sendable {
  /// One file.
  struct File: Sendable, Hashable {
    let name: DistributionName
    let size: Int64
    /// SHA-256, hexadecimal.
    let sha256: String
    /// In microseconds since 1970.
    let modified: Int64

    /// The file as a part of a remote repository that has not stored it yet.
    func record(in repository: String, blob: String = "", at time: Int64? = nil)
      -> PackageFileRecord
    {
      PackageFileRecord(
        repository: repository, package: name.package, version: name.version.text,
        fileName: name.fileName, blob: blob, size: size, sha256: sha256,
        createTime: time ?? modified, summary: "", requiresPython: "", displayName: name.package)
    }
  }

  /// By package, and then by name.
  let packages: [String: [File]]
  /// Why they are not known.
  let problem: String?

  init(_ files: [File]) {
    packages = Dictionary(grouping: files.sorted { $0.name.fileName < $1.name.fileName }) {
      $0.name.package
    }
    problem = nil
  }

  init(problem: String) {
    packages = [:]
    self.problem = problem
  }
}

extension FileContent {
  /// The SHA-256 of the content, hexadecimal; nil if it cannot be read.
  var sha256: String? {
    var hash = SHA256Stream()
    guard read(into: { hash.update($0) }) else { return nil }
    return Hex.encode(hash.finish())
  }
}
