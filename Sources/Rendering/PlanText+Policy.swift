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
    let undeclared = Set(change.bindings.flatMap(\.undeclared)).sorted()
    guard !undeclared.isEmpty else { return lines }
    let limit = show.contains(.undeclared) ? Int.max : 10
    var text = undeclared.prefix(limit).map(\.escapedForTerminal).joined(separator: ", ")
    if undeclared.count > limit { text += " and \(undeclared.count - limit) more" }
    lines += wrap("not declared, left alone: \(text)", to: style.room(after: 6)).enumerated()
      .map { StyledLine($1, .dimmed, indent: $0 == 0 ? 6 : 8) }
    return lines
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
    lines += binding.added.map { member("+", $0, ink: .added) }
    lines += binding.removed.map { member("-", $0.member, ink: .removed, remark: $0.cause.remark) }
    lines += binding.alsoHeld.flatMap {
      paragraph(
        "! \($0.member.escapedForTerminal)   \($0.description)", prefix: spaces(10), ink: .changed)
    }
    return lines
  }

  private func member(_ sign: String, _ name: String, ink: Style.Role, remark: String? = nil)
    -> StyledLine
  {
    var line = StyledLine(sign, ink, indent: 10)
    line.add(" \(name.escapedForTerminal)")
    if let remark { line.add("   \(remark)", .dimmed) }
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
