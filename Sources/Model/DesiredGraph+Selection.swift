extension DesiredGraph {
  /// Every address that the manifests declare or refer to.
  public var addresses: Set<Address> {
    Set(resources.keys).union(policies.keys).union(keys.keys)
  }

  /// The direct dependencies of an address that are in the graph.
  public func dependencies(of address: Address) -> Set<Address> {
    let named =
      resources[address]?.dependencies ?? policies[address]?.dependencies
      ?? keys[address]?.dependencies ?? []
    return named.filter { resources[$0] != nil || policies[$0] != nil || keys[$0] != nil }
  }

  /// The dependencies of an address that a run creates: what only its creation needs is among them.
  public func dependencies(ofCreating address: Address) -> Set<Address> {
    dependencies(of: address).union(resources[address]?.creationNeeds ?? [])
  }

  /// The addresses of a run: the targets with their dependencies, without the excluded ones and those that depend on
  /// them.
  ///
  /// A policy that names an excluded account or role stays selected: it loses those grants (`leftOutNames`).
  public func selected(by selection: Selection) -> Set<Address> {
    targeted(by: selection).subtracting(excluded(by: selection))
  }

  /// The addresses that the targets of a selection include and its exclusions leave out.
  public func leftOut(by selection: Selection) -> Set<Address> {
    targeted(by: selection).intersection(excluded(by: selection))
  }

  private func targeted(by selection: Selection) -> Set<Address> {
    let all = addresses
    guard !selection.targets.isEmpty else { return all }
    let hits = all.filter(AddressGlobs(selection.targets).selects)
    return Self.closure(hits) { dependencies(ofCreating: $0) }
  }

  /// The excluded addresses, and all that depend on them.
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

  /// The patterns of a selection that match nothing: almost always a typing error.
  public func unmatched(_ selection: Selection) -> [AddressGlob] {
    let all = addresses
    // Undeclared policies are read too if the Stack revokes members, so `--exclude` may match them.
    let policies = resources.keys.map(\.policy)
    return selection.targets.filter { glob in !all.contains { glob.selects($0) } }
      + selection.excludes.filter { glob in
        !all.contains { glob.selects($0) } && !policies.contains { glob.selects($0) }
      }
  }

  /// The patterns that no declared grant can match.
  public func unmatchedGrants(_ selection: Selection) -> [GrantPattern] {
    let revoked = Set(stack.revoked.map { PolicyMember.normalized($0.text) })
    return selection.excludedGrants.filter { pattern in
      // Undeclared policies are read for the members that the Stack revokes.
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
      // Removals by an exclusive entry or of an earlier `until` are not declared by name, so any member may match.
      let isOpen = entry.exclusive || entry.exclusiveRole != nil
      let members = Set(entry.named.map { PolicyMember.normalized($0.text) })
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
