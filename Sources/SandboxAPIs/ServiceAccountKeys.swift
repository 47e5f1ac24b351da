package import Crypto
import HTTP
package import JSON
package import SandboxCalls
package import SandboxIAM
package import SandboxStore
import SandboxWire

/// IAM v1: keys of service accounts (docs/google-apis.md#calls-about-keys).
package enum ServiceAccountKeys: ServedAPI {
  private static let path = "/v1/projects/{project}/serviceAccounts/{account}/keys"

  /// The keys.
  package static let records: [any Record.Type] = [KeyRecord.self]

  /// The operations on keys.
  package static let routes: [Route] = [
    Route(.get, path, api: .iam, access: access("list"), run: list).taking("keyTypes"),
    Route(.post, path, api: .iam, access: access("create"), needsNewKey: true, run: create),
    Route(.post, "\(path):upload", api: .iam, access: access("create"), run: upload),
    Route(.get, "\(path)/{key}", api: .iam, access: access("get"), run: get).taking(
      "publicKeyType"),
    Route(.delete, "\(path)/{key}", api: .iam, access: access("delete"), run: delete),
    Route(.post, "\(path)/{key}:enable", api: .iam, access: access("enable")) {
      (call, state) throws(APIError) in
      try setDisabled(false, for: call, in: &state)
    },
    Route(.post, "\(path)/{key}:disable", api: .iam, access: access("disable")) {
      (call, state) throws(APIError) in
      try setDisabled(true, for: call, in: &state)
    },
  ]

  private static func access(_ verb: String) -> Access {
    .permission("iam.serviceAccountKeys.\(verb)", on: .account)
  }

  /// The last second of the year 9999, which ends a key without an end (docs/google-apis.md#calls-about-keys).
  package static let endOfTime: Int64 = 253_402_300_799

  private static func find(
    _ call: Call, _ state: State
  ) throws(APIError) -> (account: AccountRecord, key: KeyRecord) {
    let account = try ServiceAccounts.present(call, state)
    guard let key = state.key(call["key"], of: account) else {
      throw APIError(.notFound, "Unknown service account key", reason: "notFound")
    }
    return (account, key)
  }

  private static func list(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let account = try ServiceAccounts.present(call, state)
    let types = call.query.all("keyTypes").filter { $0 != "KEY_TYPE_UNSPECIFIED" }
    for type in types where !["USER_MANAGED", "SYSTEM_MANAGED"].contains(type) {
      throw .badField("key_types", "Invalid value at 'key_types' (TYPE_ENUM), \"\(type)\"")
    }
    let keys = state.keys(of: account).filter { types.isEmpty || types.contains($0.type) }
    return keys.isEmpty ? [:] : ["keys": .array(keys.map { json($0, account, call) })]
  }

  private static func create(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("privateKeyType", "keyAlgorithm")
    let account = try ServiceAccounts.present(call, state)
    let type = try call.body.string("privateKeyType") ?? "TYPE_UNSPECIFIED"
    guard ["TYPE_UNSPECIFIED", "TYPE_GOOGLE_CREDENTIALS_FILE"].contains(type) else {
      throw .badField(
        "private_key_type", "The sandbox makes keys of type TYPE_GOOGLE_CREDENTIALS_FILE only.")
    }
    let algorithm = try call.body.string("keyAlgorithm") ?? "KEY_ALG_UNSPECIFIED"
    guard ["KEY_ALG_UNSPECIFIED", "KEY_ALG_RSA_2048"].contains(algorithm) else {
      throw .badField("key_algorithm", "The sandbox makes keys of KEY_ALG_RSA_2048 only.")
    }
    try Constraints.checkKeyCreation(account, state)
    try checkRoom(account, state)
    guard let made = call.newKey else { throw APIError(.internal, "No key was made.") }
    let key = record(
      of: account, serial: LongRunningOperations.serial(&state), publicKey: made.publicKey,
      certificate: made.certificate,
      validAfter: call.nowSeconds, validBefore: endOfTime, origin: "GOOGLE_PROVIDED")
    state.put(key)
    let file = KeyFile.json(
      account, keyID: key.id, privatePEM: made.privatePEM, baseURL: call.settings.baseURL)
    guard var answer = json(key, account, call).object else { return [:] }
    answer["privateKeyType"] = "TYPE_GOOGLE_CREDENTIALS_FILE"
    answer["privateKeyData"] = .string(Base64.encode(file.serialized(.pretty) + [0x0A]))
    return .object(answer)
  }

  /// Uploads a key. `publicKeyData` is the base64 of an X.509 certificate in PEM with an RSA key
  /// (docs/google-apis.md#calls-about-keys).
  private static func upload(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("publicKeyData")
    let account = try ServiceAccounts.present(call, state)
    func bad(_ message: String) -> APIError { .badField("public_key_data", message) }
    guard let pem = (try call.body.string("publicKeyData")).flatMap({ ProtoBytes.decode($0) }),
      let certificate = try? Certificate(pem: pem)
    else { throw bad("The public key data is not an X.509 certificate in PEM, in base64.") }
    let text = String(decoding: pem, as: UTF8.self)
    guard !text.contains("PRIVATE KEY") else {
      throw bad("The public key data holds a private key, which must never leave its owner.")
    }
    guard (1024...4096).contains(certificate.publicKey.bits) else {
      throw bad("The RSA key has \(certificate.publicKey.bits) bits; 1024 to 4096 are allowed.")
    }
    guard certificate.notAfter > call.nowSeconds else { throw bad("The certificate has expired.") }
    try Constraints.checkKeyUpload(account, state)
    try checkRoom(account, state)
    let der = Base64.encode(certificate.publicKey.subjectPublicKeyInfo)
    guard !state.keys(of: account).contains(where: { $0.publicKey == der }) else {
      throw APIError(
        .alreadyExists, "The service account has a key with this public key already.",
        reason: "alreadyExists")
    }
    let key = record(
      of: account, serial: LongRunningOperations.serial(&state), publicKey: certificate.publicKey,
      certificate: certificate,
      validAfter: certificate.notBefore, validBefore: certificate.notAfter,
      origin: "USER_PROVIDED")
    state.put(key)
    return json(key, account, call)
  }

  /// Throws if the account already has ten user-managed keys (docs/google-apis.md#counted-limits).
  private static func checkRoom(_ account: AccountRecord, _ state: State) throws(APIError) {
    let count = state.keys(of: account).count { $0.type == "USER_MANAGED" }
    guard count < 10 else {
      throw APIError(
        .failedPrecondition, "Precondition check failed.", reason: "failedPrecondition",
        details: [
          APIError.errorInfo(
            "KEY_LIMIT", domain: "arctl-sandbox",
            ["limit": "10 user-managed keys per service account"])
        ])
    }
  }

  private static func get(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let (account, key) = try find(call, state)
    guard var answer = json(key, account, call).object else { return [:] }
    switch call.query["publicKeyType"] ?? "TYPE_NONE" {
    case "TYPE_NONE": break
    case "TYPE_X509_PEM_FILE":
      answer["publicKeyData"] = .string(Base64.encode(Array(key.certificate.utf8)))
    case "TYPE_RAW_PUBLIC_KEY":
      guard let der = Base64.decode(key.publicKey),
        let publicKey = try? RSAPublicKey(subjectPublicKeyInfo: der)
      else { throw APIError(.internal, "The stored key cannot be read.") }
      answer["publicKeyData"] = .string(Base64.encode(publicKey.pem()))
    case let other:
      throw .badField(
        "public_key_type", "Invalid value at 'public_key_type' (TYPE_ENUM), \"\(other)\"")
    }
    return .object(answer)
  }

  private static func delete(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let (_, key) = try find(call, state)
    guard key.type == "USER_MANAGED" else {
      throw APIError(
        .failedPrecondition, "System-managed keys cannot be deleted.", reason: "failedPrecondition")
    }
    state.remove(key)
    return [:]
  }

  private static func setDisabled(
    _ disabled: Bool, for call: Call, in state: inout State
  ) throws(APIError) -> JSONValue {
    var (_, key) = try find(call, state)
    guard key.type == "USER_MANAGED" else {
      throw APIError(
        .failedPrecondition, "System-managed keys cannot be changed.", reason: "failedPrecondition")
    }
    if disabled {
      try noteReason(call.body, &key)
    } else {
      try call.body.allow()
      key.disableReason = nil
    }
    key.isDisabled = disabled
    state.put(key)
    return [:]
  }

  /// Stores why a key is disabled. gcloud sends both members, but they are in no discovery document; iam v1 has those
  /// of the answer.
  private static func noteReason(_ body: Body, _ key: inout KeyRecord) throws(APIError) {
    try body.allow("serviceAccountKeyDisableReason", "extendedStatusMessage")
    let prefix = "SERVICE_ACCOUNT_KEY_DISABLE_REASON_"
    let reason = try body.string("serviceAccountKeyDisableReason") ?? "\(prefix)UNSPECIFIED"
    guard
      ["UNSPECIFIED", "USER_INITIATED", "EXPOSED", "COMPROMISE_DETECTED"]
        .contains(where: { reason == prefix + $0 })
    else {
      throw .badField(
        "service_account_key_disable_reason",
        "Invalid value at 'service_account_key_disable_reason' (TYPE_ENUM), \"\(reason)\"")
    }
    key.disableReason = reason == "\(prefix)UNSPECIFIED" ? nil : reason
    key.disableMessage = try body.string("extendedStatusMessage")
  }
}

