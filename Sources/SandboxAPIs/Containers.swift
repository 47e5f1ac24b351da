import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Resource Manager: folders and organizations, as far as ancestry and policies need them.
///
/// gcloud calls folders in v2, and organizations in v1.
package enum Containers: ServedAPI {
  /// The folders. An organization has no record: each one exists in which something of the sandbox is.
  package static let records: [any Record.Type] = [FolderRecord.self]

  /// The operations on folders and organizations.
  package static let routes: [Route] =
    [
      Route(.post, "/v3/folders", api: .resourceManager, access: .signedIn, run: createFolder),
      Route(.get, "/v3/folders", api: .resourceManager, access: .signedIn, run: listFolders)
        .taking("pageSize", "pageToken", "parent", "showDeleted").answering(pageOfFolders),
    ]
    + resource("/v3/folders/{folder}", .folder, permission: "folders") {
      (call, state) throws(APIError) in folder(call["folder"], state)
    }
    + resource("/v2/folders/{folder}", .folder, permission: "folders") {
      (call, state) throws(APIError) in olderForm(of: folder(call["folder"], state))
    }
    + resource("/v3/organizations/{organization}", .organization, permission: "organizations") {
      (call, _) throws(APIError) in organization(call["organization"])
    }
    + resource("/v1/organizations/{organization}", .organization, permission: "organizations") {
      (call, _) throws(APIError) in olderForm(of: organization(call["organization"]))
    }

  private static let stateField = MessageType.Field(
    type: .enumeration(EnumType("STATE_UNSPECIFIED", "ACTIVE", "DELETE_REQUESTED")))

  private static let message = MessageType([
    "state": stateField, "lifecycleState": stateField,
  ]).named("google.cloud.resourcemanager.v3.Folder")

  private static let pageOfFolders = MessageType(["folders": .init(type: .list(.message(message)))])

  /// A GET, and the calls about the policy.
  private static func resource(
    _ path: String, _ kind: ResourceKind, permission: String, get: @escaping Handler
  ) -> [Route] {
    func access(_ verb: String) -> Access {
      .permission("resourcemanager.\(permission).\(verb)", on: kind)
    }
    func route(_ method: HTTPMethod, _ verb: String, _ access: Access, run: @escaping Handler)
      -> Route
    {
      Route(method, path + verb, api: .resourceManager, access: access, run: run)
    }
    return [
      route(.get, "", access("get"), run: get).answering(message),
      route(.post, ":getIamPolicy", access("getIamPolicy"), run: PolicyRoutes.getByBody),
      route(.post, ":setIamPolicy", access("setIamPolicy"), run: PolicyRoutes.set),
      route(.post, ":testIamPermissions", .resource(kind), run: PolicyRoutes.test),
    ]
  }

  private static func createFolder(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    try call.body.allow(
      "name", "parent", "displayName", "state", "createTime", "updateTime", "deleteTime", "etag",
      "tags", "configuredCapabilities", "managementProject")
    let parent = try call.body.string("parent") ?? ""
    let place = try container(parent)
    try check("resourcemanager.folders.create", on: place, call, state)
    let name = try call.body.string("displayName") ?? ""
    guard
      name.wholeMatch(of: /[\p{L}\p{N}]([\p{L}\p{N}_\- ]{0,28}[\p{L}\p{N}])?/) != nil
    else { throw .badField("folder.display_name", "Invalid display name \"\(name)\".") }
    let siblings = state[FolderRecord.self].children(of: parent)
    guard !siblings.contains(where: { $0.displayName == name }) else {
      throw APIError(
        .failedPrecondition, "A folder named \"\(name)\" exists already in \(parent).",
        reason: "failedPrecondition")
    }
    guard place.kind == .organization || state.containers(above: place).count < 10 else {
      throw APIError(
        .failedPrecondition, "Folders can be nested 10 levels deep.", reason: "failedPrecondition")
    }
    let record = FolderRecord(
      id: state.nextNumber(), displayName: name, container: parent, createTime: call.now)
    state.put(record)
    guard var response = folder(record.id, state).object else { return [:] }
    let type = "type.googleapis.com/google.cloud.resourcemanager.v3"
    response["@type"] = .string("\(type).Folder")
    let operation =
      "operations/cf.\(7_000_000_000_000_000_000 + LongRunningOperations.serial(&state))"
    let metadata: JSONValue = [
      "@type": .string("\(type).CreateFolderMetadata"), "displayName": .string(name),
      "parent": .string(parent),
    ]
    LongRunningOperations.start(
      operation, for: call, in: &state, metadata: metadata, response: .object(response))
    return ["name": .string(operation), "metadata": metadata]
  }

  private static func listFolders(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    let parent = call.query["parent"] ?? ""
    try check("resourcemanager.folders.list", on: try container(parent), call, state)
    let page = try Page(call.query, standard: 100, maximum: 1000)
      .cut(state[FolderRecord.self].children(of: parent)) { $0.key }
    var answer: JSONObject = [:]
    if !page.items.isEmpty {
      answer["folders"] = .array(page.items.map { folder($0.id, state) })
    }
    if let next = page.next { answer["nextPageToken"] = .string(next) }
    return .object(answer)
  }

  /// The resource that a parent names. Every organization may be one, as for projects.
  private static func container(_ name: String) throws(APIError) -> Resource {
    try ProjectRules.checkParent(name)
    return .container(name)
  }

  private static func check(
    _ permission: String, on resource: Resource, _ call: Call, _ state: State
  ) throws(APIError) {
    guard let caller = call.caller,
      AccessCheck.allows(
        caller, permission: permission, on: resource, in: state, now: call.now)
    else { throw AccessCheck.denial(permission, on: resource, .resourceManager) }
  }

  // MARK: Answers

  /// A folder in the form of v3. One without a record has a made-up name, and no parent.
  private static func folder(_ id: String, _ state: State) -> JSONValue {
    let record = state[FolderRecord.self]["folders/\(id)"]
    var object: JSONObject = ["name": .string("folders/\(id)")]
    if let record { object["parent"] = .string(record.container) }
    object["displayName"] = .string(record?.displayName ?? "folder-\(id)")
    object["state"] = "ACTIVE"
    if let record {
      object["createTime"] = .string(Timestamps.text(record.createTime))
      object["updateTime"] = .string(Timestamps.text(record.createTime))
      object["etag"] = .string("W/\"1-\(id)\"")
    }
    return .object(object)
  }

  /// An organization in the form of v3, with a made-up domain.
  private static func organization(_ id: String) -> JSONValue {
    [
      "name": .string("organizations/\(id)"),
      "displayName": .string("organization-\(id).example.com"), "state": "ACTIVE",
    ]
  }

  /// The form of the older versions.
  private static func olderForm(of value: JSONValue) -> JSONValue {
    guard var object = value.object else { return value }
    object["lifecycleState"] = object["state"]
    for name in ["state", "updateTime", "etag"] { object[name] = nil }
    return .object(object)
  }
}
