import Grammar
import JSON
import Model

extension PlanDraft {
  /// Judges every undeclared member: how dangerous its grant is decides where reports show it.
  mutating func judgeUndeclaredMembers() {
    let liveRoles = undeclaredRoles()
    for (address, change) in changes where address.isPolicy {
      var bindings = change.bindings
      guard bindings.contains(where: { !$0.undeclared.isEmpty }) else { continue }
      for (index, binding) in bindings.enumerated() where !binding.undeclared.isEmpty {
        let isPrivileged = isPrivileged(binding.role, liveRoles)
        for member in binding.undeclared {
          bindings[index].standings[member] = standing(
            of: member, binding, isPrivileged: isPrivileged, on: address)
        }
      }
      changes[address]?.bindings = bindings
    }
  }

  private func standing(
    of member: String, _ binding: BindingChange, isPrivileged: Bool, on policy: Address
  ) -> UndeclaredMember.Standing {
    if PublicMembers.reason(member) != nil { return .everyone }
    let isOwn = ServiceAgents.isOwn(
      member, of: policy.project, number: snapshot.projectNumbers[policy.project])
    guard isPrivileged else { return isOwn ? .google : UndeclaredMember.Standing(of: member) }
    let isUsual =
      isOwn && binding.condition == nil && policy.policyResource?.resource?.place.isRoot == true
      && ServiceAgents.isGrantedByGoogle(binding.role, to: member, of: policy.project)
    return isUsual ? .google : .privileged
  }

  /// Whether the holder of a role can gain further rights. A custom role counts with the permissions that it has and
  /// those that it will have; one whose permissions are not known is taken for privileged.
  private func isPrivileged(_ role: String, _ liveRoles: [String: Address]) -> Bool {
    if PrivilegedGrants.reason(role: role) != nil { return true }
    guard !role.hasPrefix("roles/") else { return false }
    guard let address = roles[role] ?? liveRoles[role], let kind = address.resource else {
      return true
    }
    let spec = graph.resources[address]?.spec ?? [:]
    let sets = [
      kind.permissions(in: spec, live: nil), kind.permissions(in: [:], live: live(address)),
    ].compactMap { $0 }
    return sets.isEmpty || sets.contains { $0.contains(where: PrivilegedGrants.isPrivileged) }
  }

  /// The live custom roles that no manifest declares, by their names in policies.
  private func undeclaredRoles() -> [String: Address] {
    var roles: [String: Address] = [:]
    for resource in snapshot.undeclared {
      if case .role(let role) = resource.address.policyName { roles[role] = resource.address }
    }
    return roles
  }
}