// MARK: - Records

extension ServiceAccountKeys {
  /// Creates a record. The id is 40 hexadecimal digits, always the same for a serial number and account.
  package static func record(
    of account: AccountRecord, serial: Int64, publicKey: RSAPublicKey, certificate: Certificate,
    validAfter: Int64, validBefore: Int64, origin: String
  ) -> KeyRecord {
    let seed = Array("key \(serial) of \(account.uniqueID)".utf8)
    return KeyRecord(
      account: account.uniqueID, id: String(Hex.encode(SHA256.hash(seed)).prefix(40)),
      publicKey: Base64.encode(publicKey.subjectPublicKeyInfo),
      certificate: String(decoding: certificate.pem, as: UTF8.self), validAfter: validAfter,
      validBefore: validBefore, origin: origin, type: "USER_MANAGED",
      algorithm: publicKey.bits < 2048 ? "KEY_ALG_RSA_1024" : nil)
  }

  /// The id of the key that signs on behalf of an account.
  package static func systemID(of account: AccountRecord) -> String {
    let seed = Array("system \(account.uniqueID)".utf8)
    return String(Hex.encode(SHA256.hash(seed)).prefix(40))
  }

  /// The key that signs on behalf of the account (`Signer`).
  package static func system(of account: AccountRecord, _ state: State) -> KeyRecord {
    KeyRecord(
      account: account.uniqueID, id: systemID(of: account),
      publicKey: state.meta.systemKey, certificate: state.meta.systemCertificate, validAfter: 0,
      validBefore: endOfTime, origin: "GOOGLE_PROVIDED", type: "SYSTEM_MANAGED")
  }

