import CommandLine
import Diagnostics
import Platform

/// `arctl completion SHELL` and `arctl man`: texts made from the tables of commands and options.
enum CompletionVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) throws -> Outcome {
    let name = arguments.operands.first ?? ""
    guard let shell = CompletedShell(rawValue: name) else {
      let known = CompletedShell.allCases.map(\.rawValue)
      throw UsageError(
        "unknown shell `\(escapedForTerminal(name))`: expected \(known.joined(separator: ", "))",
        suggestion: closestMatch(to: name, in: known))
    }
    context.console.out(CommandTable.program.completion(for: shell))
    return .success
  }

  static func printManPage(_ context: RunContext) -> Outcome {
    context.console.out(
      CommandTable.program.manPage(version: arctlVersion, sections: [files, seeAlso]))
    return .success
  }

  private static let files = (
    heading: "FILES",
    paragraphs: [
      "manifests/: the manifests that commands read if no path is given.",
      ".arctl/sandbox/: the data of the sandbox that --sandbox starts.",
      "~/.local/state/arctl/keys/: the files of keys, or below XDG_STATE_HOME.",
    ]
  )
  private static let seeAlso = (
    heading: "SEE ALSO",
    paragraphs: ["`arctl explain` describes the manifests and the diagnostics."]
  )
}
