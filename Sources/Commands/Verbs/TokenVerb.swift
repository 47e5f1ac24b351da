import CloudResources
import CommandLine
import GoogleCloud
import Model

/// `arctl token [PATH...]`: prints an access token.
enum TokenVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) async throws -> Outcome {
    let options = try TokenOptions(arguments)
    try options.run.checkSandbox(context.files)
    let reporter = Reporter(context, options.run.output)
    let manifests = options.needsManifests ? try options.run.manifests.load(reporter) : nil
    var run = options.run
    if let account = options.account {
      var email = account
      if !account.contains("@"), let manifests {
        email = try AccountChoice(graph: manifests.graph, reporter: reporter, option: "--as")
          .find(account, includesAbsent: false).email
      }
      run = try options.acting(as: email)
    }
    return try await Connection.open(run, reporter, projects: manifests?.existingProjects ?? []) {
      connection, sandbox, interruption in
      let endpoints = try connection.endpoints(sandbox)
      let hosts =
        options.form == .netrc ? try hosts(of: endpoints, manifests, reporter) : []
      let page = try await page(connection, sandbox, endpoints, hosts, interruption)
      context.console.out(page.text(options.form))
      return .success
    }
  }

  private static func page(
    _ connection: Connection, _ sandbox: Sandbox?, _ endpoints: Endpoints, _ hosts: [String],
    _ interruption: Interruption
  ) async throws -> TokenPage {
    var search = connection.search(sandbox)
    search.exchangesKeys = true
    let requests = connection.requests()
    let credential = try await connection.credential(search, endpoints, requests, interruption)
    let result = try await interruption.cancelling { () -> Result<TokenPage, SignInFailure> in
      do throws(APIError) {
        let (token, expires) = try await credential.timedAccessToken()
        return .success(
          TokenPage(token: token, expires: expires, credential: credential, hosts: hosts))
      } catch {
        return .failure(SignInFailure(error, of: credential))
      }
    }
    do throws(SignInFailure) {
      return try result.get()
    } catch {
      throw connection.reporter.earlyExit(
        .access, code: error.code, error.message, help: error.help)
    }
  }

  /// The hosts of the declared repositories, or that of another server, without its port: a line of a netrc file has
  /// none.
  private static func hosts(
    of endpoints: Endpoints, _ manifests: LoadedManifests?, _ reporter: Reporter
  ) throws -> [String] {
    let origin = endpoints.origin(of: .artifactRegistry)
    guard origin.isGoogle else { return [origin.host] }
    let hosts = Set((manifests?.graph.resources ?? [:]).values.compactMap(\.packageHost))
    guard !hosts.isEmpty else {
      throw reporter.earlyExit(
        .invalid, code: .noManifests, "`--output netrc`: the manifests declare no repository",
        help: ["declare one, or print the token alone: arctl token"])
    }
    return hosts.sorted()
  }
}

extension DesiredResource {
  /// The host that serves the packages of a declared repository; nil for everything else.
  fileprivate var packageHost: String? {
    guard origin == .declared, lifecycle.ensure == .present,
      address.resource?.containerKind?.servesPackages == true,
      let location = address.names.first, let format = spec["format"]?.string
    else { return nil }
    return PackageHost.name(format: format, location: location, id: address.id)
  }
}
