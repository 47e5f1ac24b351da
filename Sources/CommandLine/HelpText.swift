public import Diagnostics

extension CommandSpec {
  /// The complete help of the command, wrapped to a width. Ends with a line break.
  ///
  /// - Parameter subcommands: those of a command that does nothing itself.
  public func help(
    program: String, prefix: String, width: Int = 80, style: Style = .plain,
    subcommands: [CommandSpec] = []
  ) -> String {
    var page = HelpPage(width: width, style: style)
    let called = name.isEmpty ? program : "\(program) \(name)"
    page.paragraph(called + ": " + summary)
    let arguments =
      subcommands.isEmpty
      ? ["[OPTION...]", operands.spelling] : ["COMMAND [OPTION...] [ARGUMENT...]"]
    let usage = [called] + arguments
    page.paragraph("Usage: " + usage.filter { !$0.isEmpty }.joined(separator: " "))
    for paragraph in discussion.split(separator: "\n\n") { page.paragraph(String(paragraph)) }
    page.table(
      "Commands",
      subcommands.map { Row(String($0.name.dropFirst(name.count + 1)), $0.summary) })
    if operands.count.upperBound > 0 {
      page.table("Arguments", [Row(operands.placeholder, operands.help)])
    }
    for group in groups {
      let rows = options.filter { $0.group == group }.map { row($0, prefix) }
      page.table(group, rows)
    }
    page.table("Exit codes", exitCodes)
    page.examples(examples)
    return page.text
  }

  /// The headings, in the order of their first options.
  private var groups: [String] {
    options.reduce(into: []) { if !$0.contains($1.group) { $0.append($1.group) } }
  }

  private func row(_ option: Option, _ prefix: String) -> Row {
    let short = option.short.map { "-\($0), " } ?? "    "
    let variable = option.environmentName(prefix: prefix).map { " [\($0)]" } ?? ""
    return Row(short + option.spelling, option.help + variable)
  }
}

extension Program {
  /// The program's help: its commands and where to read more. Ends with a line break.
  public func help(width: Int = 80, style: Style = .plain) -> String {
    var page = HelpPage(width: width, style: style)
    page.paragraph("\(name): \(summary)")
    page.paragraph("Usage: \(name) COMMAND [OPTION...] [ARGUMENT...]")
    let second = Set(commands.flatMap { subcommands(of: $0).map(\.name) })
    page.table(
      "Commands",
      commands.filter { !second.contains($0.name) }.map { CommandSpec.Row($0.name, $0.summary) })
    for paragraph in footer.split(separator: "\n\n") { page.paragraph(String(paragraph)) }
    page.paragraph("`\(name) COMMAND --help` shows more about a command.")
    return page.text
  }
}

/// The help text under construction: paragraphs and aligned tables within a width.
private struct HelpPage {
  let width: Int
  let style: Style
  private(set) var text = ""

  /// The maximum width of a table's left column; longer entries get their own line.
  private static let widestLeft = 30

  init(width: Int, style: Style) {
    self.width = max(40, width)
    self.style = style
  }

  mutating func paragraph(_ paragraph: String) {
    separate()
    for line in wrapped(paragraph, toWidth: width) { text += line + "\n" }
  }

  mutating func table(_ title: String, _ rows: [CommandSpec.Row]) {
    guard !rows.isEmpty else { return }
    separate()
    text += style(.heading, title + ":") + "\n"
    let widths = rows.map { displayWidth($0.left) }
    let left = widths.filter { $0 <= Self.widestLeft }.max() ?? Self.widestLeft
    let indentation = String(repeating: " ", count: left + 4)
    for row in rows {
      let lines = wrapped(row.right, toWidth: width - left - 4)
      var rest = lines[...]
      if displayWidth(row.left) <= left {
        text += "  " + padded(row.left, toWidth: left) + "  " + (rest.popFirst() ?? "") + "\n"
      } else {
        text += "  " + row.left + "\n"
      }
      for line in rest { text += indentation + line + "\n" }
    }
  }

  mutating func examples(_ examples: [CommandSpec.Row]) {
    guard !examples.isEmpty else { return }
    separate()
    text += style(.heading, "Examples:") + "\n"
    for example in examples {
      for line in wrapped(example.right, toWidth: width - 4) { text += "  # \(line)\n" }
      text += "  \(example.left)\n"
    }
  }

  private mutating func separate() { if !text.isEmpty { text += "\n" } }
}

/// Lines of at most `width` terminal columns, broken at spaces; at least one line. Line breaks stay.
public func wrapped(_ text: String, toWidth width: Int) -> [String] {
  text.split(separator: "\n", omittingEmptySubsequences: false).flatMap { paragraph in
    var lines: [String] = []
    var line = ""
    for word in paragraph.split(separator: " ") {
      if !line.isEmpty, displayWidth(line) + 1 + displayWidth(String(word)) > width {
        lines.append(line)
        line = ""
      }
      line += line.isEmpty ? String(word) : " " + word
    }
    return lines + [line]
  }
}
