package import SandboxStore

/// One file of a package version in a repository. Its row key is `REPOSITORY/PACKAGE/FILE`.
package struct PackageFileRecord: Record {
  /// The repository's resource name.
  package let repository: String
  /// Normalized.
  package let package: String
  /// Normalized.
  package let version: String
  /// As the uploader sent it.
  package let fileName: String
  /// The name of the blob with the content.
  package let blob: String
  /// In bytes.
  package let size: Int64
  /// SHA-256, hexadecimal.
  package let sha256: String
  /// When it was uploaded.
  package let createTime: Int64
  /// As the uploader declared it in the core metadata; empty if missing.
  package let summary: String
  /// Empty if there is none.
  package let requiresPython: String
  /// The name as the uploader spelled it.
  package let displayName: String

  /// Creates a record from all its parts.
  package init(
    repository: String, package: String, version: String, fileName: String, blob: String,
    size: Int64, sha256: String, createTime: Int64, summary: String, requiresPython: String,
    displayName: String
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
    self.displayName = displayName
  }
}

extension PackageFileRecord {
  /// Finds files by package.
  package typealias Index = PackageFileIndex
  /// The name of its table in the store.
  package static var table: String { "file" }
  /// Reads show an upload at once.
  package static var lag: LagRule { .seen }
  /// `REPOSITORY/PACKAGE/FILE`.
  package var key: String { Self.key(fileName, of: package, in: repository) }
  /// Its repository.
  package var parent: String? { repository }
  /// Empty: a file has no children.
  package var names: [String] { [] }
  /// Its size counts towards its repository's.
  package var bytes: Int64 { size }

  fileprivate static func key(
    _ file: String, of package: String, in repository: String
  ) -> String { "\(repository)/\(package)/\(file)" }
}

/// The files of repositories, by package.
package struct PackageFileIndex: RecordIndex {
  /// From repository and package to row keys.
  private var keys: [String: [String: Set<String>]] = [:]

  /// The index of a table without rows.
  package init() {}

  /// Adds a file.
  package mutating func insert(_ file: PackageFileRecord) {
    keys[file.repository, default: [:]][file.package, default: []].insert(file.key)
  }

  /// Removes a file.
  package mutating func remove(_ file: PackageFileRecord) {
    keys[file.repository]?[file.package]?.remove(file.key)
    if keys[file.repository]?[file.package]?.isEmpty ?? false {
      keys[file.repository]?[file.package] = nil
    }
    if keys[file.repository]?.isEmpty ?? false { keys[file.repository] = nil }
  }

  /// The names of a repository's packages, in order.
  func packages(in repository: String) -> [String] {
    (keys[repository] ?? [:]).keys.sorted()
  }

  fileprivate func keys(of package: String, in repository: String) -> [String] {
    (keys[repository]?[package] ?? []).sorted()
  }
}

extension State {
  /// The names of a repository's packages, in order.
  func packages(in repository: String) -> [String] {
    self[PackageFileRecord.self].index.packages(in: repository)
  }

  /// The files of a package, by name.
  func files(of package: String, in repository: String) -> [PackageFileRecord] {
    let files = self[PackageFileRecord.self]
    return files.index.keys(of: package, in: repository).compactMap { files[$0] }
  }

  /// The blobs of the files that were removed or replaced since the last commit.
  package var discardedBlobs: [String] {
    let files = self[PackageFileRecord.self]
    return files.replaced.filter { files[$0.key]?.blob != $0.blob }.map(\.blob)
  }
}
