/// The servers that a credential's tokens may be sent to: real tokens only to Google, and a sandbox's tokens never to
/// Google.
public enum CredentialReach: Sendable, Hashable {
  /// A real credential: Google's hosts, over https.
  case google
  /// A credential with a token endpoint that is not Google's: only that origin.
  case origin(Origin)
  /// A token with the sandbox's prefix: every endpoint except Google's.
  case sandboxes

  /// The prefix of all access tokens of arctl-sandbox, by which arctl recognises them and does not send them to Google.
  public static let sandboxTokenPrefix = "arctlsbx."

  /// The reach of a credential that gets its tokens at `tokenURI`; nil if nothing must be sent there at all (plain http
  /// to another machine, an unusual URL).
  init?(tokenURI: String) {
    guard let origin = Origin(of: tokenURI), origin.isPrivate else { return nil }
    self = origin.isGoogle ? .google : .origin(origin)
  }

  /// The reach of an access token without a credential file.
  init(accessToken: String) {
    self = accessToken.hasPrefix(CredentialReach.sandboxTokenPrefix) ? .sandboxes : .google
  }

  /// Why nothing must be sent to `destination`; nil if it may be.
  public func refusal(for destination: Origin) -> String? {
    guard destination.isPrivate else {
      return "\(destination) is plain http on another machine"
    }
    switch self {
    case .google where !destination.isGoogle:
      return "a Google credential is not sent to \(destination)"
    case .origin(let origin) where origin != destination:
      return "a credential of \(origin) is not sent to \(destination)"
    case .sandboxes where destination.isGoogle:
      return "a sandbox's token is not sent to \(destination)"
    default: return nil
    }
  }

  /// The same for all APIs that a run calls.
  func refusal(for endpoints: Endpoints) -> String? {
    for service in APIHost.core {
      if let refusal = refusal(for: endpoints.origin(of: service)) { return refusal }
    }
    return nil
  }
}
