import JSON

/// How a client signs in by workload identity federation.
public struct Federation: Sendable, Hashable {
  /// The provider that accepts the client's token.
  public let provider: ProviderPlace
  /// The e-mail of the service account that the client acts as; nil if policies name the client's own identity.
  public let account: String?

  /// Takes an account that the caller has checked: it becomes a part of addresses.
  public init(provider: ProviderPlace, account: String?) {
    self.provider = provider
    self.account = account
  }

  /// The values of the places in templates. Lines that do not apply are empty.
  var values: [String: String] {
    let custom = provider.customAudience.map { JSONValue.string($0).text() }
    return [
      "PROVIDER": provider.fullName,
      "SERVICE_ACCOUNT": account.map { "service_account: \($0)" } ?? "",
      "TOKEN_FORMAT": account == nil ? "" : "token_format: access_token",
      "AUDIENCE_INPUT": custom.map { "audience: \($0)" } ?? "",
      "AUDIENCE": custom ?? "https://iam.googleapis.com/\(provider.fullName)",
      // The token of the account, or the federated one.
      "TOKEN": account == nil ? "auth_token" : "access_token",
      "JOB_CREDENTIALS": configuration(of: .file("$folder/token", field: nil)).text
        .split(separator: "\n").joined(separator: "\n      "),
    ]
  }

  private func configuration(of source: CredentialConfiguration.Source) -> CredentialConfiguration {
    CredentialConfiguration(federation: self, source: source)
  }
}
