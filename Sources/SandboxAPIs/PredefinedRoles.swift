import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// IAM v1: Google's predefined roles, and what can be granted and tested on a resource.
package enum PredefinedRoles: ServedAPI {
  /// None: the roles are part of the program.
  package static let records: [any Record.Type] = []

  /// The operations that belong to no project. Whether a resource exists is not checked: the answers depend on its kind
  /// only.
  package static let routes: [Route] = [
    // Predefined roles are never deleted, so `showDeleted` has no effect.
    Route(.get, "/v1/roles", api: .iam, access: .signedIn, run: list)
      .taking("pageSize", "pageToken", "showDeleted", "view", unserved: ["parent"]),
    Route(.get, "/v1/roles/{role}", api: .iam, access: .signedIn, run: get),
    Route(
      .post, "/v1/roles:queryGrantableRoles", api: .iam, access: .signedIn, run: queryGrantable),
    Route(
      .post, "/v1/permissions:queryTestablePermissions", api: .iam, access: .signedIn,
      run: queryTestable),
  ]

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let page = try Page(call.query, standard: 300, maximum: 1000).cut(RoleCatalogue.names) { $0 }
    let full = try Roles.isFull(call.query["view"])
    var answer: JSONObject = [
      "roles": .array(page.items.compactMap(RoleCatalogue.role).map { json($0, full) })
    ]
    if let next = page.next { answer["nextPageToken"] = .string(next) }
    return .object(answer)
  }

  private static func get(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    guard let role = RoleCatalogue.role("roles/\(call["role"])") else {
      throw Roles.absent("roles/\(call["role"])")
    }
    return json(role, true)
  }

  private static func json(_ role: RoleCatalogue.Role, _ full: Bool) -> JSONValue {
    var object: JSONObject = ["name": .string(role.name), "title": .string(role.title)]
    if full, !role.permissions.isEmpty {
      object["includedPermissions"] = .array(role.permissions.sorted().map { .string($0) })
    }
    // ALPHA is the default value, which proto JSON omits.
    if role.stage != "ALPHA" { object["stage"] = .string(role.stage) }
    object["etag"] = "AA=="
    return .object(object)
  }

  // MARK: By resource

  /// The predefined roles that a policy of the resource accepts.
  private static func queryGrantable(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    try call.body.allow("fullResourceName", "pageSize", "pageToken", "view")
    let kind = try kind(call.body)
    let full = try Roles.isFull(try call.body.string("view"))
    let roles = RoleCatalogue.names.compactMap(RoleCatalogue.role).filter {
      $0.isGrantable(on: kind)
    }
    return try page(
      of: roles, "roles", named: \.name, call.body, standard: 300, maximum: 3000
    ) { json($0, full) }
  }

  /// The permissions that can be tested on the resource.
  private static func queryTestable(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    try call.body.allow("fullResourceName", "pageSize", "pageToken")
    return try page(
      of: PermissionCatalogue.testable(on: try kind(call.body)), "permissions", named: \.self,
      call.body, standard: 100, maximum: 1000
    ) { ["name": .string($0), "stage": "GA"] }
  }

  private static func kind(_ body: Body) throws(APIError) -> ResourceKind {
    let name = try body.string("fullResourceName") ?? ""
    guard let kind = FullResourceName.kind(of: name) else {
      throw .badField(
        "full_resource_name",
        "Invalid full resource name \"\(name)\". The sandbox knows projects, folders, organizations, "
          + "repositories, service accounts and keys of Cloud KMS.")
    }
    return kind
  }

  /// The page of a sorted list that a body requests; its token is the name of the last item before it.
  private static func page<Item>(
    of items: [Item], _ member: String, named name: (Item) -> String, _ body: Body, standard: Int,
    maximum: Int, _ json: (Item) -> JSONValue
  ) throws(APIError) -> JSONValue {
    let size = min(max(try body.integer("pageSize") ?? 0, 0), maximum)
    let after = try body.string("pageToken") ?? ""
    let rest = items.filter { name($0) > after }
    let page = rest.prefix(size == 0 ? standard : size)
    var answer: JSONObject = [:]
    if !page.isEmpty { answer[member] = .array(page.map(json)) }
    if page.count < rest.count, let last = page.last {
      answer["nextPageToken"] = .string(name(last))
    }
    return .object(answer)
  }
}
