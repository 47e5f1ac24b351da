import Diagnostics
import JSON
import Model

/// What has to change in one live policy, by role and condition.
struct PolicyDiff {
  let desired: DesiredPolicy?
  let live: PolicyDocument
  /// Normalised members to remove wherever they are, with why.
  let unwelcome: [String: BindingChange.Removal.Cause]
  /// Custom roles that are being deleted, by the name that policies use.
  let deletedRoles: Set<String>
  /// Accounts that this plan brings back, with their uids: their `deleted:` members come alive with them.
  let returning: [String: String]
  /// Whether a member must not be removed without being named.
  let isSheltered: (String) -> Bool

  /// In order of role, then condition; one entry for each pair that is declared or live.
  func changes() -> [BindingChange] {
    var entries: [PolicyDocument.Key: PolicyEntry] = [:]
    for entry in desired?.entries ?? [] {
      entries[PolicyDocument.Key(role: entry.role, condition: entry.condition)] = entry
    }
    let keys = Set(entries.keys).union(live.members.keys).sorted()
    return keys.map { change($0, entries[$0]) }
  }

  private func change(_ key: PolicyDocument.Key, _ entry: PolicyEntry?) -> BindingChange {
    var change = BindingChange(role: key.role, condition: key.condition, source: entry?.source)
    let held = live.members[key] ?? []
    let heldForms = Set(held.map(PolicyMember.normalized))
    let wanted = Set((entry?.members ?? []).map { PolicyMember.normalized($0.text) })
    let absent = Set((entry?.absent ?? []).map { PolicyMember.normalized($0.text) })
    change.added = wanted.subtracting(heldForms).sorted()
    let blocked = Set(change.added)
    for member in Self.unique(held) {
      let form = PolicyMember.normalized(member)
      let twin = returningTwin(form).flatMap { wanted.contains($0) ? nil : $0 }
      let cause =
        removal(form, key.role, wanted, absent, blocked, entry)
        ?? twin.flatMap { removal($0, key.role, wanted, absent, blocked, entry) }
      if let cause {
        change.removed.append(BindingChange.Removal(form, cause))
        // Written before or after the account is back, the policy holds one form or the other.
        if let twin, !heldForms.contains(twin) {
          change.removed.append(BindingChange.Removal(twin, cause))
        }
      } else if !wanted.contains(form) {
        change.undeclared.append(form)
      }
    }
    change.removed.sort { $0.member < $1.member }
    change.undeclared.sort()
    let going = Set(change.removed.map(\.member))
    change.ended = (entry?.ended ?? []).filter { ended in
      going.isDisjoint(with: ended.members.map(PolicyMember.normalized))
    }.map(\.source)
    return change
  }

  private func removal(
    _ form: String, _ role: String, _ wanted: Set<String>, _ absent: Set<String>,
    _ blocked: Set<String>, _ entry: PolicyEntry?
  ) -> BindingChange.Removal.Cause? {
    if let cause = unwelcome[form] { return cause }
    if deletedRoles.contains(role) { return .deletion }
    if absent.contains(form) { return .absent }
    if let twin = PolicyMember.deletedTwin(form), blocked.contains(twin.member) { return .deadTwin }
    guard entry?.exclusive == true, !wanted.contains(form) else { return nil }
    return form.hasPrefix("deleted:") || isSheltered(form) ? nil : .exclusive
  }

  private func returningTwin(_ form: String) -> String? {
    guard let twin = PolicyMember.deletedTwin(form), returning[twin.member] == twin.uid else {
      return nil
    }
    return twin.member
  }

  private static func unique(_ members: [String]) -> [String] {
    var seen: Set<String> = []
    return members.filter { seen.insert(PolicyMember.normalized($0)).inserted }
  }
}

extension PolicyIntent {
  /// The intent that carries out a policy's changes.
  init(_ changes: [BindingChange]) {
    self.init(
      entries: changes.filter { !$0.isEmpty }.map {
        Entry(
          role: $0.role, condition: $0.condition, add: $0.added, remove: $0.removed.map(\.member))
      })
  }
}
