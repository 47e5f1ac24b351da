import Diagnostics
import JSON
import Model

/// The upstream repositories of a virtual one.
///
/// It warns if a mirror takes precedence over the user's own packages, or has the same priority: clients would then get
/// the mirror's files of a version that both have. A newer version in the mirror is offered in any case
/// (docs/google-apis.md#virtual-repositories).
struct Upstreams {
  private let upstreams: [Upstream]

  private struct Upstream {
    var name: String
    var priority: Int64
    var mode: String
    /// The place of its priority, or of the whole policy, and of its name.
    var place: SourcePosition
    /// The place of the reference to it.
    var reference: SourcePosition
  }

  /// The upstreams that the set declares.
  init(_ resource: DesiredResource, _ graph: DesiredGraph, fullName: (Address) -> String) {
    let policies = resource.spec["virtualRepositoryConfig"]?["upstreamPolicies"]?.array ?? []
    guard !policies.isEmpty else {
      upstreams = []
      return
    }
    let byName = Dictionary(resource.dependencies.map { (fullName($0), $0) }) { first, _ in first }
    upstreams = policies.compactMap { policy -> Upstream? in
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
  }

  func findings(hasCycle: Bool) -> [GraphFinding] {
    // A cycle is reported already, which covers the virtual ones in it.
    (hasCycle ? [] : virtualOnes) + mirrorsBeforeOwn
  }

  private var mirrorsBeforeOwn: [GraphFinding] {
    let own = upstreams.filter { $0.mode == "STANDARD_REPOSITORY" }
    guard let least = own.min(by: { $0.priority < $1.priority }) else { return [] }
    return upstreams.filter { $0.mode == "REMOTE_REPOSITORY" && $0.priority >= least.priority }
      .map { mirror in
        // Equal priorities have a warning of their own.
        GraphFinding(
          Diagnostic(
            .lint, severity: .warning,
            "the priority of the mirror `\(mirror.name)` is not smaller than that of `\(least.name)`, which holds own packages",
            at: mirror.place,
            label: "priority \(mirror.priority), the other has \(least.priority)",
            related: [
              .init(least.place, "a version that both have comes from the greatest priority")
            ],
            help: [
              "give `\(least.name)` a greater priority: otherwise an outside package of the same name and version wins"
            ]), replacesLint: true)
      }
  }

  /// Google's pages disagree on virtual upstreams, and none was tried, so this is a warning and not an error
  /// (docs/google-apis.md#virtual-repositories).
  private var virtualOnes: [GraphFinding] {
    upstreams.filter { $0.mode == "VIRTUAL_REPOSITORY" }.map { upstream in
      GraphFinding(
        Diagnostic(
          .lint, severity: .warning, "the upstream `\(upstream.name)` is itself virtual",
          at: upstream.reference,
          help: ["name the repositories that it serves: an upstream is a standard or a remote one"])
      )
    }
  }

  /// Why a virtual repository cannot serve an upstream: both must have the same location and format
  /// (docs/google-apis.md#virtual-repositories). For a repository outside the set, Google decides.
  static func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? {
    guard let location = address.names.first, target.names.count == 2 else { return nil }
    let name = "the upstream `\(target.id)`"
    let its = target.names[0]
    if its != location {
      return ReferenceProblem(
        "\(name) is in `\(its)`, and the virtual repository in `\(location)`",
        help: "a virtual repository serves only repositories in its own location")
    }
    guard let own = spec["format"]?.string, let format = targetSpec?["format"]?.string,
      format != own
    else { return nil }
    return ReferenceProblem(
      "\(name) is of format `\(format.lowercased())`, and the virtual repository `\(own.lowercased())`",
      help: "a virtual repository serves only repositories of its own format",
      field: .init("format", "`\(format.lowercased())` is written here"))
  }
}
