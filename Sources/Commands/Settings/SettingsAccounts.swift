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
    // A key that was made elsewhere has no file that settings could name.
    let keys = graph.keys.values.filter {
      $0.lifecycle.ensure == .present && $0.origin != .external
    }
    guard let name else {
      guard needsKey, keys.count == 1 else { return SettingsAccount() }
      return SettingsAccount(email: keys[0].email, keyFile: "\(directory)/\(keys[0].file)")
    }
    if name.hasPrefix("user:") { return SettingsAccount(email: name.dropFirst(5).lowercased()) }
    let found = try AccountChoice(graph: graph, reporter: reporter, option: "--account")
      .find(name, includesAbsent: true)
    let own = keys.filter { $0.email == found.email }.sorted { $0.address < $1.address }
    if needsKey, own.count > 1 {
      let files = own.map { "\(directory)/\($0.file)" }.joined(separator: ", ")
      reporter.note(
        "note: `\(found.email)` has several declared keys; this uses the first of \(files)")
    }
    let isOff =
      found.resource.map {
        $0.lifecycle.ensure == .absent || $0.spec["disabled"] == .bool(true)
      } ?? false
    return SettingsAccount(
      email: found.email, keyFile: own.first.map { "\(directory)/\($0.file)" }, isOff: isOff)
  }
}
