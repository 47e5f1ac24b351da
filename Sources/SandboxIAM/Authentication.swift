import Crypto
import JSON
package import SandboxStore
package import SandboxWire

/// Identifies the caller by the Authorization header.
package enum Authentication {
  /// Google's 401 for a missing credential, and for an invalid one.
  package static func failure(_ missing: Bool) -> APIError {
    let tail =
      "Expected OAuth 2 access token, login cookie or other valid authentication credential. "
      + "See https://developers.google.com/identity/sign-in/web/devconsole-project."
    return APIError(
      .unauthenticated,
      missing
        ? "Request is missing required authentication credential. \(tail)"
        : "Request had invalid authentication credentials. \(tail)",
      details: missing
        ? [
          APIError.errorInfo(
            "CREDENTIALS_MISSING", domain: "googleapis.com", [:])
        ]
        : [APIError.errorInfo("ACCESS_TOKEN_INVALID", domain: "googleapis.com", [:])])
  }

  /// The 403 for a token whose scopes do not include the API.
  private static func insufficient(_ api: API) -> APIError {
    APIError(
      .permissionDenied, "Request had insufficient authentication scopes.",
      details: [
        APIError.errorInfo(
          "ACCESS_TOKEN_SCOPE_INSUFFICIENT", domain: "googleapis.com",
          ["service": .string(api.service)])
      ])
  }

  /// The caller that a bearer token identifies, provided that the token is valid for this use.
  package static func principal(
    _ headers: [String: String], _ state: State, baseURL: String, nowSeconds: Int64,
    for use: TokenUse
  ) throws(APIError) -> Principal {
    guard let header = headers["authorization"], !header.isEmpty else { throw failure(true) }
    // The name of the scheme is case-insensitive (RFC 9110, 11.1).
    let scheme = "bearer "
    guard header.utf8.prefix(scheme.utf8.count).elementsEqual(scheme.utf8, by: { $0 | 0x20 == $1 })
    else { throw failure(false) }
    let token = String(Substring(header.utf8.dropFirst(scheme.utf8.count))).trimmingSpaces()
    // A JWT begins with a JSON object in base64, which cannot start like the prefix, so the prefix decides.
    let found =
      token.hasPrefix(AccessToken.prefix)
      ? issued(token, state, nowSeconds: nowSeconds)
      : selfSigned(token, state, baseURL: baseURL, nowSeconds: nowSeconds, for: use)
    // Google answers a deleted or disabled account and an unknown one alike.
    guard let (principal, reach) = found else { throw failure(false) }
    // After the account: an unknown caller gets 401, whatever its token would allow.
    if case .scopes(let scopes) = reach, scopes.isDisjoint(with: use.scopes) {
      throw insufficient(use.api)
    }
    return principal
  }

  /// The principal of an account that can be used; nil for one that is deleted or disabled.
  private static func principal(of account: AccountRecord, _ state: State) -> Principal? {
    guard account.deleteTime == nil, !account.isDisabled,
      state[ProjectRecord.self][account.project]?.deleteTime == nil
    else { return nil }
    return Principal(email: account.email, uniqueID: account.uniqueID)
  }

  /// The principal of an identity whose pool can be used. Tokens of a disabled or deleted pool give no access; those of
  /// a disabled or deleted provider do (discovery `iam.v1`).
  private static func principal(of identity: FederatedIdentity, _ state: State) -> Principal? {
    guard let pool = state[PoolRecord.self][identity.pool], pool.isUsable,
      state[ProjectRecord.self][pool.project]?.deleteTime == nil
    else { return nil }
    return Principal(identity)
  }

  /// What a token may be used for.
  private enum Reach {
    /// One API, which has already been compared.
    case audience
    /// Whatever these scopes open; which API that is depends on the use.
    case scopes(Set<String>)
  }

  /// Reads a token that this sandbox issued.
  private static func issued(
    _ token: String, _ state: State, nowSeconds: Int64
  ) -> (Principal, Reach)? {
    guard let read = AccessToken.read(token, secret: state.meta.tokenSecret),
      nowSeconds < read.expires
    else { return nil }
    let principal: Principal? =
      switch read.holder {
      case .identity(let identity): principal(of: identity, state)
      case .account(let uniqueID, let key): holder(uniqueID, key: key, state, nowSeconds)
      }
    return principal.map { ($0, .scopes(read.scopes)) }
  }

  /// The account of a token. It is found by its unique id: one that was recreated under the e-mail must not inherit the
  /// token.
  private static func holder(
    _ uniqueID: String, key: String?, _ state: State, _ nowSeconds: Int64
  ) -> Principal? {
    guard let account = state[AccountRecord.self][uniqueID] else { return nil }
    // A token dies with the key that requested it, so that a test of a revoked key needs no hour of waiting. At Google
    // it stays valid until it expires (docs/google-apis.md#calls-about-keys).
    if let id = key {
      guard let key = state.key(id, of: account), !key.isDisabled, nowSeconds < key.validBefore
      else { return nil }
    }
    return principal(of: account, state)
  }

  /// Reads a JWT that the account signed itself ([AIP-4111](https://google.aip.dev/auth/4111)): `iss` equals `sub`,
  /// valid for at most an hour, for one API or for scopes.
  private static func selfSigned(
    _ token: String, _ state: State, baseURL: String, nowSeconds: Int64, for use: TokenUse
  ) -> (Principal, Reach)? {
    guard let jwt = WebToken(token), let issuer = jwt.claims["iss"]?.string,
      // The claims are untrusted until `signer` has verified them; the issuer only selects the keys to try.
      jwt.claims["sub"]?.string == issuer, let account = state.account(email: issuer),
      jwt.signer(of: account, state, nowSeconds: nowSeconds) != nil,
      let issued = jwt.time("iat"), let expires = jwt.time("exp"),
      isWithinLifetime(issued: issued, expires: expires, state, nowSeconds: nowSeconds),
      let reach = reach(of: jwt, baseURL, for: use),
      let principal = principal(of: account, state)
    else { return nil }
    return (principal, reach)
  }

  /// Whether the times of a JWT are acceptable, by the sandbox's clock or by the real one.
  ///
  /// A test can move the sandbox's clock. Clients that sign by the real clock must keep working, and so must those
  /// whose clock was moved along.
  package static func isWithinLifetime(
    issued: Int64, expires: Int64, _ state: State, nowSeconds: Int64
  ) -> Bool {
    [nowSeconds, nowSeconds - Timestamps.seconds(state.offset)].contains {
      isWithinLifetime(issued: issued, expires: expires, nowSeconds: $0)
    }
  }

  /// Whether the times are acceptable at this moment.
  static func isWithinLifetime(issued: Int64, expires: Int64, nowSeconds: Int64) -> Bool {
    // The claims are whatever the caller wrote: arithmetic on them could overflow before this check.
    guard Timestamps.knownSeconds.contains(issued), Timestamps.knownSeconds.contains(expires) else {
      return false
    }
    // Google accepts clocks that are off by a few minutes.
    return expires > nowSeconds - 10 && issued < nowSeconds + 300 && expires - issued <= 3600
      && expires > issued
  }

  /// What a self-signed token may be used for: it names either one API or scopes. Nil if it names both or another API.
  private static func reach(of jwt: WebToken, _ baseURL: String, for use: TokenUse) -> Reach? {
    let scopes = TokenScope.split(jwt.claims["scope"]?.string ?? "")
    guard let audience = jwt.claims["aud"]?.string else {
      return scopes.contains(where: TokenScope.isServed) ? .scopes(scopes) : nil
    }
    // A client whose endpoint is overridden has the sandbox's own address as its audience. One of scope and audience
    // only, as in AIP-4111 (docs/google-apis.md#kinds-of-credentials).
    let names = use.apis.map { "https://\($0.service)" } + [baseURL]
    guard scopes.isEmpty, names.contains(where: { audience == $0 || audience == "\($0)/" }) else {
      return nil
    }
    return .audience
  }
}
