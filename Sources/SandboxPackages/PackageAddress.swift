import SandboxIAM
package import SandboxWire

/// The target of a request to the Python data plane: `https://LOCATION-python.pkg.dev/PROJECT/REPOSITORY/...`, or the
/// same path on this sandbox's own address.
package struct PackageAddress: Sendable, Hashable {
  enum Target: Sendable, Hashable {
    /// The repository itself, which receives uploads.
    case repository
    /// The list of packages.
    case packages
    /// The files of a package, as the path spells it.
    case package(String)
    case file(package: String, name: String)
    /// One of these two lists without the slash at the end, which its relative links need.
    case missingSlash(String)
    case unknown
  }

  let location: String
  let project: String
  let repository: String
  let target: Target

  private static let ending = "-python.pkg.dev"

  /// Nil if the request is not for the data plane.
  package init?(_ request: WireRequest) {
    var parts = request.path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
    let host = request.headers["host"]?.lowercased().split(separator: ":").first ?? ""
    if host.hasSuffix(Self.ending) {
      location = String(host.dropLast(Self.ending.count))
    } else if let first = parts.first, first.hasSuffix(Self.ending) {
      location = String(first.dropLast(Self.ending.count))
      parts = parts.dropFirst()
    } else {
      return nil
    }
    let names = parts.map { PercentEncoding.decode($0) }
    guard names.count >= 2, let project = names[0], let repository = names[1] else {
      project = ""
      repository = ""
      target = .unknown
      return
    }
    self.project = project
    self.repository = repository
    target = Self.target(names.dropFirst(2).map { $0 ?? "/" })
  }

  private static func target(_ rest: [String]) -> Target {
    switch rest.count {
    case 0: .repository
    case 1 where rest[0].isEmpty: .repository
    case 1 where rest[0] == "simple": .missingSlash("simple/")
    case 2 where rest[0] == "simple" && rest[1].isEmpty: .packages
    case 2 where rest[0] == "simple": .missingSlash("\(rest[1])/")
    case 3 where rest[0] == "simple" && rest[2].isEmpty: .package(rest[1])
    case 2 where !rest[1].isEmpty: .file(package: rest[0], name: rest[1])
    default: .unknown
    }
  }

  var resource: Resource { .repository(project: project, location: location, id: repository) }

  /// The variables of a route on the repository.
  var variables: [String: String] {
    ["location": location, "project": project, "repository": repository]
  }
}
