extension DesiredGraph {
  /// Every address that the manifests declare or refer to.
  public var addresses: Set<Address> {
    Set(resources.keys).union(policies.keys).union(keys.keys)
  }

  /// What an address depends on directly, as far as it is in the graph.
  public func dependencies(of address: Address) -> Set<Address> {
    let named =
      resources[address]?.dependencies ?? policies[address]?.dependencies
      ?? keys[address]?.dependencies ?? []
    return named.filter { resources[$0] != nil || policies[$0] != nil || keys[$0] != nil }
  }

  /// The addresses that a run is about: the targets with what they depend on, without the excluded and what depends on them.
  public func selected(by selection: Selection) -> Set<Address> {
    let all = addresses
    var chosen = all
    if !selection.targets.isEmpty {
      let hits = all.filter { address in selection.targets.contains { $0.selects(address) } }
      chosen = Self.closure(hits) { dependencies(of: $0) }
    }
    guard !selection.excludes.isEmpty else { return chosen }
    var dependents: [Address: Set<Address>] = [:]
    for address in all {
      for dependency in dependencies(of: address) {
        dependents[dependency, default: []].insert(address)
      }
    }
    let hits = all.filter { address in selection.excludes.contains { $0.selects(address) } }
    return chosen.subtracting(Self.closure(hits) { dependents[$0] ?? [] })
  }

  /// Patterns of a selection that match nothing: almost always a slip.
  public func unmatched(_ selection: Selection) -> [AddressGlob] {
    let all = addresses
    // Policies that no manifest speaks of are read for members that go everywhere: they can be left out too.
    let policies = resources.keys.map(\.policy)
    return selection.targets.filter { glob in !all.contains { glob.selects($0) } }
      + selection.excludes.filter { glob in
        !all.contains { glob.selects($0) } && !policies.contains { glob.selects($0) }
      }
  }

  private static func closure(
    _ start: Set<Address>, _ next: (Address) -> Set<Address>
  ) -> Set<Address> {
    var reached = start
    var queue = Array(start)
    while let address = queue.popLast() {
      for neighbour in next(address) where reached.insert(neighbour).inserted {
        queue.append(neighbour)
      }
    }
    return reached
  }
}
