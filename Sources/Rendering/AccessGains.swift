import Grammar
import JSON
import Model

/// What members can do after an apply that they could not do before.
struct AccessGain: Sendable, Hashable {
  let member: String
  /// The member with the shorthand of the manifest, if it has one.
  var shown: String
  /// `roles/viewer on iam/project if "night"`, the most dangerous first.
  var gains: [String] = []
  /// Of the most dangerous gain.
  var standing: UndeclaredMember.Standing
}

extension Plan {
  /// The members who gain something, the most dangerous gains first, then by name.
  var accessGains: [AccessGain] {
    var byMember: [String: AccessGain] = [:]
    func add(
      _ member: String, _ text: String, _ standing: UndeclaredMember.Standing,
      shown: String? = nil
    ) {
      var gain =
        byMember[member] ?? AccessGain(member: member, shown: member, standing: standing)
      if let shown { gain.shown = shown }
      let isFirst = standing.isDangerous && standing <= gain.standing
      gain.gains.insert(text, at: isFirst ? 0 : gain.gains.count)
      gain.standing = min(gain.standing, standing)
      byMember[member] = gain
    }
    let several = Set(changes.map(\.address.project)).count > 1
    func place(_ policy: Address) -> String {
      guard let resource = policy.policyResource else { return "\(policy)" }
      return several ? resource.description : resource.local
    }
    for change in changes where change.isWrite {
      let privileged = change.hazards.filter { $0.flag == .privileged }.map(\.message)
      for binding in change.bindings {
        let condition = binding.condition.map { " if \"\($0.title)\"" } ?? ""
        for member in binding.added {
          let isPrivileged = privileged.contains { $0.contains("`\(binding.role)`") }
          let standing: UndeclaredMember.Standing =
            PublicMembers.reason(member) != nil
            ? .everyone : isPrivileged ? .privileged : .init(of: member)
          add(
            member, "\(binding.role) on \(place(change.address))\(condition)", standing,
            shown: binding.shown(member))
        }
      }
      let permissions = change.gainedPermissions
      for holder in change.resource?.holders ?? [] where !permissions.isEmpty {
        let condition = holder.condition.map { " if \"\($0.title)\"" } ?? ""
        let list = permissions.prefix(3).joined(separator: ", ")
        let more = permissions.count > 3 ? " and \(permissions.count - 3) more" : ""
        add(
          holder.member,
          "\(list)\(more) by \(change.address.local) on \(place(holder.policy))\(condition)",
          privileged.isEmpty ? .init(of: holder.member) : .privileged)
      }
    }
    return byMember.values.sorted { ($0.standing, $0.member) < ($1.standing, $1.member) }
  }
}

extension Change {
  /// The permissions that a custom role gains.
  fileprivate var gainedPermissions: [String] {
    fields.filter { $0.path.description == "includedPermissions" }.flatMap { field in
      let before = Set((field.from?.array ?? []).compactMap(\.string))
      return (field.to?.array ?? []).compactMap(\.string).filter { !before.contains($0) }
    }
  }
}

extension PlanText {
  /// Who gains what, below a plan that is longer than a screen.
  func accessLines(_ plan: Plan, bodyCount: Int) -> [StyledLine] {
    let gains = plan.accessGains
    guard bodyCount > Self.screen, !gains.isEmpty else { return [] }
    let limit = show.contains(.undeclared) ? Int.max : 20
    let count = max(limit, gains.count { $0.standing.isDangerous })
    var lines = [StyledLine("Who can do what, that they could not before:", .heading)]
    for gain in gains.prefix(count) {
      lines += paragraph(
        (gain.shown + "   " + gain.gains.joined(separator: "; ")).escapedForTerminal,
        prefix: "  ", ink: gain.standing.isDangerous ? .changed : nil)
    }
    if gains.count > count {
      lines.append(StyledLine("and \(gains.count - count) more members", indent: 2))
    }
    return lines
  }
}
