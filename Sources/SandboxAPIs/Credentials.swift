import Crypto
import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// IAM Credentials v1: tokens and signatures of another account. `Delegation` handles the delegates.
package enum Credentials: ServedAPI {
  /// None: tokens are not stored.
  package static let records: [any Record.Type] = []

  /// The operations of IAM Credentials.
  package static let routes: [Route] = [
    route("generateAccessToken", permission: "getAccessToken", run: generateAccessToken),
    route("generateIdToken", permission: "getOpenIdToken", run: generateIDToken),
    route("signBlob", permission: "signBlob", run: signBlob),
    route("signJwt", permission: "signJwt", run: signJWT),
  ]

  private static func route(
    _ verb: String, permission: String, run: @escaping Handler
  ) -> Route {
    Route(
      .post, "/v1/projects/{project}/serviceAccounts/{account}:\(verb)", api: .credentials,
      access: .permission("iam.serviceAccounts.\(permission)", on: .account), run: run)
  }

  /// The account in the path, which must be live and enabled.
  private static func active(_ call: Call, _ state: State) throws(APIError) -> AccountRecord {
    let account = try ServiceAccounts.present(call, state)
    guard !account.isDisabled else {
      throw APIError(.failedPrecondition, "Service account \(account.email) is disabled.")
    }
    return account
  }

  private static func generateAccessToken(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    try call.body.allow("scope", "lifetime", "delegates")
    let account = try active(call, state)
    let scopes = try call.body.strings("scope") ?? []
    guard !scopes.isEmpty else {
      throw .badField("scope", "The scope is required.")
    }
    let lifetime = try call.body.string("lifetime") ?? "3600s"
    guard let seconds = Int64(lifetime.dropLast()), lifetime.hasSuffix("s"),
      (1...3600).contains(seconds)
    else { throw .badField("lifetime", "The lifetime must be 1s to 3600s.") }
    let token = AccessToken.make(
      account: account, key: nil, scopes: Set(scopes), expires: call.nowSeconds + seconds,
      secret: Base64.decode(state.meta.tokenSecret) ?? [])
    // Clients compare the time with their own clock, which is the real one.
    let end = Timestamps.seconds(call.realNow) + seconds
    return ["accessToken": .string(token), "expireTime": .string(Timestamps.text(seconds: end))]
  }
  private static func generateIDToken(
    _ call: Call, _ state: inout State
  ) throws(APIError) -> JSONValue {
    try call.body.allow("audience", "delegates", "includeEmail", "organizationNumberIncluded")
    let account = try active(call, state)
    let audience = try call.body.string("audience") ?? ""
    guard !audience.isEmpty else { throw .badField("audience", "The audience is required.") }
    let request = IDToken.Request(
      audience: audience, party: account.uniqueID,
      includesEmail: try call.body.bool("includeEmail") ?? false,
      includesOrganization: try call.body.bool("organizationNumberIncluded") ?? false)
    return ["token": .string(try IDToken.make(for: account, request, call, state))]
  }

  private static func signBlob(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("payload", "delegates")
    let account = try active(call, state)
    guard let text = try call.body.string("payload"), !text.isEmpty else {
      throw .badField("payload", "The payload is required.")
    }
    guard let bytes = ProtoBytes.decode(text) else {
      throw .badField(
        "payload", "Invalid value at 'payload' (TYPE_BYTES), Base64 decoding failed.")
    }
    return [
      "keyId": .string(ServiceAccountKeys.systemID(of: account)),
      "signedBlob": .string(Base64.encode(try call.signer().signature(for: bytes))),
    ]
  }

  private static func signJWT(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("payload", "delegates")
    let account = try active(call, state)
    let payload = try call.body.string("payload") ?? ""
    guard let claims = (try? JSONValue(parsing: Array(payload.utf8)))?.object else {
      throw .badField("payload", "The payload must be a JSON object with a JWT claims set.")
    }
    if let expiry = claims["exp"] {
      let real = Timestamps.seconds(call.realNow)
      guard let end = expiry.integer,
        [real, call.nowSeconds].contains(where: { $0 <= end && end <= $0 + 12 * 3600 })
      else {
        throw .badField(
          "payload",
          "The exp claim must be an integer timestamp that is not in the past and no more than 12 "
            + "hours in the future.")
      }
    }
    let key = ServiceAccountKeys.systemID(of: account)
    return [
      "keyId": .string(key),
      "signedJwt": .string(try call.signer().token(payload: payload, keyID: key)),
    ]
  }
}
