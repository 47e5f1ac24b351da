import SandboxCalls
import SandboxIAM
package import SandboxWire

/// The target of a request to the Python data plane: `https://LOCATION-python.pkg.dev/PROJECT/REPOSITORY/...`, or the
/// same path on this sandbox's own address.
package struct PackageAddress: Sendable, Hashable {
  enum Target: Sendable, Hashable {
    /// The repository itself, which receives uploads.
    case repository
    /// The list of all packages, which Artifact Registry does not have.
    case packages
    /// The files of a package, as the path spells it.
    case package(String)
    /// A file, as the index links it.
    case file(package: String, name: String)
    /// A file at the address that its link redirects to; the token is not checked yet.
    case download(token: String)
    /// The files of a package without the slash at the end, which its relative links need.
    case missingSlash(package: String)
    case unknown
  }

  let location: String
  let project: String
  let repository: String
  let target: Target
  /// What precedes the project in the path: the host's name if the request does not use it as its host.
  private let prefix: String

  private static let ending = "-python.pkg.dev"

  /// The location in a host's name: `LOCATION-python.pkg.dev`, or `python.LOCATION.rep.pkg.dev` for a regional endpoint.
  private static func location(ofHost host: String) -> String? {
    guard host.hasSuffix(".pkg.dev") else { return nil }
    if host.hasSuffix(ending) { return String(host.dropLast(ending.count)) }
    let (start, end) = ("python.", ".rep.pkg.dev")
    guard host.hasPrefix(start), host.hasSuffix(end) else { return nil }
    return String(host.dropFirst(start.count).dropLast(end.count))
  }

  /// Nil if the request is not for the data plane.
  package init?(_ request: WireRequest) {
    let place = Self.location(ofHost: request.host)
    // Most requests are for an API, whose paths are not cut into parts here.
    guard place != nil || request.firstPart.hasASCIISuffix(Self.ending) else { return nil }
    var parts = request.path.parts(between: UInt8(ascii: "/")).dropFirst()
    if let place {
      location = place
      prefix = ""
    } else {
      location = String(request.firstPart.dropLast(Self.ending.count))
      prefix = "/\(request.firstPart)"
      parts = parts.dropFirst()
    }
    let names = parts.map { PercentEncoding.decode($0) }
    guard names.count >= 2, let project = names[0], let repository = names[1] else {
      project = ""
      repository = ""
      target = .unknown
      return
    }
    if names.count == 7, project == "artifacts-downloads", repository == "namespaces",
      let namespace = names[2], names[3] == "repositories", let id = names[4],
      names[5] == "downloads", let token = names[6], !token.isEmpty
    {
      self.project = namespace
      self.repository = id
      target = .download(token: token)
      return
    }
    self.project = project
    self.repository = repository
    target = Self.target(names.dropFirst(2).map { $0 ?? "/" })
  }

  /// The path of a download address on the host of this request.
  func downloadPath(of repository: RepositoryRecord, token: String) -> String {
    "\(prefix)/artifacts-downloads/namespaces/\(repository.project)/repositories/\(repository.id)"
      + "/downloads/\(token)"
  }

  private static func target(_ rest: [String]) -> Target {
    switch rest.count {
    case 0: .repository
    case 1 where rest[0].isEmpty: .repository
    case 1 where rest[0] == "simple": .packages
    case 2 where rest[0] == "simple" && rest[1].isEmpty: .packages
    case 2 where rest[0] == "simple": .missingSlash(package: rest[1])
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
