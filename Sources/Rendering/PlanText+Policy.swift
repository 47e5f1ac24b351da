import Diagnostics
import Model

extension PlanText {
  /// The rows of a policy: the added and removed members by role and condition, then the undeclared members that stay.
  func bindingLines(_ change: Change) -> [StyledLine] {
    guard change.address.isPolicy else { return [] }
    var lines = change.bindings.filter { !$0.isEmpty || !$0.alsoHeld.isEmpty }
      .flatMap(bindingLines)
    let leftOut = Set(change.bindings.flatMap(\.leftOut)).sorted()
    if !leftOut.isEmpty {
      let names = leftOut.map(\.escapedForTerminal).joined(separator: ", ")
      lines += wrap("left out by the selection: \(names)", to: style.room(after: 6)).enumerated()
        .map { StyledLine($1, .dimmed, indent: $0 == 0 ? 6 : 8) }
    }
    guard let text = undeclaredNames(change) else { return lines }
    lines += wrap("not declared, left alone: \(text)", to: style.room(after: 6)).enumerated()
      .map { StyledLine($1, .dimmed, indent: $0 == 0 ? 6 : 8) }
    return lines
  }

  /// The undeclared members of a policy, each once: the most dangerous first, which are never left out, as single persons
  /// are not; of the others ten in all. Google's own accounts are counted for the whole plan instead.
  private func undeclaredNames(_ change: Change) -> String? {
    var standings: [String: UndeclaredMember.Standing] = [:]
    for found in change.undeclaredMembers {
      if found.standing == .google, !show.contains(.undeclared) { continue }
      standings[found.member] = min(standings[found.member] ?? .google, found.standing)
    }
    let members = standings.sorted { ($0.value, $0.key) < ($1.value, $1.key) }
    guard !members.isEmpty else { return nil }
    let count = shownCount(members.map(\.value), limit: 10)
    let names = members.prefix(count).map(\.key.escapedForTerminal).joined(separator: ", ")
    return members.count > count ? "\(names) and \(members.count - count) more" : names
  }

  /// How many of the members in this order are listed: those who are never left out, and the others up to a limit.
  func shownCount(_ standings: [UndeclaredMember.Standing], limit: Int) -> Int {
    if show.contains(.undeclared) { return standings.count }
    return min(standings.count, max(limit, standings.count { $0.isNeverCut }))
  }

  /// The entries that no longer have an effect: `= roles/...   manifests/a.yaml:7   obsolete; this entry can be removed`.
  func endedLines(_ change: Change) -> [StyledLine] {
    change.bindings.flatMap { binding in
      binding.ended.flatMap { place in
        let parts =
          [binding.role, binding.condition.map { "if \"\($0.title)\"" }, place.label]
          .compactMap { $0 } + ["obsolete; this entry can be removed"]
        return paragraph(
          parts.joined(separator: "   ").escapedForTerminal, prefix: "      = ", ink: .dimmed)
      }
    }
  }

  private func bindingLines(_ binding: BindingChange) -> [StyledLine] {
    var role =
      binding.isEmpty
      ? StyledLine("=", .dimmed, indent: 6) : StyledLine("~", .changed, indent: 6)
    role.add(" \(binding.role.escapedForTerminal)")
    var lines = [role]
    if let condition = binding.condition {
      let text = condition.label
      if role.width + 3 + displayWidth(text) <= style.width ?? .max {
        lines[0].add("   \(text)")
      } else {
        lines += paragraph(text, prefix: spaces(10))
      }
    }
    lines += binding.added.map {
      member("+", $0, ink: .added, remark: binding.written[$0]?.escapedForTerminal)
    }
    lines += binding.removed.map {
      member(
        "-", $0.member, ink: .removed,
        remark: [binding.written[$0.member]?.escapedForTerminal, $0.cause.remark]
          .compactMap(\.self).joined(separator: "   "))
    }
    lines += binding.alsoHeld.flatMap {
      paragraph(
        "! \(binding.shown($0.member).escapedForTerminal)   \($0.description)", prefix: spaces(10),
        ink: .changed)
    }
    return lines
  }

  private func member(_ sign: String, _ name: String, ink: Style.Role, remark: String? = nil)
    -> StyledLine
  {
    var line = StyledLine(sign, ink, indent: 10)
    line.add(" \(name.escapedForTerminal)")
    if let remark, !remark.isEmpty { line.add("   \(remark)", .dimmed) }
    return line
  }
}

extension PolicyCondition {
  /// `if "until-2027" (request.time < timestamp("2027-01-01T00:00:00Z"))`.
  var label: String { "if \"\(title)\" (\(expression))".escapedForTerminal }
}

extension BindingChange.AlsoHeld {
  /// `also holds it under condition "office" (request.time.getHours() > 8)`.
  var description: String {
    guard let condition else { return "also holds it without a condition" }
    return "also holds it under condition \"\(condition.title)\" (\(condition.expression))"
      .escapedForTerminal
  }
}

extension BindingChange.Removal.Cause {
  /// Why a member is removed, if its entry does not ask for it.
  var remark: String? {
    switch self {
    case .absent: nil
    case .revoked: "revoked in the Stack"
    case .exclusive: "the entry is exclusive"
    case .deletion: "the plan deletes what it names"
    case .superseded: "the grant has another `until` now"
    case .dropped: "left the manifests"
    case .tombstone: "deleted account; it blocks the live account of the same name"
    }
  }
}
