import Model

extension PlanDraft {
  /// Removes from the report what a baseline accepts at this time. Rows and guards do not change.
  mutating func accept(_ baseline: Baseline) {
    var outcome = Baseline.Outcome()
    var found = Set(undeclared.map { Baseline.Thing($0) })
    for change in changes.values { found.formUnion(change.undeclaredMembers.map(\.thing)) }
    for entry in baseline.entries {
      if !found.contains(entry.thing) {
        outcome.unmatched.append(entry)
      } else if entry.end <= planner.now {
        outcome.expired.append(entry)
      } else {
        outcome.accepted.append(entry)
      }
    }
    baselineOutcome = outcome
    remove(Set(outcome.accepted.map(\.thing)))
  }

  private mutating func remove(_ accepted: Set<Baseline.Thing>) {
    undeclared.removeAll { accepted.contains(Baseline.Thing($0)) }
    for address in Set(accepted.filter { $0.grant != nil }.map(\.address)) {
      guard let bindings = changes[address]?.bindings else { continue }
      changes[address]?.bindings = bindings.map { binding in
        var binding = binding
        binding.undeclared.removeAll { member in
          let grant = Grant(role: binding.role, condition: binding.condition, member: member)
          return accepted.contains(Baseline.Thing(address, grant))
        }
        return binding
      }
    }
  }
}
