import CommandLine
import Diagnostics
import Kinds
import Model

/// What `arctl init` has to know: from the options, else from questions on a terminal, else from defaults.
struct InitQuestions {
  /// One value: its option, its question, its default, and what is wrong with an answer.
  struct Question: Sendable {
    let option: String
    let words: String
    /// Nil: the value has no default and must be given.
    let suggestion: String?
    let problem: @Sendable (String) -> String?
  }

  let arguments: ParsedArguments
  let reporter: Reporter

  private static let location = "us-central1"
  private static let format = "python"

  private static let all = [
    Question(
      option: "project", words: "Project id", suggestion: nil,
      problem: { text in problem(text, "project") }),
    Question(
      option: "location", words: "Location of the repository", suggestion: location,
      problem: { text in problem(text, "location") }),
    Question(
      option: "format", words: "Format of its packages", suggestion: format,
      problem: { text in
        let formats = Self.formats
        return formats.contains(text) ? nil : "is not one of \(formats.joined(separator: ", "))"
      }),
  ]

  /// The formats of a repository, as manifests write them.
  static var formats: [String] {
    for kind in Kinds.catalog.documents {
      if case .enumeration(let formats)? = kind.schema["format"]?.type {
        return formats.values.map(formats.shortName(of:))
      }
    }
    return []
  }

  /// What is wrong with a value, by the rule of a field of the Stack's defaults.
  private static func problem(_ text: String, _ field: String) -> String? {
    let stack = Kinds.catalog.documents.first { $0.part == .settings }
    guard case .object(let defaults)? = stack?.schema["defaults"]?.type,
      case .string(let rule)? = defaults.first(where: { $0.name == field })?.type
    else { return nil }
    return rule.check?(text)?.message
  }

  /// The answers without any question; nil if a question remains. Throws for a value that an option cannot have.
  func given(asks: Bool) throws(UsageError) -> InitAnswers? {
    var values: [String] = []
    for question in Self.all {
      if let value = arguments.value(question.option) {
        if let problem = question.problem(value) {
          throw UsageError(
            "`--\(question.option) \(escapedForTerminal(value))`: this \(escapedForTerminal(problem))"
          )
        }
        values.append(value)
      } else if asks {
        return nil
      } else if let suggestion = question.suggestion {
        values.append(suggestion)
      } else {
        throw UsageError(
          "there is no terminal to ask on; write: arctl init --project PROJECT --location "
            + "\(Self.location) --format \(Self.format)")
      }
    }
    return Self.answers(values)
  }

  /// Asks for what the options do not say, again after an answer that cannot be used. Nil at the end of the input.
  func ask() async -> InitAnswers? {
    var values: [String] = []
    for question in Self.all {
      if let value = arguments.value(question.option) {
        values.append(value)
        continue
      }
      guard let answer = await ask(question) else { return nil }
      values.append(answer)
    }
    return Self.answers(values)
  }

  private func ask(_ question: Question) async -> String? {
    let console = reporter.context.console
    while true {
      let suggestion = question.suggestion.map { " [\($0)]" } ?? ""
      console.err("\(question.words)\(suggestion): ")
      guard let line = await console.readLine() else {
        console.err("\nNothing was written.\n")
        return nil
      }
      let text = line.trimmed
      if text.isEmpty, let suggestion = question.suggestion { return suggestion }
      guard let problem = question.problem(text) else { return text }
      console.err("  `\(escapedForTerminal(text))` \(escapedForTerminal(problem))\n")
    }
  }

  private static func answers(_ values: [String]) -> InitAnswers {
    InitAnswers(project: values[0], location: values[1], format: values[2])
  }
}

extension String {
  /// Without the spaces at both ends.
  fileprivate var trimmed: String {
    String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
