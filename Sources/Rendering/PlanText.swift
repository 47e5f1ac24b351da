package import Diagnostics
import JSON
package import Model

/// The rows that a plan shows in addition to its changes.
package enum PlanShow: String, Sendable, Hashable, CaseIterable {
  /// Unchanged resources and policies.
  case unchanged
  /// Live resources that the Stack's scope ignores.
  case ignored
  /// All undeclared resources and members, without a limit.
  case undeclared
}

/// A plan as text for a terminal or a log: the same plan, style and options give the same bytes.
///
///       my-project-id
///       + serviceAccount/uploader                     manifests/python.yaml:21
///           displayName   PyPI uploader
///
///     Plan: 1 to create, 0 to change, 0 to delete, 4 unchanged.
package struct PlanText: Sendable {
  var style = TextStyle()
  var show: Set<PlanShow> = []
  var values = ValueText()
  /// The arguments in the printed apply command: paths, `--target`, `--var`; nil: the selection alone.
  var applyArguments: [String]?
  /// The options that leave out exactly the blocked rows; nil: no command is printed for them.
  var exclusion: [String]?
  /// Whether the next command is printed.
  var showsCommand = true
  /// This machine's key directory, printed with the keys to create.
  var keyDirectory: String?
  /// The plan's diagnostics that were already reported.
  var alreadyReported: Set<Diagnostic> = []

  /// Plain text of the changes, with the command that applies them, unless given otherwise.
  package init(
    style: TextStyle = TextStyle(), show: Set<PlanShow> = [], values: ValueText = ValueText(),
    applyArguments: [String]? = nil, exclusion: [String]? = nil, showsCommand: Bool = true,
    keyDirectory: String? = nil, alreadyReported: Set<Diagnostic> = []
  ) {
    self.style = style
    self.show = show
    self.values = values
    self.applyArguments = applyArguments
    self.exclusion = exclusion
    self.showsCommand = showsCommand
    self.keyDirectory = keyDirectory
    self.alreadyReported = alreadyReported
  }

  /// The whole text, each line ended by a newline.
  package func render(_ plan: Plan) -> String {
    let plan = plan.withKeyRows(in: keyDirectory)
    let rows = body(plan.changes.filter(isShown))
    let blocks =
      [
        selfApprovals(plan), header(plan), highlightLines(plan, bodyCount: rows.count), rows,
        leftManifests(plan),
        accessLines(plan, bodyCount: rows.count), heldElsewhere(plan), undeclaredMembers(plan),
        undeclaredResources(plan), undeclaredServices(plan), ignoredResources(plan),
        ignoredMembers(plan), notChecked(plan), diagnostics(plan),
        footer(plan, bodyCount: rows.count),
      ].filter { !$0.isEmpty }
    return blocks.map { lines in
      lines.map { $0.text(style.style) + "\n" }.joined()
    }.joined(separator: "\n")
  }

  /// The rows in which a new plan differs from a saved one, each as it was and as it is: twenty, then a count.
  package func differences(from old: Plan, to new: Plan) -> [String] {
    let pairs = PlanJSON.differences(from: old, to: new)
    let several = Set(pairs.compactMap { ($0.new ?? $0.old)?.address.project }).count > 1
    func rows(_ change: Change?, _ title: String) -> [String] {
      guard let change else { return ["  \(title): no such row"] }
      let place = several ? "\(change.address.project.escapedForTerminal): " : ""
      let lines = [self.title(change)] + details(change)
      return lines.enumerated().map { index, line in
        index == 0
          ? "  \(title):\(spaces(7 - title.count))\(place)\(line.text().drop { $0 == " " })"
          : "      \(line.text())"
      }
    }
    let shown = pairs.prefix(20).flatMap { rows($0.old, "saved") + rows($0.new, "now") }
    return pairs.count > 20 ? shown + ["  and \(pairs.count - 20) more rows"] : shown
  }

  /// Whether a change has a row of its own.
  func isShown(_ change: Change) -> Bool {
    change.isNoteworthy && !change.isQuietlyHeldElsewhere || show.contains(.unchanged)
  }

  /// One line for the keys whose private halves are on other machines: three names, then a count.
  func heldElsewhere(_ plan: Plan) -> [StyledLine] {
    guard !show.contains(.unchanged), let text = plan.heldElsewhereSentence else { return [] }
    return paragraph(text, prefix: "")
  }

  func header(_ plan: Plan) -> [StyledLine] {
    var lines: [StyledLine] = []
    if !plan.variables.isEmpty {
      let pairs = plan.variables.sorted { $0.key < $1.key }.map { name, value in
        "\(name)=\(values.variable(value))".escapedForTerminal
      }
      lines += paragraph(pairs.joined(separator: ", "), prefix: "Variables: ")
    }
    if !plan.selection.isWhole {
      lines += paragraph(
        plan.selection.arguments.map(shellQuoted).joined(separator: " ").escapedForTerminal,
        prefix: "Selected: ")
    }
    return lines
  }

  /// Prints the reason once for rows that one failed list made unreadable: a row below another one says `as above`.
  private func withoutRepetition(_ changes: [Change]) -> [Change] {
    zip(changes, [nil] + changes.map(Optional.some)).map { change, above in
      guard change.action == .unreadable, let above, above.action == .unreadable,
        above.address.project == change.address.project
      else { return change }
      var shown = change
      if change.reason == above.reason { shown.reason = Statement("as-above", "as above") }
      if change.remarks == above.remarks { shown.remarks = [] }
      return shown
    }
  }

  func body(_ shown: [Change]) -> [StyledLine] {
    let changes = withoutRepetition(shown)
    let titles = changes.map(title)
    let layout = PositionColumn(
      titles: titles.map(\.width), positions: changes.map { $0.source?.label ?? "" },
      style: style)
    var lines: [StyledLine] = []
    var project: String?
    for (change, title) in zip(changes, titles) {
      if change.address.project != project {
        if project != nil { lines.append(StyledLine()) }
        project = change.address.project
        lines.append(
          StyledLine(change.address.project.escapedForTerminal, .heading, indent: 2))
      }
      lines += layout.row(title, at: change.source?.label ?? "")
      lines += details(change)
    }
    return lines
  }

  /// A text in lines as wide as the style allows, continued under its own beginning.
  func paragraph(_ text: String, prefix: String, ink: Style.Role? = nil) -> [StyledLine] {
    let indent = displayWidth(prefix)
    return wrap(text, indent: indent, to: style.width).enumerated().compactMap { index, line in
      var start = index == 0 ? prefix : spaces(line.indent)
      if line.text.isEmpty { start = String(start.reversed().drop { $0 == " " }.reversed()) }
      // Without room after an empty prefix, the first word starts the next line.
      if index == 0, line.text.isEmpty, start.isEmpty { return nil }
      var styled = StyledLine(start, start.allSatisfy { $0 == " " } ? nil : ink)
      styled.add(line.text, ink)
      return styled
    }
  }
}

