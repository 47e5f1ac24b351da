package import Platform

/// Who calls: a source of tokens, and the rule where they may go.
public struct Credential: Sendable {
  /// What it is made from; raw values are the `type` of a credential file where there is one.
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
  /// The account's e-mail, or the audience of an identity pool's provider; nil where unknown.
  public let principal: String?
  /// Where it was found: a path, a variable, the metadata server.
  public let source: String
  /// Where its tokens may go.
  public let reach: CredentialReach
  /// The project that `X-Goog-User-Project` names.
  public let quotaProject: String?
  let tokens: TokenCache

  /// The caller as the plan id knows it: `service_account:uploader@p.iam.gserviceaccount.com`.
  public var caller: String { principal.map { "\(kind.rawValue):\($0)" } ?? kind.rawValue }

  /// Kind, principal and source, for people; holds no secret.
  public var describe: String { "\(caller) (from \(source))" }

  /// A valid token, for `arctl token`; the caller is responsible for where it is sent. Throws why signing in failed.
  public func accessToken() async throws(APIError) -> String {
    try await tokens.token().value
  }
}

extension Credential {
  /// A caller that is known by a token only; nil for a text that a header cannot hold.
  package init?(token text: String, source: String, quotaProject: String?, clock: any Clock) {
    guard let token = AccessToken(text, expires: nil) else { return nil }
    self.init(
      kind: .accessToken, principal: nil, source: source,
      reach: CredentialReach(accessToken: text), quotaProject: quotaProject,
      tokens: TokenCache(GivenToken(token: token), clock: clock))
  }
}
