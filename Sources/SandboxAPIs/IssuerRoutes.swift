import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Tokens of any OpenID Connect issuer, for rehearsals of keyless access.
package enum IssuerRoutes: ServedAPI {
  /// None.
  package static let records: [any Record.Type] = []

  /// The sandbox's own paths for an issuer.
  package static let routes: [Route] = [
    Route(
      own: .post, "/_sandbox/oidc/token", purpose: "signs the token of an issuer with these claims",
      run: token),
    Route(
      own: .get, "/_sandbox/oidc/jwks",
      purpose: "the public key of these tokens, as a JSON web key set"
    ) { (call, _) throws(APIError) in
      ["keys": [try call.issuer().webKey.json]]
    },
  ]

  /// How long a token is valid unless the claims say otherwise, in seconds: as long as GitHub's.
  private static let lifetime: Int64 = 300

  /// `{"claims": {"iss": ..., "sub": ..., "aud": ...}}`. With `"provider": NAME`, its issuer and its first audience are
  /// added if the claims have none.
  private static func token(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow("claims", "provider")
    guard var claims = try call.body.message("claims")?.object else {
      throw .badField("claims", "Write the claims of the token: {\"claims\": {\"iss\": ...}}.")
    }
    if let name = try call.body.string("provider") { try add(of: name, to: &claims, call, state) }
    for needed in ["iss", "sub", "aud"] where claims[needed] == nil {
      throw .badField(
        "claims",
        "The claims need \(needed). With \"provider\": \"projects/N/locations/global/workloadIdentityPools/POOL/"
          + "providers/ID\" beside the claims, iss and aud are those of the provider.")
    }
    if claims["iat"] == nil { claims["iat"] = .integer(call.nowSeconds) }
    if claims["exp"] == nil { claims["exp"] = .integer(call.nowSeconds + lifetime) }
    return ["token": .string(try call.issuer().token(claims))]
  }

  private static func add(
    of name: String, to claims: inout JSONObject, _ call: Call, _ state: State
  ) throws(APIError) {
    let reference = ProviderReference(name, state)
    guard let reference, let provider = reference.provider(in: state, now: call.now),
      let oidc = provider.fields.value["oidc"], let issuer = oidc["issuerUri"]
    else {
      throw .badField("provider", "There is no OpenID Connect provider \(name.prefix(300)).")
    }
    if claims["iss"] == nil { claims["iss"] = issuer }
    guard claims["aud"] == nil else { return }
    claims["aud"] =
      oidc["allowedAudiences"]?.array?.first ?? .string("https:\(reference.audience)")
  }
}

extension Call {
  /// The key that signs the tokens of issuers.
  func issuer() throws(APIError) -> Issuer {
    guard let issuer = settings.issuer else {
      throw APIError(.internal, "This sandbox has no key to sign with.")
    }
    return issuer
  }
}

/// The provider that a resource name names.
struct ProviderReference {
  /// The project with this number or id.
  let project: ProjectRecord
  let pool: String
  let id: String
  /// Whether the name has the project's number, as audiences must.
  let isNumbered: Bool

  /// Reads `projects/P/locations/global/workloadIdentityPools/POOL/providers/ID`; nil for any other text, and for an
  /// absent project.
  init?(_ name: String, _ state: State) {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 8, parts[0] == "projects", parts[2] == "locations", parts[3] == "global",
      parts[4] == "workloadIdentityPools", parts[6] == "providers",
      let project = state.project(parts[1])
    else { return nil }
    self.project = project
    pool = parts[5]
    id = parts[7]
    isNumbered = project.number == parts[1]
  }

  /// The resource name of the pool, with the project's id.
  var poolName: String { PoolRecord.name(pool, in: project.id) }

  /// The resource name of the pool, with the project's number.
  var numberedPool: String { FederationOperations.numbered(poolName, project) }

  /// The full name of the provider, as the audience of an exchange.
  var audience: String { "//iam.googleapis.com/\(numberedPool)/providers/\(id)" }

  /// The provider, if neither it nor its pool is gone.
  func provider(in state: State, now: Int64) -> ProviderRecord? {
    guard let pool = state[PoolRecord.self][poolName], !pool.isPurged(now: now),
      let provider = state[ProviderRecord.self][ProviderRecord.key(id, of: poolName)],
      !provider.isPurged(now: now)
    else { return nil }
    return provider
  }
}
