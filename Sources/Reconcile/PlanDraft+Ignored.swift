import Model

extension PlanDraft {
  /// Removes undeclared members that the Stack's scope ignores from the report: all of a policy whose address one of
  /// its globs matches, or all members if the scope ignores everything undeclared.
  ///
  /// This only changes the report. Removals by an entry stay, and so do the guards' counts, which are made before.
  mutating func passOverIgnoredMembers() {
    let scope = graph.stack.scope
    for (address, change) in changes where address.isPolicy {
      guard change.bindings.contains(where: { !$0.undeclared.isEmpty }), isIgnored(address, scope)
      else { continue }
      ignored.append(address)
      for index in change.bindings.indices { changes[address]?.bindings[index].undeclared = [] }
      // An undeclared policy has a row only for its members.
      if graph.policies[address] == nil, change.action == .unchanged, change.remarks.isEmpty {
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
