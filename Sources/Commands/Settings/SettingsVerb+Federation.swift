import CommandLine
import Diagnostics
import GoogleCloud
import Kinds

/// Settings for clients that sign in with a token of their own platform.
extension SettingsVerb {
  /// How the client signs in; nil for another method. Reports an account or an audience that a file cannot hold.
  func federation(
    _ tool: ClientTool, _ method: AuthMethod, _ server: SettingsServer
  ) throws -> Federation? {
    guard method == .federation else { return nil }
    let isFile = tool.name == FederationOptions.fileTool
    if server.url != nil, !isFile {
      throw UsageError(
        "a job of `\(tool.name)` signs in at Google: for a sandbox use `--tool credential-config`")
    }
    let provider = try ProviderChoice(
      graph: graph, options: options.federation, reporter: reporter
    ).find(for: tool.name)
    if let audience = provider.place.customAudience, audience.contains("$"), !isFile {
      throw UsageError(
        "the provider accepts the audience `\(escapedForTerminal(audience))`, whose `$` means a variable to `\(tool.name)`"
      )
    }
    return Federation(provider: provider.place, account: try federatedAccount())
  }

  /// The e-mail of the account to act as. It becomes a part of addresses and of files without quotes.
  private func federatedAccount() throws -> String? {
    let accounts = SettingsAccounts(graph: graph, reporter: reporter)
    guard let name = options.account,
      let email = try accounts.find(name, needsKey: false, directory: "").email
    else { return nil }
    let isPlain = email.utf8.allSatisfy {
      (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || ".-@".utf8.contains($0)
    }
    guard ClientAccess.isServiceAccount(email), isPlain else {
      throw UsageError(
        "`--account \(escapedForTerminal(name))`: expected a service account, as which identities of a pool can act"
      )
    }
    return email
  }

  /// The file of a federated credential, for all repositories.
  func credentialConfiguration(_ tool: ClientTool) throws -> SettingsAnswer {
    if let repository = options.repository {
      throw UsageError(
        "`\(tool.name)` is for all repositories: leave out `\(escapedForTerminal(repository))`")
    }
    let method = try method(of: tool)
    let server = try SettingsServer(options, reporter)
    guard let federation = try federation(tool, method, server) else {
      throw UsageError("`\(tool.name)` is for `--auth federation`")
    }
    let file = CredentialConfiguration(
      federation: federation, source: try source(federation.provider), endpoint: server.url)
    let name = "google-credentials.json"
    return SettingsAnswer(
      repository: nil, provider: federation.provider.fullName, tool: tool.name, method: method,
      items: [
        .file(name, file.text),
        .commands("export GOOGLE_APPLICATION_CREDENTIALS=\"$PWD/\(name)\"\n"),
      ],
      notes: fileNotes(federation) + server.notes(method, hasKey: true))
  }

  private func source(_ provider: ProviderPlace) throws(UsageError)
    -> CredentialConfiguration.Source
  {
    let options = options.federation
    if provider.type == "aws" {
      guard options.tokenFile == nil, options.tokenURL == nil, options.tokenField == nil else {
        throw UsageError("the provider is for AWS, whose metadata server has the token")
      }
      return .aws
    }
    if let url = options.tokenURL { return .url(url, field: options.tokenField) }
    return .file(options.tokenFile ?? Self.tokenFile, field: options.tokenField)
  }

  private static let tokenFile = "TOKEN_FILE"

  private func fileNotes(_ federation: Federation) -> [String] {
    let provider = federation.provider
    var notes = [
      "The file holds no secret. Google's libraries, gcloud (`gcloud auth login --cred-file=FILE`) and arctl read it where "
        + "GOOGLE_APPLICATION_CREDENTIALS names it."
    ]
    if provider.type == "aws" {
      notes.append("arctl itself does not sign in with tokens of AWS.")
    } else {
      let isPlaceholder = options.federation.tokenFile == nil && options.federation.tokenURL == nil
      let audience = provider.customAudience.map(escapedForTerminal)
      notes.append(
        (isPlaceholder
          ? "Write the path of the file with the token for \(Self.tokenFile), or give it with --token-file. "
          : "")
          + "The token must have the audience "
          + (audience ?? "https://iam.googleapis.com/\(provider.fullName)"))
    }
    return notes + FederationNotes(federation, graph).ofFile
  }
}
