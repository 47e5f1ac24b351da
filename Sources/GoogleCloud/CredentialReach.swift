/// The servers that a credential's tokens may be sent to: a real token goes to Google only, and a
/// sandbox's token never goes to Google.
public enum CredentialReach: Sendable, Hashable {
  /// A real credential: Google's hosts over https.
  case google
  /// A credential whose token endpoint is not Google's: that origin alone.
  case origin(Origin)
  /// A token with the sandbox's prefix: every endpoint but Google's.
  case sandboxes

  /// The prefix of every access token of arctl-sandbox, so that none is ever sent to Google.
  public static let sandboxTokenPrefix = "arctlsbx."

  /// The reach of a credential that gets its tokens at `tokenURI`; nil where nothing may be sent
  /// there at all (plain http to another machine, an odd URL).
  init?(tokenURI: String) {
    guard let origin = Origin(of: tokenURI), origin.isPrivate else { return nil }
    self = origin.isGoogle ? .google : .origin(origin)
  }

  /// The reach of a bare access token.
  init(accessToken: String) {
    self = accessToken.hasPrefix(CredentialReach.sandboxTokenPrefix) ? .sandboxes : .google
  }

  /// Why nothing may be sent to `destination`; nil where it may.
  public func refusal(for destination: Origin) -> String? {
    guard destination.isPrivate else {
      return "\(destination) is plain http on another machine"
    }
    switch self {
    case .google where !destination.isGoogle:
      return "a credential of Google's is not sent to \(destination)"
    case .origin(let origin) where origin != destination:
      return "a credential of \(origin) is not sent to \(destination)"
    case .sandboxes where destination.isGoogle:
      return "a sandbox's token is not sent to \(destination)"
    default: return nil
    }
  }

  /// The same for every API that a run calls.
  func refusal(for endpoints: Endpoints) -> String? {
    for service in APIHost.core {
      if let refusal = refusal(for: endpoints.origin(of: service)) { return refusal }
    }
    return nil
  }
}
