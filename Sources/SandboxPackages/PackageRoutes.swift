import Crypto
import HTTP
package import JSON
package import SandboxCalls
package import SandboxStore
package import SandboxWire

/// Artifact Registry v1: packages, versions, tags and files below a repository.
package enum PackageRoutes: ServedAPI {
  private static let path =
    "/v1/projects/{project}/locations/{location}/repositories/{repository}"

  static let download = "\(path)/files/{file}:download"

  /// The files; packages and versions are derived from them.
  package static let records: [any Record.Type] = [PackageFileRecord.self, AnnotationsRecord.self]

  /// The operations below a repository.
  package static let routes: [Route] = [
    route(.get, "/packages", permission: "packages.list", run: listPackages)
      .taking("filter", "orderBy", "pageSize", "pageToken"),
    route(.get, "/packages/{package}", permission: "packages.get", run: getPackage),
    route(.patch, "/packages/{package}", permission: "packages.update", run: patchPackage).taking(
      "updateMask"),
    route(.delete, "/packages/{package}", permission: "packages.delete", run: deletePackage),
    route(.get, "/packages/{package}/versions", permission: "versions.list", run: listVersions)
      .taking("filter", "orderBy", "pageSize", "pageToken", "view"),
    route(
      .get, "/packages/{package}/versions/{version}", permission: "versions.get", run: getVersion
    ).taking(
      "view"),
    route(
      .patch, "/packages/{package}/versions/{version}", permission: "versions.update",
      run: patchVersion
    ).taking("updateMask"),
    // `force` also deletes a version's tags. Python versions have none, so it has no effect, and neither has a filter
    // of tags.
    route(
      .delete, "/packages/{package}/versions/{version}", permission: "versions.delete",
      run: deleteVersion
    )
    .taking("force"),
    route(
      .post, "/packages/{package}/versions:batchDelete", permission: "versions.delete",
      run: deleteVersions),
    route(.get, "/packages/{package}/tags", permission: "tags.list", run: listTags)
      .taking("filter", "pageSize", "pageToken"),
    route(.get, "/files", permission: "files.list", run: listFiles)
      .taking("filter", "orderBy", "pageSize", "pageToken")
      .answering(MessageType(["files": .init(type: .list(.message(file)))])),
    route(.get, "/files/{file}", permission: "files.get", run: getFile).answering(file),
    route(.get, "/files/{file}:download", permission: "files.download", run: findContent).taking(
      "alt"),
    route(.patch, "/files/{file}", permission: "files.update", run: patchFile).taking("updateMask")
      .answering(file),
    route(.delete, "/files/{file}", permission: "files.delete", run: deleteFile),
    route(.get, "/pythonPackages", permission: "pythonpackages.list", run: listPythonPackages)
      .taking("pageSize", "pageToken"),
    route(
      .get, "/pythonPackages/{pythonPackage}", permission: "pythonpackages.get",
      run: getPythonPackage),
  ]

  /// The members of a file that are or contain enums.
  private static let file = MessageType([
    "hashes": .init(
      type: .list(
        .message(
          MessageType([
            "type": .init(
              type: .enumeration(
                EnumType("HASH_TYPE_UNSPECIFIED", "SHA256", "MD5", "DIRSUM_SHA256")))
          ]))))
  ])

  private static func route(
    _ method: HTTPMethod, _ rest: String, permission: String, run: @escaping Handler
  ) -> Route {
    Route(
      method, path + rest, api: .artifactRegistry,
      access: .permission("artifactregistry.\(permission)", on: .repository), run: run)
  }

  static let absent = APIError(.notFound, "Requested entity was not found.")

  private static func contents(
    _ call: Call, _ state: State
  ) throws(APIError) -> RepositoryContents {
    RepositoryContents(try call.repository(in: state), state)
  }

  /// A page of a list whose rows have unique names.
  private static func page<Row>(
    _ rows: [Row], as member: String, for call: Call, name: (Row) -> String,
    json: (Row) -> JSONValue
  ) throws(APIError) -> JSONValue {
    let page = try Page(call.query, standard: 100, maximum: 1000).cut(rows, key: name)
    var answer: JSONObject = [:]
    if !page.items.isEmpty { answer[member] = .array(page.items.map(json)) }
    if let next = page.next { answer["nextPageToken"] = .string(next) }
    return .object(answer)
  }

  // MARK: Packages

  private static func listPackages(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    let contents = try contents(call, state)
    let rows = try ListOrder(call.query, filteringOn: ["name"]).arrange(contents.packages)
    return try page(rows, as: "packages", for: call, name: \.name, json: \.json)
  }

  private static func package(
    _ call: Call, _ state: State
  ) throws(APIError) -> RepositoryContents.Package {
    guard let found = try contents(call, state).package(call["package"]) else { throw absent }
    return found
  }

  private static func getPackage(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try package(call, state).json
  }

  private static func patchPackage(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    try Annotations.patch(
      try package(call, state).name, of: try call.repository(in: state).name,
      constant: ["name", "displayName", "createTime", "updateTime"], call, in: &state)
    return try package(call, state).json
  }

  private static func deletePackage(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    for file in try package(call, state).files { state.remove(file) }
    state.removeOrphans(of: try call.repository(in: state))
    return OperationPlace.startInRegistry(call, &state, response: empty)
  }

  private static let empty: JSONValue = ["@type": "type.googleapis.com/google.protobuf.Empty"]

  // MARK: Versions

  private static func listVersions(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    try checkView(call)
    let rows = try ListOrder(call.query, filteringOn: ["name"])
      .arrange(try package(call, state).versions)
    return try page(rows, as: "versions", for: call, name: \.name, json: \.json)
  }

  /// Refuses unknown views. Python versions have no tags, so BASIC and FULL are the same.
  private static func checkView(_ call: Call) throws(APIError) {
    let view = call.query["view"] ?? ""
    guard ["", "VERSION_VIEW_UNSPECIFIED", "BASIC", "FULL", "0", "1", "2"].contains(view) else {
      throw .badField("view", "Invalid value at 'view' (TYPE_ENUM), \"\(view)\"")
    }
  }

  private static func version(
    _ call: Call, _ state: State
  ) throws(APIError) -> RepositoryContents.Version {
    let versions = try package(call, state).versions
    guard let found = versions.first(where: { $0.id == call["version"] }) else { throw absent }
    return found
  }

  private static func getVersion(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try checkView(call)
    return try version(call, state).json
  }

  private static func patchVersion(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    try Annotations.patch(
      try version(call, state).name, of: try call.repository(in: state).name,
      constant: [
        "name", "description", "createTime", "updateTime", "relatedTags", "metadata",
        "fingerprints",
      ], call, in: &state)
    return try version(call, state).json
  }

  private static func deleteVersion(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    for file in try version(call, state).files { state.remove(file) }
    state.removeOrphans(of: try call.repository(in: state))
    return OperationPlace.startInRegistry(call, &state, response: empty)
  }

  /// Deletes all of the named versions, or none. The package can be `-`.
  private static func deleteVersions(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    try call.body.allow("names", "validateOnly")
    let names = try call.body.strings("names") ?? []
    guard !names.isEmpty else { throw .badField("names", "The names are required.") }
    let known = try contents(call, state).packages.flatMap(\.versions)
    var found: [PackageFileRecord] = []
    for name in names {
      let plain = PercentEncoding.decodedID(name) ?? name
      guard let version = known.first(where: { PercentEncoding.decodedID($0.name) == plain }),
        call["package"] == "-" || version.package == call["package"]
      else { throw absent }
      found += version.files
    }
    if try call.body.bool("validateOnly") != true {
      for file in found { state.remove(file) }
      state.removeOrphans(of: try call.repository(in: state))
    }
    return OperationPlace.startInRegistry(
      call, &state, metadata: "BatchDeleteVersionsMetadata", response: empty)
  }

  private static func listTags(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    _ = try package(call, state)
    let filter = try Filter.parse(call.query["filter"] ?? "")
    for term in filter?.terms ?? [] where !["name", "version"].contains(term.field) {
      throw .badField("filter", "Invalid filter \"\(call.query["filter"] ?? "")\".")
    }
    return [:]
  }

  // MARK: Files

  private static func listFiles(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let rows = try ListOrder(call.query, filteringOn: ["name", "owner"])
      .arrange(try contents(call, state).files)
    return try page(rows, as: "files", for: call, name: \.name, json: \.json)
  }

  private static func file(
    _ call: Call, _ state: State
  ) throws(APIError) -> RepositoryContents.File {
    guard let found = try contents(call, state).file(call["file"]) else { throw absent }
    return found
  }

  private static func getFile(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try file(call, state).json
  }

  private static func patchFile(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try Annotations.patch(
      try file(call, state).name, of: try call.repository(in: state).name,
      constant: [
        "name", "sizeBytes", "hashes", "createTime", "updateTime", "owner", "fetchTime",
      ], call, in: &state)
    return try file(call, state).json
  }

  /// The blob's name, for which `PackageHost.download` returns the content. The real answer has no such member.
  private static func findContent(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    let found = try file(call, state).record
    return call.query.standard("alt") == "media" ? ["blob": .string(found.blob)] : [:]
  }

  /// Refuses: "It is only allowed on generic repositories" (discovery document).
  private static func deleteFile(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    _ = try file(call, state)
    throw APIError(
      .failedPrecondition,
      "Files can be deleted from repositories of format GENERIC only: delete the version.")
  }

  // MARK: Python packages

  private static func listPythonPackages(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    try page(
      try contents(call, state).pythonPackages, as: "pythonPackages", for: call, name: \.name,
      json: \.json)
  }

  private static func getPythonPackage(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    let rows = try contents(call, state).pythonPackages
    guard let found = rows.first(where: { $0.id == call["pythonPackage"] }) else { throw absent }
    return found.json
  }
}

extension PackageHost {
  /// The content of a file, if the call is `files.download` and asks for it.
  package func download(
    _ value: JSONValue, route: Route, query: Query
  ) throws(APIError) -> WireResponse? {
    guard route.template == PackageRoutes.download, let blob = value["blob"]?.string else {
      return nil
    }
    guard let content = blobs?.open(blob) else { throw PackageRoutes.absent }
    return WireResponse(
      status: 200, headers: [("Content-Type", "application/octet-stream")], body: [],
      file: .init(content: content, range: 0..<content.size))
  }
}
