package import Model

/// The names of GitHub that manifests hold: repositories, environments, secrets of Actions, servers.
///
/// Each function returns the problem with a name, without its subject, or nil. GitHub compares all of them ignoring case.
package enum GitHubNames {
  /// `OWNER/REPO`: an owner of up to 39 letters, digits, `-` and `_`, and a repository of up to 100 of these and `.`.
  package static func repository(_ name: String) -> Problem? {
    if name.contains("://") || name.hasPrefix("git@") {
      return Problem("must be `OWNER/REPOSITORY`", help: "write the names without the address")
    }
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.count == 2 else { return "must be `OWNER/REPOSITORY`, such as `acme/lib`" }
    return owner(parts[0]) ?? repositoryPart(parts[1])
  }

  private static func owner(_ name: Substring) -> Problem? {
    guard (1...39).contains(name.utf8.count) else {
      return "must have an owner of 1 to 39 characters before the slash"
    }
    guard name.utf8.allSatisfy({ NameRules.isAlphanumeric($0) || "-_".utf8.contains($0) }),
      name.utf8.first != 45
    else { return "must have an owner of letters, digits and hyphens, which begins with none" }
    return nil
  }

  private static func repositoryPart(_ name: Substring) -> Problem? {
    guard (1...100).contains(name.utf8.count) else {
      return "must have a repository of 1 to 100 characters after the slash"
    }
    guard name.utf8.allSatisfy({ NameRules.isAlphanumeric($0) || "-._".utf8.contains($0) }),
      name != ".", name != ".."
    else { return "must have a repository of letters, digits, `-`, `_` and `.`" }
    return name.lowercased().hasSuffix(".git")
      ? Problem("must not end with `.git`", help: "write `OWNER/REPOSITORY`") : nil
  }

  /// A secret or a variable of Actions (https://docs.github.com/en/actions/reference/security/secrets#naming-your-secrets).
  package static func secret(_ name: String) -> Problem? {
    guard let first = name.utf8.first else { return "must not be empty" }
    guard name.utf8.allSatisfy({ NameRules.isAlphanumeric($0) || $0 == 95 }) else {
      return "may contain letters, digits and `_` only"
    }
    if NameRules.isDigit(first) { return "must not begin with a digit" }
    if name.uppercased().hasPrefix("GITHUB_") {
      return "must not begin with `GITHUB_`, which GitHub keeps for itself"
    }
    return name.utf8.count > 200
      ? "must have at most 200 characters; this has \(name.utf8.count)" : nil
  }

  /// An environment: up to 255 characters. A slash is allowed, and encoded in addresses.
  package static func environment(_ name: String) -> Problem? {
    guard !name.isEmpty else { return "must not be empty" }
    guard name.unicodeScalars.count <= 255 else {
      return "must have at most 255 characters; this has \(name.unicodeScalars.count)"
    }
    if name.unicodeScalars.contains(where: isControl) {
      return "must not contain control or formatting characters"
    }
    if name.first == " " || name.last == " " { return "must not begin or end with a space" }
    return name == "." || name == ".." ? "must not be `.` or `..`" : nil
  }

  private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator,
      .paragraphSeparator:
      true
    default: false
    }
  }

  /// The name of a server: `github.com`, `github.example.com`, `octocorp.ghe.com`.
  package static func host(_ name: String) -> Problem? {
    if name.contains("/") {
      return Problem(
        "must be the name of a host, without `https://` and a path",
        help: "arctl adds `https://` and `/api/v3` itself")
    }
    if name.contains(":") { return "must not have a port: GitHub servers use https on 443" }
    guard NameRules.domain(name) == nil else {
      return "must be the name of a host in lower case, such as `github.example.com`"
    }
    let last = name.split(separator: ".").last ?? ""
    if last == "localhost" || last.utf8.allSatisfy(NameRules.isDigit) {
      return "must be the name of a host, not an address or this machine"
    }
    return nil
  }
}
