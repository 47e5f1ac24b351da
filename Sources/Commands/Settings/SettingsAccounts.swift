import Model

/// The account that uses the settings.
struct SettingsAccount: Sendable, Hashable {
  /// Its e-mail; nil if the user named none.
  var email: String?
  /// The path of the file of its key; nil if no manifest declares one, or several.
  var keyFile: String?
  /// The secret of GitHub Actions in which a manifest stores its key, in base64; nil if none does.
  var storedSecret: String?
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
    let all = graph.keys.values.filter {
      $0.lifecycle.ensure == .present && $0.origin != .external
    }
    guard let name else {
      guard needsKey, all.count == 1 else { return SettingsAccount() }
      return SettingsAccount(
        email: all[0].email,
        keyFile: all[0].remote == nil ? "\(directory)/\(all[0].file)" : nil,
        storedSecret: Self.storedSecret(all))
    }
    let keys = all.filter { $0.remote == nil }
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
      email: found.email, keyFile: own.first.map { "\(directory)/\($0.file)" },
      storedSecret: Self.storedSecret(all.filter { $0.email == found.email }), isOff: isOff)
  }

  /// The only secret of GitHub Actions among the destinations of these keys.
  private static func storedSecret(_ keys: [DesiredKey]) -> String? {
    let secrets = keys.compactMap { key -> RemoteDestination.GitHubSecret? in
      guard case .githubActions(let secret) = key.remote else { return nil }
      return secret.encoding == .base64 ? secret : nil
    }
    return secrets.count == 1 ? secrets[0].secret : nil
  }
}
