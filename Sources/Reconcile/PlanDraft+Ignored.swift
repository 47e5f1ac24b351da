import Model

extension PlanDraft {
  /// Removes undeclared members that the Stack's scope ignores from the report: those that `ignoreMembers` names, all of
  /// a policy whose address one of its globs matches, or all members if the scope ignores everything undeclared. Public
  /// and privileged grants stay, whatever the scope says.
  ///
  /// This only changes the report. Removals by an entry stay, and so do the guards' counts, which are made before.
  mutating func passOverIgnoredMembers() {
    let scope = graph.stack.scope
    let found = changes.values.filter { change in
      change.address.isPolicy && change.bindings.contains { !$0.undeclared.isEmpty }
    }
    for change in found.sorted(by: { $0.address < $1.address }) {
      let address = change.address
      let isWhole = isIgnored(address, scope)
      let passed = change.undeclaredMembers.filter { found in
        !found.standing.isDangerous
          && (isWhole || scope.ignoredMembers.contains { $0.matches(found.member) })
      }
      guard !passed.isEmpty else { continue }
      ignoredMembers += passed
      if isWhole { ignored.append(address) }
      let grants = Set(passed.map(\.grant))
      changes[address]?.bindings = change.bindings.map { binding in
        var binding = binding
        binding.undeclared.removeAll {
          grants.contains(Grant(role: binding.role, condition: binding.condition, member: $0))
        }
        return binding
      }
      // An undeclared policy has a row only for its members.
      if graph.policies[address] == nil, change.action == .unchanged, change.remarks.isEmpty,
        changes[address]?.undeclaredMembers.isEmpty == true
      {
        changes[address] = nil
      }
    }
    ignored.sort()
  }

  /// Removes from the report of undeclared resources and members what the plan shows as having left the manifests.
  mutating func passOverReported() {
    for row in planner.reportedElsewhere {
      switch row.part {
      case .whole: undeclared.removeAll { $0 == row.address }
      case .grant(let grant):
        for (index, binding) in (changes[row.address]?.bindings ?? []).enumerated()
        where binding.role == grant.role && binding.condition == grant.condition {
          changes[row.address]?.bindings[index].undeclared.removeAll { $0 == grant.member }
        }
      case .label: break
      }
    }
  }

  private func isIgnored(_ policy: Address, _ scope: StackSettings.Scope) -> Bool {
    scope.ignored.contains { $0.selects(policy) }
      || scope.meaning(ofUndeclared: policy.kind) == .ignore
  }
}
