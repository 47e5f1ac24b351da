import Grammar
import JSON
import Model

extension PlanDraft {
  /// Adds a change for every declared policy, and for every other policy that was read and must change.
  mutating func addPolicies() {
    let pressure = ImpliedPolicyChanges(self)
    let declared = graph.policies.keys.filter { selected.contains($0) }
    let read = snapshot.policies.keys.filter { address in
      graph.policies[address] == nil
        && !planner.selection.excludes.contains { $0.selects(address) }
        && (planner.selection.isWhole || address.policyResource.map(selected.contains) == true)
    }
    // A run that reads the policies of undeclared resources reports their members and changes none.
    let undeclared = Set(snapshot.undeclared.map(\.address.policy))
    for address in Set(declared).union(read) {
      if let resource = address.policyResource, changes[resource]?.intended == .delete { continue }
      let change = policyChange(address, undeclared.contains(address) ? .none : pressure)
      let says = change.bindings.contains {
        !$0.isEmpty || !$0.undeclared.isEmpty || !$0.leftOut.isEmpty
      }
      let isMissed =
        change.action == .unreadable
        && (!pressure.isEmpty || isReplaced(address))
      let isDeclared = graph.policies[address] != nil && !graph.dropped.contains(address)
      // Where only an earlier set declared grants, a policy that cannot be read may hold them still.
      let isUncertain = graph.dropped.contains(address) && change.action == .unreadable
      if isDeclared || isUncertain || says || isMissed {
        changes[address] = change
      } else if isReplaced(address), let resource = address.policyResource {
        changes[resource]?.remarks += change.remarks
      }
    }
  }

  private func isReplaced(_ policy: Address) -> Bool {
    policy.policyResource.map { changes[$0]?.intended == .replace } == true
  }

  private func policyChange(_ address: Address, _ pressure: ImpliedPolicyChanges) -> Change {
    var desired = graph.policies[address]
    var change = Change(
      address: address, action: .unreadable, source: desired?.source)
    change.intended = .unreadable
    if desired == nil { change.source = pressure.places.values.min() ?? graph.stack.source }
    guard let live = livePolicy(address, &change) else { return change }
    if let member = pressure.unresolved ?? unresolvedExclusion(from: address) {
      change.reason = Self.noNumber(member)
      return change
    }
    guard resolveNumbers(in: &desired, &change) else { return change }
    if let member = Self.contradicted(in: desired) {
      change.reason = Statement(
        "policy.contradiction", "`\(member)` must be a member and must not be one")
      return change
    }
    let number = snapshot.projectNumbers[address.project]
    let diff = PolicyDiff(
      desired: desired, live: PolicyDocument(live), membersToRemove: pressure.membersToRemove,
      deletedRoles: pressure.deletedRoles, returning: pressure.returning,
      isExemptFromExclusive: { ServiceAgents.isAgent($0, projectNumber: number) },
      namesEndsUntil: planner.namesEnds ? planner.now + KeyAgeing.longestNotice : nil,
      isLeftOut: leftOut(of: address))
    change.bindings = diff.changes().map { pressure.located($0) }
    if let lost = leaveOthersAlone(address, &change) {
      change.bindings = []
      change.reason = Statement(
        "policy.other-stack",
        "`\(lost.member)` would lose `\(lost.role)`, which another stack grants")
      return change
    }
    let places = change.bindings.filter { !$0.isEmpty }.compactMap(\.source)
    if desired == nil, let place = places.min() { change.source = place }
    change.remarks += lostMembers(address)
    let isNew = address.policyResource.map { changes[$0]?.intended == .create } == true
    change.action =
      change.bindings.allSatisfy(\.isEmpty) ? .unchanged : isNew ? .create : .update
    change.intended = change.action
    return change
  }

  /// The policy as it is, or as it will be on a resource that this plan creates; nil if it cannot be known.
  private func livePolicy(_ address: Address, _ change: inout Change) -> JSONValue? {
    if isReplaced(address), case .present = snapshot.policies[address] { return [:] }
    switch snapshot.policies[address] {
    case .present(let policy), .softDeleted(let policy): return policy
    case .absent(.notYetThere), .absent(.notVisible): return [:]
    case .absent(.confirmed):
      // Without its resource, nothing is left of grants that an earlier set declared.
      if graph.dropped.contains(address) { return [:] }
      if let resource = address.policyResource, let row = changes[resource],
        [.create, .undelete, .refused].contains(row.action)
      {
        return [:]
      }
      change.reason = Statement("policy.no-resource", "its resource does not exist")
    case .unreadable(let problem):
      change.take(problem)
    case nil: change.reason = Statement("not-read", "it was not read")
    }
    return nil
  }

  /// A replacement deletes the resource's policy: undeclared members are not granted again.
  private func lostMembers(_ address: Address) -> [Statement] {
    guard isReplaced(address), case .present(let policy) = snapshot.policies[address]
    else { return [] }
    let declared = Set(
      (graph.policies[address]?.entries ?? []).flatMap { entry in
        entry.members.map { "\(entry.role) \(resolved($0.text))" }
      })
    let lost = PolicyDocument(policy).members.flatMap { key, members in
      members.map { "\(key.role) \(PolicyMember.normalized($0))" }
    }.filter { !declared.contains($0) }
    guard !lost.isEmpty else { return [] }
    let names = lost.sorted().joined(separator: ", ")
    return [
      Statement("replacing-loses.members", "replacing loses what no manifest declares: \(names)")
    ]
  }

