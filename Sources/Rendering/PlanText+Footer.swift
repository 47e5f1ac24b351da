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
    return lines + writingDown(undeclared.first)
  }

  /// The command that writes an undeclared thing down.
  private func writingDown(_ address: Address?) -> [StyledLine] {
    address.map { paragraph($0.writingDown.escapedForTerminal, prefix: "  ", ink: .dimmed) } ?? []
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

  /// The members that no manifest declares: the most dangerous first, which are never left out; of the others ten in all.
  func undeclaredMembers(_ plan: Plan) -> [StyledLine] {
    let rows = plan.reportedMembers
    guard !rows.isEmpty else { return googleMembers(plan) }
    let count = shownCount(rows.map(\.standing), limit: 10)
    var lines = [
      warning(.undeclaredMembers, UndeclaredMembersText.headline(rows))
    ]
    for row in rows.prefix(count) {
      lines += wrap(row.text, to: style.room(after: 4)).enumerated().map {
        StyledLine($1, row.standing.isDangerous ? .removed : nil, indent: $0 == 0 ? 2 : 4)
      }
    }
    if rows.count > count {
      lines.append(StyledLine("and \(rows.count - count) more: --show undeclared", indent: 2))
    }
    return lines + writingDown(rows.first?.policy) + googleMembers(plan)
  }

  /// One line for the grants of Google's own accounts, which every project has.
  private func googleMembers(_ plan: Plan) -> [StyledLine] {
    let found = plan.googleMembers
    guard let sentence = found.sentence else { return [] }
    guard show.contains(.undeclared) else {
      return paragraph("\(sentence): --show undeclared", prefix: "", ink: .dimmed)
    }
    return [StyledLine("\(sentence):", .dimmed)]
      + found.grants.flatMap { paragraph($0.text, prefix: "  ", ink: .dimmed) }
  }

  /// The undeclared members that the Stack's scope ignores, with `--show ignored`.
  func ignoredMembers(_ plan: Plan) -> [StyledLine] {
    guard show.contains(.ignored), !plan.ignoredMembers.isEmpty else { return [] }
    let count = plan.ignoredMembers.count
    let head =
      count == 1
      ? "1 undeclared member is ignored by the Stack's scope:"
      : "\(count) undeclared members are ignored by the Stack's scope:"
    return [StyledLine(head)]
      + plan.ignoredMembers.flatMap { paragraph($0.text, prefix: "  ") }
  }

  /// The lists that failed, so that the plan does not show the undeclared resources in them, and where the run did not
  /// look.
  func notChecked(_ plan: Plan) -> [StyledLine] {
    let failed = plan.notCheckedForUndeclared.filter { !plan.notLookedIn.contains($0) }
    var lines: [StyledLine] = []
    if !failed.isEmpty {
      lines =
        [warning(.notChecked, "not checked for undeclared resources")]
        + failed.flatMap { paragraph($0.escapedForTerminal, prefix: "  ") }
    }
    guard plan.namesOtherPlaces || show.contains(.undeclared) else { return lines }
    return lines
      + plan.notLookedIn.flatMap {
        paragraph(
          "not looked for: \($0.escapedForTerminal) (arctl drift does)", prefix: "", ink: .dimmed)
      }
  }

  /// The plan's own warnings and notes, except those that have a block of their own.
  func diagnostics(_ plan: Plan) -> [StyledLine] {
    plan.diagnosticsWithoutBlock.filter { !alreadyReported.contains($0) }.flatMap(block)
  }

  /// The approvals that the change under review brings along: nothing comes before them.
  func selfApprovals(_ plan: Plan) -> [StyledLine] { plan.selfApprovals.flatMap(block) }

  private func block(_ diagnostic: Diagnostic) -> [StyledLine] {
    let head = "\(diagnostic.severity.rawValue)[\(diagnostic.code.rawValue)]: "
    var lines = paragraph(
      diagnostic.message.escapedForTerminal, prefix: head, ink: diagnostic.severity.ink)
    if let position = diagnostic.position {
      lines.append(StyledLine("--> \(position.label)", .dimmed, indent: 2))
    }
    for help in diagnostic.help {
      lines += paragraph(help.escapedForTerminal, prefix: "   = help: ")
    }
    return lines + diagnostic.pasted.map { StyledLine($0.escapedForTerminal) }
  }

  func warning(_ code: DiagnosticCode, _ message: String) -> StyledLine {
    var line = StyledLine("warning[\(code.rawValue)]", .changed)
    line.add(": \(message)")
    return line
  }

  /// The counts, and the command that applies exactly this plan.
  func footer(_ plan: Plan, bodyCount: Int) -> [StyledLine] {
    guard plan.hasWork else { return [StyledLine(plan.sentenceForNothing, .heading)] }
    var lines = wrap(plan.summaryLine, to: style.width).map { StyledLine($0, .heading) }
    // Rows that need attention are out of sight in a long plan.
    if bodyCount > Self.screen {
      lines += plan.highlightSentences.flatMap { wrap($0, to: style.width) }.map { StyledLine($0) }
    }
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

extension Plan {
  /// The diagnostics except those that text and Markdown show in a block of their own.
  var diagnosticsWithoutBlock: [Diagnostic] {
    diagnostics.filter {
      ![
        .undeclaredResources, .undeclaredServices, .undeclaredMembers, .alsoHeld, .notChecked,
        .leftManifests, .selfApproval,
      ].contains($0.code)
    }
  }

  /// The approvals that the change under review brings along.
  var selfApprovals: [Diagnostic] { diagnostics.filter { $0.code == .selfApproval } }
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
