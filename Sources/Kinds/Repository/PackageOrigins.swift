import Diagnostics
import JSON
import Model

/// Where the packages of a virtual repository come from, through all its upstreams.
///
/// It warns if own packages and a public registry are among them: the index lists the versions of all upstreams
/// (docs/decisions/0041-virtual-repositories-list-everything.md), so a client that wants the highest version takes a
/// stranger's package of the same name.
struct PackageOrigins {
  private let graph: DesiredGraph
  private let kind: RepositoryKind

  init(_ graph: DesiredGraph, _ kind: RepositoryKind) {
    self.graph = graph
    self.kind = kind
  }

  /// What an upstream leads to.
  private struct Upstream {
    /// The place of the reference to it.
    var place: SourcePosition
    /// The standard repositories that it is or leads to.
    var own: [Address] = []
    /// The mirrors that it is or leads to, each with the name of the public registry.
    var mirrors: [(address: Address, registry: String)] = []
  }

  /// How many repositories are looked at for one upstream; a chain of virtual ones may be long.
  private static let maximum = 100

  func findings(on resource: DesiredResource) -> [GraphFinding] {
    guard RepositoryRules.mode(of: resource.spec) == RepositoryRules.virtual,
      resource.lifecycle.ensure == .present
    else { return [] }
    let upstreams = policies(of: resource).map { target, place in
      var upstream = Upstream(place: place)
      var visited: Set<Address> = [resource.address]
      add(target, to: &upstream, &visited)
      return upstream
    }
    // An upstream that leads to both has a warning of its own.
    for (index, own) in upstreams.enumerated() {
      guard let first = own.own.first,
        let other = upstreams.indices.first(where: {
          $0 != index && !upstreams[$0].mirrors.isEmpty
        }), let mirror = upstreams[other].mirrors.first
      else { continue }
      return [
        finding(
          on: resource.address, own: (first, own.place), mirror: mirror, at: upstreams[other].place)
      ]
    }
    return []
  }

  private func finding(
    on virtual: Address, own: (address: Address, place: SourcePosition),
    mirror: (address: Address, registry: String), at place: SourcePosition
  ) -> GraphFinding {
    GraphFinding(
      Diagnostic(
        .dependencyConfusion, severity: .warning,
        "`\(virtual.id)` offers the packages of `\(own.address.id)` and, through `\(mirror.address.id)`, all of \(mirror.registry)",
        at: place, label: "a higher version here wins, whatever the priorities say",
        related: [.init(own.place, "own packages come from here")],
        help: [
          "let clients name the source of each own package, or give own packages an index without the mirror",
          "or register the names of own packages in \(mirror.registry); see docs/dependency-confusion.md",
        ]))
  }

  private func add(
    _ address: Address, to upstream: inout Upstream, _ visited: inout Set<Address>
  ) {
    // What no manifest declares is not known.
    guard visited.count < Self.maximum, visited.insert(address).inserted,
      let target = graph.resources[address], target.origin == .declared,
      target.lifecycle.ensure == .present
    else { return }
    switch RepositoryRules.mode(of: target.spec) {
    case RepositoryRules.standard: upstream.own.append(address)
    case RepositoryRules.remote:
      let config = target.spec["remoteRepositoryConfig"]
      if let registry = PublicRegistries.name(of: config) {
        upstream.mirrors.append((address, registry))
      } else if let next = repository(in: config) {
        add(next, to: &upstream, &visited)
      }
    case RepositoryRules.virtual:
      for (next, _) in policies(of: target) { add(next, to: &upstream, &visited) }
    default: break
    }
  }

  /// The upstreams of a virtual repository, each with the place of the reference to it.
  private func policies(of resource: DesiredResource) -> [(Address, SourcePosition)] {
    let policies = resource.spec["virtualRepositoryConfig"]?["upstreamPolicies"]?.array ?? []
    return policies.compactMap { policy in
      guard let name = policy["repository"]?.string, let address = address(fullName: name) else {
        return nil
      }
      let path = "virtualRepositoryConfig.upstreamPolicies[\"\(policy["id"]?.string ?? "")\"]"
      let place =
        resource.positions["\(path).repository"] ?? resource.positions[path] ?? resource.source
      return (address, place)
    }
  }

  /// The repository of Artifact Registry that a remote one mirrors: by its full name, or by its address
  /// `https://LOCATION-FORMAT.pkg.dev/PROJECT/ID`.
  private func repository(in config: JSONValue?) -> Address? {
    for (field, value) in config?.object ?? [:] {
      let uri = field == "commonRepository" ? value["uri"] : value["customRepository"]?["uri"]
      guard let uri = uri?.string else { continue }
      return address(fullName: uri) ?? address(url: uri)
    }
    return nil
  }

  private func address(fullName: String) -> Address? {
    guard case .full(let address)? = kind.read(reference: fullName, project: "") else { return nil }
    return address
  }

  private func address(url: String) -> Address? {
    let suffix = ".pkg.dev"
    guard let host = PublicRegistries.host(of: url), host.hasSuffix(suffix),
      let dash = host.dropLast(suffix.count).lastIndex(of: "-"),
      let path = url.firstRange(of: suffix)?.upperBound
    else { return nil }
    let names = url[path...].split(separator: "/").map(String.init)
    guard names.count >= 2 else { return nil }
    return Address(project: names[0], kind.id, String(host[..<dash]), names[1])
  }
}
