package import SandboxWire

/// The target of a request to GitHub: `https://api.github.com/repos/...`, or the same below the host's name on this
/// sandbox's own address, `/api.github.com/repos/...`.
package struct GitHubAddress: Sendable, Hashable {
  enum Target: Sendable, Hashable {
    case publicKey
    case secrets
    case secret(String)
    case variables
    case variable(String)
    case unknown
  }

  let place: GitHubPlace
  let target: Target

  /// Whether the sandbox plays this part of GitHub.
  package var isServed: Bool { target != .unknown }

  /// Whether a body holds a secret, although encrypted.
  package var holdsSecret: Bool {
    if case .secret = target { true } else { false }
  }

  /// The host of the public site's API.
  package static let host = "api.github.com"

  /// Nil if the request is not for GitHub.
  package init?(_ request: WireRequest) {
    let isHost = request.host == Self.host
    // Most requests are for Google, whose paths are not cut into parts here.
    guard isHost || request.firstPart.utf8.contains(UInt8(ascii: ".")) else { return nil }
    let parts = request.path.parts(between: UInt8(ascii: "/")).dropFirst()
    guard let (site, rest) = isHost ? (GitHubPlace.publicSite, parts) : Self.site(of: parts) else {
      return nil
    }
    let names = rest.map { PercentEncoding.decode($0) ?? "/" }
    guard names.count >= 5, names[0] == "repos" else {
      place = GitHubPlace(site: site, owner: "", name: "")
      target = .unknown
      return
    }
    var place = GitHubPlace(site: site, owner: names[1], name: names[2])
    if names[3] == "environments" { place.environment = names[4] }
    self.place = place
    let isKnown = place.environment != nil || names[3] == "actions"
    target = isKnown ? Self.target(names.dropFirst(place.environment == nil ? 4 : 5)) : .unknown
  }

  /// The site that a path begins with, and what follows: `api.github.com`, `api.SITE.ghe.com`, or `SITE/api/v3` for a
  /// GitHub Enterprise Server.
  private static func site(
    of parts: ArraySlice<Substring>
  ) -> (String, ArraySlice<Substring>)? {
    guard let first = parts.first?.lowercased(), first.contains(".") else { return nil }
    if first == host { return (GitHubPlace.publicSite, parts.dropFirst()) }
    if first.hasPrefix("api."), first.hasSuffix(".ghe.com") {
      return (String(first.dropFirst("api.".count)), parts.dropFirst())
    }
    guard parts.dropFirst().prefix(2) == ["api", "v3"] else { return nil }
    return (first, parts.dropFirst(3))
  }

  private static func target(_ names: ArraySlice<String>) -> Target {
    switch Array(names) {
    case ["secrets"]: .secrets
    case ["secrets", "public-key"]: .publicKey
    case ["variables"]: .variables
    case let names where names.count == 2 && names[0] == "secrets": .secret(names[1])
    case let names where names.count == 2 && names[0] == "variables": .variable(names[1])
    default: .unknown
    }
  }
}

/// Where secrets and variables are: in a repository, or in one of its environments. GitHub compares names ignoring case.
package struct GitHubPlace: Sendable, Hashable {
  /// `github.com`, or the name of a company's site.
  let site: String
  let owner: String
  let name: String
  var environment: String?

  /// The site that requests mean unless they name another one.
  package static let publicSite = "github.com"

  init(site: String, owner: String, name: String, environment: String? = nil) {
    self.site = site.lowercased()
    self.owner = owner
    self.name = name
    self.environment = environment
  }

  /// The resource name of the repository, in lower case: `github.com/acme/lib`.
  var repository: String { "\(site)/\(owner)/\(name)".lowercased() }

  /// The resource name, in lower case: `github.com/acme/lib/environments/prod`.
  var key: String {
    environment.map { "\(repository)/environments/\($0.lowercased())" } ?? repository
  }

  /// Whether the names are such as GitHub gives.
  var isWellFormed: Bool {
    func isName(_ text: String) -> Bool {
      (1...100).contains(text.utf8.count) && text != "." && text != ".."
        && text.utf8.allSatisfy { byte in
          (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
            || (0x61...0x7A).contains(byte) || "-_.".utf8.contains(byte)
        }
    }
    return isName(owner) && isName(name)
      && (environment.map { (1...255).contains($0.unicodeScalars.count) } ?? true)
  }
}
