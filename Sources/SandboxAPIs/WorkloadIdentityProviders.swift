import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// IAM v1: the providers of workload identity pools (discovery document of 2026-10-23).
package enum WorkloadIdentityProviders: ServedAPI {
  /// The providers.
  package static let records: [any Record.Type] = [ProviderRecord.self]

  private static let path = "\(FederationOperations.pools)/{pool}/providers"

  /// The operations on providers. None has a policy of its own, so that of the pool decides.
  package static let routes: [Route] = [
    route(.get, "", "list", run: list).taking("pageSize", "pageToken", "showDeleted"),
    route(.post, "", "create", run: create).taking("workloadIdentityPoolProviderId"),
    route(.get, "/{provider}", "get") { (call, state) throws(APIError) in
      .object(json(try find(call, state), call, state))
    }.answering(message),
    route(.patch, "/{provider}", "update", run: patch).taking("updateMask"),
    route(.delete, "/{provider}", "delete", run: delete),
    route(.post, "/{provider}:undelete", "undelete", run: undelete),
    FederationOperations.route(
      "\(path)/{provider}", permission: "iam.googleapis.com/workloadIdentityPoolProviders.get"),
  ]

  private static func route(
    _ method: HTTPMethod, _ rest: String, _ verb: String, run: @escaping Handler
  ) -> Route {
    Route(
      method, path + rest, api: .iam,
      access: .permission("iam.googleapis.com/workloadIdentityPoolProviders.\(verb)", on: .pool),
      run: run)
  }

  static let message = MessageType([
    "name": .init(type: .string), "displayName": .init(type: .string),
    "description": .init(type: .string), "disabled": .init(type: .bool),
    "state": .init(
      type: .enumeration(EnumType("STATE_UNSPECIFIED", "ACTIVE", "DELETED")), isOutputOnly: true),
    "expireTime": .init(type: .timestamp, isOutputOnly: true),
    "attributeMapping": .init(type: .map(.string)), "attributeCondition": .init(type: .string),
    "actorProviders": .init(type: .list(.string)),
    "oidc": .init(
      type: .message(
        MessageType([
          "issuerUri": .init(type: .string), "allowedAudiences": .init(type: .list(.string)),
          "jwksJson": .init(type: .string), "discoveryUri": .init(type: .string),
        ]))),
    "aws": .init(type: .message(MessageType(["accountId": .init(type: .string)]))),
    "saml": .init(type: .message(MessageType(["idpMetadataXml": .init(type: .string)]))),
    "x509": .init(
      type: .message(
        MessageType(["trustStore": .init(type: .message(WorkloadIdentityPools.trustStore))]))),
  ])

  // MARK: Calls

  /// The provider in the path, deleted or not, also of a deleted pool.
  private static func find(_ call: Call, _ state: State) throws(APIError) -> ProviderRecord {
    let pool = try WorkloadIdentityPools.find(call, state)
    guard
      let provider = state[ProviderRecord.self][
        ProviderRecord.key(call["provider"], of: pool.name)],
      !provider.isPurged(now: call.now)
    else { throw FederationOperations.absent }
    return provider
  }

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let pool = try WorkloadIdentityPools.find(call, state)
    let showsDeleted = call.query["showDeleted"]?.lowercased() == "true"
    let providers = state[ProviderRecord.self].children(of: pool.name).filter {
      !$0.isPurged(now: call.now) && (showsDeleted || $0.deleteTime == nil)
    }
    let page = try Page(call.query, standard: 50, maximum: 100).cut(providers, key: \.id)
    return FederationOperations.list(
      "workloadIdentityPoolProviders", (page.items.map { json($0, call, state) }, page.next))
  }

  private static func create(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let pool = try WorkloadIdentityPools.find(call, state)
    try FederationOperations.checkActive(pool, "workload identity pool")
    guard WorkloadIdentityPools.isForFederation(pool.fields.value) else {
      throw APIError(
        .failedPrecondition, "Only FEDERATION_ONLY pools can have providers.",
        reason: "failedPrecondition")
    }
    let id = try FederationOperations.newID(
      call, "workloadIdentityPoolProviderId", "workload identity pool provider")
    var fields = try message.read(call.body.object)
    fields["name"] = nil
    try checkActors(&fields, pool, state)
    try ProviderChecks.check(fields)
    let provider = ProviderRecord(
      pool: pool.name, id: id, fields: JSONText(.object(fields)))
    if let old = state[ProviderRecord.self][provider.key] {
      guard old.isPurged(now: call.now) else { throw FederationOperations.taken }
    }
    state.put(provider)
    return start(provider, call, &state)
  }

  private static func patch(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    var provider = try active(call, state)
    let old = provider.fields.value.object ?? [:]
    let update = MaskedUpdate(
      message: message, name: "WorkloadIdentityPoolProvider", constant: ["name"])
    var new = try update.apply(
      mask: try FederationOperations.mask(call), sent: try message.read(call.body.object), to: old)
    guard ProviderChecks.type(of: new) == ProviderChecks.type(of: old) else {
      throw .invalid("The type of a workload identity pool provider cannot be changed.")
    }
    try checkActors(&new, try WorkloadIdentityPools.find(call, state), state)
    try ProviderChecks.check(new)
    provider.fields = JSONText(.object(new))
    state.put(provider)
    return start(provider, call, &state)
  }

  /// Checks that actors are of the same pool, and names them as answers name resources, with the project's number.
  private static func checkActors(
    _ fields: inout JSONObject, _ pool: PoolRecord, _ state: State
  ) throws(APIError) {
    guard let names = fields["actorProviders"]?.array else { return }
    var numbered: [JSONValue] = []
    for name in names.compactMap(\.string) {
      guard let reference = ProviderReference(name, state), reference.poolName == pool.name else {
        throw .badField(
          "actor_providers", "\(name.prefix(300)) is not a provider of the same pool.")
      }
      numbered.append(.string("\(reference.numberedPool)/providers/\(reference.id)"))
    }
    fields["actorProviders"] = .array(numbered)
  }

  private static func active(_ call: Call, _ state: State) throws(APIError) -> ProviderRecord {
    let provider = try find(call, state)
    try FederationOperations.checkActive(
      try WorkloadIdentityPools.find(call, state), "workload identity pool")
    try FederationOperations.checkActive(provider, "workload identity pool provider")
    return provider
  }

  private static func delete(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    var provider = try active(call, state)
    provider.deleteTime = call.now
    state.put(provider)
    return start(provider, call, &state)
  }

  private static func undelete(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow()
    var provider = try find(call, state)
    try FederationOperations.checkActive(
      try WorkloadIdentityPools.find(call, state), "workload identity pool")
    guard provider.deleteTime != nil else {
      throw APIError(
        .failedPrecondition, "The workload identity pool provider is not deleted.",
        reason: "failedPrecondition")
    }
    provider.deleteTime = nil
    state.put(provider)
    return start(provider, call, &state)
  }

  private static func start(
    _ provider: ProviderRecord, _ call: Call, _ state: inout State
  ) -> JSONValue {
    FederationOperations.start(name(provider, call, state), call, &state)
  }

  private static func name(_ provider: ProviderRecord, _ call: Call, _ state: State) -> String {
    FederationOperations.numbered(provider.key, state.project(call.project))
  }

  private static func json(_ provider: ProviderRecord, _ call: Call, _ state: State) -> JSONObject {
    FederationOperations.json(provider, name: name(provider, call, state))
  }
}
