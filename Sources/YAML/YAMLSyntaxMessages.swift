import Diagnostics

/// Turns libyaml's error into a message that a beginner with YAML can act on.
extension YAMLTreeBuilder {
  func diagnostic(for problem: YAMLProblem) -> Diagnostic {
    let place = position(problem.mark)
    if let mistake = mistake(problem, at: place) { return mistake }
    let explanation = Explanation.table[problem.problem] ?? .other(problem)
    return diagnostic(problem, explanation)
  }

  private func diagnostic(_ problem: YAMLProblem, _ explanation: Explanation) -> Diagnostic {
    var found = position(problem.mark)
    let opening = position(problem.contextMark)
    var related: [Diagnostic.Related] = []
    switch explanation.place {
    case .found: found.length = max(1, source.tokenLength(at: found))
    case .character: break
    case .opening: found = opening
    case .openingLine:
      found = opening
      found.length = max(1, source.textLength(line: opening.line - 1) - opening.column + 1)
    case .foundAndOpening(let label):
      found.length = max(1, source.tokenLength(at: found))
      if !problem.context.isEmpty, opening.line != found.line || opening.column != found.column {
        related = [Diagnostic.Related(opening, label)]
      }
    }
    return Diagnostic(
      explanation.code, explanation.message, at: found, related: related,
      help: explanation.help.map { [$0] } ?? [])
  }
}

/// The message for one of libyaml's problems, and its place.
private struct Explanation {
  enum Place {
    /// Where libyaml stopped: the word, or only one character.
    case found, character
    /// Where the construct started: one character, or its whole line.
    case opening, openingLine
    /// Where libyaml stopped, and where the construct started, with this label.
    case foundAndOpening(String)
  }
  var code = DiagnosticCode.yamlSyntax
  var message: String
  var place: Place
  var help: String?

  init(
    _ message: String, _ place: Place, help: String? = nil, code: DiagnosticCode = .yamlSyntax
  ) {
    self.message = message
    self.place = place
    self.help = help
    self.code = code
  }

  static func other(_ problem: YAMLProblem) -> Explanation {
    let context = problem.context.isEmpty ? "" : " \(problem.context)"
    return Explanation("invalid YAML: \(problem.problem)\(context)", .found)
  }

  /// Keyed by the texts of libyaml 0.2.5 (src/scanner.c, src/parser.c).
  static let table: [String: Explanation] = scalars.merging(structure) { first, _ in first }
    .merging(directives) { first, _ in first }

  private static let unclosed = Explanation(
    "this quote is never closed", .opening, help: "add the closing quote")
  private static let escape = Explanation(
    "unknown escape in double quotes", .character,
    help: "write `\\\\` for a backslash, or use single quotes")
  private static let hexadecimal = Explanation(
    "this escape lacks hexadecimal digits", .character,
    help: "`\\xHH`, `\\uHHHH` or `\\UHHHHHHHH`; or use single quotes")
  private static let colon = Explanation(
    "expected `key: value`: there is no `:` after this text", .openingLine,
    help: "add the `:`, or indent the line if it continues the value above")

  private static let scalars: [String: Explanation] = [
    "found unexpected end of stream": unclosed,
    "found unexpected document indicator": unclosed,
    "found unknown escape character": escape,
    "did not find expected hexdecimal number": hexadecimal,
    "found invalid Unicode character escape code": hexadecimal,
    "could not find expected ':'": colon,
    "found character that cannot start any token": Explanation(
      "unquoted text cannot begin with this character", .character, help: "quote the value"),
    "found unexpected ':'": Explanation(
      "`:` is not allowed inside unquoted text here", .character, help: "quote the text"),
    "did not find expected alphabetic or numeric character": Explanation(
      "`*` and `&` need a name after them, for an alias or an anchor", .opening,
      help: "if this is text, quote it"),
    "did not find expected comment or line break": Explanation(
      "nothing but a comment may follow on this line", .found,
      help: "after `|` or `>`, the text begins on the next line"),
    "found an indentation indicator equal to 0": Explanation(
      "the indentation after `|` or `>` is a digit from 1 to 9", .character),
    "did not find expected tag URI": tag, "did not find expected '!'": tag,
    "did not find the expected '>'": tag, "did not find expected whitespace or line break": tag,
    "did not find URI escaped octet": tag, "did not find expected whitespace": tag,
  ]

  private static let tag = Explanation(
    "text cannot begin with `!`", .opening, help: "quote the value", code: .yamlFeature)

  private static let structure: [String: Explanation] = [
    "block sequence entries are not allowed in this context": Explanation(
      "a list item `- ` cannot begin here", .character,
      help: "put the list on its own line below the key, or quote the text"),
    "mapping keys are not allowed in this context": Explanation(
      "`? ` cannot begin a key here", .character, help: "quote the text"),
    "did not find expected key": Explanation(
      "expected another key, or the end of this mapping; check the indentation",
      .foundAndOpening("the mapping begins here"),
      help: "the keys of a mapping start in the same column"),
    "did not find expected '-' indicator": Explanation(
      "expected another list item `- `, or the end of this list; check the indentation",
      .foundAndOpening("the list begins here"), help: "the items of a list start in the same column"
    ),
    "did not find expected ',' or ']'": Explanation(
      "expected `,` or `]`", .foundAndOpening("the list is opened here"),
      help: "close the list with `]`, or quote text that contains brackets or commas"),
    "did not find expected ',' or '}'": Explanation(
      "expected `,` or `}`", .foundAndOpening("the mapping is opened here"),
      help: "close the mapping with `}`, or quote text that contains braces or commas"),
    "did not find expected node content": Explanation("a value is missing here", .character),
    "did not find expected <document start>": Explanation(
      "this belongs to nothing above it", .found,
      help: "check the indentation, or begin a new document with a line `---`"),
  ]

  private static let badDirective = Explanation(
    "a line that begins with `%` is a YAML directive, and this one is not known", .opening,
    help: "remove the line", code: .yamlFeature)
  private static let directives: [String: Explanation] = [
    "could not find expected directive name": badDirective,
    "found unknown directive name": badDirective,
    "found unexpected non-alphabetical character": badDirective,
    "did not find expected version number": badDirective,
    "did not find expected digit or '.' character": badDirective,
    "found extremely long version number": badDirective,
    "found duplicate %YAML directive": Explanation(
      "the `%YAML` directive is given twice", .character, help: "remove one"),
    "found duplicate %TAG directive": Explanation(
      "`%TAG` directives are not supported", .character, code: .yamlFeature),
    "found incompatible YAML document": Explanation(
      "only YAML 1.1 and 1.2 are supported", .found, help: "remove the `%YAML` line",
      code: .yamlFeature),
    "found undefined tag handle": Explanation(
      "YAML tags are not supported", .found,
      help: "remove the tag; to keep a value as text, quote the value instead", code: .yamlFeature),
  ]
}
