public import Platform

/// The search for a credential: the order of Application Default Credentials (docs/google-apis.md#credential-files),
/// with arctl's overrides.
///
/// `ARCTL_ACCESS_TOKEN`; `GOOGLE_APPLICATION_CREDENTIALS`; gcloud's `application_default_credentials.json`; the
/// metadata server.
public struct CredentialSearch: Sendable {
  /// Reads a whole file.
  public typealias FileReader = @Sendable (String) throws(FileError) -> [UInt8]

  /// A service account to act as.
  public struct Impersonation: Sendable, Hashable {
    /// The account to act as.
    public var email: String
    /// The accounts in between; first the one that the found credential may act as.
    public var delegates: [String]

    /// Parses `EMAIL[,DELEGATE...]`; nil for anything else.
    public init?(flag: String) {
      let names = flag.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard
        names.allSatisfy({ name in
          name.utf8.allSatisfy { 0x21...0x7E ~= $0 && $0 != 0x2F }
            && name.split(separator: "@", omittingEmptySubsequences: false).count == 2
            && name.first != "@" && name.last != "@"
        })
      else { return nil }
      email = names[0]
      delegates = Array(names.dropFirst())
    }
  }

  /// The process's environment variables.
  public var environment: [String: String]
  /// Nil for `HOME` of the environment.
  public var home: String?
  /// Reads credential files and subject tokens.
  public var readFile: FileReader
  /// The account to act as with the found credential.
  public var impersonation: Impersonation?
  /// The only file to read (`--sandbox`); nil for the usual search.
  public var onlyFile: String?
  /// Whether a key of a service account is exchanged for an access token, even where Google's APIs accept a token that
  /// the key signs itself. Package servers take access tokens.
  public var exchangesKeys = false

  /// A search in the usual order.
  public init(
    environment: [String: String], home: String? = nil, readFile: @escaping FileReader,
    impersonation: Impersonation? = nil, onlyFile: String? = nil
  ) {
    self.environment = environment
    self.home = home
    self.readFile = readFile
    self.impersonation = impersonation
    self.onlyFile = onlyFile
  }

  /// Finds a credential that may be used at `endpoints`.
  ///
  /// Sends nothing, except one request to the metadata server if there is no other credential. Throws the places that
  /// were searched, or what is wrong with the credential that was found.
  public func find(
    endpoints: Endpoints, run: RequestContext
  ) async throws(CredentialError) -> Credential {
    try checked(try await base(endpoints, run), endpoints, run)
  }

  /// Finds a credential and its servers: those of `endpoints` if a setting moved one, or else those where the credential
  /// gets its tokens, so that the key file of a sandbox is enough to name the sandbox.
  ///
  /// Sends and throws as `find` does.
  public func findWithServers(
    _ endpoints: Endpoints, run: RequestContext
  ) async throws(CredentialError) -> (credential: Credential, servers: Endpoints) {
    let found = try await base(endpoints, run)
    let servers = Self.servers(of: found, endpoints)
    return (try checked(found, servers, run), servers)
  }

  /// The servers that `findWithServers` finds, without a request. Google's if no credential can be found so.
  public func servers(_ endpoints: Endpoints, run: RequestContext) -> Endpoints {
    guard endpoints.overrides.isEmpty, let found = try? local(endpoints, run).get() else {
      return endpoints
    }
    return Self.servers(of: found, endpoints)
  }

  private static func servers(of found: Credential, _ endpoints: Endpoints) -> Endpoints {
    guard endpoints.overrides.isEmpty, case .origin(let origin) = found.reach,
      let own = try? Endpoints(all: origin.description, source: found.source)
    else { return endpoints }
    return own
  }

