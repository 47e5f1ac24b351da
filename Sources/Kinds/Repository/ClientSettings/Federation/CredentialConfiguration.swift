import JSON

/// The file of a federated credential, which Google's libraries, gcloud and arctl read: the same content as
/// `gcloud iam workload-identity-pools create-cred-config` writes. It holds no secret.
public struct CredentialConfiguration: Sendable {
  /// Where a client finds the token of its issuer.
  public enum Source: Sendable, Hashable {
    /// A file; `field` is the member that holds the token in a file of JSON.
    case file(String, field: String?)
    /// A server that answers with it.
    case url(String, field: String?)
    /// The metadata server of Amazon Web Services.
    case aws
  }

  /// The provider, and the account to act as.
  public let federation: Federation
  /// Where the token is.
  public let source: Source
  /// The address of a sandbox, `http://127.0.0.1:8085` without a slash at its end; nil for Google's hosts.
  public let endpoint: String?

  /// - Parameter endpoint: the address of a sandbox; nil for Google's hosts.
  public init(federation: Federation, source: Source, endpoint: String? = nil) {
    self.federation = federation
    self.source = source
    self.endpoint = endpoint
  }

  /// The file's content, which ends with a line feed.
  public var text: String {
    let sts = endpoint ?? "https://sts.googleapis.com"
    var file: JSONObject = [
      "universe_domain": "googleapis.com", "type": "external_account",
      "audience": .string("//iam.googleapis.com/\(federation.provider.fullName)"),
      "subject_token_type": .string(tokenType), "token_url": .string("\(sts)/v1/token"),
      "credential_source": place,
    ]
    if let account = federation.account {
      let credentials = endpoint ?? "https://iamcredentials.googleapis.com"
      file["service_account_impersonation_url"] = .string(
        "\(credentials)/v1/projects/-/serviceAccounts/\(account):generateAccessToken")
    } else {
      file["token_info_url"] = .string("\(sts)/v1/introspect")
    }
    return JSONValue.object(file).text(.pretty) + "\n"
  }

  private var tokenType: String {
    switch federation.provider.type {
    case "aws": "urn:ietf:params:aws:token-type:aws4_request"
    case "saml": "urn:ietf:params:oauth:token-type:saml2"
    default: "urn:ietf:params:oauth:token-type:jwt"
    }
  }

  private var place: JSONValue {
    switch source {
    case .file(let path, let field): Self.place("file", path, field)
    case .url(let url, let field): Self.place("url", url, field)
    case .aws: Self.amazon
    }
  }

  private static func place(_ name: String, _ value: String, _ field: String?) -> JSONValue {
    var place: JSONObject = [name: .string(value)]
    if let field {
      place["format"] = ["type": "json", "subject_token_field_name": .string(field)]
    }
    return .object(place)
  }

  /// The addresses of Amazon's metadata server, as gcloud 578 writes them.
  private static let amazon: JSONValue = [
    "environment_id": "aws1",
    "region_url": "http://169.254.169.254/latest/meta-data/placement/availability-zone",
    "url": "http://169.254.169.254/latest/meta-data/iam/security-credentials",
    "regional_cred_verification_url":
      "https://sts.{region}.amazonaws.com?Action=GetCallerIdentity&Version=2011-06-15",
  ]
}
