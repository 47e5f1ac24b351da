import CloudResources
import Diagnostics
import GoogleCloud
import HTTP
import Kinds
import Platform
import Rendering

/// Makes the client and the key store from the options.
struct Connection: Sendable {
  let options: RunOptions
  let reporter: Reporter
  let transport: any HTTPTransport
  let share: ConnectionShare

  /// Without a share, uses as many connections as the options allow.
  init(
    options: RunOptions, reporter: Reporter, transport: any HTTPTransport,
    share: ConnectionShare? = nil
  ) {
    self.options = options
    self.reporter = reporter
    self.transport = transport
    self.share = share ?? ConnectionShare(options, free: .max)
  }

  private var context: RunContext { reporter.context }

  /// Finds the credential and makes the client. Sends only the requests of the search.
  func client(_ sandbox: Sandbox?, _ interruption: Interruption) async throws -> APIClient {
    let endpoints = try endpoints(sandbox)
    try refuseLocalProxy(endpoints)
    let run = requests()
    let credential = try await credential(search(sandbox), endpoints, run, interruption)
    do {
      return try APIClient(
        credential: credential, endpoints: endpoints, run: run,
        advice: PermissionRoles(Kinds.catalog).advice)
    } catch {
      throw reporter.earlyExit(.access, code: .noCredentials, "\(error)")
    }
  }

  /// What all requests of the run share.
  func requests() -> RequestContext {
    RequestContext(
      transport: transport, clock: context.clock, random: context.random,
      limits: RequestContext.Limits(
        timeout: options.timeout, reads: share.reads, writes: share.writes),
      observer: options.output.isVerbose ? trace : nil)
  }

  /// The search for the credential; only the sandbox's own if there is one.
  func search(_ sandbox: Sandbox?) -> CredentialSearch {
    CredentialSearch(
      environment: sandbox == nil ? context.environment.variables : [:],
      readFile: { [files = context.files] (path) throws(FileError) in
        try files.read(path, maximumBytes: 1 << 20)
      },
      impersonation: options.impersonation, onlyFile: sandbox?.ownerFile)
  }

  /// Finds the credential for `endpoints`. Reports why there is none.
  func credential(
    _ search: CredentialSearch, _ endpoints: Endpoints, _ run: RequestContext,
    _ interruption: Interruption
  ) async throws -> Credential {
    let found = try await interruption.cancelling { () -> Result<Credential, CredentialError> in
      do throws(CredentialError) {
        return .success(try await search.find(endpoints: endpoints, run: run))
      } catch {
        return .failure(error)
      }
    }
    do throws(CredentialError) {
      return try found.get()
    } catch {
      throw reporter.earlyExit(
        .access, code: .noCredentials, error.message,
        help: error.looked.map { "looked at \($0)" } + error.help)
    }
  }

  /// The servers of the run: the sandbox, or those of the settings, which a note names.
  func endpoints(_ sandbox: Sandbox?) throws -> Endpoints {
    do throws(EndpointError) {
      if let sandbox { return try Endpoints(all: sandbox.url, source: "--sandbox") }
      let endpoints = try Endpoints(
        endpoint: options.endpoint, environment: context.environment.variables)
      for override in endpoints.overrides where override.source != "--endpoint" {
        reporter.note(
          "note: \(override.source) sends requests for \(override.service) to \(override.origin)")
      }
      return endpoints
    } catch {
      throw reporter.earlyExit(.access, code: .notReachable, "\(error)")
    }
  }

  /// Refuses to begin if requests would go through a proxy that is named as this machine. The transport refuses the
  /// others, whose address it learns when it connects.
  private func refuseLocalProxy(_ endpoints: Endpoints) throws {
    guard !options.permitsLocalProxy else { return }
    let rules = ProxyRules(environment: context.environment.variables)
    for service in APIHost.allCases {
      guard let name = rules.localProxy(for: endpoints.baseURL(service)) else { continue }
      throw reporter.earlyExit(
        .access, code: .notReachable,
        "\(ProxyRules.localProxyRefusal(name)): nothing was sent",
        help: [
          "if the proxy is yours and leads to Google: add --allow-local-proxy",
          "if it is a sandbox's: set ARCTL_ENDPOINT to the sandbox's URL, as its settings for the shell do",
        ])
    }
  }

  private var trace: RequestObserver {
    { [console = context.console] record in
      let result = record.status.map(String.init) ?? record.failure ?? "no answer"
      console.err(
        "\(record.method.rawValue) \(record.url) \(result) \(spoken(record.duration))"
          .escapedForTerminal + "\n")
    }
  }
}