  /// A member that the selection leaves out of a policy and that needs an unknown number: without it, the live grant is
  /// not recognised, and an exclusive entry would remove it.
  private func unresolvedExclusion(from policy: Address) -> String? {
    planner.selection.excludedGrants.lazy.filter { $0.policies.selects(policy) }
      .compactMap(\.member).first { member in
        guard let project = NumberedMember.project(in: resolved(member)) else { return false }
        return !isCreated(project)
      }
  }

  /// The test for grants of a policy that the selection does not change.
  private func leftOut(of policy: Address) -> (Grant) -> Bool {
    let names = leftOutNames[policy] ?? []
    var patterns = planner.selection.excludedGrants.filter { $0.policies.selects(policy) }
    var members: Set<String> = []
    var roles: Set<String> = []
    for name in names {
      switch name {
      case .member(let member): members.insert(resolved(member))
      case .role(let role): roles.insert(role)
      }
    }
    for index in patterns.indices { patterns[index].member = patterns[index].member.map(resolved) }
    return { grant in
      // A deleted member is removed for the sake of the live member of the same name.
      var living = grant
      living.member = PolicyMember.deletedPrincipal(grant.member)?.member ?? grant.member
      return roles.contains(grant.role) || members.contains(living.member)
        || patterns.contains { $0.selects(grant, of: policy) || $0.selects(living, of: policy) }
    }
  }

  /// Whether anything in this plan refers to an address; grants that are excluded themselves do not count.
  func isNeeded(_ address: Address) -> Bool {
    guard !planner.selection.excludedGrants.isEmpty else { return true }
    return selected.contains { dependent in
      guard graph.dependencies(of: dependent).contains(address) else { return false }
      guard let policy = graph.policies[dependent], address != dependent.policyResource,
        let names = policy.mentions[address]
      else { return true }
      let isLeftOut = leftOut(of: dependent)
      return policy.entries.contains { entry in
        entry.named.contains { member in
          guard names.contains(.member(member.text)) || names.contains(.role(entry.role)) else {
            return false
          }
          return !isLeftOut(
            Grant(role: entry.role, condition: entry.condition, member: resolved(member.text)))
        }
      }
    }
  }

  /// A member in normal form, with the numbers of projects.
  func resolved(_ member: String) -> String {
    guard NumberedMember.project(in: member) != nil else { return PolicyMember.normalized(member) }
    return NumberedMember.resolved(member, projectNumbers: snapshot.projectNumbers) ?? member
  }

  private static func noNumber(_ member: String) -> Statement {
    Statement("policy.no-number", "the number of the project in `\(member)` is not known yet")
  }

  /// A member that one entry adds and another one of the same role and condition removes: the set was checked before the
  /// numbers of projects were known, so two forms of one member can meet here.
  private static func contradicted(in policy: DesiredPolicy?) -> String? {
    var added: [PolicyDocument.Key: Set<String>] = [:]
    var removed: [PolicyDocument.Key: Set<String>] = [:]
    for entry in policy?.entries ?? [] {
      let key = PolicyDocument.Key(role: entry.role, condition: entry.condition)
      added[key, default: []].formUnion(entry.members.map { PolicyMember.normalized($0.text) })
      removed[key, default: []].formUnion(entry.absent.map { PolicyMember.normalized($0.text) })
    }
    return added.lazy.compactMap { key, members in
      members.intersection(removed[key] ?? []).min()
    }.min()
  }

  private func isCreated(_ project: String) -> Bool {
    changes.values.contains {
      $0.address.project == project && !$0.address.isPolicy
        && $0.address.resource?.place.isRoot == true && $0.intended == .create
    }
  }

  /// Puts the numbers of projects into members that were written with their ids.
  private func resolveNumbers(in policy: inout DesiredPolicy?, _ change: inout Change) -> Bool {
    guard var entries = policy?.entries else { return true }
    for index in entries.indices {
      for place in entries[index].ended.indices {
        entries[index].ended[place].members = entries[index].ended[place].members.map {
          NumberedMember.resolved($0, projectNumbers: snapshot.projectNumbers) ?? $0
        }
      }
      for list in [\PolicyEntry.members, \PolicyEntry.absent, \PolicyEntry.dropped] {
        for place in entries[index][keyPath: list].indices {
          let text = entries[index][keyPath: list][place].text
          guard NumberedMember.project(in: text) != nil else { continue }
          guard
            let member = NumberedMember.resolved(text, projectNumbers: snapshot.projectNumbers)
          else {
            // A project gets its number when it is created, and the write puts it in.
            if isCreated(NumberedMember.project(in: text) ?? "") { continue }
            change.reason = Self.noNumber(text)
            return false
          }
          entries[index][keyPath: list][place].text = member
        }
      }
    }
    policy?.entries = entries
    return true
  }
}
