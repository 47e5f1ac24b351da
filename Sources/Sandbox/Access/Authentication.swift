import Crypto
import JSON

/// Finds out who calls from the Authorization header.
enum Authentication {
  static let cloudScope = "https://www.googleapis.com/auth/cloud-platform"

  /// Google's 401, for a missing credential and for a bad one.
  static func failure(_ missing: Bool) -> APIError {
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

  static func principal(
    _ headers: [String: String], _ state: State, baseURL: String, nowSeconds: Int64
  ) throws(APIError) -> Principal {
    guard let header = headers["authorization"], !header.isEmpty else { throw failure(true) }
    guard header.lowercased().hasPrefix("bearer ") else { throw failure(false) }
    let token = String(header.dropFirst("bearer ".count)).trimmingSpaces()
    guard let account = account(of: token, state, baseURL: baseURL, nowSeconds: nowSeconds),
      account.deleteTime == nil, !account.isDisabled,
      state.projects[account.project]?.deleteTime == nil
    else { throw failure(false) }
    return Principal(email: account.email, uniqueID: account.uniqueID)
  }

  private static func account(
    of token: String, _ state: State, baseURL: String, nowSeconds: Int64
  ) -> AccountRecord? {
    if token.hasPrefix(AccessToken.prefix) {
      let secret = Base64.decode(state.meta.tokenSecret) ?? []
      guard let read = AccessToken.read(token, secret: secret, nowSeconds: nowSeconds),
        let account = state.accounts[read.uniqueID]
      else { return nil }
      // A token dies with the key that asked for it; Google's lives on for up to an hour.
      if let id = read.key {
        guard let key = state.key(id, of: account), !key.isDisabled, nowSeconds < key.validBefore
        else { return nil }
      }
      return account
    }
    return selfSigned(token, state, baseURL: baseURL, nowSeconds: nowSeconds)
  }

  /// A JWT that the account signed itself (AIP-4111): `iss` is `sub`, at most an hour, for an API or the cloud scope.
  private static func selfSigned(
    _ token: String, _ state: State, baseURL: String, nowSeconds: Int64
  ) -> AccountRecord? {
    guard let jwt = WebToken(token), let issuer = jwt.claims["iss"]?.string,
      jwt.claims["sub"]?.string == issuer, let account = state.account(email: issuer),
      jwt.isSigned(by: account, state, nowSeconds: nowSeconds), isForUs(jwt, baseURL),
      let issued = jwt.time("iat"), let expires = jwt.time("exp"),
      isInTime(issued: issued, expires: expires, nowSeconds: nowSeconds)
    else { return nil }
    return account
  }

  static func isInTime(issued: Int64, expires: Int64, nowSeconds: Int64) -> Bool {
    // The claims are whatever the caller wrote: nothing is computed with them before they are times.
    guard Timestamps.knownSeconds.contains(issued), Timestamps.knownSeconds.contains(expires) else {
      return false
    }
    // Google allows clocks that are off by a few minutes.
    return expires > nowSeconds - 10 && issued < nowSeconds + 300 && expires - issued <= 3600
      && expires > issued
  }

  private static func isForUs(_ jwt: WebToken, _ baseURL: String) -> Bool {
    if let audience = jwt.claims["aud"]?.string {
      if audience == baseURL || audience == "\(baseURL)/" { return true }
      return API.allCases.contains {
        audience == "https://\($0.service)/" || audience == "https://\($0.service)"
      }
    }
    let scopes = jwt.claims["scope"]?.string?.split(separator: " ").map(String.init) ?? []
    return scopes.contains(cloudScope)
  }
}
