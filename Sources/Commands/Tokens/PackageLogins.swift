import CloudResources
import CommandLine
import Diagnostics
import GoogleCloud
import HTTP

/// Decides which package servers get a token, for `arctl keyring` and `arctl docker-credential`.
///
/// A server gets a token only from a credential that belongs to it: Google's package hosts one of Google's, and a sandbox
/// its own. Which server that is, the settings say, and without a setting the credential file.
struct PackageLogins: Sendable {
  private let connection: Connection
  private let requests: RequestContext
  private let endpoints: Result<Endpoints, EndpointError>
  private let variables: [String: String]
  private let permitsLocalProxy: Bool

  init(_ arguments: ParsedArguments, _ context: RunContext) throws {
    let options = try RunOptions(arguments)
    let reporter = Reporter(context, options.output)
    try Connection.check(caFile: options.caFile, reporter)
    connection = Connection(
      options: options, reporter: reporter,
      transport: context.transport(options.transport(connections: 2)))
    requests = connection.requests()
    variables = context.environment.variables
    permitsLocalProxy = options.permitsLocalProxy
    endpoints = Result { () throws(EndpointError) in
      try Endpoints(endpoint: options.endpoint, environment: context.environment.variables)
    }
  }

  private var search: CredentialSearch {
    var search = connection.search(nil)
    search.exchangesKeys = true
    return search
  }

  /// The servers that the settings or the credential file name. Sends nothing.
  private var servers: Endpoints? {
    (try? endpoints.get()).map { search.servers($0, run: requests) }
  }

  /// Whether a URL is a server's that arctl answers for: one of Google's package hosts, or the sandbox. Sends nothing.
  func owns(_ url: PackageURL) -> Bool {
    if url.isGoogle { return true }
    guard let origin = servers?.origin(of: .artifactRegistry) else { return false }
    return url.isServed(by: origin)
  }

  /// Whether pip and uv in this shell reach one of Google's Python hosts at the sandbox: through the sandbox's own proxy
  /// (docs/sandbox.md#googles-own-host-names). Clients differ in which variables they read, so all must say so.
  private func isFronted(_ url: PackageURL, by origin: Origin) -> Bool {
    guard url.isGoogle, url.host.hasSuffix("-python.pkg.dev"), origin.isLoopback,
      let name = variables["ARCTL_SANDBOX_PROXY"], let front = Origin(of: name), front.isLoopback,
      variables["HTTPS_PROXY"] == name, variables["https_proxy"] == name,
      variables["PIP_PROXY", default: ""].isEmpty
    else { return false }
    return localProxy(of: url) == "\(front.host):\(front.port)"
  }

  /// The proxy on this machine by which a client of this shell reaches a server; nil for none.
  private func localProxy(of url: PackageURL) -> String? {
    let address = "https://\(url.host)/"
    let rules = ProxyRules(environment: variables)
    let ofPip = variables["PIP_PROXY"].flatMap { $0.isEmpty ? nil : ProxyRules(https: $0) }
    return ofPip?.localProxy(for: address) ?? rules.localProxy(for: address)
  }

  /// The servers of container images that arctl answers for. Sends nothing.
  var containerServers: [String] {
    guard let origin = servers?.origin(of: .artifactRegistry), !origin.isGoogle else {
      return PackageHost.forContainers.map { "https://\($0)" }
    }
    return [origin.description]
  }

  /// A token for the server of a URL, or why there is none.
  ///
  /// - Parameter isForShell: whether the client that asks sends its requests itself, with the proxy of this shell. Docker
  ///   leaves them to its daemon.
  func token(for url: PackageURL, isForShell: Bool) async throws(SignInFailure) -> String {
    let found: (credential: Credential, servers: Endpoints)
    do {
      found = try await search.findWithServers(try endpoints.get(), run: requests)
    } catch let error as CredentialError {
      throw SignInFailure(error)
    } catch {
      throw SignInFailure("\(error)")
    }
    let origin = found.servers.origin(of: .artifactRegistry)
    if origin.isGoogle, !permitsLocalProxy, let name = localProxy(of: url) {
      throw SignInFailure(
        "no token for \(url.host): \(ProxyRules.localProxyRefusal(name))",
        help: [
          "if the proxy is yours and leads to Google: `arctl token --allow-local-proxy` prints a token"
        ])
    }
    let isReached = url.isServed(by: origin) || (isForShell && isFronted(url, by: origin))
    guard isReached, found.credential.reach.refusal(for: origin) == nil else {
      throw SignInFailure(
        "no token for \(url.host): the credential belongs to \(origin)",
        help: [
          "the credential: \(found.credential.describe)",
          "ARCTL_ENDPOINT and GOOGLE_APPLICATION_CREDENTIALS decide which server arctl uses",
        ])
    }
    do throws(APIError) {
      return try await found.credential.accessToken()
    } catch {
      throw SignInFailure(error, of: found.credential)
    }
  }
}