  /// The credential after impersonation. Throws if it must not be sent to the servers.
  private func checked(
    _ found: Credential, _ endpoints: Endpoints, _ run: RequestContext
  ) throws(CredentialError) -> Credential {
    var found = found
    if let impersonation {
      found = try impersonate(impersonation, with: found, endpoints: endpoints, run: run)
    }
    if let refusal = found.reach.refusal(for: endpoints) {
      throw CredentialError(
        "\(refusal): nothing was sent", looked: ["\(found.source): \(found.caller)"],
        help: CredentialSearch.help(refused: endpoints))
    }
    return found
  }

  /// A variable that is set and not empty.
  func variable(_ name: String) -> String? {
    environment[name].flatMap { $0.isEmpty ? nil : $0 }
  }

  private func base(
    _ endpoints: Endpoints, _ run: RequestContext
  ) async throws(CredentialError) -> Credential {
    var looked: [String]
    switch try local(endpoints, run) {
    case .success(let found): return found
    case .failure(let absence): looked = absence.looked
    }
    switch await metadata(endpoints, run) {
    case .success(let found): return found
    case .failure(let absence): looked.append("the metadata server: \(absence.reason)")
    }
    throw CredentialError("no credentials were found", looked: looked, help: CredentialSearch.help)
  }

  /// A credential of this machine; the failure says where there is none.
  private func local(
    _ endpoints: Endpoints, _ run: RequestContext
  ) throws(CredentialError) -> Result<Credential, CredentialError> {
    if let universe = variable("GOOGLE_CLOUD_UNIVERSE_DOMAIN") {
      try CredentialFile.checkUniverse(universe, in: "GOOGLE_CLOUD_UNIVERSE_DOMAIN")
    }
    if let onlyFile { return .success(try file(onlyFile, as: onlyFile, endpoints, run)) }
    if let token = variable("ARCTL_ACCESS_TOKEN") { return .success(try given(token, run)) }
    let variable = "GOOGLE_APPLICATION_CREDENTIALS"
    if let path = self.variable(variable) {
      return .success(try file(path, as: "\(path), by \(variable)", endpoints, run))
    }
    var looked = ["ARCTL_ACCESS_TOKEN: not set", "\(variable): not set"]
    if let path = wellKnownFile {
      if let found = try wellKnown(path, endpoints, run) { return .success(found) }
      looked.append("\(path): no such file")
    } else {
      looked.append("gcloud's file: neither CLOUDSDK_CONFIG nor HOME is set")
    }
    return .failure(CredentialError("no credentials were found", looked: looked))
  }

  /// gcloud's file; nil if its folder is unknown.
  private var wellKnownFile: String? {
    let leaf = "application_default_credentials.json"
    if let directory = variable("CLOUDSDK_CONFIG") { return "\(directory)/\(leaf)" }
    return (home ?? variable("HOME")).map { "\($0)/.config/gcloud/\(leaf)" }
  }

  private func given(_ text: String, _ run: RequestContext) throws(CredentialError) -> Credential {
    guard
      let credential = Credential(
        token: text, source: "ARCTL_ACCESS_TOKEN", quotaProject: quotaProject(nil), clock: run.clock
      )
    else {
      throw CredentialError(
        "ARCTL_ACCESS_TOKEN is not a token: it has characters that tokens do not have")
    }
    return credential
  }

  private func wellKnown(
    _ path: String, _ endpoints: Endpoints, _ run: RequestContext
  ) throws(CredentialError) -> Credential? {
    let bytes: [UInt8]
    do {
      bytes = try readFile(path)
    } catch {
      if CredentialSearch.isAbsence(error) { return nil }
      throw CredentialSearch.unreadable(path, error)
    }
    return try CredentialFile(
      consume bytes, source: path, search: self, endpoints: endpoints, run: run
    ).credential()
  }

  private func file(
    _ path: String, as source: String, _ endpoints: Endpoints, _ run: RequestContext
  ) throws(CredentialError) -> Credential {
    let bytes: [UInt8]
    do {
      bytes = try readFile(path)
    } catch {
      throw CredentialSearch.unreadable(source, error)
    }
    return try CredentialFile(
      consume bytes, source: source, search: self, endpoints: endpoints, run: run
    ).credential()
  }

