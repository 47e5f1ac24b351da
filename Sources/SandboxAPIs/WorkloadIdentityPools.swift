import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// IAM v1: workload identity pools (discovery document of 2026-10-23). `WorkloadIdentityProviders` has the providers.
package enum WorkloadIdentityPools: ServedAPI {
  /// The pools.
  package static let records: [any Record.Type] = [PoolRecord.self]

  private static let path = FederationOperations.pools

  /// The operations on pools.
  package static let routes: [Route] = [
    route(.get, "", "list", on: .project, run: list)
      .taking("pageSize", "pageToken", "showDeleted"),
    route(.post, "", "create", on: .project, run: create).taking("workloadIdentityPoolId"),
    route(.get, "/{pool}", "get") { (call, state) throws(APIError) in
      .object(json(try find(call, state), state))
    }.answering(message),
    route(.patch, "/{pool}", "update", run: patch).taking("updateMask"),
    route(.delete, "/{pool}", "delete", run: delete),
    route(.post, "/{pool}:undelete", "undelete", run: undelete),
    route(.post, "/{pool}:getIamPolicy", "getIamPolicy", run: PolicyRoutes.getByBody),
    route(.post, "/{pool}:setIamPolicy", "setIamPolicy", run: PolicyRoutes.set),
    Route(
      .post, "\(path)/{pool}:testIamPermissions", api: .iam, access: .resource(.pool),
      run: PolicyRoutes.test),
    FederationOperations.route(
      "\(path)/{pool}", permission: "iam.googleapis.com/workloadIdentityPools.get"),
  ]

  private static func route(
    _ method: HTTPMethod, _ rest: String, _ verb: String, on kind: ResourceKind = .pool,
    run: @escaping Handler
  ) -> Route {
    Route(
      method, path + rest, api: .iam,
      access: .permission("iam.googleapis.com/workloadIdentityPools.\(verb)", on: kind), run: run)
  }

  private static let certificate = FieldType.list(
    .message(MessageType(["pemCertificate": .init(type: .string)])))

  static let trustStore = MessageType([
    "trustAnchors": .init(type: certificate), "intermediateCas": .init(type: certificate),
    "trustDefaultSharedCa": .init(type: .bool),
  ])

  private static let message = MessageType([
    "name": .init(type: .string), "displayName": .init(type: .string),
    "description": .init(type: .string), "disabled": .init(type: .bool),
    "state": .init(
      type: .enumeration(EnumType("STATE_UNSPECIFIED", "ACTIVE", "DELETED")), isOutputOnly: true),
    "expireTime": .init(type: .timestamp, isOutputOnly: true),
    "mode": .init(
      type: .enumeration(
        EnumType("MODE_UNSPECIFIED", "FEDERATION_ONLY", "TRUST_DOMAIN", "SYSTEM_TRUST_DOMAIN"))),
    "inlineCertificateIssuanceConfig": .init(
      type: .message(
        MessageType([
          "caPools": .init(type: .map(.string)), "useDefaultSharedCa": .init(type: .bool),
          "lifetime": .init(type: .duration),
          "rotationWindowPercentage": .init(type: .int32),
          "keyAlgorithm": .init(
            type: .enumeration(
              EnumType(
                "KEY_ALGORITHM_UNSPECIFIED", "RSA_2048", "RSA_3072", "RSA_4096", "ECDSA_P256",
                "ECDSA_P384"))),
        ]))),
    "inlineTrustConfig": .init(
      type: .message(
        MessageType(["additionalTrustBundles": .init(type: .map(.message(trustStore)))]))),
    // gcloud 578 sends it; no discovery document has it.
    "enableMeshCaCompatibility": .init(type: .bool),
  ])

  // MARK: Calls

  /// The pool in the path, deleted or not.
  static func find(_ call: Call, _ state: State) throws(APIError) -> PoolRecord {
    let name = PoolRecord.name(call["pool"], in: call.project)
    guard let pool = state[PoolRecord.self][name], !pool.isPurged(now: call.now) else {
      throw FederationOperations.absent
    }
    return pool
  }

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let showsDeleted = call.query["showDeleted"]?.lowercased() == "true"
    let pools = state[PoolRecord.self].children(of: "projects/\(call.project)").filter {
      !$0.isPurged(now: call.now) && (showsDeleted || $0.deleteTime == nil)
    }
    let page = try Page(call.query, standard: 50, maximum: 1000).cut(pools, key: \.id)
    return FederationOperations.list(
      "workloadIdentityPools", (page.items.map { json($0, state) }, page.next))
  }

  private static func create(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let id = try FederationOperations.newID(
      call, "workloadIdentityPoolId", "workload identity pool")
    var fields = try message.read(call.body.object)
    fields["name"] = nil
    try check(fields)
    let pool = PoolRecord(project: call.project, id: id, fields: JSONText(.object(fields)))
    if let old = state[PoolRecord.self][pool.key] {
      guard old.isPurged(now: call.now) else { throw FederationOperations.taken }
      state.remove(old)
    }
    state.put(pool)
    return start(pool, call, &state)
  }

  private static func patch(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    var pool = try find(call, state)
    try FederationOperations.checkActive(pool, "workload identity pool")
    let old = pool.fields.value.object ?? [:]
    let update = MaskedUpdate(message: message, name: "WorkloadIdentityPool", constant: ["name"])
    let new = try update.apply(
      mask: try FederationOperations.mask(call), sent: try message.read(call.body.object), to: old)
    // A pool without a mode is FEDERATION_ONLY (discovery `iam.v1 WorkloadIdentityPool.mode`).
    let federation: JSONValue = "FEDERATION_ONLY"
    guard new["mode"] ?? federation == old["mode"] ?? federation else {
      throw .badField("mode", "Attempted to update an immutable field.")
    }
    try check(new)
    pool.fields = JSONText(.object(new))
    state.put(pool)
    return start(pool, call, &state)
  }

  private static func delete(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    var pool = try find(call, state)
    try FederationOperations.checkActive(pool, "workload identity pool")
    pool.deleteTime = call.now
    state.put(pool)
    return start(pool, call, &state)
  }

  private static func undelete(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow()
    var pool = try find(call, state)
    guard pool.deleteTime != nil else {
      throw APIError(
        .failedPrecondition, "The workload identity pool is not deleted.",
        reason: "failedPrecondition")
    }
    pool.deleteTime = nil
    state.put(pool)
    return start(pool, call, &state)
  }

  private static func start(
    _ pool: PoolRecord, _ call: Call, _ state: inout State
  ) -> JSONValue {
    let name = FederationOperations.numbered(pool.name, state.project(pool.project))
    return FederationOperations.start(name, call, &state)
  }

  private static func json(_ pool: PoolRecord, _ state: State) -> JSONObject {
    FederationOperations.json(
      pool, name: FederationOperations.numbered(pool.name, state.project(pool.project)))
  }

  // MARK: Validation

  /// Whether a pool with these fields is for identities of other systems, and so can have providers.
  static func isForFederation(_ fields: JSONValue) -> Bool {
    (fields["mode"] ?? "FEDERATION_ONLY") == "FEDERATION_ONLY"
  }

  private static func check(_ fields: JSONObject) throws(APIError) {
    try FederationOperations.checkTexts(fields, "workload_identity_pool")
    if fields["mode"] == "SYSTEM_TRUST_DOMAIN" {
      throw .badField("mode", "SYSTEM_TRUST_DOMAIN pools are created by Google only.")
    }
    let issuance = fields["inlineCertificateIssuanceConfig"]
    if issuance?["useDefaultSharedCa"] == true, issuance?["caPools"] != nil {
      throw .badField(
        "inline_certificate_issuance_config",
        "ca_pools and use_default_shared_ca are mutually exclusive.")
    }
    if let percentage = issuance?["rotationWindowPercentage"]?.integer,
      !(50...80).contains(percentage)
    {
      throw .badField(
        "inline_certificate_issuance_config.rotation_window_percentage",
        "The rotation window percentage must be between 50 and 80.")
    }
    if let text = issuance?["lifetime"]?.string, let seconds = Double(text.dropLast()),
      !(86_400...2_592_000).contains(seconds)
    {
      throw .badField(
        "inline_certificate_issuance_config.lifetime",
        "The lifetime must be between 24 hours and 30 days.")
    }
  }
}
