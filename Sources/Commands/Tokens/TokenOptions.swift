import CommandLine
import Diagnostics
import GoogleCloud

/// The options of `arctl token`, checked.
struct TokenOptions: Sendable {
  enum Form: String, Sendable, Hashable, CaseIterable { case text, json, netrc }

  var run: RunOptions
  var form = Form.text
  /// The account of `--as`: the name of a document, or an e-mail.
  var account: String?

  init(_ arguments: ParsedArguments) throws(UsageError) {
    run = try RunOptions(arguments)
    if let text = arguments.value("output") {
      guard let known = Form(rawValue: text) else {
        throw UsageError("`--output \(escapedForTerminal(text))`: expected text, json or netrc")
      }
      form = known
    }
    account = arguments.value("as")
    if let account, account.contains("@"), Self.email(account) == nil {
      throw UsageError(
        "`--as \(escapedForTerminal(account))`: expected the name of a declared account, or an e-mail"
      )
    }
  }

  /// The one e-mail in a text.
  private static func email(_ text: String) -> String? {
    let target = CredentialSearch.Impersonation(flag: text)
    return target?.delegates.isEmpty == true ? target?.email : nil
  }

  /// Whether the answer depends on the manifests: an account by its name, and the hosts of the repositories.
  var needsManifests: Bool {
    let isOfGoogle = run.sandbox == nil && run.endpoint == nil
    return !run.manifests.paths.isEmpty || account?.contains("@") == false
      || (form == .netrc && isOfGoogle)
  }

  /// The options of a run that acts as an account, by way of the one in `--impersonate-service-account`.
  func acting(as email: String) throws(UsageError) -> RunOptions {
    let former = run.impersonation.map { $0.delegates + [$0.email] } ?? []
    let flag = ([email] + former).joined(separator: ",")
    guard let target = CredentialSearch.Impersonation(flag: flag) else {
      throw UsageError("`--as`: `\(escapedForTerminal(email))` is not the e-mail of an account")
    }
    var options = run
    options.impersonation = target
    return options
  }
}
