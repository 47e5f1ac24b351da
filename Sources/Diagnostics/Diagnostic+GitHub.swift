extension Diagnostic {
  /// The line that GitHub Actions turns into an annotation on the changed file.
  ///
  /// Format and escapes: actions/toolkit, packages/core/src/command.ts. Hidden characters are spelt
  /// out, because the log of a job may be shown on a terminal.
  public var gitHubAnnotation: String {
    var properties: [String] = []
    var text = message
    if let position {
      properties = [
        "file=\(Self.property(position.file))", "line=\(position.line)", "col=\(position.column)",
        "endColumn=\(position.column + position.length)",
      ]
      if !position.instance.isEmpty { text += " [\(position.instance)]" }
    }
    properties.append("title=\(code.rawValue)")
    if !label.isEmpty { text += " (\(label))" }
    let notes = note.map { ["note: \($0)"] } ?? []
    text = ([text] + help.map { "help: \($0)" } + pasted + notes).joined(separator: "\n")
    return "::\(gitHubCommand) \(properties.joined(separator: ","))::\(Self.data(text))"
  }

  private var gitHubCommand: String {
    switch severity {
    case .error: "error"
    case .warning: "warning"
    case .note: "notice"
    }
  }

  private static func data(_ text: String) -> String { escaped(text, ["%", "\r", "\n"]) }

  private static func property(_ text: String) -> String {
    escaped(text, ["%", "\r", "\n", ":", ","])
  }

  private static func escaped(_ text: String, _ special: [Unicode.Scalar]) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      guard special.contains(scalar) else {
        result += escapedForTerminal(scalar)
        return
      }
      let digits = String(scalar.value, radix: 16, uppercase: true)
      result += scalar.value < 16 ? "%0\(digits)" : "%\(digits)"
    }
  }
}
