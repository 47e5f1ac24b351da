import Diagnostics
import GoogleCloud

/// Why there is no token: what happened, and what to do.
struct SignInFailure: Error, Sendable {
  var code = DiagnosticCode.noCredentials
  let message: String
  var help: [String] = []

  init(_ message: String, help: [String] = []) {
    self.message = message
    self.help = help
  }

  /// A failed search of a command that starts no sandbox.
  init(_ error: CredentialError) {
    message = error.message
    help =
      error.looked.map { "looked at \($0)" }
      + error.help.filter { $0 != CredentialSearch.sandboxHelp }
  }

  /// A failed request for the token of a credential.
  init(_ error: APIError, of credential: Credential) {
    message = "\(error)"
    switch error.kind {
    case .notReachable, .tls, .deadline: code = .notReachable
    default: help = ["the credential: \(credential.describe)"]
    }
    if credential.kind == .impersonatedServiceAccount, let status = error.httpStatus,
      [403, 404].contains(status)
    {
      help.append(
        "acting as an account takes roles/iam.serviceAccountTokenCreator on it, and it must exist")
    }
  }
}

extension SignInFailure {
  /// The message and the help, safe to print.
  var lines: String { ([message] + help).map(escapedForTerminal).joined(separator: "\n  ") }
}
