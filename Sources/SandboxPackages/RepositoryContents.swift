import Crypto
import JSON
import SandboxCalls
import SandboxStore
import SandboxWire

/// The files of one repository, as the packages, versions and files of the v1 API.
struct RepositoryContents {
  let name: String
  let packages: [Package]
  private let record: RepositoryRecord

  init(_ repository: RepositoryRecord, _ state: State) {
    let name = repository.name
    self.name = name
    record = repository
    let notes = Dictionary(
      uniqueKeysWithValues: state[AnnotationsRecord.self].children(of: name)
        .map { ($0.name, $0.values) })
    packages = state.packages(in: name).map {
      Package(id: $0, files: state.files(of: $0, in: name), notes: notes)
    }
  }

  /// The resource names of everything in it.
  var names: Set<String> {
    let versions = packages.flatMap(\.versions)
    return Set(packages.map(\.name) + versions.map(\.name) + files.map(\.name))
  }

  func package(_ id: String) -> Package? { packages.first { $0.id == id } }

  var files: [File] {
    packages.flatMap { package in package.files.map { File(record: $0, notes: package.notes) } }
      .sorted { $0.name < $1.name }
  }

  /// - Parameter id: such as `greetings/greetings-0.0.1.tar.gz`.
  func file(_ id: String) -> File? { files.first { $0.id == id } }

  var pythonPackages: [PythonPackage] {
    packages.flatMap(\.versions).map { PythonPackage(version: $0, repository: record) }
      .sorted { $0.name < $1.name }
  }

  struct Package: ListRow {
    let id: String
    let files: [PackageFileRecord]
    /// The annotations in the repository, by resource name.
    let notes: [String: [String: String]]

    var name: String {
      "\(files.first?.repository ?? "")/packages/\(PercentEncoding.escapedID(id))"
    }
    var createTime: Int64 { files.map(\.createTime).min() ?? 0 }
    var updateTime: Int64 { files.map(\.createTime).max() ?? 0 }

    /// Ordered by name.
    var versions: [Version] {
      Dictionary(grouping: files, by: \.version)
        .map { Version(id: $0.key, package: id, files: $0.value, notes: notes) }.sorted {
          $0.name < $1.name
        }
    }

    var json: JSONValue {
      var object: JSONObject = ["name": .string(name)]
      if let shown = files.last?.displayName, shown != id { object["displayName"] = .string(shown) }
      return .object(timed(object))
    }
  }

  struct Version: ListRow {
    let id: String
    let package: String
    let files: [PackageFileRecord]
    let notes: [String: [String: String]]

    var name: String {
      "\(files.first?.repository ?? "")/packages/\(PercentEncoding.escapedID(package))"
        + "/versions/\(PercentEncoding.escapedID(id))"
    }
    var createTime: Int64 { files.map(\.createTime).min() ?? 0 }
    var updateTime: Int64 { files.map(\.createTime).max() ?? 0 }

    var json: JSONValue {
      var object: JSONObject = ["name": .string(name)]
      if let summary = files.first?.summary, !summary.isEmpty {
        object["description"] = .string(summary)
      }
      return .object(timed(object))
    }
  }

  struct File: ListRow {
    let record: PackageFileRecord
    let notes: [String: [String: String]]

    var id: String { "\(record.package)/\(record.fileName)" }
    var name: String { "\(record.repository)/files/\(PercentEncoding.escapedID(id))" }
    var createTime: Int64 { record.createTime }
    var updateTime: Int64 { record.createTime }
    var owner: String {
      "\(record.repository)/packages/\(PercentEncoding.escapedID(record.package))"
        + "/versions/\(PercentEncoding.escapedID(record.version))"
    }

    var json: JSONValue {
      let object: JSONObject = [
        "name": .string(name), "sizeBytes": .string(String(record.size)),
        "hashes": [
          [
            "type": "SHA256",
            "value": .string(Base64.encode(Hex.decode(record.sha256) ?? [])),
          ]
        ], "owner": .string(owner),
      ]
      return .object(timed(object))
    }
  }

  struct PythonPackage: ListRow {
    let version: Version
    let repository: RepositoryRecord

    var id: String { "\(version.package):\(version.id)" }
    var name: String { "\(repository.name)/pythonPackages/\(PercentEncoding.escapedID(id))" }
    var createTime: Int64 { version.createTime }
    var updateTime: Int64 { version.updateTime }

    var json: JSONValue {
      let host = "\(repository.location)-python.pkg.dev"
      let file = version.files.first?.fileName ?? ""
      let object: JSONObject = [
        "name": .string(name), "packageName": .string(version.package),
        "version": .string(version.id),
        "uri": .string(
          "\(host)/\(repository.project)/\(repository.id)/\(version.package)/\(file)"),
      ]
      return .object(timed(object))
    }
  }
}

/// A row of a list in the v1 API.
protocol ListRow {
  var name: String { get }
  var createTime: Int64 { get }
  var updateTime: Int64 { get }
  /// The version that owns it; empty for rows without an owner.
  var owner: String { get }
  /// The annotations in the repository, by resource name.
  var notes: [String: [String: String]] { get }
}

extension ListRow {
  var owner: String { "" }
  var notes: [String: [String: String]] { [:] }

  fileprivate func timed(_ object: JSONObject) -> JSONObject {
    var object = object
    object["createTime"] = .string(Timestamps.text(createTime))
    object["updateTime"] = .string(Timestamps.text(updateTime))
    if let values = notes[name] {
      object["annotations"] = .object(
        values.sorted { $0.key < $1.key }.reduce(into: [:]) { $0[$1.key] = .string($1.value) })
    }
    return object
  }
}
