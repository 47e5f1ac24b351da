package import Platform

/// The caller: a source of tokens, and the rule to which servers they may be sent.
public struct Credential: Sendable {
  /// What a credential is made from. Raw values are the `type` in credential files, if there is one.
  public enum Kind: String, Sendable, Hashable {
    case accessToken = "access_token"
    case serviceAccount = "service_account"
    case authorizedUser = "authorized_user"
    case externalAccount = "external_account"
    case impersonatedServiceAccount = "impersonated_service_account"
    case metadataServer = "metadata_server"
  }

  /// What it is made from.
  public let kind: Kind
  /// The account's e-mail, or the audience of an identity pool's provider; nil if unknown.
  public let principal: String?
  /// Where it was found: a path, a variable or the metadata server.
  public let source: String
  /// The servers that its tokens may be sent to.
  public let reach: CredentialReach
  /// The project in `X-Goog-User-Project`.
  public let quotaProject: String?
  let tokens: TokenCache
  /// The provider of a pool by which it signs in; nil for every other credential.
  public internal(set) var federation: Federation?

  /// A sign-in by a provider of an identity pool, and what follows it.
  public struct Federation: Sendable, Hashable {
    /// The provider's full name at Google.
    public let audience: String
    /// The accounts that it acts as after the exchange, in order; the last one is the principal.
    public internal(set) var accounts: [String] = []

    func acting(as accounts: [String]) -> Federation {
      Federation(audience: audience, accounts: self.accounts + accounts)
    }
  }

  /// The caller in a plan's id: `service_account:uploader@p.iam.gserviceaccount.com`.
  public var caller: String { principal.map { "\(kind.rawValue):\($0)" } ?? kind.rawValue }

  /// Kind, principal and source, as users read it. Contains no secret.
  public var describe: String { "\(caller) (from \(source))" }

  /// A valid token, for `arctl token`. The user is responsible for where it is sent. Throws the reason if the sign-in
  /// fails.
  public func accessToken() async throws(APIError) -> String {
    try await timedAccessToken().value
  }

  /// The same with its end in Unix seconds, which is nil if it is not known.
  public func timedAccessToken() async throws(APIError) -> (value: String, expires: Double?) {
    let token = try await tokens.token()
    return (token.value, token.expires)
  }
}

extension Credential {
  /// A caller of which only a token is known; nil for a text that cannot be a header's value.
  package init?(token text: String, source: String, quotaProject: String?, clock: any Clock) {
    guard let token = AccessToken(text, expires: nil) else { return nil }
    self.init(
      kind: .accessToken, principal: nil, source: source,
      reach: CredentialReach(accessToken: text), quotaProject: quotaProject,
      tokens: TokenCache(StaticToken(token: token), clock: clock))
  }
}
