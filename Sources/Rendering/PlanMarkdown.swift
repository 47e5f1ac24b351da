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
    let head = summary(plan)
    let tables = projects(plan).map(table)
    let tail = reports(plan)
    let folded = projects(plan).map(details)
    let full = assemble(head: head, projects: zip(tables, folded).map { $0 + $1 }, tail: tail)
    if full.utf8.count <= Self.maximumLength { return full }
    let short = assemble(
      head: head, projects: tables,
      tail: tail + ["Details left out: the comment would be too long."])
    if short.utf8.count <= Self.maximumLength { return short }
    return assemble(
      head: head, projects: [], tail: ["Tables left out: the comment would be too long."])
  }

  private func assemble(head: [String], projects: [String], tail: [String]) -> String {
    (head + projects + tail).filter { !$0.isEmpty }.joined(separator: "\n\n") + "\n"
  }

  private func summary(_ plan: Plan) -> [String] {
    guard plan.hasWork else { return ["### arctl plan: no changes", plan.sentenceForNothing] }
    let id = plan.id.map { " Plan id \(code($0))." } ?? ""
    var lines = ["### arctl plan: \(headline(plan))", plan.summaryLine + id]
    if !plan.variables.isEmpty {
      let pairs = plan.variables.sorted { $0.key < $1.key }.map {
        code("\($0.key)=\(values.text($0.value, of: nil))")
      }
      lines.append("Variables: " + pairs.joined(separator: ", "))
    }
    return lines
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
    var lines = [
      "#### \(code(group.project))", "", "| | what | address | where |", "|---|---|---|---|",
    ]
    for change in group.changes {
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
      lines.append("| " + cells.joined(separator: " | ") + " |")
    }
    return lines.joined(separator: "\n")
  }

  /// The same rows as in the text form, folded away, coloured by GitHub as a diff.
  private func details(_ group: ProjectChanges) -> String {
    let text = PlanText(show: show, values: values)
    let lines = group.changes.flatMap { [text.title($0)] + text.details($0) }
      .map { $0.text().dropFirst(2) }
    let body = lines.joined(separator: "\n")
    let fence = String(repeating: "`", count: max(3, longestRun(of: "`", in: body) + 1))
    return
      "\n\n<details><summary>Details</summary>\n\n\(fence)diff\n\(body)\n\(fence)\n\n</details>"
  }

  private func reports(_ plan: Plan) -> [String] {
    var blocks: [String] = []
    if let since = plan.since, !since.rows.isEmpty {
      blocks.append(list("\(since.headline):", since.rows.map(row)))
    }
    if !show.contains(.unchanged), let sentence = plan.heldElsewhereSentence {
      blocks.append(prose(sentence))
    }
    let undeclared = plan.undeclaredResources
    if !undeclared.isEmpty {
      let count = undeclared.count
      let head = count == 1 ? "1 live resource is" : "\(count) live resources are"
      blocks.append(
        list("\(head) undeclared:", undeclared.map { code($0.description) }))
    }
    let services = plan.undeclaredServices
    if !services.isEmpty {
      blocks.append(list("\(services.headline):", services.lines(projects: 19, write: code)))
      blocks += [services.exception].compactMap { $0.map { prose("\($0).") } }
    }
    let members = plan.undeclaredMembers
    if !members.isEmpty {
      let head = members.count == 1 ? "1 member holds" : "\(members.count) members hold"
      blocks.append(list("\(head) a role that no manifest grants:", members.map(row)))
    }
    if show.contains(.ignored), !plan.ignored.isEmpty {
      blocks.append(
        list("Ignored by the Stack's scope:", plan.ignored.map { code($0.description) }))
    }
    if !plan.notChecked.isEmpty {
      blocks.append(list("Not checked for undeclared resources:", plan.notChecked.map(prose)))
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
    let condition = found.binding.condition.map { " \(code($0.label))" } ?? ""
    return
      "\(code(found.member)): \(code(found.binding.role))\(condition) on \(code(found.policy.description))"
  }

  private func list(_ head: String, _ items: [String]) -> String {
    var lines = [head, ""] + items.prefix(20).map { "- \($0)" }
    if items.count > 20 { lines.append("- and \(items.count - 20) more") }
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
  private func prose(_ text: String) -> String {
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
