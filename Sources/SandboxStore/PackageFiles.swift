/// One file of a version of a package in a repository; its row key is `REPOSITORY/PACKAGE/FILE`.
package struct PackageFileRecord: Codable, Sendable {
  /// The repository's resource name.
  package let repository: String
  /// Normalised.
  package let package: String
  /// Normalised.
  package let version: String
  package let fileName: String
  /// The blob that holds the content.
  package let blob: String
  package let size: Int64
  /// SHA-256, hexadecimal.
  package let sha256: String
  package let createTime: Int64
  /// The uploader's declarations, as the core metadata names them; empty when there is none.
  package let summary: String
  package let requiresPython: String
  /// A wheel's METADATA file, for PEP 658; nil when there is none.
  package var metadata: String?
  /// The name as the uploader spelt it.
  package let displayName: String

  package init(
    repository: String, package: String, version: String, fileName: String, blob: String,
    size: Int64, sha256: String, createTime: Int64, summary: String, requiresPython: String,
    metadata: String? = nil, displayName: String
  ) {
    self.repository = repository
    self.package = package
    self.version = version
    self.fileName = fileName
    self.blob = blob
    self.size = size
    self.sha256 = sha256
    self.createTime = createTime
    self.summary = summary
    self.requiresPython = requiresPython
    self.metadata = metadata
    self.displayName = displayName
  }

  /// The row key.
  package var key: String { "\(repository)/\(package)/\(fileName)" }
}

/// Which files a repository holds: an index over the rows.
package struct PackageFileIndex: Sendable {
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

  /// The names of a repository's packages, in order.
  package func packages(in repository: String) -> [String] {
    (keys[repository] ?? [:]).keys.sorted()
  }

  func keys(of package: String, in repository: String) -> [String] {
    (keys[repository]?[package] ?? []).sorted()
  }

  /// The bytes of all files.
  package func size(of repository: String) -> Int64 { sizes[repository] ?? 0 }
}

extension State {
  /// The files of a package, by name.
  package func files(of package: String, in repository: String) -> [PackageFileRecord] {
    fileIndex.keys(of: package, in: repository).compactMap { files[$0] }
  }

  func file(_ name: String, of package: String, in repository: String) -> PackageFileRecord? {
    files["\(repository)/\(package)/\(name)"]
  }

  /// Adds a file.
  package mutating func put(_ file: PackageFileRecord) {
    files[file.key] = file
    fileIndex.insert(file)
  }

  /// Its blob goes once the change is committed.
  package mutating func remove(_ file: PackageFileRecord) {
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
