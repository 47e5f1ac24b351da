extension Program {
  /// The manual page in the language of man(7), with all commands and options. Ends with a line break.
  ///
  /// - Parameters:
  ///   - version: `0.1.0`, for the footer.
  ///   - sections: further sections at the end.
  public func manPage(version: String, sections: [(heading: String, paragraphs: [String])] = [])
    -> String
  {
    var page = ManPage()
    page.line(".TH \(name.uppercased()) 1 \"\" \"\(name) \(version)\" \"User Commands\"")
    page.heading("NAME")
    page.text("\(name) \\- ", summary)
    page.heading("SYNOPSIS")
    page.line(".B \(name)")
    page.text("COMMAND [OPTION...] [ARGUMENT...]")
    page.heading("DESCRIPTION")
    for paragraph in footer.split(separator: "\n\n") { page.paragraph(String(paragraph)) }
    page.heading("COMMANDS")
    for command in commands { page.command(command, self) }
    for section in sections {
      page.heading(section.heading)
      for paragraph in section.paragraphs { page.paragraph(paragraph) }
    }
    return page.output
  }
}

/// A manual page under construction. Text is escaped, requests are not.
private struct ManPage {
  private(set) var output = ""

  /// Whether the last line is a heading.
  private var startsSection = false

  mutating func line(_ request: String) {
    output += request + "\n"
    startsSection = request.hasPrefix(".SH ")
  }

  mutating func heading(_ text: String) { line(".SH \(Self.escaped(text))") }

  mutating func paragraph(_ paragraph: String) {
    // A heading begins a paragraph.
    if !startsSection { line(".PP") }
    text(paragraph)
  }

  mutating func text(_ request: String = "", _ text: String) {
    line(request + Self.escaped(text.replacing("\n", with: " ")))
  }

  mutating func text(_ text: String) { self.text("", text) }

  /// A term and its explanation.
  mutating func item(_ term: String, _ explanation: String) {
    line(".TP")
    line(".B " + Self.argument(term))
    text(explanation)
  }

  mutating func command(_ command: CommandSpec, _ program: Program) {
    let name = "\(program.name) \(command.name)"
    line(
      ".SS \(Self.argument([name, command.operands.spelling].filter { !$0.isEmpty }.joined(separator: " ")))"
    )
    text(command.summary + ".")
    for part in command.discussion.split(separator: "\n\n") { paragraph(String(part)) }
    if command.operands.count.upperBound > 0 {
      item(command.operands.placeholder, command.operands.help)
    }
    for option in command.options {
      let short = option.short.map { "-\($0), " } ?? ""
      let variable =
        option.environmentName(prefix: program.environmentPrefix).map { " [\($0)]" } ?? ""
      item(short + option.spelling, option.help + variable)
    }
    if !command.exitCodes.isEmpty {
      paragraph("Exit codes:")
      for row in command.exitCodes { item(row.left, row.right) }
    }
    if !command.examples.isEmpty {
      paragraph("Examples:")
      for row in command.examples {
        paragraph("\(row.right):")
        line(".RS 4")
        line(".nf")
        text(row.left)
        line(".fi")
        line(".RE")
      }
    }
  }

  /// As the argument of a request: in quotes.
  private static func argument(_ text: String) -> String {
    "\"\(escaped(text).replacing("\"", with: "\\(dq"))\""
  }

  /// A text in which nothing is an escape or a request.
  private static func escaped(_ text: String) -> String {
    let safe = text.replacing("\\", with: "\\e").replacing("-", with: "\\-")
      .replacing("'", with: "\\(aq").replacing("`", with: "\\(ga").replacing("~", with: "\\(ti")
      .replacing("^", with: "\\(ha")
    return safe.hasPrefix(".") ? "\\&" + safe : safe
  }
}
