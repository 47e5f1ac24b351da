import Crypto
import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// IAM v1: custom roles of projects.
package enum Roles: ServedAPI {
  private static let path = "/v1/projects/{project}/roles"

  /// The custom roles.
  package static let records: [any Record.Type] = [RoleRecord.self]

  /// The operations on roles.
  package static let routes: [Route] = [
    Route(.get, path, api: .iam, access: access("list"), run: list)
      .taking("pageSize", "pageToken", "showDeleted", "view"),
    Route(.post, path, api: .iam, access: access("create"), run: create),
    Route(.get, "\(path)/{role}", api: .iam, access: access("get")) {
      (call, state) throws(APIError) in
      json(try find(call, state), full: true)
    },
    Route(.patch, "\(path)/{role}", api: .iam, access: access("update"), run: patch).taking(
      "updateMask"),
    Route(.delete, "\(path)/{role}", api: .iam, access: access("delete"), run: delete).taking(
      "etag"),
    Route(.post, "\(path)/{role}:undelete", api: .iam, access: access("undelete"), run: undelete),
  ]

  private static func access(_ verb: String) -> Access {
    .permission("iam.roles.\(verb)", on: .project)
  }

  private static func name(_ call: Call) -> String {
    "projects/\(call.project)/roles/\(call["role"])"
  }

  static func absent(_ name: String) -> APIError {
    APIError(.notFound, "The role named \(name) was not found.", reason: "notFound")
  }

  private static func find(_ call: Call, _ state: State) throws(APIError) -> RoleRecord {
    guard let role = state[RoleRecord.self][name(call)], !role.isPurged(now: call.now) else {
      throw absent(name(call))
    }
    return role
  }

  /// The roles of the project, by id.
  private static func roles(_ call: Call, _ state: State) -> [RoleRecord] {
    state[RoleRecord.self].children(of: "projects/\(call.project)")
      .filter { !$0.isPurged(now: call.now) }
  }

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let deleted = call.query["showDeleted"]?.lowercased() == "true"
    let found = roles(call, state).filter { deleted || $0.deleteTime == nil }
    let page = try Page(call.query, standard: 300, maximum: 1000).cut(found) { $0.id }
    let full = try isFull(call.query["view"])
    var answer: JSONObject = [:]
    if !page.items.isEmpty { answer["roles"] = .array(page.items.map { json($0, full: full) }) }
    if let next = page.next { answer["nextPageToken"] = .string(next) }
    return .object(answer)
  }

  /// Whether the view includes the permissions (docs/google-apis.md#custom-roles).
  static func isFull(_ view: String?) throws(APIError) -> Bool {
    switch view ?? "BASIC" {
    case "BASIC", "": return false
    case "FULL": return true
    case let other: throw .badField("view", "Invalid value at 'view' (TYPE_ENUM), \"\(other)\"")
    }
  }

  private static func create(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("roleId", "role")
    let id = try call.body.string("roleId") ?? ""
    guard id.wholeMatch(of: /[a-zA-Z0-9_.]{3,64}/) != nil else {
      throw .badField(
        "role_id",
        "The role ID \"\(id)\" must have 3 to 64 letters, digits, underscores or periods.")
    }
    let name = "projects/\(call.project)/roles/\(id)"
    if let old = state[RoleRecord.self][name], !old.isPurged(now: call.now) {
      guard old.deleteTime != nil else {
        throw APIError(
          .alreadyExists, "A role named \(id) in projects/\(call.project) already exists.",
          reason: "alreadyExists")
      }
      throw APIError(
        .failedPrecondition,
        "You can't create a role_id (\(id)) which has been marked for deletion.",
        reason: "failedPrecondition")
    }
    // Deleted roles count until they are purged (docs/google-apis.md#counted-limits).
    guard roles(call, state).count < 300 else {
      throw APIError(
        .resourceExhausted, "Maximum number of roles reached. Maximum is: 300",
        reason: "rateLimitExceeded")
    }
    var role = RoleRecord(
      project: call.project, id: id, title: "", description: "", permissions: [], stage: "ALPHA",
      etag: state.nextEtag())
    try change(&role, try call.body.message("role") ?? Body(), mask: nil)
    state.put(role)
    return json(role, full: true)
  }

  /// Applies the body to a role: what the mask names, or without a mask what the body contains.
  private static func change(
    _ role: inout RoleRecord, _ body: Body, mask: Mask?
  ) throws(APIError) {
    try body.allow(
      "name", "title", "description", "includedPermissions", "stage", "etag", "deleted")
    func wants(_ field: String) -> Bool { mask?.contains(field) ?? body.has(field) }
    if wants("title") { role.title = try body.string("title") ?? "" }
    if wants("description") { role.description = try body.string("description") ?? "" }
    if wants("stage") { role.stage = try stage(body) }
    if wants("includedPermissions") {
      role.permissions = Set(try body.strings("includedPermissions") ?? []).sorted()
      try checkPermissions(role.permissions)
    }
    if role.title.utf8.count > 100 {
      throw .badField("role.title", "The title is longer than 100 bytes.")
    }
    if role.description.utf8.count > 300 {
      throw .badField("role.description", "The description is longer than 300 bytes.")
    }
  }

  private static func stage(_ body: Body) throws(APIError) -> String {
    let stages = ["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"]
    if let number = body.object["stage"]?.integer, stages.indices.contains(Int(number)) {
      return stages[Int(number)]
    }
    let stage = try body.string("stage") ?? "ALPHA"
    guard stages.contains(stage) else {
      throw .badField("role.stage", "Invalid value at 'role.stage' (TYPE_ENUM), \"\(stage)\"")
    }
    return stage
  }

  private static func checkPermissions(_ permissions: [String]) throws(APIError) {
    for permission in permissions
    where !PermissionCatalogue.isKnown(permission)
      || !PermissionCatalogue.isForProjects(permission)
    {
      throw APIError(
        .invalidArgument, "Permission \(permission) is not valid.", reason: "badRequest")
    }
  }

  private static func patch(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    var role = try find(call, state)
    guard role.deleteTime == nil else {
      throw APIError(
        .failedPrecondition, "You can't update a role (\(name(call))) that is deleted.",
        reason: "failedPrecondition")
    }
    let mask = Mask(call.query["updateMask"])
    try mask?.check(known: ["title", "description", "includedPermissions", "stage", "etag", "name"])
    try compare(try call.body.string("etag"), role)
    try change(&role, call.body, mask: mask)
    role.etag = state.nextEtag()
    state.put(role)
    return json(role, full: true)
  }

  /// Throws if the client's etag is not the current one. Without an etag the write goes through.
  private static func compare(_ etag: String?, _ role: RoleRecord) throws(APIError) {
    guard let etag, !etag.isEmpty else { return }
    guard ProtoBytes.decode(etag) == ProtoBytes.decode(role.etag) else {
      throw APIError(
        .aborted,
        "There were concurrent policy changes. Please retry the whole read-modify-write with "
          + "exponential backoff.", reason: "aborted")
    }
  }

  private static func delete(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    var role = try find(call, state)
    try compare(call.query["etag"], role)
    guard role.deleteTime == nil else {
      throw APIError(
        .failedPrecondition, "You can't delete role_id (\(name(call))) as it is already deleted.",
        reason: "failedPrecondition")
    }
    role.deleteTime = call.now
    role.etag = state.nextEtag()
    state.put(role)
    return json(role, full: true)
  }

  private static func undelete(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("etag")
    var role = try find(call, state)
    try compare(try call.body.string("etag"), role)
    guard let time = role.deleteTime else {
      throw APIError(
        .failedPrecondition, "You can't undelete role_id (\(name(call))) as it is not deleted.",
        reason: "failedPrecondition")
    }
    guard call.now - time <= 7 * 86_400 * 1_000_000 else {
      throw APIError(
        .failedPrecondition,
        "You can't undelete role_id (\(name(call))) more than 7 days after its deletion.",
        reason: "failedPrecondition")
    }
    role.deleteTime = nil
    role.etag = state.nextEtag()
    state.put(role)
    return json(role, full: true)
  }

  private static func json(_ role: RoleRecord, full: Bool) -> JSONValue {
    var object: JSONObject = ["name": .string("projects/\(role.project)/roles/\(role.id)")]
    if !role.title.isEmpty { object["title"] = .string(role.title) }
    if !role.description.isEmpty { object["description"] = .string(role.description) }
    if full, !role.permissions.isEmpty {
      object["includedPermissions"] = .array(role.permissions.map { .string($0) })
    }
    // ALPHA is the default value, which proto JSON omits.
    if role.stage != "ALPHA" { object["stage"] = .string(role.stage) }
    object["etag"] = .string(role.etag)
    if role.deleteTime != nil { object["deleted"] = true }
    return .object(object)
  }
}
