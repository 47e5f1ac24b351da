import Diagnostics
import Grammar
import JSON
import Model

/// The guards over grants and removals.
extension Guards {
  func grants(_ change: Change, _ draft: PlanDraft) -> [Hazard] {
    change.bindings.flatMap { binding in
      binding.added.flatMap { member in
        PrivilegedGrants.hazards(
          granting: binding.role, to: member, permissions: permissions(of: binding.role, draft),
          written: binding.written[member])
      }
    }
  }

  func permissions(of role: String, _ draft: PlanDraft) -> [String]? {
    guard let address = draft.roles[role], let desired = draft.graph.resources[address] else {
      return nil
    }
    return address.resource?.permissions(in: desired.spec, live: draft.live(address))
  }

  /// Refuses if `exclusive` removes more than max(5, 25 %) of a policy's member entries.
  func exclusiveRemovals(_ change: Change, _ draft: PlanDraft) -> [Refusal] {
    let removed = change.bindings.reduce(0) { count, binding in
      count + binding.removed.count { $0.cause == .exclusive }
    }
    let entries = change.bindings.reduce(0) { count, binding in
      let kept = draft.graph.policies[change.address]?.entries.first {
        $0.role == binding.role && $0.condition == binding.condition
      }?.members.count
      let held = max(0, (kept ?? 0) - binding.added.count)
      return count + binding.removed.count + binding.undeclared.count + binding.alsoHeld.count
        + held
    }
    let limit = removalLimit(default: max(5, entries * 25 / 100))
    guard removed > limit else { return [] }
    return [
      Refusal(
        .tooManyRemovals,
        Statement(
          "exclusive-removals", "`exclusive` would remove \(removed) members, more than \(limit)"),
        remedy: "--max-removals \(removed)")
    ]
  }

  /// Refuses more than fifty written removals in one run; a grant with an earlier `until` counts, as it was written
  /// too.
  func checkWrittenRemovals(_ draft: inout PlanDraft) {
    func count(_ change: Change) -> Int {
      change.bindings.reduce(0) { sum, binding in
        sum
          + binding.removed.count { [.absent, .revoked, .superseded, .dropped].contains($0.cause) }
      }
    }
    let policies = draft.changes.values.filter { $0.address.isPolicy && count($0) > 0 }
    let total = policies.reduce(0) { $0 + count($1) }
    let limit = removalLimit(default: 50)
    guard total > limit else { return }
    for change in policies {
      refuse(
        [
          Refusal(
            .tooManyRemovals,
            Statement(
              "too-many-removals",
              "\(total) members would be removed in this run, more than \(limit)"),
            remedy: "--max-removals \(total)")
        ], at: change.address, in: &draft)
    }
  }

  private func removalLimit(default limit: Int) -> Int {
    if let flag = overrides.maximumRemovals { return flag }
    return planner.graph.stack.maximumRemovals.map { min($0, limit) } ?? limit
  }

  /// The loss of the caller's own right to set a policy, and of a project's last owners. If it depends on the caller,
  /// the message names the caller, so that the plan's id covers it.
  func lockout(_ change: Change, _ draft: PlanDraft) -> [Hazard] {
    var hazards: [Hazard] = []
    for binding in change.bindings {
      let removed = binding.removed.map(\.member)
      let isOwn = binding.removed.contains { removal in
        !planner.caller.isEmpty && removal.member.hasSuffix(":\(planner.caller.lowercased())")
          && !isExchanged(removal, of: binding.role, on: change.address, in: draft)
      }
      if isOwn, setsPolicies(binding.role, draft) {
        hazards.append(
          Hazard(
            .lockout,
            Statement(
              "lockout.policy",
              "this removes your own right to set this policy (\(binding.role)); you are `\(planner.caller)`"
            )))
      }
      if let hazard = ownIdentities(binding, change, draft) { hazards.append(hazard) }
      if binding.role == "roles/owner", binding.condition == nil, !removed.isEmpty,
        ownersAfter(binding, of: change.address, in: draft) < 2
      {
        hazards.append(Hazard(.lockout, PolicyOwners.tooFew))
      }
    }
    return hazards
  }

  /// Whether the same write grants the member the role until another day: then the removal depends on that grant.
  func isExchanged(
    _ removal: BindingChange.Removal, of role: String, on policy: Address, in draft: PlanDraft
  ) -> Bool {
    guard removal.cause == .superseded else { return false }
    return draft.graph.policies[policy]?.entries.contains { entry in
      entry.role == role && entry.condition?.isUntil == true
        && entry.members.contains { PolicyMember.normalized($0.text) == removal.member }
    } == true
  }

  func setsPolicies(_ role: String, _ draft: PlanDraft) -> Bool {
    PrivilegedGrants.allowsSettingPolicies(role)
      || permissions(of: role, draft)?.contains { $0.hasSuffix(".setIamPolicy") } == true
  }

  /// The account that this run signs in as: its deletion or disabling would end all of the run's access.
  func ownAccount(_ change: Change, _ draft: PlanDraft) -> Hazard? {
    guard case .member(let member) = change.address.policyName,
      !planner.caller.isEmpty, member.lowercased().hasSuffix(":\(planner.caller.lowercased())")
    else { return nil }
    let isDisabled = change.address.resource?.isSwitchedOff(by: change) == true
    guard change.action == .delete || isDisabled else { return nil }
    return Hazard(
      .lockout,
      isDisabled
        ? Statement(
          "lockout.disable",
          "this disables the account that this run signs in as, `\(planner.caller)`")
        : Statement(
          "lockout.delete",
          "this deletes the account that this run signs in as, `\(planner.caller)`"))
  }

  /// The direct owners that remain. Owners that the same write adds do not count: the server may refuse them, and then
  /// only the removals are written.
  private func ownersAfter(_ binding: BindingChange, of policy: Address, in draft: PlanDraft) -> Int
  {
    guard case .present(let live) = draft.snapshot.policies[policy] else { return 0 }
    return PolicyOwners.of(live).subtracting(binding.removed.map(\.member)).count
  }
}
