import Crypto
import JSON
import SandboxStore
import SandboxWire

/// The files of one repository, seen as the packages, versions and files of the v1 API.
struct RepositoryContents {
  let name: String
  let packages: [Package]
  private let record: RepositoryRecord

  init(_ repository: RepositoryRecord, _ state: State) {
    let name = repository.name
    self.name = name
    record = repository
    packages = state.fileIndex.packages(in: name).map {
      Package(id: $0, files: state.files(of: $0, in: name))
    }
  }

  func package(_ id: String) -> Package? { packages.first { $0.id == id } }

  var files: [File] {
    packages.flatMap(\.files).map(File.init).sorted { $0.name < $1.name }
  }

  /// - Parameter id: as `greetings/greetings-0.0.1.tar.gz`.
  func file(_ id: String) -> File? { files.first { $0.id == id } }

  var pythonPackages: [PythonPackage] {
    packages.flatMap(\.versions).map { PythonPackage(version: $0, repository: record) }
      .sorted { $0.name < $1.name }
  }

  struct Package: ListRow {
    let id: String
    let files: [PackageFileRecord]

    var name: String { "\(files.first?.repository ?? "")/packages/\(id)" }
    var createTime: Int64 { files.map(\.createTime).min() ?? 0 }
    var updateTime: Int64 { files.map(\.createTime).max() ?? 0 }

    /// By name.
    var versions: [Version] {
      Dictionary(grouping: files, by: \.version)
        .map { Version(id: $0.key, package: id, files: $0.value) }.sorted { $0.name < $1.name }
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

    var name: String {
      "\(files.first?.repository ?? "")/packages/\(package)/versions/\(id)"
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

    var id: String { "\(record.package)/\(record.fileName)" }
    var name: String { "\(record.repository)/files/\(record.package)%2F\(record.fileName)" }
    var createTime: Int64 { record.createTime }
    var updateTime: Int64 { record.createTime }
    var owner: String {
      "\(record.repository)/packages/\(record.package)/versions/\(record.version)"
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
    var name: String { "\(repository.name)/pythonPackages/\(id)" }
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

/// A row of a list of the v1 API.
protocol ListRow {
  var name: String { get }
  var createTime: Int64 { get }
  var updateTime: Int64 { get }
  /// The version that owns it; empty where rows have no owner.
  var owner: String { get }
}

extension ListRow {
  var owner: String { "" }

  fileprivate func timed(_ object: JSONObject) -> JSONObject {
    var object = object
    object["createTime"] = .string(Timestamps.text(createTime))
    object["updateTime"] = .string(Timestamps.text(updateTime))
    return object
  }
}

/// `filter` and `orderBy` of a list.
struct ListOrder {
  private let filter: (field: String, pattern: String)?
  private let field: String
  private let isDescending: Bool

  init(_ query: Query) throws(APIError) {
    let words = (query["orderBy"] ?? "").split(separator: " ").map(String.init)
    field = words.first.map(Query.camelCase) ?? "name"
    isDescending = words.count > 1 && words[1].lowercased() == "desc"
    guard ["name", "createTime", "updateTime"].contains(field) else {
      throw .badField("order_by", "Invalid order \"\(query["orderBy"] ?? "")\".")
    }
    filter = try Self.filter(query["filter"] ?? "")
  }

  /// `name="..."` or `owner="..."`, with wildcards, case-insensitive.
  private static func filter(
    _ text: String
  ) throws(APIError) -> (field: String, pattern: String)? {
    guard !text.trimmingSpaces().isEmpty else { return nil }
    let parts = text.split(separator: "=", maxSplits: 1).map { String($0).trimmingSpaces() }
    guard parts.count == 2, ["name", "owner"].contains(parts[0]) else {
      throw .badField(
        "filter",
        "Invalid filter \"\(text)\": the sandbox filters on name=\"...\" and owner=\"...\".")
    }
    let value = parts[1]
    let isQuoted = value.count > 1 && value.hasPrefix("\"") && value.hasSuffix("\"")
    return (parts[0], (isQuoted ? String(value.dropFirst().dropLast()) : value).lowercased())
  }

  /// The rows that fit, in order.
  func arrange<Row: ListRow>(_ rows: [Row]) -> [Row] {
    var rows = rows
    if let filter {
      rows = rows.filter {
        Wildcard.matches(
          filter.pattern, (filter.field == "owner" ? $0.owner : $0.name).lowercased())
      }
    }
    rows.sort { precedes($0, $1) }
    if isDescending { rows.reverse() }
    return rows
  }

  private func precedes(_ first: some ListRow, _ second: some ListRow) -> Bool {
    switch field {
    case "createTime": (first.createTime, first.name) < (second.createTime, second.name)
    case "updateTime": (first.updateTime, first.name) < (second.updateTime, second.name)
    default: first.name < second.name
    }
  }
}
