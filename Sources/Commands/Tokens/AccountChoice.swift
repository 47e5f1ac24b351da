import CloudResources
import Diagnostics
import Model

/// Finds the service account that the user names.
struct AccountChoice {
  let manifests: LoadedManifests
  let reporter: Reporter

  /// The e-mail of the declared account with this id. Reports if there is none, or more than one.
  func email(of name: String) throws(EarlyExit) -> String {
    let accounts = manifests.graph.resources.values
      .filter { $0.origin == .declared && $0.lifecycle.ensure == .present }
      .compactMap { account in account.address.accountEmail.map { (account.address.id, $0) } }
    let found = accounts.filter { $0.0 == name }.map(\.1).sorted()
    let shown = "`--as \(escapedForTerminal(name))`"
    guard let first = found.first else {
      let near = closestMatch(to: name, in: accounts.map(\.0)).map { ["did you mean `\($0)`?"] }
      throw reporter.earlyExit(
        .invalid, code: .danglingReference, "\(shown): no document declares this service account",
        help: (near ?? []) + ["for an account that is not declared write its e-mail"])
    }
    guard found.count == 1 else {
      throw reporter.earlyExit(
        .invalid, code: .ambiguousReference,
        "\(shown): \(found.count) projects declare an account of this name",
        help: ["write its e-mail: \(found.joined(separator: " or "))"])
    }
    return first
  }
}
