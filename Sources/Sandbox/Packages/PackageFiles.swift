/// One file of a version of a package in a repository; its row key is `REPOSITORY/PACKAGE/FILE`.
struct PackageFileRecord: Codable, Sendable {
  /// The repository's resource name.
  let repository: String
  /// Normalised.
  let package: String
  /// Normalised.
  let version: String
  let fileName: String
  /// The blob that holds the content.
  let blob: String
  let size: Int64
  /// SHA-256, hexadecimal.
  let sha256: String
  let createTime: Int64
  /// The uploader's declarations, as the core metadata names them; empty when there is none.
  let summary: String
  let requiresPython: String
  /// A wheel's METADATA file, for PEP 658; nil when there is none.
  var metadata: String?
  /// The name as the uploader spelt it.
  let displayName: String

  var key: String { "\(repository)/\(package)/\(fileName)" }
}

/// Which files a repository holds: an index over the rows.
struct PackageFileIndex: Sendable {
  /// Repository to package to row keys.
  private var keys: [String: [String: Set<String>]] = [:]
  private var sizes: [String: Int64] = [:]

  mutating func insert(_ file: PackageFileRecord) {
    keys[file.repository, default: [:]][file.package, default: []].insert(file.key)
    sizes[file.repository, default: 0] += file.size
  }

  mutating func remove(_ file: PackageFileRecord) {
    keys[file.repository]?[file.package]?.remove(file.key)
    if keys[file.repository]?[file.package]?.isEmpty ?? false {
      keys[file.repository]?[file.package] = nil
    }
    sizes[file.repository, default: 0] -= file.size
  }

  func packages(in repository: String) -> [String] { (keys[repository] ?? [:]).keys.sorted() }

  func keys(of package: String, in repository: String) -> [String] {
    (keys[repository]?[package] ?? []).sorted()
  }

  /// The bytes of all files.
  func size(of repository: String) -> Int64 { sizes[repository] ?? 0 }
}

extension State {
  /// The files of a package, by name.
  func files(of package: String, in repository: String) -> [PackageFileRecord] {
    fileIndex.keys(of: package, in: repository).compactMap { files[$0] }
  }

  func file(_ name: String, of package: String, in repository: String) -> PackageFileRecord? {
    files["\(repository)/\(package)/\(name)"]
  }

  mutating func put(_ file: PackageFileRecord) {
    files[file.key] = file
    fileIndex.insert(file)
  }

  /// Its blob goes once the change is committed.
  mutating func remove(_ file: PackageFileRecord) {
    files[file.key] = nil
    fileIndex.remove(file)
    discardedBlobs.append(file.blob)
  }

  /// Removes every file of a repository.
  mutating func removeFiles(of repository: String) {
    for package in fileIndex.packages(in: repository) {
      for file in files(of: package, in: repository) { remove(file) }
    }
  }
}
