import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Artifact Registry v1: repositories.
package enum Repositories: ServedAPI {
  private static let path = "/v1/projects/{project}/locations/{location}/repositories"

  /// The repositories.
  package static let records: [any Record.Type] = [RepositoryRecord.self]

  /// The operations on repositories.
  package static let routes: [Route] = [
    Route(.get, path, api: .artifactRegistry, access: access("list", on: .project), run: list)
      .taking("filter", "orderBy", "pageSize", "pageToken").answering(RepositorySchema.list),
    Route(.post, path, api: .artifactRegistry, access: access("create", on: .project), run: create)
      .taking(
        "repositoryId"),
    route(.get, "", permission: "get") { (call, state) throws(APIError) in
      json(try call.repository(in: state), state)
    }.answering(RepositorySchema.repository),
    route(.patch, "", permission: "update", run: RepositoryUpdate.patch).taking("updateMask")
      .answering(RepositorySchema.repository),
    route(.delete, "", permission: "delete", run: delete),
    route(.get, ":getIamPolicy", permission: "getIamPolicy", run: PolicyRoutes.getByQuery)
      .taking("options.requestedPolicyVersion"),
    route(.post, ":setIamPolicy", permission: "setIamPolicy", run: PolicyRoutes.set),
    Route(
      .post, "\(path)/{repository}:testIamPermissions", api: .artifactRegistry,
      access: .resource(.repository),
      run: PolicyRoutes.test),
    OperationPlace.registry.route,
  ]

  private static func access(_ verb: String, on kind: ResourceKind) -> Access {
    .permission("artifactregistry.repositories.\(verb)", on: kind)
  }

  private static func route(
    _ method: HTTPMethod, _ verb: String, permission: String, run: @escaping Handler
  ) -> Route {
    Route(
      method, "\(path)/{repository}\(verb)", api: .artifactRegistry,
      access: access(permission, on: .repository), run: run)
  }

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try Locations.check(call)
    let text = call.query["filter"] ?? ""
    let filter = try Filter.parse(text)
    for term in filter?.terms ?? [] where term.field != "name" {
      throw .badField("filter", "Invalid filter \"\(text)\": only name can be filtered on.")
    }
    let order = try Order(call.query["orderBy"] ?? "")
    let page = try Page(call.query, standard: 100, maximum: 1000)
    let found =
      filter == nil && order.isStored
      // Without a look at all the others: there may be ten thousand.
      ? state.repositories(
        call.project, call["location"], after: page.after, limit: page.size + 1)
      : order.sorted(
        state.repositories(call.project, call["location"]).filter { fits($0, filter) })
    let cut = page.cut(found, key: order.key)
    var answer: JSONObject = [:]
    if !cut.items.isEmpty { answer["repositories"] = .array(cut.items.map { json($0, state) }) }
    if let next = cut.next { answer["nextPageToken"] = .string(next) }
    return .object(answer)
  }

  private static func fits(_ row: RepositoryRecord, _ filter: Filter?) -> Bool {
    guard let filter else { return true }
    return filter.holds { term in
      let names = [row.name, row.id]
      return term.comparator == "!="
        ? names.allSatisfy(term.fits) : names.contains(where: term.fits)
    }
  }

  /// The order of a list: by `name`, `create_time` or `update_time`.
  private struct Order {
    /// A row's place in the order, for page tokens.
    let key: (RepositoryRecord) -> String
    let isDescending: Bool
    /// Whether it is the order in which the rows are stored.
    let isStored: Bool

    init(_ text: String) throws(APIError) {
      let words = text.split(separator: " ").map(String.init)
      let field = words.first.map(Query.camelCase)
      switch field {
      case nil, "name"?: key = { $0.id }
      case "createTime"?: key = { "\(Timestamps.text($0.createTime)) \($0.id)" }
      case "updateTime"?: key = { "\(Timestamps.text($0.updateTime)) \($0.id)" }
      default: throw .badField("order_by", "Invalid order \"\(text)\".")
      }
      isDescending = words.count > 1 && words[1].lowercased() == "desc"
      isStored = (field == nil || field == "name") && !isDescending
    }

    func sorted(_ rows: [RepositoryRecord]) -> [RepositoryRecord] {
      let rows = rows.map { (key: key($0), row: $0) }.sorted { $0.key < $1.key }.map(\.row)
      return isDescending ? rows.reversed() : rows
    }
  }

  private static func create(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try Locations.check(call)
    let id = call.query["repositoryId"] ?? ""
    try RepositoryRules.checkID(id, location: call["location"])
    var fields = try RepositorySchema.repository.read(call.body.object)
    if fields["mode"] == nil, fields["disallowUnspecifiedMode"] == true {
      throw .badField("repository.mode", "The mode must be specified.")
    }
    fields["mode"] = fields["mode"] ?? "STANDARD_REPOSITORY"
    RepositoryUpdate.normalize(&fields)
    // Not kept in a variable: with a second reference to the state, the next change would copy it.
    try RepositoryRules(
      project: call.project, location: call["location"], id: id, fields: fields, state: state,
      now: call.now
    ).check()
    guard state.repository(project: call.project, location: call["location"], id: id) == nil else {
      throw APIError(.alreadyExists, "the repository already exists")
    }
    let record = RepositoryRecord(
      project: call.project, location: call["location"], id: id,
      fields: JSONText(.object(fields)), createTime: call.now, updateTime: call.now,
      lastScanEnableTime: call.now)
    let refusal = EncryptionKey.refusal(of: fields["kmsKeyName"]?.string, for: call, state)
    if refusal == nil { state.put(record) }
    guard var response = json(record, state).object else { return [:] }
    // Google's response of the operation omits these (recorded).
    for name in ["createTime", "updateTime", "registryUri"] { response[name] = nil }
    response["@type"] = "type.googleapis.com/google.devtools.artifactregistry.v1.Repository"
    return OperationPlace.startInRegistry(
      call, &state, response: .object(response), error: refusal)
  }

  private static func delete(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    state.remove(try call.repository(in: state))
    return OperationPlace.startInRegistry(
      call, &state, response: ["@type": "type.googleapis.com/google.protobuf.Empty"])
  }

  /// The whole object, as get and list return it.
  static func json(_ row: RepositoryRecord, _ state: State) -> JSONValue {
    var object: JSONObject = ["name": .string(row.name)]
    for (key, value) in row.fields.value.object ?? [:] { object[key] = value }
    let format = object["format"]?.string ?? ""
    object["createTime"] = .string(Timestamps.text(row.createTime))
    object["updateTime"] = .string(Timestamps.text(row.updateTime))
    object["satisfiesPzi"] = true
    let size = state.bytes(below: row.name)
    if size > 0 { object["sizeBytes"] = .string(String(size)) }
    object["vulnerabilityScanningConfig"] = scanning(of: row, object: object, state: state)
    object["registryUri"] = .string(
      "\(row.location)-\(format.lowercased()).pkg.dev/\(row.project)/\(row.id)")
    return .object(object)
  }

  /// The state of vulnerability scanning, which depends on the repository and on a service of the project.
  private static func scanning(
    of row: RepositoryRecord, object: JSONObject, state: State
  ) -> JSONValue {
    var config = object["vulnerabilityScanningConfig"]?.object ?? [:]
    let mode = object["mode"]?.string ?? ""
    let service = "containerscanning.googleapis.com"
    let enabled = state[ProjectRecord.self][row.project]?.services.contains(service) ?? false
    let reason: String?
    switch (mode, config["enablementConfig"]?.string) {
    case ("VIRTUAL_REPOSITORY", _):
      config["enablementState"] = "SCANNING_UNSUPPORTED"
      reason = "Repository mode \(mode) is not supported."
    case (_, "DISABLED"?):
      config["enablementState"] = "SCANNING_DISABLED"
      reason = "Vulnerability scanning is disabled on the repository."
    case _ where !enabled:
      config["enablementState"] = "SCANNING_DISABLED"
      reason = "API \(service) is not enabled."
    default:
      config["enablementState"] = "SCANNING_ACTIVE"
      reason = nil
    }
    if let reason { config["enablementStateReason"] = .string(reason) }
    config["lastEnableTime"] = .string(Timestamps.text(row.lastScanEnableTime))
    return .object(config)
  }
}
