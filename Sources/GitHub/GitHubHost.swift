public import GoogleCloud

/// A server of GitHub's REST API: github.com's, that of a company, or a sandbox's stand-in for one of them.
///
/// A run against a sandbox never reaches the real server: a rehearsal must not write a real secret.
public struct GitHubHost: Sendable, Hashable {
  /// The name of the site, as users know it: `github.com`, `github.example.com`.
  public let name: String
  /// Whether a sandbox answers in its place.
  public let isSandbox: Bool
  /// The server that requests go to.
  public let origin: Origin
  /// The URL before `/repos/`, without a slash at the end.
  let baseURL: String

  /// The name of the public site, which is the default.
  public static let publicName = "github.com"

  /// The server for a manifest's `host`, when the APIs of Google are at `endpoints`.
  ///
  /// Throws `refused` for a text that is not a host's name, and for one that only this machine can answer.
  ///
  /// - Parameter name: `github.com`, a GitHub Enterprise Server such as `github.example.com`, or a site of GitHub
  ///   Enterprise Cloud such as `octocorp.ghe.com`; nil for github.com.
  public init(_ name: String? = nil, endpoints: Endpoints) throws(APIError) {
    let name = (name ?? Self.publicName).lowercased()
    let address = Self.address(of: name)
    guard let real = Origin(of: "https://\(address.host)"), real.host == address.host,
      !real.isLoopback, real.host.contains("."), !real.host.hasPrefix("[")
    else {
      throw Self.refusal("`\(bounded(name, to: 300))` is not the name of a GitHub server")
    }
    self.name = name == "api.\(Self.publicName)" ? Self.publicName : name
    isSandbox = !endpoints.isGoogle
    guard isSandbox else {
      origin = real
      baseURL = real.description + address.path
      return
    }
    origin = endpoints.origin(of: .iam)
    guard !origin.isGoogle, origin.isPrivate else {
      throw Self.refusal(
        "some of Google's APIs are moved elsewhere, but not \(APIHost.iam.serviceName): it is not clear whether this is a rehearsal"
      )
    }
    baseURL = "\(endpoints.baseURL(.iam))/\(address.host)\(address.path)"
  }

  /// Where a site serves its API (https://docs.github.com/en/rest/using-the-rest-api): a GitHub Enterprise Server below
  /// `/api/v3`, the others at a host of their own.
  private static func address(of name: String) -> (host: String, path: String) {
    if name == publicName || name == "api.\(publicName)" { return ("api.\(publicName)", "") }
    guard name.hasSuffix(".ghe.com") else { return (name, "/api/v3") }
    return (name.hasPrefix("api.") ? name : "api.\(name)", "")
  }

  private static func refusal(_ message: String) -> APIError {
    APIError(.refused, label: "github", "\(message); nothing was sent")
  }
}
