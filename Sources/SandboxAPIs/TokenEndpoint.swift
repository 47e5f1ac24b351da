import Crypto
import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// The OAuth token endpoint with the JWT-bearer grant. `TokenExchange` is the other one.
package enum TokenEndpoint: ServedAPI {
  /// None: tokens are not stored.
  package static let records: [any Record.Type] = []

  /// The token endpoints.
  package static let routes: [Route] = [
    Route(.post, "/token", api: .tokens, access: .open, run: token),
    Route(.post, "/v1/token", api: .tokens, access: .open, run: TokenExchange.exchange),
  ]

  private static let bearerGrant = "urn:ietf:params:oauth:grant-type:jwt-bearer"
  private static let lifetime: Int64 = 3600

  private static func token(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let form = Query(String(decoding: call.bytes, as: UTF8.self))
    switch form["grantType"] {
    case bearerGrant?: return try bearer(form["assertion"] ?? "", for: call, in: state)
    case "refresh_token"?:
      throw failure("invalid_grant", "Bad Request: the sandbox issues no refresh tokens.")
    case nil: throw failure("invalid_request", "Required parameter is missing: grant_type")
    case let other?: throw failure("unsupported_grant_type", "Invalid grant_type: \(other)")
    }
  }

  /// Issues an access token for a JWT that a valid key of the account signed (RFC 7523), or an ID token if the JWT names
  /// its audience instead of scopes.
  private static func bearer(
    _ assertion: String, for call: Call, in state: State
  ) throws(APIError) -> JSONValue {
    guard let jwt = WebToken(assertion) else {
      throw failure("invalid_grant", "Bad Request: the assertion is not a signed JWT (RS256).")
    }
    guard let issuer = jwt.claims["iss"]?.string else {
      throw failure("invalid_grant", "Invalid JWT: iss field missing.")
    }
    guard let account = state.account(email: issuer) else {
      throw failure("invalid_grant", "Invalid grant: account not found")
    }
    guard !account.isDisabled else {
      throw failure("invalid_grant", "Invalid grant: account is disabled")
    }
    guard let key = jwt.signer(of: account, state, nowSeconds: call.nowSeconds) else {
      throw failure("invalid_grant", "Invalid JWT Signature.")
    }
    let audiences = ["https://oauth2.googleapis.com/token", "\(call.settings.baseURL)/token"]
    guard let audience = jwt.claims["aud"]?.string,
      audiences.contains(audience) || isSelf(audience)
    else { throw failure("invalid_grant", "Invalid JWT: the audience is not this token endpoint.") }
    // Google's text, which clients tell apart from that of an unknown key (docs/google-apis.md#token-endpoints).
    guard let issued = jwt.time("iat"), let expires = jwt.time("exp"),
      Authentication.isWithinLifetime(
        issued: issued, expires: expires, state, nowSeconds: call.nowSeconds)
    else {
      throw failure(
        "invalid_grant",
        "Invalid JWT: Token must be a short-lived token (60 minutes) and in a reasonable "
          + "timeframe. Check your iat and exp values in the JWT claim.")
    }
    if let subject = jwt.claims["sub"]?.string, subject != issuer {
      throw failure(
        "unauthorized_client",
        "Client is unauthorized to retrieve access tokens using this method, or client not "
          + "authorized for any of the scopes requested.")
    }
    let scopes = TokenScope.split(jwt.claims["scope"]?.string ?? "")
    if let target = jwt.claims["target_audience"]?.string, !target.isEmpty, scopes.isEmpty {
      let request = IDToken.Request(audience: target, party: account.email, includesEmail: true)
      return ["id_token": .string(try IDToken.make(for: account, request, call, state))]
    }
    guard !scopes.isEmpty, scopes.allSatisfy(TokenScope.isWellFormed) else {
      throw failure("invalid_scope", "Invalid OAuth scope or ID token audience provided.")
    }
    return [
      "access_token": .string(
        AccessToken.make(
          account: account, key: key.id, scopes: scopes, expires: call.nowSeconds + lifetime,
          secret: Base64.decode(state.meta.tokenSecret) ?? [])),
      "expires_in": .integer(lifetime - 1), "token_type": "Bearer",
    ]
  }

  /// Whether an audience is this sandbox under another name, such as `http://localhost:8080/token`.
  private static func isSelf(_ audience: String) -> Bool {
    audience.wholeMatch(of: /http:\/\/(127\.0\.0\.1|localhost|\[::1\])(:[0-9]+)?\/token/) != nil
  }

  /// An error in the form of RFC 6749, 5.2.
  static func failure(_ code: String, _ text: String, status: Int = 400) -> APIError {
    var error = APIError(.invalidArgument, text)
    error.otherBody = ["error": .string(code), "error_description": .string(text)]
    error.otherStatus = status
    return error
  }
}
