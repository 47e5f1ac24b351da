import JSON

extension PlanDraft {
  /// Adds a change for every policy that is declared, and for every other one that was read and has to change.
  mutating func addPolicies() {
    let unwelcome = unwelcomeMembers()
    let deletedRoles = Set(
      deletedNames().compactMap { if case .role(let role) = $0 { role } else { nil } })
    let returning = returningMembers()
    let declared = graph.policies.keys.filter { selected.contains($0) }
    let read = snapshot.policies.keys.filter { address in
      graph.policies[address] == nil
        && !planner.selection.excludes.contains { $0.selects(address) }
        && (planner.selection.isWhole || address.policyResource.map(selected.contains) == true)
    }
    for address in Set(declared).union(read) {
      if let resource = address.policyResource, changes[resource]?.intended == .delete { continue }
      let change = policyChange(address, unwelcome, deletedRoles, returning)
      let says = change.bindings.contains { !$0.isEmpty || !$0.undeclared.isEmpty }
      if graph.policies[address] != nil || says || change.action == .unreadable {
        changes[address] = change
      }
    }
  }

  private func policyChange(
    _ address: Address, _ unwelcome: [String: BindingChange.Removal.Cause],
    _ deletedRoles: Set<String>, _ returning: [String: String]
  ) -> Change {
    var desired = graph.policies[address]
    var change = Change(
      address: address, action: .unreadable, source: desired?.source ?? graph.stack.source)
    change.intended = .unreadable
    guard let live = livePolicy(address, &change) else { return change }
    guard resolveAgents(in: &desired, &change) else { return change }
    let number = snapshot.projectNumbers[address.project]
    let diff = PolicyDiff(
      desired: desired, live: PolicyDocument(live), unwelcome: unwelcome,
      deletedRoles: deletedRoles, returning: returning,
      isSheltered: { [rules] in rules.isServiceAgent($0, projectNumber: number) })
    change.bindings = diff.changes()
    change.remarks += lostMembers(address)
    let isNew = address.policyResource.map { changes[$0]?.intended == .create } == true
    change.action =
      change.bindings.allSatisfy(\.isEmpty) ? .unchanged : isNew ? .create : .update
    change.intended = change.action
    return change
  }

  /// The policy as it is, or as it will be on a resource that this plan makes; nil when it cannot be known.
  private func livePolicy(_ address: Address, _ change: inout Change) -> JSONValue? {
    if let resource = address.policyResource, changes[resource]?.intended == .replace { return [:] }
    switch snapshot.policies[address] {
    case .present(let policy), .softDeleted(let policy): return policy
    case .absent(.notYetThere), .absent(.notVisible): return [:]
    case .absent(.confirmed):
      if let resource = address.policyResource, let row = changes[resource],
        [.create, .undelete, .refused].contains(row.action)
      {
        return [:]
      }
      change.reason = "what it belongs to does not exist"
    case .unreadable(let problem):
      change.reason = problem.message
      if !problem.help.isEmpty { change.remarks.append(problem.help) }
    case nil: change.reason = "it was not read"
    }
    return nil
  }

  /// Replacing a resource takes its policy with it: members that no manifest names do not come back.
  private func lostMembers(_ address: Address) -> [String] {
    guard let resource = address.policyResource, changes[resource]?.intended == .replace,
      case .present(let policy) = snapshot.policies[address]
    else { return [] }
    let declared = Set(
      (graph.policies[address]?.entries ?? []).flatMap { entry in
        entry.members.map { "\(entry.role) \(PolicyMember.normalized($0.text))" }
      })
    let lost = PolicyDocument(policy).members.flatMap { key, members in
      members.map { "\(key.role) \(PolicyMember.normalized($0))" }
    }.filter { !declared.contains($0) }
    return lost.isEmpty
      ? [] : ["replacing loses what no manifest declares: \(lost.sorted().joined(separator: ", "))"]
  }

  /// Puts Google's agents' e-mails in the place of `serviceAgent:NAME@PROJECT`.
  private func resolveAgents(in policy: inout DesiredPolicy?, _ change: inout Change) -> Bool {
    guard var entries = policy?.entries else { return true }
    for index in entries.indices {
      for place in entries[index].ended.indices {
        entries[index].ended[place].members = entries[index].ended[place].members.map {
          rules.resolveServiceAgent($0, projectNumbers: snapshot.projectNumbers) ?? $0
        }
      }
      for list in [\PolicyEntry.members, \PolicyEntry.absent] {
        for place in entries[index][keyPath: list].indices {
          let text = entries[index][keyPath: list][place].text
          guard text.hasPrefix("serviceAgent:") else { continue }
          guard
            let member = rules.resolveServiceAgent(text, projectNumbers: snapshot.projectNumbers)
          else {
            change.reason = "the number of the project in `\(text)` is not known yet"
            return false
          }
          entries[index][keyPath: list][place].text = member
        }
      }
    }
    policy?.entries = entries
    return true
  }

  /// Members that go from every policy that was read: revoked ones, and accounts that are being deleted.
  private func unwelcomeMembers() -> [String: BindingChange.Removal.Cause] {
    var members: [String: BindingChange.Removal.Cause] = [:]
    for case .member(let member) in deletedNames() {
      members[PolicyMember.normalized(member)] = .deletion
    }
    for member in graph.stack.revoked { members[PolicyMember.normalized(member.text)] = .revoked }
    return members
  }

  /// The members that accounts brought back stand for, with their uids.
  private func returningMembers() -> [String: String] {
    var members: [String: String] = [:]
    for change in changes.values {
      guard change.intended == .undelete, let uid = change.uid,
        case .member(let member) = rules.policyName(of: change.address)
      else { continue }
      members[PolicyMember.normalized(member)] = uid
    }
    return members
  }

  private func deletedNames() -> [PolicyName] {
    changes.values.filter { $0.intended == .delete }.compactMap { rules.policyName(of: $0.address) }
  }
}