/// The column of manifest positions: as far right as 100 columns or the terminal allow, the same for all rows.
private struct PositionColumn {
  private let column: Int
  private let limit: Int

  init(titles: [Int], positions: [String], style: TextStyle) {
    limit = style.width ?? 160
    let widest = positions.map(displayWidth).max() ?? 0
    let title = titles.max() ?? 0
    let wanted = min(limit, 100) - widest
    column = title + 3 <= wanted ? wanted : max(40, min(title + 3, limit - widest))
  }

  /// A title with its position in the column; after a longer title, directly after it or on the next line.
  func row(_ title: StyledLine, at position: String) -> [StyledLine] {
    guard !position.isEmpty else { return [title] }
    var line = title
    let start = max(column, title.width + 3)
    guard start + displayWidth(position) <= limit else {
      let lines = wrap(position, indent: 6, to: limit).filter { !$0.text.isEmpty }
      return [title] + lines.map { StyledLine($0.text, .dimmed, indent: $0.indent) }
    }
    line.pad(to: start)
    line.add(position, .dimmed)
    return [line]
  }
}

extension SourcePosition {
  /// `manifests/python.yaml:21`, followed by the instance of an `each`.
  var label: String {
    let place = "\(file):\(line)".escapedForTerminal
    return instance.isEmpty ? place : "\(place) [\(instance.escapedForTerminal)]"
  }
}

extension Selection {
  /// The flags that make it.
  package var arguments: [String] { options.flatMap(\.arguments) }
}
