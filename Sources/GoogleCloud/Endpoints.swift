/// Where each API is served: Google's own hosts, unless something moves them.
public struct Endpoints: Sendable, Hashable {
  /// One API that is served elsewhere, and the setting that moved it.
  public struct Override: Sendable, Hashable {
    /// The API that is moved.
    public let service: APIHost
    /// `--endpoint`, or the name of an environment variable.
    public let source: String
    /// Without a slash at the end.
    public let url: String
    /// Who serves it.
    public let origin: Origin
  }

  private var moved: [APIHost: Override] = [:]

  /// Google's own hosts.
  public static let google = Endpoints()

  private init() {}

  /// One base URL for all APIs (`--endpoint`, `--sandbox`). Throws for a malformed URL, a URL with a query, and
  /// plain http to another machine.
  public init(all url: String, source: String = "--endpoint") throws(EndpointError) {
    for service in APIHost.allCases {
      moved[service] = try Endpoints.override(service, url, source)
    }
  }

  /// `endpoint` for all APIs where given, else what gcloud's `CLOUDSDK_API_ENDPOINT_OVERRIDES_*`
  /// variables say, else Google's hosts. Throws for a malformed URL, a URL with a query, and plain
  /// http to another machine.
  public init(endpoint: String?, environment: [String: String]) throws(EndpointError) {
    self.init()
    for service in APIHost.allCases {
      if let endpoint {
        moved[service] = try Endpoints.override(service, endpoint, "--endpoint")
        continue
      }
      guard let url = environment[service.overrideVariable], !url.isEmpty else { continue }
      moved[service] = try Endpoints.override(service, url, service.overrideVariable)
    }
  }

  /// The APIs that are served elsewhere, by service; to be named to the user.
  public var overrides: [Override] {
    moved.values.sorted { $0.service.rawValue < $1.service.rawValue }
  }

  /// Whether the APIs that every run calls are all Google's own.
  public var isGoogle: Bool { APIHost.core.allSatisfy { origin(of: $0).isGoogle } }

  /// The URL to which a path is appended; no slash at the end.
  public func baseURL(_ service: APIHost) -> String {
    moved[service]?.url ?? "https://\(service.serviceName)"
  }

  /// Who serves an API.
  public func origin(of service: APIHost) -> Origin {
    moved[service]?.origin ?? Endpoints.origins[service, default: Endpoints.unknown]
  }

  /// The token endpoint that a new service-account key file names.
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

  /// Never met: every service has an origin. Not Google's, so that nothing real would go there.
  private static let unknown = Origin(invalid: ())

  private static func override(
    _ service: APIHost, _ text: String, _ source: String
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

/// Why an endpoint cannot be used; nothing was sent.
public struct EndpointError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What is wrong with the URL.
  public enum Reason: Sendable, Hashable {
    case malformed
    case plainHTTP(Origin)
  }
  /// What named the endpoint: a flag or an environment variable.
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
