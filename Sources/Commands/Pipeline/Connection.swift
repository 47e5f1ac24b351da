import Diagnostics
import GoogleCloud
import HTTP
import Keys
import Platform
import Rendering

/// From options to a client: endpoints, credential, limits, and where keys lie.
struct Connection: Sendable {
  let options: RunOptions
  let reporter: Reporter
  let transport: any HTTPTransport
  let share: ConnectionShare

  /// Without a share: as many connections as the options say.
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

  /// Finds the credential and makes the client; nothing is sent but what the search itself needs.
  func client(_ sandbox: Sandbox?, _ interruption: Interruption) async throws -> APIClient {
    let endpoints = try endpoints(sandbox)
    let run = CloudRun(
      transport: transport, clock: context.clock, random: context.random,
      limits: CloudRun.Limits(
        timeout: options.timeout, reads: share.reads, writes: share.writes),
      observer: options.output.isVerbose ? trace : nil)
    let search = CredentialSearch(
      environment: sandbox == nil ? context.environment.variables : [:],
      readFile: { [files = context.files] (path) throws(FileError) in
        try files.read(path, maximumBytes: 1 << 20)
      },
      impersonation: options.impersonation, onlyFile: sandbox?.ownerFile)
    let found = try await interruption.cancelling { () -> Result<Credential, CredentialError> in
      do throws(CredentialError) {
        return .success(try await search.find(endpoints: endpoints, run: run))
      } catch {
        return .failure(error)
      }
    }
    do {
      return try APIClient(credential: try found.get(), endpoints: endpoints, run: run)
    } catch let error as CredentialError {
      throw reporter.stop(
        .access, .noCredentials, error.message,
        help: error.looked.map { "looked at \($0)" } + error.help)
    } catch {
      throw reporter.stop(.access, .noCredentials, "\(error)")
    }
  }

  private func endpoints(_ sandbox: Sandbox?) throws -> Endpoints {
    do throws(EndpointError) {
      if let sandbox { return try Endpoints(all: sandbox.url, source: "--sandbox") }
      let endpoints = try Endpoints(
        endpoint: options.endpoint, environment: context.environment.variables)
      for override in endpoints.overrides where override.source != "--endpoint" {
        reporter.note("note: \(override.source) moves \(override.service) to \(override.origin)")
      }
      return endpoints
    } catch {
      throw reporter.stop(.access, .notReachable, "\(error)")
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

  /// The key directory: the one given, the sandbox's, or that of the Stack and the server below `XDG_STATE_HOME`
  /// or the user's home.
  func keyStore(_ sandbox: Sandbox?, stack: String?, endpoints: Endpoints) -> KeyStore {
    let tokenURI = endpoints.tokenURI
    if let directory = options.keyDirectory {
      return KeyStore(directory: directory, tokenURI: tokenURI, fileSystem: context.files)
    }
    if let directory = sandbox?.keyDirectory {
      // It lies in the sandbox's own data: whatever port that server has, the files are its own.
      return KeyStore(directory: directory, tokenURI: nil, fileSystem: context.files)
    }
    guard let state = stateFolder else {
      return KeyStore(
        directory: "", refusal: "neither XDG_STATE_HOME nor HOME names a folder to keep keys in",
        tokenURI: tokenURI, fileSystem: context.files)
    }
    let refusal =
      context.environment.nonEmpty("CI") == nil
      ? nil : "CI is set, and a key file on a runner dies with it"
    return KeyStore(
      directory: "\(state)/arctl/keys/\(stack ?? "default")\(Self.suffix(tokenURI))",
      refusal: refusal,
      tokenURI: tokenURI, fileSystem: context.files)
  }

  /// What tells the keys of one server from those of another: nothing for Google's, `@HOST_PORT` for every other. No name
  /// of a Stack holds an `@`.
  private static func suffix(_ tokenURI: String) -> String {
    guard let origin = Origin(of: tokenURI), !origin.isGoogle else { return "" }
    // An IPv6 address has brackets and colons.
    let host = origin.host.filter { $0 != "[" && $0 != "]" }.replacing(":", with: "-")
    return "@\(host)_\(origin.port)"
  }

  /// Where programs keep what they know of a user; never a relative path, which could be the working tree.
  ///
  /// Source: XDG Base Directory Specification 0.8; it has relative paths ignored.
  private var stateFolder: String? {
    func absolute(_ path: String?) -> String? { path.flatMap { $0.hasPrefix("/") ? $0 : nil } }
    if let state = absolute(context.environment["XDG_STATE_HOME"]) { return state }
    let home = absolute(context.environment["HOME"]) ?? absolute(context.home())
    return home.map { "\($0)/.local/state" }
  }
}
