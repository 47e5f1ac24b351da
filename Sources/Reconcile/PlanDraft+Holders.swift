import JSON
import Model

extension PlanDraft {
  /// Says on each row that gives a custom role more permissions who has the role, as far as policies were read: these
  /// members can do more after it, although no policy changes.
  mutating func nameHolders() {
    var widened: [String: Address] = [:]
    for (address, change) in changes where change.intended == .update {
      guard case .role(let role) = address.policyName, gainsPermissions(address) else { continue }
      widened[role] = address
    }
    guard !widened.isEmpty else { return }
    var holders: [Address: Set<RoleHolder>] = [:]
    for (policy, observation) in snapshot.policies {
      guard case .present(let live) = observation else { continue }
      for (key, members) in PolicyDocument(live).members {
        guard let address = widened[key.role] else { continue }
        for member in members {
          holders[address, default: []].insert(
            RoleHolder(
              policy: policy, condition: key.condition, member: PolicyMember.normalized(member)))
        }
      }
    }
    for (address, found) in holders { changes[address]?.resource?.holders = found.sorted() }
  }

  private func gainsPermissions(_ address: Address) -> Bool {
    guard let kind = address.resource, let spec = graph.resources[address]?.spec else {
      return false
    }
    let before = kind.permissions(in: [:], live: live(address)) ?? []
    let after = kind.permissions(in: spec, live: live(address)) ?? []
    return !Set(after).isSubset(of: before)
  }
}
