import Crypto
import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Secret Manager v1: secrets and their policies (discovery document of 2026-10-21). `SecretVersions` has the versions.
package enum Secrets: ServedAPI {
  /// The secrets.
  package static let records: [any Record.Type] = [SecretRecord.self]

  static let path = "/v1/projects/{project}/secrets"

  /// The operations on secrets. They all answer at once: none is a long-running operation.
  package static let routes: [Route] = [
    route(.get, "", "list", on: .project, run: list).taking("filter", "pageSize", "pageToken"),
    route(.post, "", "create", on: .project, run: create).taking("secretId"),
    route(.get, "/{secret}", "get") { (call, state) throws(APIError) in
      json(try find(call, state), call, state)
    },
    route(.patch, "/{secret}", "update", run: patch).taking("updateMask"),
    route(.delete, "/{secret}", "delete", run: delete).taking("etag"),
    route(.get, "/{secret}:getIamPolicy", "getIamPolicy", run: PolicyRoutes.getByQuery)
      .taking("options.requestedPolicyVersion"),
    route(.post, "/{secret}:setIamPolicy", "setIamPolicy", run: PolicyRoutes.set),
    Route(
      .post, "\(path)/{secret}:testIamPermissions", api: .secretManager,
      access: .resource(.secret), run: PolicyRoutes.test),
  ]

  private static func route(
    _ method: HTTPMethod, _ rest: String, _ verb: String, on kind: ResourceKind = .secret,
    run: @escaping Handler
  ) -> Route {
    Route(
      method, path + rest, api: .secretManager,
      access: .permission("secretmanager.secrets.\(verb)", on: kind), run: run)
  }

  // MARK: Calls

  /// The secret in the path.
  static func find(_ call: Call, _ state: State) throws(APIError) -> SecretRecord {
    let name = SecretRecord.name(call["secret"], in: call.project)
    guard let secret = state[SecretRecord.self][name], !secret.isExpired(now: call.now) else {
      throw APIError(.notFound, "Secret [\(numbered(name, call, state))] not found.")
    }
    return secret
  }

  /// A resource name with the number of the project, as answers have it.
  static func numbered(_ name: String, _ call: Call, _ state: State) -> String {
    FederationOperations.numbered(name, state.project(call.project))
  }

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let all = state[SecretRecord.self].children(of: "projects/\(call.project)")
      .filter { !$0.isExpired(now: call.now) }
      .sorted { newestFirst($0.createTime, $0.name) < newestFirst($1.createTime, $1.name) }
    let filter = try filter(call)
    let found = all.filter { secret in
      filter?.holds { fits(secret, $0, numbered(secret.name, call, state)) } ?? true
    }
    return try page(
      "secrets", found, total: filter == nil ? all.count : 0, call,
      key: { newestFirst($0.createTime, $0.name) }, json: { json($0, call, state) })
  }

  /// Sorts the newest first, and equally old ones by name.
  static func newestFirst(_ createTime: Int64, _ name: String) -> String {
    let digits = String(Int64.max - createTime)
    return String(repeating: "0", count: 19 - digits.count) + digits + name
  }

  /// The answer of a list. Without a filter it has the number of all items.
  static func page<Item>(
    _ member: String, _ items: [Item], total: Int, _ call: Call, key: (Item) -> String,
    json: (Item) -> JSONValue
  ) throws(APIError) -> JSONValue {
    let page = try Page(call.query, standard: 25_000, maximum: 25_000).cut(items, key: key)
    var answer: JSONObject = [:]
    if !page.items.isEmpty { answer[member] = .array(page.items.map(json)) }
    if let next = page.next { answer["nextPageToken"] = .string(next) }
    if total > 0 { answer["totalSize"] = .integer(Int64(total)) }
    return .object(answer)
  }

  private static func filter(_ call: Call) throws(APIError) -> Filter? {
    let filter = try Filter.parse(
      call.query["filter"] ?? "", maps: ["labels", "annotations"])
    for term in filter?.terms ?? [] {
      let name = Query.camelCase(term.field)
      guard
        ["name", "createTime", "expireTime"].contains(name) || name.hasPrefix("labels.")
          || name.hasPrefix("annotations.")
      else {
        throw APIError(
          .unimplemented, "The sandbox does not serve filters of secrets on \(term.field).")
      }
    }
    return filter
  }

  private static func fits(_ secret: SecretRecord, _ term: Filter.Term, _ name: String) -> Bool {
    switch Query.camelCase(term.field) {
    case "name": return term.comparator == ":" ? name.contains(term.value) : term.fits(name)
    case "createTime": return term.fits(Timestamps.text(secret.createTime))
    case "expireTime": return secret.fields.value["expireTime"]?.string.map(term.fits) ?? false
    default:
      let parts = term.field.split(separator: ".", maxSplits: 1).map(String.init)
      guard parts.count == 2 else { return false }
      return secret.fields.value[parts[0]]?[parts[1]]?.string.map(term.fits) ?? false
    }
  }

  private static func create(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let id = call.query["secretId"] ?? ""
    guard id.wholeMatch(of: /[A-Za-z0-9_-]{1,255}/) != nil else {
      throw .badField(
        "secret_id",
        "Invalid secret ID \"\(id.prefix(300))\": it must have 1 to 255 letters, digits, hyphens "
          + "and underscores.")
    }
    var fields = try SecretRules.read(call.body.object, now: call.now)
    fields["etag"] = nil
    let secret = SecretRecord(
      project: call.project, id: id, fields: JSONText(.object(fields)), createTime: call.now,
      etag: nextEtag(&state), lastVersion: 0)
    if let old = state[SecretRecord.self][secret.key] {
      guard old.isExpired(now: call.now) else {
        throw APIError(
          .alreadyExists, "Secret [\(numbered(secret.name, call, state))] already exists.")
      }
      state.remove(old)
    }
    try SecretRules.check(fields, old: nil, lastVersion: 0, now: call.now)
    state.put(secret)
    return json(secret, call, state)
  }

  private static func patch(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    var secret = try find(call, state)
    let text = try FederationOperations.mask(call)
    var sent = try SecretRules.read(call.body.object, now: call.now)
    try compare(sent["etag"]?.string, with: secret.etag)
    sent["etag"] = nil
    // A `ttl` became the `expireTime` of the message.
    let mask = (Mask(text)?.paths ?? []).map { $0 == "ttl" ? "expireTime" : $0 }
    let old = secret.fields.value.object ?? [:]
    let update = MaskedUpdate(message: SecretRules.message, name: "Secret", constant: [])
    var new = try update.apply(mask: mask.joined(separator: ","), sent: sent, to: old)
    new["etag"] = nil
    try SecretRules.checkUnchanged(new["replication"], old: old["replication"])
    try SecretRules.check(new, old: old, lastVersion: secret.lastVersion, now: call.now)
    secret.fields = JSONText(.object(new))
    secret.etag = nextEtag(&state)
    state.put(secret)
    return json(secret, call, state)
  }

  private static func delete(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let secret = try find(call, state)
    try compare(call.query["etag"], with: secret.etag)
    state.remove(secret)
    return [:]
  }

  // MARK: Etags

  /// An etag as Secret Manager has them: a text with quotation marks, not base64.
  static func nextEtag(_ state: inout State) -> String {
    "\"\(Hex.encode(Array((Base64.decode(state.nextEtag()) ?? []).dropFirst())))\""
  }

  /// Refuses a change of something that another caller changed meanwhile. Without an etag every change is accepted.
  static func compare(_ sent: String?, with etag: String) throws(APIError) {
    guard let sent, !sent.isEmpty, sent != etag else { return }
    throw APIError(
      .failedPrecondition,
      "The provided etag \(sent.prefix(100)) does not match the current etag \(etag).")
  }

  // MARK: Answers

  private static func json(_ secret: SecretRecord, _ call: Call, _ state: State) -> JSONValue {
    var object: JSONObject = [
      "name": .string(numbered(secret.name, call, state)),
      "createTime": .string(Timestamps.text(secret.createTime)), "etag": .string(secret.etag),
    ]
    for (key, value) in secret.fields.value.object ?? [:] {
      object[key] = key == "rotation" ? SecretRules.advanced(value, now: call.now) : value
    }
    return .object(object)
  }
}
