import JSON
import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// The sources of a repository's packages: itself, or its upstreams in the order in which they are searched.
///
/// Artifact Registry documents that a greater priority takes precedence, and that a private upstream above a public one
/// hides a newer public version of the same name ([virtual
/// repositories](https://cloud.google.com/artifact-registry/docs/repositories/virtual-overview)). So the first level
/// that has a package hides it in all others. What happens between equal priorities is not documented; here they form
/// one level, whose files are offered together.
struct PackageSources: Sendable {
  /// Resource names of standard repositories, greatest priority first.
  private(set) var levels: [[String]] = []
  /// Upstreams that cannot provide anything, by level, with the error for packages that only they could have.
  private var unavailable: [(level: Int, error: APIError)] = []
  /// The resource names that were added. Repositories can form cycles, and a second occurrence is hidden by the first.
  private var seen: Set<String> = []

  init(of repository: RepositoryRecord, _ state: State, baseURL: String, now: Int64) {
    let look = Look(state: state, baseURL: baseURL, now: now)
    add(repository, look)
  }

  /// What is the same for all upstreams.
  private struct Look {
    let state: State
    let baseURL: String
    let now: Int64
  }

  private mutating func add(_ repository: RepositoryRecord, _ look: Look) {
    guard seen.insert(repository.name).inserted else { return }
    let fields = repository.fields.value
    switch fields["mode"]?.string {
    case "VIRTUAL_REPOSITORY":
      let policies = fields["virtualRepositoryConfig"]?["upstreamPolicies"]?.array ?? []
      let byPriority = Dictionary(grouping: policies) { $0["priority"]?.integer ?? 0 }
      for priority in byPriority.keys.sorted(by: >) {
        let start = levels.count
        for policy in byPriority[priority] ?? [] {
          guard let place = UpstreamPlace(name: policy["repository"]?.string ?? "", look.state)
          else { continue }
          add(place, of: repository, permission: Self.reading, look: look)
        }
        join(from: start)
      }
    case "REMOTE_REPOSITORY":
      let address = Self.upstream(fields)
      if let place = UpstreamPlace(address: address, look.state, look.baseURL) {
        add(place, of: repository, permission: PackageGate.download, look: look)
      } else {
        addUnavailable(Self.unreachable(address))
      }
    default: levels.append([repository.name])
    }
  }

  /// The permission that a virtual repository needs on its upstreams.
  private static let reading = "artifactregistry.repositories.readViaVirtualRepository"

  private mutating func add(
    _ place: UpstreamPlace, of repository: RepositoryRecord, permission: String, look: Look
  ) {
    guard place.isReadable(from: repository.project, permission, look.state, now: look.now) else {
      let agent = look.state[ProjectRecord.self][repository.project].map {
        Principal.registryAgent(of: $0)
      }
      addUnavailable(
        APIError(
          .permissionDenied,
          "Permission '\(permission)' denied to \(agent?.email ?? "") on the upstream "
            + "'\(place.resource.fullName)' (or it may not exist)."))
      return
    }
    guard
      let upstream = look.state.repository(
        project: place.project, location: place.location, id: place.id)
    else {
      return
    }
    let isPython = upstream.fields.value["format"]?.string == "PYTHON"
    if isPython { add(upstream, look) }
  }

  /// Adds an upstream that cannot provide anything.
  private mutating func addUnavailable(_ error: APIError) {
    unavailable.append((levels.count, error))
    levels.append([])
  }

  /// Merges the levels that upstreams of one priority added.
  private mutating func join(from start: Int) {
    guard levels.count > start + 1 else { return }
    levels[start...] = [levels[start...].flatMap { $0 }]
    unavailable = unavailable.map { $0.level > start ? (start, $0.error) : $0 }
  }

  /// The files of a package; empty if no source has it.
  ///
  /// - Throws: if only an upstream outside of the sandbox, or one that must not be read, could have it.
  func files(of package: String, _ state: State) throws(APIError) -> [PackageFileRecord] {
    for (index, level) in levels.enumerated() {
      var found: [PackageFileRecord] = []
      var names: Set<String> = []
      for repository in level {
        for file in state.files(of: package, in: repository)
        where names.insert(file.fileName).inserted {
          found.append(file)
        }
      }
      if !found.isEmpty { return found.sorted { $0.fileName < $1.fileName } }
      if let upstream = unavailable.first(where: { $0.level == index }) { throw upstream.error }
    }
    return []
  }

  /// The names of all packages.
  ///
  /// - Throws: if no upstream can provide anything.
  func packages(_ state: State) throws(APIError) -> [String] {
    if let only = unavailable.first, levels.allSatisfy(\.isEmpty) { throw only.error }
    return Set(levels.joined().flatMap { state.packages(in: $0) }).sorted()
  }

  private static func unreachable(_ address: String) -> APIError {
    var error = APIError(
      .unavailable,
      "The upstream is \(address), and the sandbox reaches nothing outside. An upstream that is "
        + "another repository of this sandbox works.")
    error.otherStatus = 502
    return error
  }

  /// The address of a remote repository's upstream.
  private static func upstream(_ fields: JSONValue) -> String {
    let config = fields["remoteRepositoryConfig"]
    return config?["pythonRepository"]?["customRepository"]?["uri"]?.string
      ?? config?["commonRepository"]?["uri"]?.string
      ?? "the public \(config?["pythonRepository"]?["publicRepository"]?.string ?? "PYPI")"
  }
}
