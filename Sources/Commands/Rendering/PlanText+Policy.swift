import Reconcile

extension PlanText {
  /// The rows of a policy: by role and condition who comes and who goes, then who stays though nobody declares it.
  func bindingLines(_ change: Change) -> [StyledLine] {
    guard change.address.isPolicy else { return [] }
    var lines = change.bindings.filter { !$0.isEmpty }.flatMap(bindingLines)
    let undeclared = Set(change.bindings.flatMap(\.undeclared)).sorted()
    guard !undeclared.isEmpty else { return lines }
    let limit = show.contains(.undeclared) ? Int.max : 10
    var text = undeclared.prefix(limit).map(\.escapedForTerminal).joined(separator: ", ")
    if undeclared.count > limit { text += " and \(undeclared.count - limit) more" }
    lines += wrap("not declared, left alone: \(text)", to: style.room(after: 6)).enumerated()
      .map { StyledLine($1, .faint, indent: $0 == 0 ? 6 : 8) }
    return lines
  }

  private func bindingLines(_ binding: BindingChange) -> [StyledLine] {
    var role = StyledLine("~", .changed, indent: 6)
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
    lines += binding.added.map { member("+", $0, .added) }
    lines += binding.removed.map { member("-", $0.member, .removed, $0.cause.remark) }
    return lines
  }

  private func member(_ sign: String, _ name: String, _ ink: Ink, _ remark: String? = nil)
    -> StyledLine
  {
    var line = StyledLine(sign, ink, indent: 10)
    line.add(" \(name.escapedForTerminal)")
    if let remark { line.add("   \(remark)", .faint) }
    return line
  }
}

extension PolicyCondition {
  /// `if "until-2027" (request.time < timestamp("2027-01-01T00:00:00Z"))`.
  var label: String { "if \"\(title)\" (\(expression))".escapedForTerminal }
}

extension BindingChange.Removal.Cause {
  /// Why a member goes, where its entry does not say so itself.
  var remark: String? {
    switch self {
    case .absent: nil
    case .revoked: "revoked in the Stack"
    case .exclusive: "the entry is exclusive"
    case .deletion: "what it names is deleted"
    case .deadTwin: "deleted account; it blocks its living namesake"
    }
  }
}
