import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Resource Manager v1.
package enum ProjectsV1: ServedAPI {
  /// The projects.
  package static let records: [any Record.Type] = [ProjectRecord.self]

  /// The operations of Resource Manager v1.
  package static let routes: [Route] = [
    Route(.get, "/v1/projects", api: .resourceManager, access: .signedIn, run: list)
      .taking("filter", "pageSize", "pageToken"),
    Route(.post, "/v1/projects", api: .resourceManager, access: .signedIn, run: create),
    route(.get, "", permission: "get") { (call, state) throws(APIError) in
      json(try ProjectRules.present(call, state))
    },
    route(.put, "", permission: "update", run: update),
    route(.delete, "", permission: "delete") { (call, state) throws(APIError) in
      _ = try ProjectRules.delete(call, &state)
      return [:]
    },
    route(.post, ":undelete", permission: "undelete") { (call, state) throws(APIError) in
      _ = try ProjectRules.undelete(call, &state)
      return [:]
    },
    route(.post, ":getAncestry", permission: "get", run: ancestry),
    route(.post, ":getIamPolicy", permission: "getIamPolicy", run: PolicyRoutes.getByBody),
    route(.post, ":setIamPolicy", permission: "setIamPolicy", run: PolicyRoutes.set),
    Route(
      .post, "/v1/projects/{project}:testIamPermissions", api: .resourceManager,
      access: .resource(.project),
      run: PolicyRoutes.test),
  ]

  private static func route(
    _ method: HTTPMethod, _ verb: String, permission: String, run: @escaping Handler
  ) -> Route {
    Route(
      method, "/v1/projects/{project}\(verb)", api: .resourceManager,
      access: .permission("resourcemanager.projects.\(permission)", on: .project), run: run)
  }

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let filter = try ProjectFilter(call.query["filter"] ?? "")
    let found = ProjectRules.visible(call, state).filter(filter.matches)
    let page = try Page(call.query, standard: 500, maximum: 1000).cut(found) { $0.id }
    var answer: JSONObject = [:]
    if !page.items.isEmpty { answer["projects"] = .array(page.items.map(json)) }
    if let next = page.next { answer["nextPageToken"] = .string(next) }
    return .object(answer)
  }

  /// The project and what it is in, from the nearest to the topmost that is known.
  private static func ancestry(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow()
    let project = try ProjectRules.present(call, state)
    let above = state.containers(above: .project(project.id)).map { name -> JSONValue in
      let parts = name.split(separator: "/").map(String.init)
      return [
        "resourceId": ["type": .string(String(parts[0].dropLast())), "id": .string(parts[1])]
      ]
    }
    let own: JSONValue = ["resourceId": ["type": "project", "id": .string(project.id)]]
    return ["ancestor": .array([own] + above)]
  }

  private static func create(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let body = call.body
    try body.allow(
      "projectId", "name", "parent", "labels", "tags", "projectNumber",
      "lifecycleState", "createTime", "configuredCapabilities")
    let project = try ProjectRules.create(
      call, id: try body.string("projectId") ?? "", displayName: try body.string("name"),
      parent: try parent(body), labels: try body.labels("labels") ?? [:], maximumLabels: 256,
      in: &state)
    // Google's names end in 19 digits.
    let name = "operations/cp.\(7_000_000_000_000_000_000 + LongRunningOperations.serial(&state))"
    let type = "type.googleapis.com/google.cloudresourcemanager.v1"
    guard var response = json(project).object else { return [:] }
    response["@type"] = .string("\(type).Project")
    LongRunningOperations.start(
      name, for: call, in: &state, project: project.id,
      metadata: [
        "@type": .string("\(type).ProjectCreationStatus"),
        "gettable": true, "ready": true,
      ], response: .object(response))
    return ["name": .string(name)]
  }

  /// PUT replaces name, labels and parent. Labels that are left out are removed.
  private static func update(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow(
      "projectId", "name", "parent", "labels", "tags", "projectNumber",
      "lifecycleState", "createTime", "configuredCapabilities")
    var project = try ProjectRules.active(call, state)
    let name = try call.body.string("name") ?? project.displayName
    let labels = try call.body.labels("labels") ?? [:]
    try ProjectRules.checkDisplayName(name)
    try ProjectRules.checkLabels(labels, maximum: 256)
    project.displayName = name
    project.labels = labels
    if let parent = try parent(call.body) { project.parent = parent }
    return json(ProjectRules.save(project, for: call, in: &state))
  }

  /// Reads `{"type": "folder", "id": "1"}` as `folders/1`.
  private static func parent(_ body: Body) throws(APIError) -> String? {
    guard let part = try body.message("parent") else { return nil }
    try part.allow("type", "id")
    let type = try part.string("type") ?? ""
    guard ["folder", "organization"].contains(type) else {
      throw .badField("parent.type", "Invalid parent type \"\(type)\".")
    }
    let parent = "\(type)s/\(try part.string("id") ?? "")"
    try ProjectRules.checkParent(parent)
    return parent
  }

  /// The project in the form of v1.
  static func json(_ project: ProjectRecord) -> JSONValue {
    var object: JSONObject = [
      "projectNumber": .string(project.number), "projectId": .string(project.id),
      "lifecycleState": project.deleteTime == nil ? "ACTIVE" : "DELETE_REQUESTED",
      "name": .string(project.displayName),
    ]
    if !project.labels.isEmpty { object["labels"] = JSONValue(labels: project.labels) }
    object["createTime"] = .string(Timestamps.text(project.createTime))
    if let parts = project.parent?.split(separator: "/"), parts.count == 2 {
      object["parent"] = [
        "type": .string(String(parts[0].dropLast())), "id": .string(String(parts[1])),
      ]
    }
    return .object(object)
  }
}

extension JSONValue {
  /// A map of strings, ordered by key.
  init(labels: [String: String]) {
    var object = JSONObject()
    for (key, value) in labels.sorted(by: { $0.key < $1.key }) { object[key] = .string(value) }
    self = .object(object)
  }
}
