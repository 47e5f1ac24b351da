import Diagnostics
import Grammar
import Model

/// Findings about members that name a project by its number, which manifests alone do not show.
extension PlanReport {
  /// What the kinds that define members find about these members, as if they had the project's id.
  func numberedMembers() -> [Diagnostic] {
    let ids = draft.snapshot.projectNumbers.reduce(into: [String: String]()) {
      $0[$1.value] = $1.key
    }
    var graph = draft.graph
    graph.policies = graph.policies.compactMapValues { policy in
      var policy = policy
      policy.entries = policy.entries.compactMap { Self.named($0, by: ids) }
      return policy.entries.isEmpty || !draft.selected.contains(policy.address) ? nil : policy
    }
    guard !graph.policies.isEmpty else { return [] }
    let owners = graph.resources.values.filter { resource in
      resource.lifecycle.ensure == .present && resource.address.resource?.identityKind != nil
    }.sorted { $0.address < $1.address }
    return owners.flatMap { owner in
      owner.address.resource?.findings(on: owner, in: graph, hasCycle: false) ?? []
    }.map(\.diagnostic).filter { $0.severity == .warning }
  }

  /// The members of an entry that have a known number, with the id in its place; nil if there are none.
  private static func named(_ entry: PolicyEntry, by ids: [String: String]) -> PolicyEntry? {
    var entry = entry
    entry.members = entry.members.compactMap { member in
      NumberedMember.named(member.text, projectIDs: ids).map {
        SourcedText($0, member.source, written: member.written)
      }
    }
    return entry.members.isEmpty ? nil : entry
  }
}
