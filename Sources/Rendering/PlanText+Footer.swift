import Diagnostics
import Model

extension PlanText {
  /// The live resources that no manifest declares: twenty, then a count.
  func undeclaredResources(_ plan: Plan) -> [StyledLine] {
    let undeclared = plan.undeclaredResources
    guard !undeclared.isEmpty else { return [] }
    let limit = show.contains(.undeclared) ? Int.max : 20
    let count = undeclared.count
    var lines = [
      warning(
        .undeclaredResources,
        count == 1
          ? "1 live resource is undeclared" : "\(count) live resources are undeclared")
    ]
    lines += names(undeclared.prefix(limit), in: plan)
    if count > limit {
      lines.append(StyledLine("and \(count - limit) more: --show undeclared", indent: 2))
    }
    return lines
  }

  /// The enabled services that no manifest declares: a line for each project, of ten names at most.
  func undeclaredServices(_ plan: Plan) -> [StyledLine] {
    let services = plan.undeclaredServices
    guard !services.isEmpty else { return [] }
    let limit = show.contains(.undeclared) ? Int.max : nil
    let rows = services.lines(
      names: limit ?? 10, projects: limit ?? 20, rest: ": --show undeclared",
      write: \.escapedForTerminal)
    return [warning(.undeclaredServices, services.headline)]
      + (rows + [services.exception].compactMap(\.self)).flatMap { paragraph($0, prefix: "  ") }
  }

  /// The live resources that the Stack's scope ignores, with `--show ignored`.
  func ignoredResources(_ plan: Plan) -> [StyledLine] {
    guard show.contains(.ignored) else { return [] }
    let count = plan.ignored.count
    let head =
      switch count {
      case 0: "The Stack's scope ignores no live resource."
      case 1: "1 live resource is ignored by the Stack's scope:"
      default: "\(count) live resources are ignored by the Stack's scope:"
      }
    return [StyledLine(head)] + names(plan.ignored[...], in: plan)
  }

  /// Addresses in columns, with their projects if there are several.
  private func names(_ addresses: ArraySlice<Address>, in plan: Plan) -> [StyledLine] {
    let projects = Set((plan.changes.map(\.address) + addresses).map(\.project))
    let names = addresses.map {
      (projects.count == 1 ? $0.local : $0.description).escapedForTerminal
    }
    return columns(names, gap: 6, width: style.layoutWidth - 2).map { StyledLine($0, indent: 2) }
  }

  /// Members that no manifest declares on policies that have no row of their own.
  func undeclaredMembers(_ plan: Plan) -> [StyledLine] {
    let rows = plan.undeclaredMembers
    guard !rows.isEmpty else { return [] }
    let limit = show.contains(.undeclared) ? Int.max : 10
    var lines = [
      warning(
        .undeclaredMembers,
        rows.count == 1
          ? "1 member holds a role that no manifest grants"
          : "\(rows.count) members hold a role that no manifest grants")
    ]
    for row in rows.prefix(limit) {
      lines += wrap(row.text, to: style.room(after: 4)).enumerated().map {
        StyledLine($1, indent: $0 == 0 ? 2 : 4)
      }
    }
    if rows.count > limit {
      lines.append(StyledLine("and \(rows.count - limit) more: --show undeclared", indent: 2))
    }
    return lines
  }

  /// The lists that failed, so that the plan does not show the undeclared resources in them.
  func notChecked(_ plan: Plan) -> [StyledLine] {
    guard !plan.notChecked.isEmpty else { return [] }
    return [warning(.notChecked, "not checked for undeclared resources")]
      + plan.notChecked.flatMap { paragraph($0.escapedForTerminal, prefix: "  ") }
  }

  /// The plan's own warnings and notes, except those that have a block of their own.
  func diagnostics(_ plan: Plan) -> [StyledLine] {
    plan.diagnosticsWithoutBlock.filter { !alreadyReported.contains($0) }.flatMap { diagnostic in
      let head = "\(diagnostic.severity.rawValue)[\(diagnostic.code.rawValue)]: "
      var lines = paragraph(
        diagnostic.message.escapedForTerminal, prefix: head, ink: diagnostic.severity.ink)
      if let position = diagnostic.position {
        lines.append(StyledLine("--> \(position.label)", .dimmed, indent: 2))
      }
      for help in diagnostic.help {
        lines += paragraph(help.escapedForTerminal, prefix: "   = help: ")
      }
      lines += diagnostic.pasted.map { StyledLine($0.escapedForTerminal) }
      return lines
    }
  }

  func warning(_ code: DiagnosticCode, _ message: String) -> StyledLine {
    var line = StyledLine("warning[\(code.rawValue)]", .changed)
    line.add(": \(message)")
    return line
  }

  /// The counts, and the command that applies exactly this plan.
  func footer(_ plan: Plan) -> [StyledLine] {
    guard plan.hasWork else { return [StyledLine(plan.sentenceForNothing, .heading)] }
    var lines = wrap(plan.summaryLine, to: style.width).map { StyledLine($0, .heading) }
    guard let id = plan.id else { return lines }
    var last = StyledLine("Plan id \(id)")
    guard showsCommand, let hint = hint(plan, id) else { return lines + [last] }
    if last.width + 6 + displayWidth(hint) <= style.layoutWidth {
      last.add("      \(hint)")
      lines.append(last)
    } else {
      lines += [last, StyledLine(hint)]
    }
    return lines
  }
}

extension PlanText {
  /// The next command: it applies exactly this plan or, if rows block that, plans the rest.
  private func hint(_ plan: Plan, _ id: String) -> String? {
    let arguments = (applyArguments ?? plan.selection.arguments).map(shellQuoted)
    func command(_ verb: String, _ flags: [String]) -> String {
      (["arctl", verb] + arguments + flags).joined(separator: " ").escapedForTerminal
    }
    if plan.blocked.isEmpty {
      return "apply exactly this: \(command("apply", ["--expect \(id)"]))"
    }
    return exclusion.map { "the rest: \(command("plan", $0))" }
  }
}

/// A member of a binding that no manifest declares.
struct UndeclaredMember {
  let policy: Address
  let binding: BindingChange
  let member: String

  /// The three in one line.
  fileprivate var text: String {
    let condition = binding.condition.map { "   \($0.label)" } ?? ""
    return "\(policy)   \(binding.role)".escapedForTerminal + condition
      + "   \(member.escapedForTerminal)"
  }
}

extension Plan {
  /// The diagnostics except those that text and Markdown show in a block of their own.
  var diagnosticsWithoutBlock: [Diagnostic] {
    diagnostics.filter {
      ![
        .undeclaredResources, .undeclaredServices, .undeclaredMembers, .alsoHeld, .notChecked,
        .leftManifests,
      ].contains($0.code)
    }
  }

  /// The undeclared members of unchanged policies.
  var undeclaredMembers: [UndeclaredMember] {
    changes.filter { $0.action == .unchanged }.flatMap { change in
      change.bindings.flatMap { binding in
        binding.undeclared.map {
          UndeclaredMember(policy: change.address, binding: binding, member: $0)
        }
      }
    }
  }
}

extension Diagnostic.Severity {
  fileprivate var ink: Style.Role? {
    switch self {
    case .error: .refused
    case .warning: .changed
    case .note: nil
    }
  }
}
