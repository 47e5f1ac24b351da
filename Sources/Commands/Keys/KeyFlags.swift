import CommandLine
import Diagnostics

/// The form of a short answer.
enum AnswerForm: String, Sendable, Hashable, CaseIterable {
  case text, json

  init(_ arguments: ParsedArguments) throws(UsageError) {
    self = .text
    guard let text = arguments.value("output") else { return }
    guard let known = AnswerForm(rawValue: text) else {
      throw UsageError("`--output \(escapedForTerminal(text))`: expected text or json")
    }
    self = known
  }
}

/// The options of `arctl keys revoke` and `pin`: their operand is a key, so manifests are an option.
enum KeyFlags {
  static let manifests =
    Flags.group(
      "Manifests",
      [
        Option(
          "manifests", .repeated("PATH"),
          help: "manifest files and folders; default: the folder `manifests`")
      ]) + Flags.manifests

  static let output = Option(
    "output", .value("FORM"), help: "form of the answer: text or json", environment: .none
  ).offering(AnswerForm.allCases.map(\.rawValue))

  /// The options of the run that the arguments ask for.
  static func run(_ arguments: ParsedArguments) throws(UsageError) -> RunOptions {
    var options = try RunOptions(arguments)
    options.manifests.paths = arguments.values("manifests")
    return options
  }
}
