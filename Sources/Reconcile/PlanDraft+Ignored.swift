import Model

extension PlanDraft {
  /// Takes out members that no manifest names where the Stack's scope ignores them: all of a policy whose address one of
  /// its globs matches, or every one where undeclared things are ignored altogether.
  ///
  /// Only the report of them goes. What an entry removes stays as it is, and so do the guards' counts, which are made
  /// before this.
  mutating func passOverIgnoredMembers() {
    let scope = graph.stack.scope
    for (address, change) in changes where address.isPolicy {
      guard change.bindings.contains(where: { !$0.undeclared.isEmpty }), isIgnored(address, scope)
      else { continue }
      ignored.append(address)
      for index in change.bindings.indices { changes[address]?.bindings[index].undeclared = [] }
      // A policy that no manifest speaks of has a row for its members alone.
      if graph.policies[address] == nil, change.action == .unchanged, change.remarks.isEmpty {
        changes[address] = nil
      }
    }
    ignored.sort()
  }

  private func isIgnored(_ policy: Address, _ scope: StackSettings.Scope) -> Bool {
    scope.ignored.contains { $0.selects(policy) }
      || scope.meaning(ofUndeclared: policy.kind) == .ignore
  }
}
