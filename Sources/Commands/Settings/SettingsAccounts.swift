import CommandLine
import Diagnostics
import Model

/// The account that uses the settings.
struct SettingsAccount: Sendable, Hashable {
  /// Its e-mail; nil if the user named none.
  var email: String?
  /// The path of the file of its key; nil if no manifest declares one, or several.
  var keyFile: String?
  /// Whether the manifests disable or delete it.
  var isOff = false
}

/// Finds accounts and their keys in the manifests.
struct SettingsAccounts: Sendable {
  let graph: DesiredGraph
  let reporter: Reporter

  /// - Parameters:
  ///   - name: an id, an address or an e-mail; nil for the account of the only key.
  ///   - needsKey: whether the settings read a key file.
  ///   - directory: the key directory.
  func find(_ name: String?, needsKey: Bool, directory: String) throws -> SettingsAccount {
    let keys = graph.keys.values.filter { $0.lifecycle.ensure == .present }
    guard let name else {
      guard needsKey, keys.count == 1 else { return SettingsAccount() }
      return SettingsAccount(email: keys[0].email, keyFile: "\(directory)/\(keys[0].file)")
    }
    let (email, resource) = try resolved(name)
    let own = keys.filter { $0.email == email }.sorted { $0.address < $1.address }
    if needsKey, own.count > 1 {
      let files = own.map { "\(directory)/\($0.file)" }.joined(separator: ", ")
      reporter.note("note: `\(email)` has several declared keys; this uses the first of \(files)")
    }
    let isOff =
      resource.map { $0.lifecycle.ensure == .absent || $0.spec["disabled"] == .bool(true) } ?? false
    return SettingsAccount(
      email: email, keyFile: own.first.map { "\(directory)/\($0.file)" }, isOff: isOff)
  }

  private func resolved(_ written: String) throws -> (email: String, resource: DesiredResource?) {
    if written.hasPrefix("user:") { return (written.dropFirst(5).lowercased(), nil) }
    let prefix = "serviceAccount:"
    let name = written.hasPrefix(prefix) ? String(written.dropFirst(prefix.count)) : written
    let accounts = graph.resources.values.compactMap { resource -> (String, DesiredResource)? in
      guard case .member(let member)? = resource.address.policyName, member.hasPrefix(prefix) else {
        return nil
      }
      return (member.dropFirst(prefix.count).lowercased(), resource)
    }
    let fits = accounts.filter { email, resource in
      let address = resource.address
      return [address.id, address.description, address.local, email].contains(name)
        || email == name.lowercased()
    }
    if fits.count == 1 { return (fits[0].0, fits[0].1) }
    if fits.isEmpty, name.contains("@") { return (name.lowercased(), nil) }
    guard fits.isEmpty else {
      throw UsageError(
        "`--account \(escapedForTerminal(name))` fits several accounts: write one of "
          + fits.map(\.0).sorted().joined(separator: ", "))
    }
    let known = accounts.map(\.0).sorted().joined(separator: ", ")
    throw reporter.earlyExit(
      .invalid, code: .danglingReference,
      "no document declares the account `\(escapedForTerminal(name))`",
      help: [known.isEmpty ? "write its whole e-mail" : "the manifests know \(known)"])
  }
}
