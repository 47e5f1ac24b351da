import Diagnostics
import Model

/// Finds grants of two stacks that contradict each other: one gives a member a role, and the other one takes it away.
struct GrantOverlap {
  let own: DesiredGraph
  let other: DesiredGraph

  func diagnostics() -> [Diagnostic] {
    removals(by: own, of: other, isOwn: true) + removals(by: other, of: own, isOwn: false)
  }

  /// The members that one stack grants and the other one removes.
  private func removals(
    by remover: DesiredGraph, of granter: DesiredGraph, isOwn: Bool
  ) -> [Diagnostic] {
    granter.policies.values.flatMap { policy -> [Diagnostic] in
      let entries = remover.policies[policy.address]?.entries ?? []
      let revoked = Self.reads(policy.address, remover) ? remover.stack.revoked : []
      return policy.entries.flatMap { entry in
        entry.members.compactMap { member in
          guard let removal = Self.removal(of: member.text, entry, by: entries, revoked) else {
            return nil
          }
          let (place, second) =
            isOwn ? (removal.place, member.source) : (member.source, removal.place)
          return StackOverlap.diagnostic(
            "`\(member.text)` must have `\(entry.role)` on `\(policy.address)` in one stack, and "
              + removal.words + " in another",
            at: place, and: second, label: isOwn ? "granted here" : "removed here")
        }
      }
    }
  }

  /// Whether a run of the set reads a policy, so that its revoked members lose their grants there.
  private static func reads(_ policy: Address, _ graph: DesiredGraph) -> Bool {
    graph.policies[policy] != nil
      || policy.policyResource.map { graph.resources[$0] != nil } == true
  }

  private static func removal(
    of member: String, _ granted: PolicyEntry, by entries: [PolicyEntry], _ revoked: [SourcedText]
  ) -> (words: String, place: SourcePosition)? {
    if let revocation = revoked.first(where: { $0.text == member }) {
      return ("is revoked", revocation.source)
    }
    for entry in entries where entry.role == granted.role {
      let isSame = entry.condition == granted.condition
      let holds = isSame && entry.members.contains { $0.text == member }
      if isSame, let absent = entry.absent.first(where: { $0.text == member }) {
        return ("must not have it", absent.source)
      }
      if isSame, entry.exclusive, !holds {
        return ("is not among the only members", entry.source)
      }
      if let place = entry.exclusiveRole,
        !entries.contains(where: { candidate in
          candidate.role == granted.role && candidate.condition == granted.condition
            && candidate.members.contains { $0.text == member }
        })
      {
        return ("is not among the only members of the role", place)
      }
    }
    return nil
  }
}
