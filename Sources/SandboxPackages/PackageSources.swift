import JSON
import SandboxStore
import SandboxWire

/// Where a repository's packages come from: itself, or its upstreams in the order in which they are asked.
///
/// Artifact Registry documents that a greater priority takes precedence, and that a private upstream
/// above a public one keeps a newer public version of the same name out (virtual repositories overview);
/// so the first level that has a package hides it in all others. What it does among equal priorities it
/// does not say; here they are one level, whose files are offered together.
struct PackageSources: Sendable {
  /// Resource names of standard repositories, greatest priority first.
  private(set) var levels: [[String]] = []
  /// Upstreams that are outside of the sandbox, by level, with the address.
  private var outside: [(level: Int, address: String)] = []

  init(of repository: RepositoryRecord, _ state: State, baseURL: String) {
    add(repository, state, baseURL, depth: 0)
  }

  /// - Parameter depth: remote repositories may point at each other in a circle.
  private mutating func add(
    _ repository: RepositoryRecord, _ state: State, _ baseURL: String, depth: Int
  ) {
    guard depth < 8 else { return }
    let fields = repository.fields.value
    switch fields["mode"]?.string {
    case "VIRTUAL_REPOSITORY":
      let policies = fields["virtualRepositoryConfig"]?["upstreamPolicies"]?.array ?? []
      let byPriority = Dictionary(grouping: policies) { $0["priority"]?.integer ?? 0 }
      for priority in byPriority.keys.sorted(by: >) {
        let start = levels.count
        for policy in byPriority[priority] ?? [] {
          guard
            let upstream = Self.repository(named: policy["repository"]?.string ?? "", state)
          else { continue }
          add(upstream, state, baseURL, depth: depth + 1)
        }
        join(from: start)
      }
    case "REMOTE_REPOSITORY":
      let address = Self.upstream(fields)
      if let target = Self.inside(address, state, baseURL) {
        add(target, state, baseURL, depth: depth + 1)
      } else {
        outside.append((levels.count, address))
        levels.append([])
      }
    default: levels.append([repository.name])
    }
  }

  /// Makes one level of those that upstreams of one priority gave.
  private mutating func join(from start: Int) {
    guard levels.count > start + 1 else { return }
    levels[start...] = [levels[start...].flatMap { $0 }]
    outside = outside.map { $0.level > start ? (start, $0.address) : $0 }
  }

  /// The files of a package; empty when no source has it.
  ///
  /// - Throws: when only an upstream outside of the sandbox could have it.
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
      if let upstream = outside.first(where: { $0.level == index }) {
        throw Self.unreachable(upstream.address)
      }
    }
    return []
  }

  /// The names of all packages.
  ///
  /// - Throws: when there is nothing but an upstream outside of the sandbox.
  func packages(_ state: State) throws(APIError) -> [String] {
    if let only = outside.first, levels.allSatisfy(\.isEmpty) {
      throw Self.unreachable(only.address)
    }
    return Set(levels.joined().flatMap { state.fileIndex.packages(in: $0) }).sorted()
  }

  private static func unreachable(_ address: String) -> APIError {
    var error = APIError(
      .unavailable,
      "The upstream is \(address), and the sandbox reaches nothing outside. An upstream that is "
        + "another repository of this sandbox works.")
    error.otherStatus = 502
    return error
  }

  // MARK: Upstreams

  private static func repository(named name: String, _ state: State) -> RepositoryRecord? {
    let parts = name.split(separator: "/").map(String.init)
    guard parts.count == 6, parts[0] == "projects", parts[2] == "locations",
      parts[4] == "repositories"
    else { return nil }
    return state.repository(state.project(parts[1])?.id ?? parts[1], parts[3], parts[5])
  }

  /// The address of a remote repository's upstream.
  private static func upstream(_ fields: JSONValue) -> String {
    let config = fields["remoteRepositoryConfig"]
    return config?["pythonRepository"]?["customRepository"]?["uri"]?.string
      ?? config?["commonRepository"]?["uri"]?.string
      ?? "the public \(config?["pythonRepository"]?["publicRepository"]?.string ?? "PYPI")"
  }

  /// The repository of this sandbox that an address means, behind its own address or Google's.
  private static func inside(
    _ address: String, _ state: State, _ baseURL: String
  ) -> RepositoryRecord? {
    if let named = repository(named: address, state) { return named }
    var path = address[...]
    if path.hasPrefix("\(baseURL)/") {
      path = path.dropFirst(baseURL.count + 1)
    } else if path.hasPrefix("https://") {
      path = path.dropFirst(8)
    } else {
      return nil
    }
    var parts = path.split(separator: "/").map(String.init)
    if parts.last == "simple" { parts.removeLast() }
    guard parts.count == 3, parts[0].hasSuffix("-python.pkg.dev") else { return nil }
    let project = state.project(parts[1])?.id ?? parts[1]
    guard
      let found = state.repository(project, String(parts[0].dropLast(15)), parts[2]),
      found.fields.value["format"]?.string == "PYTHON"
    else { return nil }
    return found
  }
}
