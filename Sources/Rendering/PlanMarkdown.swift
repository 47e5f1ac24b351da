import Diagnostics
package import Model

/// A plan as GitHub-flavoured Markdown for a pull-request comment: the counts first, a table for each project, folded details.
package struct PlanMarkdown: Sendable {
  /// GitHub refuses a comment of more than 65,536 characters.
  static let maximumLength = 60_000
  var show: Set<PlanShow> = []
  var values = ValueText()

  /// Only what would change, with values as they are on the wire, unless given otherwise.
  package init(show: Set<PlanShow> = [], values: ValueText = ValueText()) {
    self.show = show
    self.values = values
  }

  /// The whole comment, ended by a newline.
  package func render(_ plan: Plan) -> String {
    let plan = plan.withKeyRows()
    return fitted(head: summary(plan), plan: plan, tail: reports(plan))
  }

  /// The rows of a plan between two parts. Where the comment would be too long, the details of the least dangerous rows
  /// go first, then their rows in the tables.
  func fitted(head: [String], plan: Plan, tail: [String]) -> String {
    let rows = projects(plan)
    let all = rows.flatMap(\.changes).sorted { $0.dangerRank < $1.dangerRank }
    let tail = shortened(tail)
    var room = Self.maximumLength - assemble(head: head, projects: [], tail: tail).utf8.count - 400
    var listed: Set<Address> = []
    for group in rows { room -= table(group.emptied).utf8.count + 4 }
    for change in all {
      let cost = tableRow(change).utf8.count + 1
      guard cost <= room else { break }
      room -= cost
      listed.insert(change.address)
    }
    var detailed: Set<Address> = []
    if listed.count == all.count {
      // Each project has its own folded block.
      room -= rows.count * 80
      for change in all {
        let cost = diff(change).joined(separator: "\n").utf8.count + 1
        guard cost <= room else { continue }
        room -= cost
        detailed.insert(change.address)
      }
    }
    let blocks = rows.compactMap { group -> String? in
      let shown = group.keeping(listed)
      guard !shown.changes.isEmpty else { return nil }
      let folded = group.keeping(detailed)
      return table(shown) + (folded.changes.isEmpty ? "" : details(folded))
    }
    var notes: [String] = []
    func leave(_ what: String, _ count: Int) {
      guard count > 0 else { return }
      let rows = count == 1 ? "1 row" : "\(count) rows"
      notes.append("\(what) of \(rows) left out: the comment would be too long.")
    }
    if listed.count < all.count {
      leave("The lines", all.count - listed.count)
    } else {
      leave("Details", all.count - detailed.count)
    }
    return assemble(head: head, projects: blocks, tail: tail + notes)
  }

  /// The reports below the rows, which begin with the most dangerous, up to half of a comment.
  private func shortened(_ blocks: [String]) -> [String] {
    var room = Self.maximumLength / 2
    var kept: [String] = []
    for block in blocks {
      var lines: [Substring] = []
      for line in block.split(separator: "\n", omittingEmptySubsequences: false) {
        guard line.utf8.count + 1 <= room else {
          kept.append(lines.joined(separator: "\n"))
          return kept + ["More is left out: the comment would be too long."]
        }
        room -= line.utf8.count + 1
        lines.append(line)
      }
      kept.append(block)
    }
    return kept
  }

  private func assemble(head: [String], projects: [String], tail: [String]) -> String {
    (head + projects + tail).filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private func summary(_ plan: Plan) -> [String] {
    let own = plan.selfApprovals.map {
      "**\(prose($0.message))** " + ($0.position.map { code($0.label) } ?? "")
    }
    guard plan.hasWork else {
      return ["### arctl plan: no changes"] + own + [plan.sentenceForNothing]
    }
    let id = plan.id.map { " Plan id \(code($0))." } ?? ""
    var lines = ["### arctl plan: \(headline(plan))"] + own + [plan.summaryLine + id]
    if !plan.highlightSentences.isEmpty {
      lines.append(plan.highlightSentences.map { "**\(prose($0))**" }.joined(separator: "\n"))
    }
    if !plan.variables.isEmpty {
      let pairs = plan.variables.sorted { $0.key < $1.key }.map {
        code("\($0.key)=\(values.variable($0.value))")
      }
      lines.append("Variables: " + pairs.joined(separator: ", "))
    }
    return lines + attention(plan)
  }

  /// The rows that need attention, and who gains what: open, because the details are folded away.
  private func attention(_ plan: Plan) -> [String] {
    let several = Set(plan.changes.map(\.address.project)).count > 1
    let rows = plan.highlights.map { found in
      let name = several ? found.address.description : found.address.local
      return "\(code(found.sign.symbol)) \(code(name)) \(prose(found.text))"
    }
    let gains = plan.accessGains
    let dangerous = gains.count { $0.standing.isDangerous }
    let access = gains.map { gain in
      "\(code(gain.shown)): " + gain.gains.map(prose).joined(separator: "; ")
    }
    return (rows.isEmpty ? [] : [list("Look at these first:", rows, limit: 40)])
      + (access.isEmpty
        ? []
        : [
          list(
            "Who can do what, that they could not before:", access, limit: max(20, dangerous))
        ])
  }

  private func headline(_ plan: Plan) -> String {
    if plan.summary.unreadable > 0 && !plan.isComplete { return "incomplete" }
    if plan.isRefused { return "refused" }
    let count = plan.changes.count(where: \.isWrite)
    return count == 1 ? "1 change" : "\(count) changes"
  }

  private struct ProjectChanges {
    var project: String
    var changes: [Change]

    var emptied: ProjectChanges { ProjectChanges(project: project, changes: []) }
    func keeping(_ addresses: Set<Address>) -> ProjectChanges {
      ProjectChanges(
        project: project, changes: changes.filter { addresses.contains($0.address) })
    }
  }

  private func projects(_ plan: Plan) -> [ProjectChanges] {
    var result: [ProjectChanges] = []
    let text = PlanText(show: show)
    for change in plan.changes where text.isShown(change) {
      if result.last?.project != change.address.project {
        result.append(ProjectChanges(project: change.address.project, changes: []))
      }
      result[result.count - 1].changes.append(change)
    }
    return result
  }

  private func table(_ group: ProjectChanges) -> String {
    ([
      "#### \(code(group.project))", "", "| | what | address | where |", "|---|---|---|---|",
    ] + group.changes.map(tableRow)).joined(separator: "\n")
  }

  private func tableRow(_ change: Change) -> String {
    var what = change.action.word
    if change.action == .refused {
      let codes = change.refusals.map(\.code.rawValue).uniqued.joined(separator: ", ")
      what = "**refused** [\(codes)]"
    }
    if let loss = change.losses.first { what += ": destroys \(prose(loss.text))" }
    let cells = [
      code(change.action.symbol), what, code(change.address.local),
      change.source.map { code($0.label) } ?? "",
    ].map { $0.replacing("|", with: "\\|") }
    return "| " + cells.joined(separator: " | ") + " |"
  }

  /// The same rows as in the text form, folded away, coloured by GitHub as a diff.
  private func details(_ group: ProjectChanges) -> String {
    let body = group.changes.flatMap(diff).joined(separator: "\n")
    let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: body) + 1))
    return
      "\n\n<details><summary>Details</summary>\n\n\(fence)diff\n\(body)\n\(fence)\n\n</details>"
  }

  /// The lines of a row, each with its mark in the first column: GitHub colours `+`, `-` and `!` only there.
  private func diff(_ change: Change) -> [String] {
    let text = PlanText(show: show, values: values)
    return ([text.title(change)] + text.details(change)).map { line in
      let plain = line.text()
      guard let sign = line.sign else { return plain }
      let indent = plain.prefix { $0 == " " }.count
      let rest = plain.dropFirst(indent + sign.count + 1)
      return Self.mark(sign) + spaces(indent - 1) + rest
    }
  }

  private static func mark(_ sign: String) -> String {
    switch sign {
    case "+", "^": "+"
    case "-", "-/+": "-"
    case "~", "x", "?": "!"
    default: " "
    }
  }

  func reports(_ plan: Plan) -> [String] {
    var blocks: [String] = []
    if let since = plan.since, !since.rows.isEmpty {
      blocks.append(list("\(since.headline):", since.rows.map(row)))
    }
    if !show.contains(.unchanged), let sentence = plan.heldElsewhereSentence {
      blocks.append(prose(sentence))
    }
    let members = plan.reportedMembers
    if !members.isEmpty {
      let text = PlanText(show: show)
      blocks.append(
        list(
          UndeclaredMembersText.headline(members) + ":", members.map(row),
          limit: text.shownCount(members.map(\.standing), limit: 20)))
      blocks += [members.first.map { writingDown($0.policy) }].compactMap { $0 }
    }
    if let sentence = plan.googleMembers.sentence {
      blocks.append(prose("\(sentence)."))
    }
    let undeclared = plan.undeclaredResources
    if !undeclared.isEmpty {
      let count = undeclared.count
      let head = count == 1 ? "1 live resource is" : "\(count) live resources are"
      blocks.append(
        list("\(head) undeclared:", undeclared.map { code($0.description) }))
      blocks.append(writingDown(undeclared[0]))
    }
    let services = plan.undeclaredServices
    if !services.isEmpty {
      blocks.append(list("\(services.headline):", services.lines(projects: 19, write: code)))
      blocks += [services.exception].compactMap { $0.map { prose("\($0).") } }
    }
    if show.contains(.ignored), !plan.ignored.isEmpty {
      blocks.append(
        list("Ignored by the Stack's scope:", plan.ignored.map { code($0.description) }))
    }
    if show.contains(.ignored), !plan.ignoredMembers.isEmpty {
      blocks.append(
        list("Members that the Stack's scope ignores:", plan.ignoredMembers.map(row)))
    }
    let hidden = plan.namesOtherPlaces || show.contains(.undeclared) ? [] : plan.notLookedIn
    let unchecked = plan.notCheckedForUndeclared.filter { !hidden.contains($0) }
    if !unchecked.isEmpty {
      blocks.append(list("Not checked for undeclared resources:", unchecked.map(prose)))
    }
    let notes = plan.diagnosticsWithoutBlock.map {
      "\($0.severity.rawValue)[\($0.code.rawValue)]: \(prose($0.message))"
        + $0.pasted.map { "\n  - \(code(String($0.drop { $0 == " " })))" }.joined()
    }
    if !notes.isEmpty { blocks.append(list("Warnings and notes:", notes)) }
    return blocks
  }

  private func row(_ left: SinceRow) -> String {
    ([code(left.address.description)] + left.details.map(code) + [code(left.source.label)])
      .joined(separator: " ")
  }

  private func row(_ found: UndeclaredMember) -> String {
    let condition = found.condition.map { " \(code($0.label))" } ?? ""
    let danger = found.standing.isDangerous ? " (**\(found.standing.rawValue)**)" : ""
    return
      "\(code(found.member)): \(code(found.role))\(condition) on \(code(found.policy.description))"
      + danger
  }

  func list(_ head: String, _ items: [String], limit: Int = 20) -> String {
    var lines = [head, ""] + items.prefix(limit).map { "- \($0)" }
    if items.count > limit { lines.append("- and \(items.count - limit) more") }
    return lines.joined(separator: "\n")
  }

  /// A code span around any text, so that GitHub reads no markup, mention or issue number in it.
  private func code(_ text: String) -> String {
    let safe = text.escapedForTerminal
    let fence = String(repeating: "`", count: longestRun(of: "`", in: safe) + 1)
    let pad = safe.hasPrefix("`") || safe.hasSuffix("`") ? " " : ""
    return fence + pad + safe + pad + fence
  }

  /// Text in which names in backticks stay code and everything else is escaped.
  func prose(_ text: String) -> String {
    var result = ""
    for (index, part) in text.escapedForTerminal.split(
      separator: "`", omittingEmptySubsequences: false
    ).enumerated() {
      if index % 2 == 1 {
        result += code(String(part))
      } else {
        for character in part {
          if "\\*_{}[]<>#|~@&!".contains(character) { result += "\\" }
          result.append(character)
        }
      }
    }
    return result
  }

  private func longestRun(of character: Character, in text: String) -> Int {
    var longest = 0
    var run = 0
    for next in text {
      run = next == character ? run + 1 : 0
      longest = max(longest, run)
    }
    return longest
  }
}

extension PlanMarkdown {
  /// The command that writes an undeclared thing down.
  private func writingDown(_ address: Address) -> String {
    "To write it down: \(code("arctl get \(address)"))."
  }
}
