import Diagnostics

/// Messages for problems about which the surrounding text reveals more than libyaml.
extension YAMLTreeBuilder {
  /// The likely mistake; nil if libyaml's words must be used.
  func mistake(_ problem: YAMLProblem, at place: SourcePosition) -> Diagnostic? {
    if let tab = source.indentingTab(line: place.line, before: place.column) {
      return Diagnostic(
        .yamlSyntax, "a tab is used as indentation; YAML allows only spaces", at: tab,
        help: ["replace the tab by spaces"])
    }
    if let variable = source.unquotedVariable(at: place) { return variable }
    if let quote = quoteEndedElsewhere(at: place) { return quote }
    if let unclosed = unclosedBracket(at: place) { return unclosed }
    let before = source.characters(line: place.line - 1).prefix(place.column - 1)
    switch problem.problem {
    case "mapping values are not allowed in this context": return strayColon(place, before)
    case "did not find expected key": return trailingText(place, before)
    case "could not find expected ':'": return colonWithoutSpace(position(problem.contextMark))
    default: return nil
    }
  }

  /// Whether a quoted text that started on an earlier line ends right before the problem: then its closing quote is
  /// missing.
  private func quoteEndedElsewhere(at place: SourcePosition) -> Diagnostic? {
    guard let quote = longQuote, quote.end.line == place.line, quote.end.column <= place.column
    else { return nil }
    let between = source.characters(line: place.line - 1)
      .dropFirst(quote.end.column - 1).prefix(place.column - quote.end.column)
    guard between.allSatisfy({ $0 == " " }) else { return nil }
    return Diagnostic(
      .yamlSyntax, "this quote is not closed on its line", at: quote.start,
      related: [
        Diagnostic.Related(
          quote.end.moved(toLine: quote.end.line, column: max(1, quote.end.column - 1)),
          "the text in quotes goes on to here")
      ], help: ["add the closing quote on line \(quote.start.line)"])
  }

  /// Whether the document ends inside `[` or `{`.
  private func unclosedBracket(at place: SourcePosition) -> Diagnostic? {
    guard let frame = innermostFlow, source.isEndOfDocument(place) else { return nil }
    let close = frame.isMapping ? "}" : "]"
    return Diagnostic(
      .yamlSyntax, "this `\(frame.isMapping ? "{" : "[")` is never closed", at: frame.position,
      help: ["add the `\(close)`"])
  }

  /// A second `:` on a line, or a key where none can start.
  private func strayColon(_ place: SourcePosition, _ before: ArraySlice<Unicode.Scalar>)
    -> Diagnostic
  {
    let line = String(String.UnicodeScalarView(before))
    if line.contains(": ") {
      return Diagnostic(
        .yamlSyntax, "a second `: ` on one line", at: place, help: ["quote text that contains `: `"]
      )
    }
    if line.hasPrefix("--- ") {
      return Diagnostic(
        .yamlSyntax, "a mapping cannot begin on the line of `---`", at: place,
        help: ["begin it on the next line"])
    }
    var key = place
    let text = before.drop { $0 == " " }
    if !text.isEmpty { key = place.moved(toLine: place.line, column: text.startIndex + 1) }
    key.length = max(1, text.count)
    return Diagnostic(
      .yamlSyntax, "a key cannot begin here", at: key,
      help: [
        "check the indentation, and that the line above has a space after its `:`"
      ])
  }

  /// `key:value`, which YAML reads as a text. The value is not repeated: it may be a secret, and of any length.
  private func colonWithoutSpace(_ opening: SourcePosition) -> Diagnostic? {
    let line = source.characters(line: opening.line - 1).dropFirst(opening.column - 1)
    let key = line.prefix { $0 != ":" }
    let value = line.dropFirst(key.count + 1)
    guard key.count < line.count, !key.isEmpty, let first = value.first, first != " ",
      first != "/",
      key.allSatisfy({ $0.properties.isAlphabetic || "_-.".unicodeScalars.contains($0) })
    else { return nil }
    var place = opening.moved(toLine: opening.line, column: opening.column + key.count)
    place.length = 1
    return Diagnostic(
      .yamlSyntax, "there is no space after this `:`", at: place,
      help: ["write a space, and then the value"])
  }

  /// Text after a closing quote or bracket.
  private func trailingText(_ place: SourcePosition, _ before: ArraySlice<Unicode.Scalar>)
    -> Diagnostic?
  {
    guard let last = before.last(where: { $0 != " " }) else { return nil }
    var place = place
    place.length = max(1, source.tokenLength(at: place))
    switch last {
    case "'", "\"":
      let double = last == "'" ? "`''`" : "`\\\"`"
      return Diagnostic(
        .yamlSyntax, "text after the closing quote", at: place,
        help: ["quote the whole value; inside these quotes a quote is written \(double)"])
    case "]", "}":
      return Diagnostic(
        .yamlSyntax, "text after the closing `\(last)`", at: place,
        help: ["remove it, or quote the whole value"])
    default: return nil
    }
  }
}

extension SourceBytes {
  /// Whether the document ends before a place.
  func isEndOfDocument(_ place: SourcePosition) -> Bool {
    let line = Array(self.line(place.line - 1))
    if place.column == 1, line.starts(with: "---".utf8) || line.starts(with: "...".utf8) {
      return true
    }
    let isLast = place.line >= lineStarts.count
    return isLast && place.column > textLength(line: place.line - 1)
  }
}
