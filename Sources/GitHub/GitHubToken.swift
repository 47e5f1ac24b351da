public import GoogleCloud

/// The token for a GitHub server. Prints and reflects as `(token)`, so that it cannot get into a log.
public struct GitHubToken: Sendable, CustomStringConvertible, CustomReflectable {
  /// The kinds of token, which need different rights
  /// (https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github).
  public enum Kind: Sendable, Hashable {
    /// A personal access token with scopes, or that of an OAuth app.
    case classic
    /// A personal access token with permissions for chosen repositories.
    case fineGrained
    /// That of a GitHub App's installation, or of a workflow run.
    case app
    /// One for a sandbox.
    case sandbox
    case unknown
  }

  /// The only variable that it is read from. `GITHUB_TOKEN` and `GH_TOKEN` are other tools' variables.
  public static let variable = "ARCTL_GITHUB_TOKEN"
  /// The start of the tokens for a sandbox, which no real token has.
  public static let sandboxPrefix = "arctl-sandbox-"
  /// The token that a sandbox gets where the environment has none.
  public static let rehearsal = sandboxPrefix + "rehearsal"

  /// The kind, by its prefix.
  public let kind: Kind
  let value: String

  /// Nil for a text that cannot be a token: an empty or very long one, one with spaces, control characters or letters
  /// outside of ASCII.
  public init?(_ value: String) {
    guard (1...4096).contains(value.utf8.count), value.utf8.allSatisfy({ 0x21...0x7E ~= $0 })
    else { return nil }
    self.value = value
    kind = Self.prefixes.first { value.hasPrefix($0.prefix) }?.kind ?? .unknown
  }

  private static let prefixes: [(prefix: String, kind: Kind)] = [
    (sandboxPrefix, .sandbox), ("github_pat_", .fineGrained), ("ghp_", .classic),
    ("gho_", .classic), ("ghu_", .app), ("ghs_", .app),
  ]

  /// The token for a host in these variables; for a sandbox also the token for rehearsals.
  ///
  /// Throws `unauthenticated` if there is none, and `refused` for one that is not sent to that host. For a sandbox that
  /// `arctl` started itself, give no variables, since a real token does not matter there.
  public static func find(
    in environment: [String: String], for host: GitHubHost
  ) throws(APIError) -> GitHubToken {
    let text = environment[variable] ?? ""
    guard !text.isEmpty else {
      if host.isSandbox, let token = GitHubToken(rehearsal) { return token }
      throw APIError(
        .unauthenticated, label: label,
        "\(variable) is not set: secrets of \(host.name) are written with a token that may do so: "
          + "export \(variable)=TOKEN")
    }
    guard let token = GitHubToken(text) else {
      throw APIError(
        .unauthenticated, label: label,
        "\(variable) is not a token: it is empty, too long, or has spaces or control characters")
    }
    if let refusal = token.refusal(for: host) { throw refusal }
    return token
  }

  /// Why the token is not sent to a host; nil if it may be. A real token never goes to a sandbox, and a sandbox's never
  /// to a real server.
  func refusal(for host: GitHubHost) -> APIError? {
    if host.isSandbox, kind != .sandbox {
      return APIError(
        .refused, label: Self.label,
        "\(Self.variable) is not a sandbox's token, so it was not sent to \(host.origin): "
          + "export \(Self.variable)=\(Self.rehearsal)")
    }
    if !host.isSandbox, kind == .sandbox {
      return APIError(
        .refused, label: Self.label,
        "\(Self.variable) is a sandbox's token, so it was not sent to \(host.name): "
          + "export \(Self.variable)=TOKEN with a token of \(host.name)")
    }
    return nil
  }

  private static let label = "github sign-in"

  /// `(token)`.
  public var description: String { "(token)" }
  /// Without children.
  public var customMirror: Mirror { Mirror(self, children: EmptyCollection()) }
}
