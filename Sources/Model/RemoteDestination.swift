/// A store of secrets to which arctl writes the private half of a key and from which it cannot read it back.
public enum RemoteDestination: Sendable, Hashable {
  /// A secret of Google Secret Manager: each key is a version of it.
  case secretManager(project: String, secret: String)
  /// A secret of GitHub Actions.
  case githubActions(GitHubSecret)

  /// A secret of a repository on GitHub, or of one of its environments.
  public struct GitHubSecret: Sendable, Hashable {
    /// The form of the value.
    public enum Encoding: String, Sendable, Hashable, CaseIterable {
      /// The credential file in base64, on one line.
      case base64
      /// The credential file as JSON, on one line.
      case json
    }
    /// A GitHub Enterprise Server; nil for github.com.
    public var host: String?
    /// `OWNER/REPO`.
    public var repository: String
    /// The environment whose secret it is; nil for one of the repository.
    public var environment: String?
    /// The secret's name, in upper case.
    public var secret: String
    /// The form of the value.
    public var encoding: Encoding

    /// Takes all parts of the address.
    public init(
      host: String?, repository: String, environment: String?, secret: String, encoding: Encoding
    ) {
      self.host = host
      self.repository = repository
      self.environment = environment
      self.secret = secret
      self.encoding = encoding
    }
  }

  /// The same place whatever the form of the value.
  public var place: RemoteDestination {
    guard case .githubActions(var place) = self else { return self }
    place.encoding = .base64
    place.environment = place.environment?.lowercased()
    return .githubActions(place)
  }

  /// The secret as messages name it: `secret NAME of project P`.
  public var text: String {
    switch self {
    case .secretManager(let project, let secret): "secret \(secret) of project \(project)"
    case .githubActions(let place):
      "secret \(place.secret) of \(place.host.map { "\($0)/" } ?? "")\(place.repository)"
        + (place.environment.map { " (environment \($0))" } ?? "")
    }
  }
}
