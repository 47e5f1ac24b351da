import JSON

/// Federated credentials. A pull request can bring such a file along, so it may make arctl run nothing, send nothing but a
/// token, and send that only to Google's STS, to a server that the user named, or to this machine
/// (docs/keyless.md#what-arctl-accepts).
extension CredentialFile {
  func externalAccount() throws(CredentialError) -> Credential {
    let audience = try text("audience")
    let url = root["token_url"]?.string ?? "https://sts.googleapis.com/v1/token"
    let reach = try exchangeReach(of: url)
    let (subject, field) = try subject()
    var client: (id: String, secret: String)?
    if let id = root["client_id"]?.string, let secret = root["client_secret"]?.string {
      client = (id, secret)
    }
    let tokens = ExternalAccountTokens(
      subject: subject, field: field, audience: audience, subjectTokenType: try tokenType(),
      tokenURL: url, client: client,
      userProject: root["workforce_pool_user_project"]?.string, readFile: search.readFile,
      run: run)
    guard let target = root["service_account_impersonation_url"]?.string else {
      return credential(
        .externalAccount, principal: audience, reach: reach, tokens: tokens,
        federation: .init(audience: audience))
    }
    let lifetime = root["service_account_impersonation"]?["token_lifetime_seconds"]?.integer
    let base = TokenCache(tokens, clock: run.clock)
    return try impersonating(
      .externalAccount, base: base, reach: reach, url: target, delegates: [], lifetime: lifetime,
      federation: .init(audience: audience))
  }

  /// The servers that the credential may be sent to. What is sent to `token_url` is the content of a file or an answer
  /// that the credential file chose, so that host must be trusted.
  private func exchangeReach(of url: String) throws(CredentialError) -> CredentialReach {
    let reach = try reach(of: url, field: "token_url")
    try checkExchange(url, field: "token_url")
    // arctl does not call it, but a file that names another server is not what gcloud writes.
    if let info = root["token_info_url"]?.string {
      try checkExchange(info, field: "token_info_url")
    }
    return reach
  }

  private func checkExchange(_ url: String, field: String) throws(CredentialError) {
    guard let origin = Origin(of: url) else {
      throw error("`\(field)` is not a plain https URL")
    }
    let isNamed = endpoints.overrides.contains { $0.origin == origin }
    guard origin.serves(.sts) || isNamed || (origin.isLoopback && !origin.isGoogle) else {
      throw error(
        "`\(field)` names \(origin), which is not Google's Security Token Service "
          + "(https://sts.googleapis.com): nothing was sent")
    }
  }

  /// arctl checks that a token has the form of its type, so only types with a known form are supported.
  private func tokenType() throws(CredentialError) -> String {
    let type = try text("subject_token_type")
    guard SubjectToken.types.contains(type) else {
      throw error(
        "`subject_token_type` is `\(bounded(type, to: 80))`; supported are \(SubjectToken.types.joined(separator: ", "))"
      )
    }
    return type
  }

  /// Where the provider's token comes from, and the member that contains it.
  private func subject() throws(CredentialError) -> (ExternalAccountTokens.Subject, String?) {
    let place = root["credential_source"]
    try checkKind(of: place)
    let field = try field(of: place?["format"])
    if let path = place?["file"]?.string { return (.file(path), field) }
    if let url = place?["url"]?.string {
      try checkSource(url)
      return (.url(url, headers: try headers(of: place)), field)
    }
    throw error("`credential_source` has neither `file` nor `url`")
  }

  /// Refuses the kinds that arctl does not support, and a file that names several.
  private func checkKind(of place: JSONValue?) throws(CredentialError) {
    let refusals = [
      (
        "executable",
        "a credential file must not run programs. Let a program write the token into a file, and name that file"
      ),
      (
        "environment_id",
        "tokens of AWS are requests signed with its keys. Sign in with `gcloud auth login --cred-file`, and set "
          + "ARCTL_ACCESS_TOKEN to the output of `gcloud auth print-access-token`"
      ),
      (
        "certificate",
        "arctl does not sign in with certificates. Sign in with `gcloud auth login --cred-file`, and set "
          + "ARCTL_ACCESS_TOKEN to the output of `gcloud auth print-access-token`"
      ),
    ]
    for (name, why) in refusals where place?[name] != nil {
      throw error(
        "`credential_source.\(name)` is not supported, only `file` and `url`: \(why)")
    }
    guard place?["file"] == nil || place?["url"] == nil else {
      throw error("`credential_source` has both `file` and `url`")
    }
  }

  private func field(of format: JSONValue?) throws(CredentialError) -> String? {
    switch format?["type"]?.string {
    case "json":
      guard let name = format?["subject_token_field_name"]?.string else {
        throw error("`credential_source.format` has no `subject_token_field_name`")
      }
      return name
    case nil, "text": return nil
    default: throw error("`credential_source.format.type` is neither text nor json")
    }
  }

  /// The answer is a token, so the connection must be private: https, this machine, or the metadata server of a cloud.
  private func checkSource(_ url: String) throws(CredentialError) {
    guard let origin = Origin(of: url) else {
      throw error("`credential_source.url` is not a plain http or https URL")
    }
    guard origin.isPrivate || origin.host == "169.254.169.254" else {
      throw error(
        "`credential_source.url` names \(origin), which is plain http on another machine; use https"
      )
    }
  }

  /// The header fields of the file, and no others. A line feed in one would start another field or request.
  private func headers(of place: JSONValue?) throws(CredentialError) -> [(String, String)] {
    guard let headers = place?["headers"] else { return [] }
    guard let object = headers.object, object.count <= 20 else {
      throw error("`credential_source.headers` is not an object of at most 20 texts")
    }
    var fields: [(String, String)] = []
    for (name, value) in object {
      guard let text = value.string, text.utf8.count <= 16_384,
        text.utf8.allSatisfy({ (0x20...0x7E).contains($0) }), (1...100).contains(name.utf8.count),
        name.utf8.allSatisfy(Self.isNameByte)
      else { throw error("`credential_source.headers` has a field that cannot be sent") }
      guard !Self.reserved.contains(name.lowercased()) else {
        throw error("`credential_source.headers` must not have the field `\(name)`")
      }
      fields.append((name, text))
    }
    return fields
  }

  private static func isNameByte(_ byte: UInt8) -> Bool {
    (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
      || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }

  /// Fields of the connection, and those that Google's metadata server requires: its tokens are no tokens of another
  /// issuer, and arctl gets them without a file.
  private static let reserved: Set = [
    "host", "connection", "content-length", "transfer-encoding", "te", "trailer", "upgrade",
    "expect", "proxy-authorization", "proxy-connection", "metadata-flavor",
    "x-google-metadata-request",
  ]
}
