import Diagnostics
import JSON
import Model

/// The changes of one live policy, by role and condition.
struct PolicyDiff {
  let desired: DesiredPolicy?
  let live: PolicyDocument
  /// Normalised members to remove everywhere, with the cause.
  let membersToRemove: [String: BindingChange.Removal.Cause]
  /// Custom roles that the plan deletes, by their names in policies.
  let deletedRoles: Set<String>
  /// Accounts that this plan undeletes, with their uids: their `deleted:` members become live with them.
  let returning: [String: String]
  /// Whether a member must not be removed unless an entry names it.
  let isExemptFromExclusive: (String) -> Bool
  /// Grants that end until then are named, in Unix seconds; nil: none are.
  var namesEndsUntil: Int64?
  /// Whether the selection excludes a grant.
  var isLeftOut: (Grant) -> Bool = { _ in false }

  private typealias Key = PolicyDocument.Key

  /// In order of role, then condition; one entry for each declared or live pair.
  func changes() -> [BindingChange] {
    var entries: [Key: PolicyEntry] = [:]
    for entry in desired?.entries ?? [] {
      entries[Key(role: entry.role, condition: entry.condition)] = entry
    }
    let keys = Set(entries.keys).union(live.members.keys).sorted()
    let sides = keys.map { self.sides($0, entries[$0]) }
    let arriving = Set(sides.flatMap(\.added))
    let ofRole = Dictionary(grouping: desired?.entries ?? [], by: \.role)
    let changes = zip(keys, sides).map { key, sides in
      change(
        key, sides, entry: entries[key], ofRole: ofRole[key.role] ?? [], arriving: arriving)
    }
    return nameWhatIsAlsoHeld(changes, entries)
  }

  /// The members of a binding on both sides, in normal form.
  private struct Sides {
    let held: Set<String>
    let wanted: Set<String>
    /// Those to add, in order.
    var missing: [String] { wanted == held ? [] : wanted.subtracting(held).sorted() }
    /// Those to add, without those that the selection excludes.
    var added: [String] = []
  }

  private func sides(_ key: Key, _ entry: PolicyEntry?) -> Sides {
    var sides = Sides(
      held: Set((live.members[key] ?? []).map(PolicyMember.normalized)),
      wanted: Set((entry?.members ?? []).map { PolicyMember.normalized($0.text) }))
    sides.added = sides.missing.filter {
      !isLeftOut(Grant(role: key.role, condition: key.condition, member: $0))
    }
    return sides
  }

  /// - Parameters:
  ///   - ofRole: the entries of the same role, under any condition.
  ///   - arriving: the members that any binding of the policy gains.
  private func change(
    _ key: Key, _ sides: Sides, entry: PolicyEntry?, ofRole: [PolicyEntry], arriving: Set<String>
  ) -> BindingChange {
    var change = BindingChange(role: key.role, condition: key.condition, source: entry?.source)
    let (heldForms, wanted) = (sides.held, sides.wanted)
    let decision = Removals(
      diff: self, key: key, wanted: wanted, entry: entry, ofRole: ofRole,
      blocked: Blocked(here: Set(sides.added), anywhere: arriving))
    change.added = sides.missing
    for member in entry?.members ?? [] {
      change.places[PolicyMember.normalized(member.text)] = member.source
    }
    for member in entry?.named ?? [] {
      if let text = member.written { change.written[PolicyMember.normalized(member.text)] = text }
    }
    for member in Self.unique(live.members[key] ?? []) {
      let form = PolicyMember.normalized(member)
      let twin = returningPrincipal(form).flatMap { wanted.contains($0) ? nil : $0 }
      if let cause = decision.cause(form) ?? twin.flatMap(decision.cause) {
        change.removed.append(BindingChange.Removal(form, cause))
        // The policy holds one form or the other, depending on whether it is written before or after the undelete.
        if let twin, !heldForms.contains(twin) {
          change.removed.append(BindingChange.Removal(twin, cause))
        }
      } else if !wanted.contains(form) {
        change.undeclared.append(form)
      }
    }
    leaveOut(&change, key)
    change.removed.sort { $0.member < $1.member }
    change.undeclared.sort()
    if change.source == nil { change.source = decision.source(of: change.removed) }
    let going = Set(change.removed.map(\.member))
    change.ended = (entry?.ended ?? []).filter { ended in
      going.isDisjoint(with: ended.members.map(PolicyMember.normalized))
    }.map(\.source)
    if let end = entry?.until, let latest = namesEndsUntil, end <= latest, !wanted.isEmpty {
      change.ends = end
    }
    return change
  }

  /// Removes the grants that the selection excludes.
  private func leaveOut(_ change: inout BindingChange, _ key: Key) {
    func isOut(_ member: String) -> Bool {
      isLeftOut(Grant(role: key.role, condition: key.condition, member: member))
    }
    guard !change.added.isEmpty || !change.removed.isEmpty else { return }
    let added = change.added.filter(isOut)
    let removed = change.removed.map(\.member).filter(isOut)
    change.leftOut = (added + removed).sorted()
    change.added.removeAll(where: isOut)
    change.removed.removeAll { isOut($0.member) }
  }

