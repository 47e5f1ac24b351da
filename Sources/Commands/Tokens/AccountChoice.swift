import CloudResources
import Diagnostics
import Model

/// Finds the service account that the user names.
struct AccountChoice: Sendable {
  let graph: DesiredGraph
  let reporter: Reporter
  /// The option that names it: `--as`.
  let option: String

  /// An account, and its document if there is one.
  struct Found: Sendable {
    /// In lower case.
    let email: String
    let resource: DesiredResource?
  }

  /// The declared account with this id, address or e-mail, or the undeclared one with this e-mail. Reports if there is none,
  /// or more than one.
  ///
  /// - Parameter includesAbsent: whether an account that the manifests delete counts.
  func find(_ written: String, includesAbsent: Bool) throws(EarlyExit) -> Found {
    let prefix = "serviceAccount:"
    let name = written.hasPrefix(prefix) ? String(written.dropFirst(prefix.count)) : written
    let accounts = graph.resources.values
      .filter { $0.origin == .declared && (includesAbsent || $0.lifecycle.ensure == .present) }
      .compactMap { account in
        account.address.accountEmail.map { Found(email: $0.lowercased(), resource: account) }
      }
    let found = accounts.filter { account in
      guard let address = account.resource?.address else { return false }
      return [address.id, address.local, address.description].contains(name)
        || account.email == name.lowercased()
    }.sorted { $0.email < $1.email }
    if found.count == 1 { return found[0] }
    if found.isEmpty, name.contains("@") { return Found(email: name.lowercased(), resource: nil) }
    throw found.isEmpty ? undeclared(name, accounts) : ambiguous(name, found)
  }

  private func undeclared(_ name: String, _ accounts: [Found]) -> EarlyExit {
    let ids = accounts.compactMap(\.resource?.address.id)
    let known = accounts.map(\.email).sorted().joined(separator: ", ")
    let help =
      closestMatch(to: name, in: ids).map { "did you mean `\($0)`?" }
      ?? (known.isEmpty ? "the manifests declare no account" : "the manifests declare \(known)")
    return reporter.earlyExit(
      .invalid, code: .danglingReference,
      "`\(option) \(escapedForTerminal(name))`: no document declares this service account",
      help: [help, "for an account that is not declared write its e-mail"])
  }

  private func ambiguous(_ name: String, _ found: [Found]) -> EarlyExit {
    reporter.earlyExit(
      .invalid, code: .ambiguousReference,
      "`\(option) \(escapedForTerminal(name))`: \(found.count) projects declare an account of this name",
      help: ["write its e-mail: \(found.map(\.email).joined(separator: " or "))"])
  }
}
