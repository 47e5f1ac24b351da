import Model

extension PlanDraft {
  /// Removes the members that other stacks grant from those that no manifest declares. Returns a grant of another stack
  /// that the change would remove: the two contradict each other, in a form that only the live policy shows.
  func leaveOthersAlone(_ policy: Address, _ change: inout Change) -> Grant? {
    let entries = graph.others.entries(of: policy)
    guard !entries.isEmpty else { return nil }
    let granted = Set(
      entries.flatMap { entry in
        entry.members.map {
          Grant(role: entry.role, condition: entry.condition, member: resolved($0.text))
        }
      })
    for index in change.bindings.indices {
      let binding = change.bindings[index]
      func isGranted(_ member: String, _ condition: PolicyCondition?) -> Bool {
        granted.contains(Grant(role: binding.role, condition: condition, member: member))
      }
      if let lost = binding.removed.first(where: { isGranted($0.member, binding.condition) }) {
        return Grant(role: binding.role, condition: binding.condition, member: lost.member)
      }
      change.bindings[index].undeclared.removeAll { isGranted($0, binding.condition) }
      change.bindings[index].alsoHeld.removeAll { isGranted($0.member, $0.condition) }
    }
    return nil
  }
}
