import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// getIamPolicy, setIamPolicy and testIamPermissions, which are the same for every kind of resource.
package enum PolicyRoutes: ServedAPI {
  /// The policies.
  package static let records: [any Record.Type] = [PolicyRecord.self]

  /// None: each API with policies has its own routes, with these handlers.
  package static let routes: [Route] = []

  /// getIamPolicy with the version in the query: repositories, service accounts.
  static func getByQuery(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let text = call.query["options.requestedPolicyVersion"] ?? ""
    return try get(call, state, version: text.isEmpty ? 0 : Int(text) ?? -1)
  }

  /// getIamPolicy with the version in the body: projects.
  static func getByBody(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("options")
    let options = try call.body.message("options")
    try options?.allow("requestedPolicyVersion")
    return try get(call, state, version: try options?.integer("requestedPolicyVersion") ?? 0)
  }

  private static func get(_ call: Call, _ state: State, version: Int) throws(APIError) -> JSONValue
  {
    guard [0, 1, 3].contains(version) else {
      throw .badField("options.requested_policy_version", "Invalid requested policy version.")
    }
    let resource = try target(call, state)
    return PolicyWire.json(state[PolicyRecord.self][resource.path], requestedVersion: version)
  }

  /// setIamPolicy: `{"policy": ..., "updateMask": ...}`. Artifact Registry's message has no mask.
  static func set(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    if call.route.api == .artifactRegistry {
      try call.body.allow("policy")
    } else {
      try call.body.allow("policy", "updateMask")
    }
    let resource = try target(call, state)
    guard let policy = try call.body.message("policy") else {
      throw .badField("policy", "The policy is required.")
    }
    let mask = Mask(try call.body.string("updateMask"))
    try mask?.check(known: ["bindings", "etag", "version", "auditConfigs"])
    var incoming = try PolicyWire.read(policy)
    let audits = mask?.contains("auditConfigs") ?? false
    if audits && resource.kind != .project && !resource.kind.isAboveProjects {
      throw .invalid("Audit configs can be set on projects, folders and organizations only.")
    }
    // A mask without the bindings must not clear them (docs/google-apis.md#reading-and-writing-a-policy).
    if let mask, !mask.contains("bindings") {
      incoming.bindings = state[PolicyRecord.self][resource.path]?.bindings ?? []
      incoming.version = 3
    }
    let record = try PolicyWriter(resource, of: call.route.api, now: call.now, lag: call.lag)
      .write(incoming, replacingAudits: audits, in: &state)
    return PolicyWire.json(record, requestedVersion: 3)
  }

  /// testIamPermissions: of `{"permissions": [...]}` those that the caller has. Any caller may ask, and for an absent
  /// resource the answer is empty (both after the discovery documents).
  static func test(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("permissions")
    let asked = try call.body.strings("permissions") ?? []
    guard asked.count <= 100 else {
      throw .invalid("At most 100 permissions can be tested in one call.")
    }
    for permission in asked where permission.contains("*") {
      throw .invalid("Permission \(permission) is not valid: wildcards are not allowed.")
    }
    guard let resource = try? target(call, state), let caller = call.caller,
      resource.kind.isAboveProjects
        || state.project(resource.project)?.isPurged(now: call.now) == false
    else { return [:] }
    let held = asked.filter {
      PermissionCatalogue.isKnown($0)
        && AccessCheck.allows(caller, permission: $0, on: resource, in: state, now: call.now)
    }
    return held.isEmpty ? [:] : ["permissions": .array(held.map { .string($0) })]
  }

  /// The resource in the path, which must exist.
  static func target(_ call: Call, _ state: State) throws(APIError) -> Resource {
    guard let resource = call.resource else { throw .invalid("The resource is required.") }
    switch resource.kind {
    case .project: break
    case .folder, .organization:
      guard state.hasContainer(resource.path) else {
        throw APIError(.permissionDenied, "The caller does not have permission")
      }
    case .pool:
      guard let pool = state[PoolRecord.self][resource.path], !pool.isPurged(now: call.now) else {
        throw FederationOperations.absent
      }
    case .secret: _ = try Secrets.find(call, state)
    case .cryptoKey:
      guard EncryptionKey(name: resource.path, state) != nil else {
        throw APIError(.notFound, "CryptoKey \(resource.path) not found.", reason: "notFound")
      }
    case .repository:
      guard
        state.repository(project: call.project, location: call["location"], id: call["repository"])
          != nil
      else {
        throw APIError(.notFound, "Requested entity was not found.")
      }
    case .account:
      let id = resource.path.split(separator: "/").last.map(String.init) ?? ""
      guard let account = state[AccountRecord.self][id], account.deleteTime == nil else {
        let name = call["account"]
        // Neither an e-mail nor a unique id: another text, and no `errors` (a `--log-http` of gcloud, 2024).
        guard name.contains("@") || name.allSatisfy(\.isNumber) else {
          throw APIError(.notFound, "Unknown service account")
        }
        throw APIError(
          .notFound, "Not found; Gaia id not found for email \(name)", reason: "notFound")
      }
    }
    return resource
  }
}
