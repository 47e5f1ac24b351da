import CommandLine
import Diagnostics
import GoogleCloud
import Grammar
import Kinds

/// The options of `arctl settings` about workload identity federation, checked.
struct FederationOptions: Sendable {
  /// The options' names.
  static let names = [
    "pool", "provider", "project-number", "token-file", "token-url", "token-field",
  ]
  /// The tools that have a token of another issuer.
  static let tools = ["github-actions", "gitlab-ci", fileTool]
  /// The tool that is for all repositories.
  static let fileTool = "credential-config"

  /// The pool as the user names it; nil for the only one.
  let pool: String?
  /// The provider as the user names it; nil for the only one that fits.
  let provider: String?
  let projectNumber: String?
  let tokenFile: String?
  let tokenURL: String?
  /// The member that holds the token in JSON.
  let tokenField: String?

  init(_ arguments: ParsedArguments) throws(UsageError) {
    pool = arguments.value("pool")
    provider = arguments.value("provider")
    projectNumber = arguments.value("project-number")
    tokenFile = arguments.value("token-file")
    tokenURL = arguments.value("token-url")
    tokenField = arguments.value("token-field")
    if let projectNumber, NameRules.projectNumber(projectNumber) != nil {
      throw UsageError(
        "`--project-number \(escapedForTerminal(projectNumber))`: expected digits, as "
          + "`gcloud projects describe PROJECT --format='value(projectNumber)'` prints them")
    }
    if tokenFile != nil, tokenURL != nil {
      throw UsageError("`--token-file` and `--token-url` cannot be used together")
    }
    if let tokenURL, Origin(of: tokenURL) == nil {
      throw UsageError("`--token-url` is not a plain http or https URL")
    }
    if arguments.value("tool") != Self.fileTool {
      for name in ["token-file", "token-url", "token-field"] where arguments.value(name) != nil {
        throw UsageError("`--\(name)` is for `--tool \(Self.fileTool)` only")
      }
    }
  }

  /// Whether an option asks for federation.
  var isGiven: Bool { pool != nil || provider != nil || projectNumber != nil }
}
