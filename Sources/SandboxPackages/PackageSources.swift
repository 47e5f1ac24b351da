import JSON
import SandboxCalls
import SandboxIAM
import SandboxStore
import SandboxWire

/// The sources of a repository's packages: itself, or its upstreams in the order of their priorities.
///
/// The index of a virtual repository is the union of its upstreams. Priorities decide only where a version comes from
/// that several of them have (docs/decisions/0041-virtual-repositories-list-everything.md). What happens between equal
/// priorities is not documented; here they form one level, whose files are offered together.
struct PackageSources: Sendable {
  /// Something that has files.
  enum Source: Sendable {
    /// A repository with files of its own: a standard one, or a remote one with what it has stored.
    case repository(String)
    /// The upstream of a remote repository with this name.
    case upstream(of: String, UpstreamFiles)
  }
  /// Greatest priority first.
  private(set) var levels: [[Source]] = []
  /// Upstreams that cannot provide anything, by level, with the error that says why.
  private var unavailable: [(level: Int, error: APIError)] = []
  /// The resource names that were added. Repositories can form cycles, and a second occurrence is hidden by the first.
  private var seen: Set<String> = []

  /// - Parameter pypi: the files that stand for PyPI's; nil if none do.
  init(
    of repository: RepositoryRecord, _ state: State, baseURL: String, pypi: UpstreamFiles? = nil,
    now: Int64
  ) {
    let look = Look(state: state, baseURL: baseURL, pypi: pypi, now: now)
    add(repository, look)
  }

  /// What is the same for all upstreams.
  private struct Look {
    let state: State
    let baseURL: String
    let pypi: UpstreamFiles?
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
        if byPriority[priority]?.count ?? 0 > 1 { join(from: start) }
      }
    case "REMOTE_REPOSITORY":
      switch RemoteUpstream(fields, look.state, baseURL: look.baseURL, pypi: look.pypi) {
      case .repository(let place):
        add(place, of: repository, permission: PackageGate.download, look: look)
      case .folder(let files):
        levels.append([.repository(repository.name), .upstream(of: repository.name, files)])
        if let problem = files.problem {
          unavailable.append((levels.count - 1, APIError(.unavailable, problem)))
        }
      case .outside(let address): addUnavailable(RemoteUpstream.unreachable(address))
      }
    default: levels.append([.repository(repository.name)])
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

  /// The files of a package, by name; empty if no source has it.
  ///
  /// - Throws: if an upstream that is outside of the sandbox or must not be read takes precedence over all others that
  ///   have the package, or if no other has it.
  func files(of package: String, _ state: State) throws(APIError) -> [PackageFileRecord] {
    var found: [String: PackageFileRecord] = [:]
    var versions: Set<String> = []
    for (index, level) in levels.enumerated() {
      let offered = level.flatMap { $0.files(of: package, state) }
        .filter { !versions.contains($0.version) }
      for file in offered where found[file.fileName] == nil { found[file.fileName] = file }
      versions.formUnion(offered.map(\.version))
      if found.isEmpty, let upstream = unavailable.first(where: { $0.level == index }) {
        throw upstream.error
      }
    }
    return found.values.sorted { $0.fileName < $1.fileName }
  }
}

extension PackageSources.Source {
  /// Its files of a package. Those of an upstream have no blob yet.
  fileprivate func files(of package: String, _ state: State) -> [PackageFileRecord] {
    switch self {
    case .repository(let name): state.files(of: package, in: name)
    case .upstream(let name, let files):
      (files.packages[package] ?? []).map { $0.record(in: name) }
    }
  }
}
