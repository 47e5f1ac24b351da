import CommandLine
import Diagnostics
import Grammar

/// A key as users write it: `ACCOUNT/KEYID`, or Google's name of it.
struct KeyName: Sendable, Hashable {
  /// The account as it is written: an e-mail, the name of a document, or an address.
  let account: String
  /// 40 hexadecimal digits in lower case.
  let id: String
  /// The project in Google's name; nil if the text has none.
  var project: String?

  /// Reads `uploader/KEYID`, `my-project-id/serviceAccount/uploader/KEYID`, `x@y/KEYID`, and Google's
  /// `projects/P/serviceAccounts/E/keys/KEYID`, as audit logs have it too, behind `//iam.googleapis.com/`.
  init(_ written: String) throws(UsageError) {
    let host = "//iam.googleapis.com/"
    let text = written.hasPrefix(host) ? written.dropFirst(host.count) : written[...]
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count > 1, let last = parts.last, !parts.contains("") else {
      throw Self.malformed(written)
    }
    id = last.lowercased()
    guard StringRules.accountKeyID.check?(id) == nil else { throw Self.malformed(written) }
    if parts.count == 6, parts[0] == "projects", parts[2] == "serviceAccounts", parts[4] == "keys" {
      account = parts[3]
      project = parts[1] == "-" ? nil : parts[1]
    } else {
      account = parts.dropLast().joined(separator: "/")
    }
    if isEmail, AccountEmail.problem(withEmail: account.lowercased()) != nil {
      throw Self.malformed(written)
    }
  }

  /// Whether the account is written as an e-mail: then no manifest has to say which one it is.
  var isEmail: Bool { account.contains("@") && !account.contains("/") }

  private static func malformed(_ written: String) -> UsageError {
    UsageError(
      "`\(escapedForTerminal(written))` is not ACCOUNT/KEYID: the id of a key has 40 hexadecimal digits; "
        + "`arctl keys list --output json` prints accounts and ids")
  }
}