  /// Google rotates system-managed keys, and shows them with a validity of weeks: 17 days in a public sample. Here the
  /// same key is shown with new times every week.
  private static func validity(of key: KeyRecord, nowSeconds: Int64) -> (Int64, Int64) {
    guard key.type == "SYSTEM_MANAGED" else { return (key.validAfter, key.validBefore) }
    let week: Int64 = 7 * 86_400
    let start = nowSeconds - (nowSeconds % week + week) % week
    let known = Timestamps.knownSeconds
    return (max(start, known.lowerBound), min(start + 17 * 86_400, known.upperBound))
  }

  /// The key as the API shows it, without its private half.
  private static func json(
    _ key: KeyRecord, _ account: AccountRecord, _ call: Call
  ) -> JSONValue {
    let (start, end) = validity(of: key, nowSeconds: call.nowSeconds)
    var object: JSONObject = [
      "name": .string("\(ServiceAccounts.name(account))/keys/\(key.id)"),
      "validAfterTime": .string(Timestamps.text(seconds: start)),
      "validBeforeTime": .string(Timestamps.text(seconds: end)),
      "keyAlgorithm": .string(key.algorithm ?? "KEY_ALG_RSA_2048"),
      "keyOrigin": .string(key.origin),
      "keyType": .string(key.type),
    ]
    if key.isDisabled { object["disabled"] = true }
    if let reason = key.disableReason { object["disableReason"] = .string(reason) }
    if let message = key.disableMessage {
      object["extendedStatus"] = [["value": .string(message)]]
    }
    return .object(object)
  }
}

/// The JSON file that every Google client signs in with.
package enum KeyFile {
  /// The file for a key of an account. Its token endpoint is below `baseURL`.
  package static func json(
    _ account: AccountRecord, keyID: String, privatePEM: String, baseURL: String
  ) -> JSONValue {
    [
      "type": "service_account", "project_id": .string(account.project),
      "private_key_id": .string(keyID), "private_key": .string(privatePEM),
      "client_email": .string(account.email), "client_id": .string(account.uniqueID),
      "auth_uri": .string("\(baseURL)/auth"), "token_uri": .string("\(baseURL)/token"),
      "auth_provider_x509_cert_url": .string("\(baseURL)/certs"),
      "client_x509_cert_url": .string("\(baseURL)/x509/\(account.email)"),
      "universe_domain": "googleapis.com",
      "arctl_sandbox": "A key of a local arctl sandbox. It opens nothing at Google.",
    ]
  }
}
