import Diagnostics
import JSON
import Model

/// What is wrong with the providers of one pool together.
struct ProviderFindings {
  private let provider: DesiredResource
  private let graph: DesiredGraph

  init(_ provider: DesiredResource, _ graph: DesiredGraph) {
    self.provider = provider
    self.graph = graph
  }

  /// Attributes belong to the pool: a grant by an attribute is for the identities of every provider that maps it, also for
  /// those of another issuer, who may choose the same value.
  var findings: [GraphFinding] {
    guard provider.lifecycle.ensure == .present else { return [] }
    return Self.attributes(of: provider).compactMap { name in
      guard let first = earlier.first(where: { Self.attributes(of: $0).contains(name) }) else {
        return nil
      }
      return GraphFinding(
        Diagnostic(
          .fieldConflict,
          "`\(name)` is mapped by two providers of one pool, so a grant by it is for the identities of both",
          at: Self.place(of: provider), related: [.init(Self.place(of: first), "mapped here, too")],
          help: ["give one of them another pool, or another name for the attribute"]))
    }
  }

  /// The other providers of the pool, as far as they come first.
  private var earlier: [DesiredResource] {
    graph.resources.values.filter { other in
      other.address.kind == provider.address.kind && other.address.parent == provider.address.parent
        && other.lifecycle.ensure == .present && other.address < provider.address
    }.sorted { $0.address < $1.address }
  }

  private static func attributes(of provider: DesiredResource) -> [String] {
    (provider.spec["attributeMapping"]?.object?.keys ?? []).filter { $0.hasPrefix("attribute.") }
      .sorted()
  }

  private static func place(of provider: DesiredResource) -> SourcePosition {
    provider.positions["attributeMapping"] ?? provider.positions["github"] ?? provider.source
  }
}