  /// A credential from the metadata server. Only for Google's endpoints: its tokens must not be sent anywhere else, so
  /// the request would be useless.
  private func metadata(
    _ endpoints: Endpoints, _ run: RequestContext
  ) async -> Result<Credential, MetadataAbsence> {
    guard endpoints.isGoogle else {
      return .failure(MetadataAbsence(reason: "not asked, the endpoint is not Google's"))
    }
    if variable("NO_GCE_CHECK")?.lowercased() == "true" {
      return .failure(MetadataAbsence(reason: "not asked, NO_GCE_CHECK is set"))
    }
    let host = variable("GCE_METADATA_HOST") ?? variable("GCE_METADATA_IP") ?? "169.254.169.254"
    guard Origin(scheme: "http", authority: host) != nil else {
      return .failure(MetadataAbsence(reason: "GCE_METADATA_HOST is not a host"))
    }
    let server = MetadataServer(host: host, run: run)
    return await server.email().map { email in
      Credential(
        kind: .metadataServer, principal: email, source: "the metadata server \(host)",
        reach: .google, quotaProject: quotaProject(nil),
        tokens: TokenCache(server, clock: run.clock))
    }
  }

  /// A credential that acts as `target` with the found one.
  private func impersonate(
    _ target: Impersonation, with base: Credential, endpoints: Endpoints, run: RequestContext
  ) throws(CredentialError) -> Credential {
    if let refusal = base.reach.refusal(for: endpoints.origin(of: .iamCredentials)) {
      throw CredentialError(
        "\(refusal): nothing was sent", looked: ["\(base.source): \(base.caller)"],
        help: CredentialSearch.help(refused: endpoints))
    }
    let path = APIPath.join(
      "v1", "projects", "-", "serviceAccounts", target.email, verb: "generateAccessToken")
    let source = ImpersonatedTokens(
      base: base.tokens, url: endpoints.baseURL(.iamCredentials) + path,
      delegates: target.delegates, lifetime: 3600, email: target.email,
      quotaProject: base.quotaProject, run: run)
    return Credential(
      kind: .impersonatedServiceAccount, principal: target.email, source: base.describe,
      reach: base.reach, quotaProject: base.quotaProject,
      tokens: TokenCache(source, clock: run.clock),
      federation: base.federation?.acting(as: target.delegates + [target.email]))
  }

  /// The quota project of the environment, otherwise that of the file; nil for a name that cannot be a header's value.
  func quotaProject(_ inFile: String?) -> String? {
    guard let name = variable("GOOGLE_CLOUD_QUOTA_PROJECT") ?? inFile, !name.isEmpty,
      name.utf8.count <= 200, name.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
    else { return nil }
    return name
  }

  /// Whether the error means that there is no file.
  private static func isAbsence(_ error: FileError) -> Bool {
    error.code == 2 || error.code == 20  // ENOENT, ENOTDIR
  }

  private static func unreadable(_ source: String, _ error: FileError) -> CredentialError {
    let why = isAbsence(error) ? "no such file" : error.reason
    return CredentialError(
      "the credential file cannot be read", looked: ["\(source): \(why)"], help: help)
  }

  private static let help = [
    "sign in: gcloud auth application-default login",
    "or set GOOGLE_APPLICATION_CREDENTIALS to the path of a credential file",
    sandboxHelp,
  ]
  /// The help for a command that can start a sandbox.
  public static let sandboxHelp = "or try it without a cloud account: add --sandbox"

  private static func help(refused endpoints: Endpoints) -> [String] {
    guard let override = endpoints.overrides.first(where: { !$0.origin.isGoogle }) else {
      return [
        "use a Google credential, or name the endpoint that the credential belongs to: --endpoint"
      ]
    }
    return [
      "\(override.source) names \(override.origin): use a credential whose token_uri is there, "
        + "such as the owner.json of arctl-sandbox (GOOGLE_APPLICATION_CREDENTIALS)"
    ]
  }
}
