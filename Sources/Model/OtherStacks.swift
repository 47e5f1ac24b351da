/// What other stacks declare: a run reads it as context, and never changes it.
public struct OtherStacks: Sendable {
  private var resources: Set<Address> = []
  private var entries: [Address: [PolicyEntry]] = [:]
  /// The keys that they declare.
  public private(set) var keys: [DesiredKey] = []

  /// Their graphs.
  public let graphs: [DesiredGraph]

  /// The declared resources, in order.
  public var addresses: [Address] { resources.sorted() }

  /// The declarations of these stacks; none by default.
  public init(_ graphs: [DesiredGraph] = []) {
    self.graphs = graphs
    for graph in graphs {
      resources.formUnion(graph.resources.filter { $0.value.origin == .declared }.keys)
      for (address, policy) in graph.policies { entries[address, default: []] += policy.entries }
      keys += graph.keys.values
    }
    keys.sort { $0.address < $1.address }
  }

  /// Whether one of them declares a resource, whether it is to exist or to be absent.
  public func declares(_ address: Address) -> Bool { resources.contains(address) }

  /// The entries that they have for a policy.
  public func entries(of policy: Address) -> [PolicyEntry] { entries[policy] ?? [] }
}
