import Diagnostics
import Grammar
import JSON
import Model

extension WorkloadIdentityPoolKind: IdentityKind {
  /// `pool:NAME/...`, with the project of the document if it names none.
  func member(
    for shorthand: MemberShorthand, of address: Address, with spec: JSONObject
  ) throws(Problem) -> String? {
    guard shorthand.prefix == "pool" else { return nil }
    let pool = try MemberShorthands.Pool(parsing: shorthand.value)
    guard pool.name == address.id, (pool.project ?? shorthand.project) == address.project else {
      return nil
    }
    return PoolMembers.member(pool.rest, isSingle: pool.isSingle, of: address)
  }
}

/// The identities of a pool as policies name them, with the project's id in place of its number.
enum PoolMembers {
  static func member(_ rest: String, isSingle: Bool, of pool: Address) -> String {
    "\(isSingle ? "principal" : "principalSet")://\(path(of: pool))/\(rest)"
  }

  static func path(of pool: Address) -> String {
    "iam.googleapis.com/projects/\(pool.project)/locations/global/workloadIdentityPools/\(pool.id)"
  }
}

/// Advice about the grants to identities of a pool.
struct PoolFindings {
  private let pool: Address
  private let graph: DesiredGraph

  init(pool: Address, _ graph: DesiredGraph) {
    self.pool = pool
    self.graph = graph
  }

  /// A grant by an attribute that no declared provider of the pool maps matches no identity. Without a declared provider
  /// nothing is known about the attributes.
  var findings: [GraphFinding] {
    let providers = graph.resources.values.filter {
      $0.address.parent == pool && $0.address.kind == WorkloadIdentityPoolProviderKind().id
        && $0.lifecycle.ensure == .present
    }
    guard !providers.isEmpty,
      providers.allSatisfy({ $0.spec["attributeMapping"]?.object != nil })
    else { return [] }
    let mapped = Set(
      providers.flatMap { $0.spec["attributeMapping"]?.object?.keys.map { $0 } ?? [] })
    let prefix = "principalSet://\(PoolMembers.path(of: pool))/attribute."
    let members = graph.policies.values.flatMap(\.entries).flatMap(\.members)
    return members.compactMap { member -> GraphFinding? in
      guard member.text.hasPrefix(prefix) else { return nil }
      let name = member.text.dropFirst(prefix.count).prefix { $0 != "/" }
      guard !mapped.contains("attribute.\(name)") else { return nil }
      return GraphFinding(
        Diagnostic(
          .lint, severity: .warning,
          "no provider of the pool `\(pool.id)` maps `attribute.\(name)`, so no identity matches this member",
          at: member.source,
          help: ["add `attribute.\(name)` to `attributeMapping` of a provider"]))
    }
  }
}
