package import SandboxIAM
package import SandboxStore

/// The repository that an upstream names, which need not exist.
package struct UpstreamPlace: Sendable, Hashable {
  /// The project's id.
  package let project: String
  /// Its location.
  package let location: String
  /// Its id.
  package let id: String

  /// The repository as a resource that permissions are checked on.
  package var resource: Resource { .repository(project: project, location: location, id: id) }

  /// - Parameter name: `projects/P/locations/L/repositories/R`, with the project's id or number.
  package init?(name: String, _ state: State) {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 6, parts[0] == "projects", parts[2] == "locations",
      parts[4] == "repositories", parts.allSatisfy({ !$0.isEmpty })
    else { return nil }
    project = state.project(parts[1])?.id ?? parts[1]
    location = parts[3]
    id = parts[5]
  }

  /// The Python repository at an address: a resource name, or a URL of this sandbox or of Google's. Nil for every other
  /// address, which is outside of the sandbox.
  package init?(address: String, _ state: State, _ baseURL: String) {
    if let named = UpstreamPlace(name: address, state) {
      self = named
      return
    }
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
    let ending = "-python.pkg.dev"
    guard parts.count == 3, parts[0].hasSuffix(ending) else { return nil }
    project = state.project(parts[1])?.id ?? parts[1]
    location = String(parts[0].dropLast(ending.count))
    id = parts[2]
  }

  /// Whether repositories of another project can read this one. Those of its own project always can; others need a
  /// grant to the service agent of Artifact Registry in their project.
  ///
  /// This follows Google's pages on virtual repositories and on service agents: the agent's own role covers its project
  /// only, so upstreams elsewhere need a grant there (docs/google-apis.md#virtual-repositories).
  package func isReadable(
    from asking: String, _ permission: String, _ state: State, now: Int64
  ) -> Bool {
    if asking == project { return true }
    guard let home = state[ProjectRecord.self][asking],
      let owner = state[ProjectRecord.self][project],
      owner.deleteTime == nil
    else { return false }
    return AccessCheck.allows(
      .registryAgent(of: home), permission: permission, on: resource, in: state, now: now)
  }
}