  /// A declared member that also holds its role under another condition, which no manifest declares, may do more than
  /// the manifests say. It is reported with the declared grant, not among the undeclared members.
  private func nameWhatIsAlsoHeld(
    _ changes: [BindingChange], _ entries: [Key: PolicyEntry]
  ) -> [BindingChange] {
    guard changes.contains(where: { !$0.undeclared.isEmpty }) else { return changes }
    var declared: [Grant: Int] = [:]
    for (index, change) in changes.enumerated() {
      let entry = entries[Key(role: change.role, condition: change.condition)]
      for member in entry?.members ?? [] {
        let holder = Grant(role: change.role, member: PolicyMember.normalized(member.text))
        declared[holder] = declared[holder] ?? index
      }
    }
    var changes = changes
    for (index, change) in changes.enumerated() {
      for member in change.undeclared {
        let other = Grant(role: change.role, condition: change.condition, member: member)
        guard let place = declared[Grant(role: change.role, member: member)], !isLeftOut(other)
        else { continue }
        changes[place].alsoHeld.append(
          BindingChange.AlsoHeld(member: member, condition: change.condition))
        changes[index].undeclared.removeAll { $0 == member }
      }
    }
    return changes
  }

  /// Members that cannot be added because of a deleted member of the same name: Google refuses a policy with both, in
  /// any bindings.
  fileprivate struct Blocked {
    let here: Set<String>
    let anywhere: Set<String>
  }

  /// Whether a deleted member blocks the live one of the same name. One that this plan undeletes blocks only in its own
  /// binding, which gets the live form; elsewhere the undelete restores it.
  fileprivate func isBlocking(
    _ twin: (member: String, uid: String), _ blocked: Blocked
  ) -> Bool {
    returning[twin.member] == twin.uid
      ? blocked.here.contains(twin.member) : blocked.anywhere.contains(twin.member)
  }

  private func returningPrincipal(_ form: String) -> String? {
    guard let twin = PolicyMember.deletedPrincipal(form), returning[twin.member] == twin.uid else {
      return nil
    }
    return twin.member
  }

  private static func unique(_ members: [String]) -> [String] {
    var seen: Set<String> = []
    return members.filter { seen.insert(PolicyMember.normalized($0)).inserted }
  }
}

/// The causes of removals from one live binding.
private struct Removals {
  let diff: PolicyDiff
  let key: PolicyDocument.Key
  let wanted: Set<String>
  let entry: PolicyEntry?
  let blocked: PolicyDiff.Blocked
  private let absent: Set<String>
  /// Where an earlier set of manifests granted it, by member.
  private let dropped: [String: SourcePosition]
  /// Where the manifests grant this role until another day, by member.
  private let otherDates: [String: SourcePosition]
  private let exclusiveRole: SourcePosition?

  init(
    diff: PolicyDiff, key: PolicyDocument.Key, wanted: Set<String>, entry: PolicyEntry?,
    ofRole: [PolicyEntry], blocked: PolicyDiff.Blocked
  ) {
    self.diff = diff
    self.key = key
    self.wanted = wanted
    self.entry = entry
    self.blocked = blocked
    absent = Set((entry?.absent ?? []).map { PolicyMember.normalized($0.text) })
    dropped = Dictionary(
      (entry?.dropped ?? []).map { (PolicyMember.normalized($0.text), $0.source) },
      uniquingKeysWith: min)
    exclusiveRole = ofRole.lazy.compactMap(\.exclusiveRole).first
    var dates: [String: SourcePosition] = [:]
    if key.condition?.isUntil == true {
      for other in ofRole where other.condition != key.condition && other.condition?.isUntil == true
      {
        for member in other.members { dates[PolicyMember.normalized(member.text)] = member.source }
        for ended in other.ended where ended.isPast {
          for member in ended.members { dates[PolicyMember.normalized(member)] = ended.source }
        }
      }
    }
    otherDates = dates
  }

  /// The cause for the removal of a member; nil if it stays.
  func cause(_ form: String) -> BindingChange.Removal.Cause? {
    if let cause = diff.membersToRemove[form] { return cause }
    if diff.deletedRoles.contains(key.role) { return .deletion }
    if absent.contains(form) { return .absent }
    if let twin = PolicyMember.deletedPrincipal(form), diff.isBlocking(twin, blocked) {
      return .tombstone
    }
    guard !wanted.contains(form) else { return nil }
    if otherDates[form] != nil { return .superseded }
    if dropped[form] != nil { return .dropped }
    guard entry?.exclusive == true || exclusiveRole != nil else { return nil }
    return form.hasPrefix("deleted:") || diff.isExemptFromExclusive(form) ? nil : .exclusive
  }

  /// The place of the removals if no entry names this role and condition.
  func source(of removed: [BindingChange.Removal]) -> SourcePosition? {
    removed.compactMap { removal -> SourcePosition? in
      switch removal.cause {
      case .superseded: otherDates[removal.member]
      case .exclusive: exclusiveRole
      case .dropped: dropped[removal.member]
      case .absent, .revoked, .deletion, .tombstone: nil
      }
    }.min()
  }
}
