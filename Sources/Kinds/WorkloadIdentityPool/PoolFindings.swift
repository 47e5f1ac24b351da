import Diagnostics
import JSON
import Model

/// Advice about the grants to identities of a pool.
struct PoolFindings {
  private let pool: Address
  private let graph: DesiredGraph

  init(pool: Address, _ graph: DesiredGraph) {
    self.pool = pool
    self.graph = graph
  }

  /// Grants that match no identity of any declared provider. Without a declared provider nothing is known about the
  /// attributes, nor where the pool or another provider of it is declared elsewhere.
  var findings: [GraphFinding] {
    guard graph.resources[pool]?.origin == .declared,
      !graph.elsewhere.contains(where: { $0 == pool || $0.parent == pool })
    else { return [] }
    let providers = graph.resources.values.filter {
      $0.address.parent == pool && $0.address.kind == WorkloadIdentityPoolProviderKind().id
        && $0.lifecycle.ensure == .present
    }.sorted { $0.address < $1.address }.map(GrantedProvider.init)
    guard !providers.isEmpty, providers.allSatisfy(\.isMapped) else { return [] }
    return graph.policies.values.flatMap(\.entries).flatMap(\.members).compactMap { member in
      identities(in: member.text).flatMap { finding($0, at: member.source, providers) }
    }
  }

  /// The attribute that a member of this pool compares, and with which value.
  private struct Identities {
    let attribute: String
    let value: String
  }

  private func identities(in member: String) -> Identities? {
    let path = "://\(PoolMembers.path(of: pool))/"
    for (type, prefix) in [("principalSet", "attribute."), ("principal", "subject/")]
    where member.hasPrefix(type + path + prefix) {
      let rest = member.dropFirst((type + path).utf8.count)
      guard let slash = rest.firstIndex(of: "/") else { return nil }
      let name = rest[..<slash]
      return Identities(
        attribute: name == "subject" ? "google.subject" : String(name),
        value: String(rest[rest.index(after: slash)...]))
    }
    return nil
  }

  private func finding(
    _ identities: Identities, at place: SourcePosition, _ providers: [GrantedProvider]
  ) -> GraphFinding? {
    let mapping = providers.filter { $0.maps(identities.attribute) }
    guard !mapping.isEmpty else {
      return GraphFinding(
        Diagnostic(
          .lint, severity: .warning,
          "no provider of the pool `\(pool.id)` maps `\(identities.attribute)`, so no identity matches this member",
          at: place,
          help: ["add `\(identities.attribute)` to `attributeMapping` of a provider"]))
    }
    let reasons = mapping.compactMap { $0.exclusion(identities.attribute, identities.value) }
    guard reasons.count == mapping.count else { return nil }
    let isRefused = reasons.allSatisfy(\.isRefused)
    return GraphFinding(
      Diagnostic(
        .lint, severity: .warning,
        isRefused
          ? "the pool `\(pool.id)` accepts no token with this value of `\(identities.attribute)`, so no identity matches this member"
          : "no provider of the pool `\(pool.id)` names the repository of this member",
        at: place, related: reasons.prefix(Self.maximumShown).map(\.place),
        help: [
          isRefused
            ? "correct the member, or `attributeCondition` of a provider"
            : "add the repository to `github.repositories` of a provider, or correct the number"
        ]))
  }

  /// How many providers a message names.
  private static let maximumShown = 3
}

/// A provider, with what its condition demands.
private struct GrantedProvider {
  private let provider: DesiredResource
  private let mapping: JSONObject?
  private let demands: ConditionDemands
  /// The ids of the repositories in its `github` block; nil without a block.
  private let repositories: Set<String>?

  init(_ provider: DesiredResource) {
    self.provider = provider
    mapping = provider.spec["attributeMapping"]?.object
    demands = ConditionDemands(
      provider.spec["attributeCondition"]?.string ?? "", mapping: mapping ?? [:])
    repositories = GitHubBlock.repositories(in: provider.abbreviation)
  }

  /// Whether it is known which attributes it has; AWS has a mapping of its own.
  var isMapped: Bool { mapping != nil }

  func maps(_ attribute: String) -> Bool { mapping?[attribute] != nil }

  /// Why an identity is none of this provider's.
  struct Exclusion {
    let place: Diagnostic.Related
    /// Whether its token is refused; a repository that is not listed may still sign in.
    let isRefused: Bool
  }

  func exclusion(_ attribute: String, _ value: String) -> Exclusion? {
    let block = provider.positions[GitHubBlock.name]
    if let demand = demands.excluding(attribute, value) {
      return Exclusion(
        place: .init(
          provider.positions["attributeCondition"] ?? block ?? provider.source,
          "`\(demand.name)` must be \(demand.shown)"), isRefused: true)
    }
    guard let repositories, let id = GitHubBlock.repository(of: attribute, value),
      !repositories.contains(id)
    else { return nil }
    return Exclusion(
      place: .init(
        provider.positions["\(GitHubBlock.name).repositories"] ?? block ?? provider.source,
        "its repositories have other numbers"), isRefused: false)
  }
}

extension ConditionDemands.Demand {
  fileprivate var name: String { place.joined(separator: ".") }

  /// The first values, shortened.
  fileprivate var shown: String {
    let first = values.prefix(3).map { value in
      "`\(value.count > 60 ? "\(value.prefix(60))…" : value)`"
    }
    let more = values.count - first.count
    return first.joined(separator: " or ") + (more > 0 ? " or one of \(more) others" : "")
  }
}
