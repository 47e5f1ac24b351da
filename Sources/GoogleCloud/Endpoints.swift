/// The servers of the APIs: Google's own, unless a setting moves them.
public struct Endpoints: Sendable, Hashable {
  /// An API that is served elsewhere, and the setting that moved it.
  public struct Override: Sendable, Hashable {
    /// The API.
    public let service: APIHost
    /// `--endpoint`, or the name of an environment variable.
    public let source: String
    /// The base URL, without a slash at the end.
    public let url: String
    /// The server.
    public let origin: Origin
  }

  private var moved: [APIHost: Override] = [:]

  /// Google's own hosts.
  public static let google = Endpoints()

  private init() {}

  /// One base URL for all APIs (`--endpoint`, `--sandbox`). Throws for a malformed URL, a URL with a query, and plain
  /// http to another machine.
  public init(all url: String, source: String = "--endpoint") throws(EndpointError) {
    for service in APIHost.allCases {
      moved[service] = try Endpoints.override(service, to: url, from: source)
    }
  }

  /// `endpoint` for all APIs if it is given, otherwise gcloud's variables `CLOUDSDK_API_ENDPOINT_OVERRIDES_*`,
  /// otherwise Google's hosts. Throws for a malformed URL, a URL with a query, and plain http to another machine.
  public init(endpoint: String?, environment: [String: String]) throws(EndpointError) {
    self.init()
    for service in APIHost.allCases {
      if let endpoint {
        moved[service] = try Endpoints.override(service, to: endpoint, from: "--endpoint")
        continue
      }
      guard let url = environment[service.overrideVariable], !url.isEmpty else { continue }
      moved[service] = try Endpoints.override(service, to: url, from: service.overrideVariable)
    }
  }

  /// The APIs that are served elsewhere, ordered by service; messages name them.
  public var overrides: [Override] {
    moved.values.sorted { $0.service.rawValue < $1.service.rawValue }
  }

  /// Whether Google serves all the APIs that every run calls.
  public var isGoogle: Bool { APIHost.core.allSatisfy { origin(of: $0).isGoogle } }

  /// The URL before the path; without a slash at the end.
  public func baseURL(_ service: APIHost) -> String {
    moved[service]?.url ?? "https://\(service.serviceName)"
  }

  /// The server of an API.
  public func origin(of service: APIHost) -> Origin {
    moved[service]?.origin ?? Endpoints.origins[service, default: Endpoints.unknown]
  }

  /// The token endpoint in new service-account key files.
  public var tokenURI: String {
    guard let override = moved[.iam], !override.origin.isGoogle else {
      return Endpoints.googleTokenURI
    }
    return override.origin.description + "/token"
  }

  static let googleTokenURI = "https://oauth2.googleapis.com/token"

  private static let origins: [APIHost: Origin] = {
    var origins: [APIHost: Origin] = [:]
    for service in APIHost.allCases {
      origins[service] = Origin(scheme: "https", authority: service.serviceName)
    }
    return origins
  }()

  /// Unreachable, since every service has an origin. It is not Google's, so a real token would not be sent there.
  private static let unknown = Origin(invalid: ())

  private static func override(
    _ service: APIHost, to text: String, from source: String
  ) throws(EndpointError) -> Override {
    guard let url = StrictURL(text) else { throw EndpointError(source, .malformed) }
    guard url.query == nil, !hasDotSegment(url.path) else {
      throw EndpointError(source, .malformed)
    }
    guard url.origin.isPrivate else { throw EndpointError(source, .plainHTTP(url.origin)) }
    var path = Substring(url.path)
    while path.last == "/" { path.removeLast() }
    return Override(
      service: service, source: source, url: url.origin.description + path, origin: url.origin)
  }
}

extension Origin {
  fileprivate init(invalid: Void) {
    scheme = "https"
    host = "invalid"
    port = 443
  }
}

/// Why an endpoint cannot be used. Nothing was sent.
public struct EndpointError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with the URL.
  public enum Reason: Sendable, Hashable {
    case malformed
    case plainHTTP(Origin)
  }
  /// The flag or the environment variable that named the endpoint.
  public let source: String
  /// What is wrong with it.
  public let reason: Reason

  init(_ source: String, _ reason: Reason) {
    self.source = source
    self.reason = reason
  }

  public var description: String {
    switch reason {
    case .malformed:
      "\(source) is not a plain http or https base URL (no user name, query or fragment)"
    case .plainHTTP(let origin):
      "\(source) names \(origin): an endpoint is https, or http on this machine "
        + "(localhost, 127.0.0.1, [::1])"
    }
  }
}
