import Crypto
import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Secret Manager v1: the versions of secrets and their values (discovery document of 2026-10-21).
package enum SecretVersions: ServedAPI {
  /// The versions.
  package static let records: [any Record.Type] = [SecretVersionRecord.self]

  private static let states = EnumType("STATE_UNSPECIFIED", "ENABLED", "DISABLED", "DESTROYED")
  private static let message = MessageType(["state": .init(type: .enumeration(states))])

  /// The operations on versions. They all answer at once.
  package static let routes: [Route] = [
    route(.post, ":addVersion", "add", run: add).answering(message),
    route(.get, "/versions", "list", run: list).taking("filter", "pageSize", "pageToken")
      .answering(MessageType(["versions": .init(type: .list(.message(message)))])),
    route(.get, "/versions/{version}", "get") { (call, state) throws(APIError) in
      json(try find(call, state), call, state)
    }.answering(message),
    route(.get, "/versions/{version}:access", "access", run: access),
    route(.post, "/versions/{version}:enable", "enable") { (call, state) throws(APIError) in
      try change(call, &state) { version in
        version.state = "ENABLED"
        version.scheduledDestroyTime = nil
      }
    }.answering(message),
    route(.post, "/versions/{version}:disable", "disable") { (call, state) throws(APIError) in
      try change(call, &state) { $0.state = "DISABLED" }
    }.answering(message),
    route(.post, "/versions/{version}:destroy", "destroy", run: destroy).answering(message),
  ]

  private static func route(
    _ method: HTTPMethod, _ rest: String, _ verb: String, run: @escaping Handler
  ) -> Route {
    Route(
      method, "\(Secrets.path)/{secret}\(rest)", api: .secretManager,
      access: .permission("secretmanager.versions.\(verb)", on: .secret), run: run)
  }

  // MARK: Adding

  /// The largest value, in bytes.
  private static let largest = 64 << 10

  private static func add(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("payload")
    var secret = try Secrets.find(call, state)
    let body = try call.body.message("payload")
    try body?.allow("data", "dataCrc32c")
    let data = try payload(body)
    let checksum = CRC32C.checksum(data)
    // Errors name no part of the value: they reach logs.
    if let body, body.has("dataCrc32c") {
      guard try body.integer("dataCrc32c") == Int(checksum) else {
        throw .badField(
          "payload.data_crc32c", "The checksum does not match the received payload data.")
      }
    }
    try SecretEncryption.check(secret, call, state)
    secret.lastVersion += 1
    let version = SecretVersionRecord(
      secret: secret.name, number: secret.lastVersion, createTime: call.now,
      etag: Secrets.nextEtag(&state), payload: Base64.encode(data), checksum: Int64(checksum),
      isChecksumSent: body?.has("dataCrc32c") ?? false,
      replicationStatus: JSONText(SecretEncryption.status(secret)))
    state.put(secret)
    state.put(version)
    return json(version, call, state)
  }

  private static func payload(_ body: Body?) throws(APIError) -> [UInt8] {
    guard let text = body?.object["data"]?.string, !text.isEmpty else {
      throw .badField("payload.data", "The payload data is required.")
    }
    guard let data = ProtoBytes.decode(text) else {
      throw .badField("payload.data", "Invalid value at 'payload.data' (TYPE_BYTES).")
    }
    guard data.count <= largest else {
      throw .badField("payload.data", "The payload data must not be larger than 65536 bytes.")
    }
    return data
  }

  // MARK: Reading

  private static func all(of secret: SecretRecord, _ state: State) -> [SecretVersionRecord] {
    state[SecretVersionRecord.self].children(of: secret.name).sorted { $0.number > $1.number }
  }

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let versions = all(of: try Secrets.find(call, state), state)
    let filter = try Filter.parse(call.query["filter"] ?? "")
    for term in filter?.terms ?? []
    where !["state", "createTime", "name"].contains(Query.camelCase(term.field)) {
      throw APIError(
        .unimplemented, "The sandbox does not serve filters of versions on \(term.field).")
    }
    let found = versions.filter { version in
      filter?.holds { fits(version, $0, Secrets.numbered(version.key, call, state), call.now) }
        ?? true
    }
    return try Secrets.page(
      "versions", found, total: filter == nil ? versions.count : 0, call,
      key: { Secrets.newestFirst(Int64($0.number), "") }, json: { json($0, call, state) })
  }

  private static func fits(
    _ version: SecretVersionRecord, _ term: Filter.Term, _ name: String, _ now: Int64
  ) -> Bool {
    switch Query.camelCase(term.field) {
    case "state": term.fits(version.shownState(now: now))
    case "createTime": term.fits(Timestamps.text(version.createTime))
    default: term.comparator == ":" ? name.contains(term.value) : term.fits(name)
    }
  }

  /// The version in the path, by its number, an alias, or `latest`.
  private static func find(_ call: Call, _ state: State) throws(APIError) -> SecretVersionRecord {
    let secret = try Secrets.find(call, state)
    let wanted = call["version"]
    let number: Int?
    if wanted == "latest" {
      number = secret.lastVersion
    } else {
      number =
        Int(wanted)
        ?? secret.fields.value["versionAliases"]?[wanted]?.string.flatMap { Int($0) }
    }
    if let number,
      let version = state[SecretVersionRecord.self][
        SecretVersionRecord.key(number, of: secret.name)]
    {
      return version
    }
    let name = Secrets.numbered(secret.name, call, state)
    throw APIError(
      .notFound,
      wanted == "latest"
        ? "Secret [\(name)] not found or has no versions."
        : "Secret Version [\(name)/versions/\(wanted)] not found.")
  }

  private static func access(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let version = try find(call, state)
    guard version.shownState(now: call.now) == "ENABLED", let payload = version.payload else {
      throw unusable(version, call, state)
    }
    return [
      "name": .string(Secrets.numbered(version.key, call, state)),
      "payload": [
        "data": .string(payload), "dataCrc32c": .string(String(version.checksum)),
      ],
    ]
  }

  private static func unusable(
    _ version: SecretVersionRecord, _ call: Call, _ state: State
  ) -> APIError {
    APIError(
      .failedPrecondition,
      "Secret Version [\(Secrets.numbered(version.key, call, state))] is in "
        + "\(version.shownState(now: call.now)) state.")
  }

  // MARK: Changing

  /// Changes a version that is not destroyed. Aliases and `latest` are for reading only.
  private static func change(
    _ call: Call, _ state: inout State, _ body: (inout SecretVersionRecord) -> Void
  ) throws(APIError) -> JSONValue {
    try call.body.allow("etag")
    guard Int(call["version"]) != nil else {
      _ = try Secrets.find(call, state)
      throw .badField(
        "name", "A version is changed by its number, not by \"\(call["version"].prefix(100))\".")
    }
    var version = try find(call, state)
    try Secrets.compare(try call.body.string("etag"), with: version.etag)
    guard version.shownState(now: call.now) != "DESTROYED" else {
      throw unusable(version, call, state)
    }
    body(&version)
    version.etag = Secrets.nextEtag(&state)
    state.put(version)
    return json(version, call, state)
  }

  private static func destroy(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let delay = try Secrets.find(call, state).fields.value["versionDestroyTtl"]?.string
      .flatMap { Int64($0.dropLast()) }
    return try change(call, &state) { version in
      if let delay {
        version.state = "DISABLED"
        version.scheduledDestroyTime =
          version.scheduledDestroyTime ?? call.now + delay * 1_000_000
      } else {
        version.state = "DESTROYED"
        version.destroyTime = call.now
        version.payload = nil
      }
    }
  }

  private static func json(
    _ version: SecretVersionRecord, _ call: Call, _ state: State
  ) -> JSONValue {
    let shown = version.shownState(now: call.now)
    var object: JSONObject = [
      "name": .string(Secrets.numbered(version.key, call, state)),
      "createTime": .string(Timestamps.text(version.createTime)), "state": .string(shown),
      "etag": .string(version.etag), "replicationStatus": version.replicationStatus.value,
    ]
    if version.isChecksumSent { object["clientSpecifiedPayloadChecksum"] = true }
    if let time = version.scheduledDestroyTime, shown != "DESTROYED" {
      object["scheduledDestroyTime"] = .string(Timestamps.text(time))
    }
    if shown == "DESTROYED", let time = version.destroyTime ?? version.scheduledDestroyTime {
      object["destroyTime"] = .string(Timestamps.text(time))
    }
    return .object(object)
  }
}
