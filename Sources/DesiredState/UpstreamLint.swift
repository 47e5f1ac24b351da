import Diagnostics
import JSON
import Manifests
import Model

/// Warns of virtual repositories that ask a mirror before, or as soon as, packages of one's own.
///
/// A stranger who publishes a package of the same name upstream would be served in its place (dependency confusion).
struct UpstreamLint {
  let graph: DesiredGraph
  /// Whether repositories were found to serve each other, which says enough of those that are virtual.
  let hasCycle: Bool
  let sink: DiagnosticSink

  private struct Upstream {
    var name: String
    var priority: Int64
    var mode: String
    /// Where its priority stands, or all of it, and where it is named.
    var place: SourcePosition
    /// The place of the reference to it.
    var reference: SourcePosition
  }

  func report() {
    for resource in graph.resources.values where resource.address.kind == .repository {
      guard resource.lifecycle.ensure == .present else { continue }
      check(resource)
    }
  }

  private func check(_ resource: DesiredResource) {
    let policies = resource.spec["virtualRepositoryConfig"]?["upstreamPolicies"]?.array ?? []
    let byName = Dictionary(
      resource.dependencies.map { (ReferenceResolver.fullName($0), $0) }
    ) { first, _ in first }
    let upstreams = policies.compactMap { policy -> Upstream? in
      guard let name = policy["repository"]?.string, let address = byName[name],
        let target = graph.resources[address], target.origin == .declared
      else { return nil }
      let path = "virtualRepositoryConfig.upstreamPolicies[\"\(policy["id"]?.string ?? "")\"]"
      return Upstream(
        name: address.id, priority: policy["priority"]?.integer ?? 0,
        mode: target.spec["mode"]?.string ?? "STANDARD_REPOSITORY",
        place: resource.positions["\(path).priority"] ?? resource.positions[path]
          ?? resource.source,
        reference: resource.positions["\(path).repository"] ?? resource.positions[path]
          ?? resource.source)
    }
    if !hasCycle { reportVirtual(upstreams) }
    checkPriorities(upstreams)
  }

  private func checkPriorities(_ upstreams: [Upstream]) {
    let own = upstreams.filter { $0.mode == "STANDARD_REPOSITORY" }
    guard let least = own.min(by: { $0.priority < $1.priority }) else { return }
    for mirror in upstreams
    where mirror.mode == "REMOTE_REPOSITORY" && mirror.priority >= least.priority {
      // Equal priorities were warned of for themselves.
      sink.dropLint(at: mirror.place)
      sink.warning(
        .lint,
        "the mirror `\(mirror.name)` is asked no later than `\(least.name)`, which holds own packages",
        at: mirror.place, label: "priority \(mirror.priority), the other has \(least.priority)",
        related: [.init(least.place, "the greatest priority is asked first")],
        help:
          "give `\(least.name)` a greater priority: otherwise a stranger's package of the same name wins"
      )
    }
  }

  /// Google's pages name standard and remote upstreams [WEB cloud.google.com/artifact-registry/docs/repositories/
  /// virtual-overview]; nobody has tried a virtual one on Google.
  private func reportVirtual(_ upstreams: [Upstream]) {
    for upstream in upstreams where upstream.mode == "VIRTUAL_REPOSITORY" {
      sink.warning(
        .lint, "the upstream `\(upstream.name)` is itself virtual", at: upstream.reference,
        help: "name the repositories that it serves: an upstream is a standard or a remote one")
    }
  }
}
