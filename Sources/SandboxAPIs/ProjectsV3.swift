import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Resource Manager v3, in which every change is an operation.
package enum ProjectsV3: ServedAPI {
  /// None: `ProjectsV1` has the projects.
  package static let records: [any Record.Type] = []

  /// The operations of Resource Manager v3.
  package static let routes: [Route] = [
    Route(.get, "/v3/projects", api: .resourceManager, access: .signedIn, run: list)
      .taking("pageSize", "pageToken", "parent", "showDeleted").answering(pageOfProjects),
    Route(.get, "/v3/projects:search", api: .resourceManager, access: .signedIn, run: search)
      .taking("pageSize", "pageToken", "query").answering(pageOfProjects),
    Route(.post, "/v3/projects", api: .resourceManager, access: .signedIn, run: create),
    route(.get, "", permission: "get") { (call, state) throws(APIError) in
      json(try ProjectRules.present(call, state))
    }.answering(project),
    route(.patch, "", permission: "update", run: patch).taking("updateMask"),
    route(.delete, "", permission: "delete") { (call, state) throws(APIError) in
      operation("dp", of: try ProjectRules.delete(call, &state), for: call, in: &state)
    },
    route(.post, ":undelete", permission: "undelete") { (call, state) throws(APIError) in
      operation("up", of: try ProjectRules.undelete(call, &state), for: call, in: &state)
    },
    route(.post, ":move", permission: "move", run: move),
    route(.post, ":getIamPolicy", permission: "getIamPolicy", run: PolicyRoutes.getByBody),
    route(.post, ":setIamPolicy", permission: "setIamPolicy", run: PolicyRoutes.set),
    Route(
      .post, "/v3/projects/{project}:testIamPermissions", api: .resourceManager,
      access: .resource(.project),
      run: PolicyRoutes.test),
  ]

  private static let project = MessageType([
    "state": .init(type: .enumeration(EnumType("STATE_UNSPECIFIED", "ACTIVE", "DELETE_REQUESTED")))
  ]).named("google.cloud.resourcemanager.v3.Project")

  private static let pageOfProjects = MessageType([
    "projects": .init(type: .list(.message(project)))
  ])

  private static func route(
    _ method: HTTPMethod, _ verb: String, permission: String, run: @escaping Handler
  ) -> Route {
    Route(
      method, "/v3/projects/{project}\(verb)", api: .resourceManager,
      access: .permission("resourcemanager.projects.\(permission)", on: .project), run: run)
  }

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    guard let parent = call.query["parent"], !parent.isEmpty else {
      throw .badField("parent", "The parent is required.")
    }
    try ProjectRules.checkParent(parent)
    let all = call.query["showDeleted"]?.lowercased() == "true"
    return try answer(
      ProjectRules.visible(call, state).filter {
        $0.parent == parent && (all || $0.deleteTime == nil)
      }, call)
  }

  private static func search(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let filter = try ProjectFilter(call.query["query"] ?? "", of: "query")
    return try answer(ProjectRules.visible(call, state).filter(filter.matches), call)
  }

  private static func answer(
    _ projects: [ProjectRecord], _ call: Call
  ) throws(APIError) -> JSONValue {
    let page = try Page(call.query, standard: 500, maximum: 1000).cut(projects) { $0.id }
    var answer: JSONObject = [:]
    if !page.items.isEmpty { answer["projects"] = .array(page.items.map(json)) }
    if let next = page.next { answer["nextPageToken"] = .string(next) }
    return .object(answer)
  }

  private static func create(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try allow(call.body)
    let parent = try call.body.string("parent").flatMap { $0.isEmpty ? nil : $0 }
    let project = try ProjectRules.create(
      call, id: try call.body.string("projectId") ?? "",
      displayName: try call.body.string("displayName"), parent: parent,
      labels: try call.body.labels("labels") ?? [:], maximumLabels: 64, in: &state)
    return operation("cp", of: project, for: call, in: &state)
  }

  private static func allow(_ body: Body) throws(APIError) {
    try body.allow(
      "name", "parent", "projectId", "state", "displayName", "createTime", "updateTime",
      "deleteTime", "etag", "labels", "tags", "configuredCapabilities")
  }

  private static func patch(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try allow(call.body)
    var project = try ProjectRules.active(call, state)
    let mask = Mask(call.query["updateMask"])
    try mask?.check(known: ["displayName", "labels"])
    try compareEtag(try call.body.string("etag"), project)
    if mask?.contains("displayName") ?? call.body.has("displayName") {
      let name = try call.body.string("displayName") ?? ""
      try ProjectRules.checkDisplayName(name)
      project.displayName = name
    }
    if mask?.contains("labels") ?? call.body.has("labels") {
      let labels = try call.body.labels("labels") ?? [:]
      try ProjectRules.checkLabels(labels, maximum: 64)
      project.labels = labels
    }
    return operation(
      "up", of: ProjectRules.save(project, for: call, in: &state), for: call, in: &state)
  }

  /// Throws if the client's etag is not the current one.
  private static func compareEtag(
    _ sent: String?, _ project: ProjectRecord
  ) throws(APIError) {
    guard let sent, !sent.isEmpty, sent != etag(project) else { return }
    throw APIError(
      .aborted, "The project was changed meanwhile: the etag does not match.", reason: "aborted")
  }

  private static func move(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("destinationParent")
    var project = try ProjectRules.active(call, state)
    let parent = try call.body.string("destinationParent") ?? ""
    try ProjectRules.checkParent(parent)
    project.parent = parent
    return operation(
      "mp", of: ProjectRules.save(project, for: call, in: &state), for: call, in: &state)
  }

  private static func operation(
    _ prefix: String, of project: ProjectRecord, for call: Call, in state: inout State
  ) -> JSONValue {
    let name =
      "operations/\(prefix).\(7_000_000_000_000_000_000 + LongRunningOperations.serial(&state))"
    guard var response = json(project).object else { return [:] }
    response["@type"] = "type.googleapis.com/google.cloud.resourcemanager.v3.Project"
    LongRunningOperations.start(
      name, for: call, in: &state, project: project.id, response: .object(response))
    return ["name": .string(name)]
  }

  /// The etag of v3, which changes with each revision.
  private static func etag(_ project: ProjectRecord) -> String {
    "W/\"\(String(project.revision, radix: 16))-\(project.number)\""
  }

  /// The project in the form of v3.
  static func json(_ project: ProjectRecord) -> JSONValue {
    var object: JSONObject = ["name": .string("projects/\(project.number)")]
    if let parent = project.parent { object["parent"] = .string(parent) }
    object["projectId"] = .string(project.id)
    object["state"] = project.deleteTime == nil ? "ACTIVE" : "DELETE_REQUESTED"
    object["displayName"] = .string(project.displayName)
    object["createTime"] = .string(Timestamps.text(project.createTime))
    object["updateTime"] = .string(Timestamps.text(project.updateTime))
    if let time = project.deleteTime { object["deleteTime"] = .string(Timestamps.text(time)) }
    object["etag"] = .string(etag(project))
    if !project.labels.isEmpty { object["labels"] = JSONValue(labels: project.labels) }
    return .object(object)
  }
}
