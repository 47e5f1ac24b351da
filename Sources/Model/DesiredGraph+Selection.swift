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
  ///
  /// A policy that names an excluded account or role is one of them: it loses the grants that do (`leftOutNames`).
  public func selected(by selection: Selection) -> Set<Address> {
    targeted(by: selection).subtracting(excluded(by: selection))
  }

  /// What the targets of a selection ask for and its exclusions leave out.
  public func leftOut(by selection: Selection) -> Set<Address> {
    targeted(by: selection).intersection(excluded(by: selection))
  }

  private func targeted(by selection: Selection) -> Set<Address> {
    let all = addresses
    guard !selection.targets.isEmpty else { return all }
    let hits = all.filter(AddressGlobs(selection.targets).selects)
    return Self.closure(hits) { dependencies(of: $0) }
  }

  /// The excluded addresses, and what depends on them.
  private func excluded(by selection: Selection) -> Set<Address> {
    guard !selection.excludes.isEmpty else { return [] }
    let all = addresses
    var dependents: [Address: Set<Address>] = [:]
    for address in all {
      let mentions = policies[address]?.mentions ?? [:]
      for dependency in dependencies(of: address) {
        let isMention = mentions[dependency] != nil && dependency != address.policyResource
        if !isMention { dependents[dependency, default: []].insert(address) }
      }
    }
    let hits = all.filter(AddressGlobs(selection.excludes).selects)
    return Self.closure(hits) { dependents[$0] ?? [] }
  }

  /// The members and roles whose grants a selection leaves out, by policy: those of excluded accounts and roles.
  public func leftOutNames(by selection: Selection) -> [Address: Set<PolicyName>] {
    let excluded = excluded(by: selection)
    guard !excluded.isEmpty else { return [:] }
    return policies.mapValues { policy in
      policy.mentions.filter {
        excluded.contains($0.key) && $0.key != policy.address.policyResource
      }
      .reduce(into: Set()) { $0.formUnion($1.value) }
    }.filter { !$0.value.isEmpty }
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

  /// Patterns that no declared grant can agree with.
  public func unmatchedGrants(_ selection: Selection) -> [GrantPattern] {
    let revoked = Set(stack.revoked.map { PolicyMember.normalized($0.text) })
    return selection.excludedGrants.filter { pattern in
      // Policies that no manifest mentions are read for members that the Stack revokes.
      let isRevoked =
        pattern.member.map(revoked.contains) == true
        && resources.keys.contains { pattern.policies.selects($0.policy) }
      return !isRevoked && !policies.values.contains { matches(pattern, $0) }
    }
  }

  private func matches(_ pattern: GrantPattern, _ policy: DesiredPolicy) -> Bool {
    guard pattern.policies.selects(policy.address) else { return false }
    let revoked = Set(stack.revoked.map { PolicyMember.normalized($0.text) })
    return policy.entries.contains { entry in
      // What an exclusive entry removes is not declared by name, nor is what an earlier `until` gave.
      let isOpen = entry.exclusive || entry.exclusiveRole != nil
      let members = Set((entry.members + entry.absent).map { PolicyMember.normalized($0.text) })
        .union(revoked)
      let isUntil =
        pattern.condition?.hasPrefix("until-") == true && entry.condition?.isUntil == true
      let hasCondition = pattern.condition.map {
        $0 == entry.condition?.title || isUntil || entry.exclusiveRole != nil
      }
      return pattern.role.map { $0 == entry.role } ?? true
        && hasCondition ?? true
        && pattern.member.map { members.contains($0) || isOpen } ?? true
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
