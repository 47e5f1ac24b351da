import Crypto
import Glibc
import JSON

/// A credential file in one of the JSON formats of Google's client libraries (docs/google-apis.md#credential-files).
struct CredentialFile {
  let root: JSONValue
  private let source: String
  let search: CredentialSearch
  /// The servers that the run names.
  let endpoints: Endpoints
  let run: RequestContext
  private let depth: Int

  /// Parses `bytes` and then wipes them.
  init(
    _ bytes: consuming [UInt8], source: String, search: CredentialSearch, endpoints: Endpoints,
    run: RequestContext
  ) throws(CredentialError) {
    let value = try? JSONValue(parsing: copy bytes, maximumBytes: 1 << 20)
    bytes.withUnsafeMutableBytes { buffer in
      if let start = buffer.baseAddress { explicit_bzero(start, buffer.count) }
    }
    guard let value, value.object != nil else {
      throw CredentialError("the credential file is not one JSON object", looked: [source])
    }
    self.init(
      value, source: source, search: search, endpoints: endpoints, run: run, depth: 0)
  }

  private init(
    _ root: JSONValue, source: String, search: CredentialSearch, endpoints: Endpoints,
    run: RequestContext, depth: Int
  ) {
    self.root = root
    self.source = source
    self.search = search
    self.endpoints = endpoints
    self.run = run
    self.depth = depth
  }

  /// The credential in the file. Throws for a type or a part that is not supported.
  func credential() throws(CredentialError) -> Credential {
    if let universe = root["universe_domain"]?.string {
      try CredentialFile.checkUniverse(universe, in: source)
    }
    switch root["type"]?.string {
    case "service_account": return try serviceAccount()
    case "authorized_user": return try authorizedUser()
    case "external_account": return try externalAccount()
    case "impersonated_service_account": return try impersonated()
    case let type?:
      throw error(
        "credentials of type `\(bounded(type, to: 60))` are not supported; supported are "
          + "service_account, authorized_user, external_account, impersonated_service_account")
    case nil: throw error("the credential file has no `type`")
    }
  }

  /// Throws for clouds other than Google's public one: their hosts and sign-in differ.
  static func checkUniverse(_ domain: String, in source: String) throws(CredentialError) {
    guard domain != "googleapis.com" else { return }
    throw CredentialError(
      "the universe domain `\(bounded(domain, to: 60))` is not supported, only googleapis.com",
      looked: [source])
  }

  private func serviceAccount() throws(CredentialError) -> Credential {
    let email = try text("client_email")
    let uri = root["token_uri"]?.string ?? Endpoints.googleTokenURI
    let reach = try reach(of: uri, field: "token_uri")
    let key = ServiceAccountKey(
      email: email, keyID: root["private_key_id"]?.string, key: try privateKey())
    let tokens: any TokenSource =
      reach == .google && !search.exchangesKeys
      ? SelfSignedTokens(key: key, run: run)
      : ExchangedTokens(key: key, tokenURI: uri, run: run)
    return credential(.serviceAccount, principal: email, reach: reach, tokens: tokens)
  }

  /// The private key, copied into memory that is wiped.
  private func privateKey() throws(CredentialError) -> RSAPrivateKey {
    var pem = SecretBytes()
    pem.append(contentsOf: try text("private_key").utf8)
    do {
      return try RSAPrivateKey(pem: pem)
    } catch {
      guard !error.isOutOfMemory else {
        throw self.error("`private_key` could not be read: out of memory")
      }
      throw self.error("`private_key` is not an RSA private key in PEM: \(error.message)")
    }
  }

  private func authorizedUser() throws(CredentialError) -> Credential {
    let uri = root["token_uri"]?.string ?? Endpoints.googleTokenURI
    let tokens = AuthorizedUserTokens(
      clientID: try text("client_id"), clientSecret: try text("client_secret"),
      refreshToken: try text("refresh_token"), tokenURI: uri, run: run)
    let account = root["account"]?.string.flatMap { $0.isEmpty ? nil : $0 }
    return credential(
      .authorizedUser, principal: account, reach: try reach(of: uri, field: "token_uri"),
      tokens: tokens)
  }

  private func impersonated() throws(CredentialError) -> Credential {
    // Files can nest; the limit ends a file that would do so without end.
    guard let inner = root["source_credentials"], inner.object != nil, depth < 3 else {
      throw error("`source_credentials` is missing")
    }
    let base = try CredentialFile(
      inner, source: source, search: search, endpoints: endpoints, run: run, depth: depth + 1
    ).credential()
    let delegates = (root["delegates"]?.array ?? []).compactMap { name in
      name.string.map { $0.split(separator: "/").last.map(String.init) ?? $0 }
    }
    return try impersonating(
      .impersonatedServiceAccount, base: base.tokens, reach: base.reach,
      url: try text("service_account_impersonation_url"), delegates: delegates, lifetime: nil,
      federation: base.federation)
  }

  /// A credential that acts as another account. Throws if the base token must not be sent to the server that issues the
  /// account's.
  func impersonating(
    _ kind: Credential.Kind, base: TokenCache, reach: CredentialReach, url: String,
    delegates: [String], lifetime: Int64?, federation: Credential.Federation?
  ) throws(CredentialError) -> Credential {
    guard let destination = Origin(of: url), let email = ImpersonatedTokens.email(in: url) else {
      throw error("`service_account_impersonation_url` is not a generateAccessToken URL")
    }
    guard destination.serves(.iamCredentials) || !destination.isGoogle else {
      throw error(
        "`service_account_impersonation_url` names \(destination), which is not the IAM Credentials API"
      )
    }
    if let refusal = reach.refusal(for: destination) {
      throw error("`service_account_impersonation_url`: \(refusal)")
    }
    let tokens = ImpersonatedTokens(
      base: base, url: url, delegates: delegates,
      // The range of `token_lifetime_seconds` (https://google.aip.dev/auth/4117); more than an hour needs a setting of
      // the organisation.
      lifetime: Int(min(max(lifetime ?? 3600, 600), 43_200)), email: email,
      quotaProject: search.quotaProject(root["quota_project_id"]?.string), run: run)
    return credential(
      kind, principal: email, reach: reach, tokens: tokens,
      federation: federation?.acting(as: delegates + [email]))
  }

  func credential(
    _ kind: Credential.Kind, principal: String?, reach: CredentialReach,
    tokens: any TokenSource, federation: Credential.Federation? = nil
  ) -> Credential {
    Credential(
      kind: kind, principal: principal, source: source, reach: reach,
      quotaProject: search.quotaProject(root["quota_project_id"]?.string),
      tokens: TokenCache(tokens, clock: run.clock), federation: federation)
  }

  /// The servers that the credential may be sent to, by the address where it gets its tokens.
  func reach(of url: String, field: String) throws(CredentialError) -> CredentialReach {
    guard let reach = CredentialReach(tokenURI: url) else {
      throw error("`\(field)` is neither https nor http on this machine")
    }
    return reach
  }

  /// A member that must be there and not empty.
  func text(_ field: String) throws(CredentialError) -> String {
    guard let text = root[field]?.string, !text.isEmpty else {
      throw error("the credential file has no `\(field)`")
    }
    return text
  }

  func error(_ message: String) -> CredentialError {
    CredentialError(message, looked: [source])
  }
}
