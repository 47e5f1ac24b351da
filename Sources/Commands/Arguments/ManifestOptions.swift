import CommandLine
import Diagnostics
import JSON
import Model
import Rendering

/// The manifests to load, and the values in them.
struct ManifestOptions: Sendable {
  /// Files and folders; empty: the default folder.
  var paths: [String]
  var variables: [String: String] = [:]
  var variableFiles: [String]
  /// The values that a saved plan was made with.
  var savedVariables: [String: JSONValue] = [:]
  var project: String?
  var location: String?
  var projects: String?
  /// The manifests of other stacks.
  var also: [String]

  init(_ arguments: ParsedArguments) throws(UsageError) {
    paths = arguments.operands
    variableFiles = arguments.values("var-file")
    project = arguments.value("project")
    location = arguments.value("location")
    projects = arguments.value("projects")
    also = arguments.values("also")
    for text in arguments.values("var") {
      let parts = text.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        // The text may be a secret, so it is not printed.
        throw UsageError("`--var`: expected NAME=VALUE")
      }
      let name = String(parts[0])
      guard variables.updateValue(String(parts[1]), forKey: name) == nil else {
        throw UsageError("variable `\(escapedForTerminal(name))` is given twice")
      }
    }
  }
}

extension ManifestOptions {
  /// What a saved plan says of these options.
  var inputs: PlanInputs { PlanInputs(project: project, location: location, projects: projects) }
}

/// How much is printed, and whether in colour.
struct OutputOptions: Sendable {
  var color = Terminal.ColorChoice.auto
  var isQuiet: Bool
  var isVerbose: Bool

  init(_ arguments: ParsedArguments) throws(UsageError) {
    isQuiet = arguments.has("quiet")
    isVerbose = arguments.has("verbose")
    if let text = arguments.value("color") {
      guard let choice = Terminal.ColorChoice(rawValue: text) else {
        throw UsageError(
          "`--color \(escapedForTerminal(text))`: expected auto, always or never")
      }
      color = choice
    }
  }
}

/// The forms in which a plan is printed.
struct PlanFormat: Sendable {
  enum Form: String, Sendable, Hashable, CaseIterable { case text, json, markdown }
  var form = Form.text
  var jsonFile: String?
  var markdownFile: String?
  var show: Set<PlanShow> = []

  init(_ arguments: ParsedArguments) throws(UsageError) {
    jsonFile = arguments.value("json-into")
    markdownFile = arguments.value("markdown-into")
    if let text = arguments.value("output") {
      guard let known = Form(rawValue: text) else {
        throw UsageError("`--output \(escapedForTerminal(text))`: expected text, json or markdown")
      }
      form = known
    }
    for part in (arguments.value("show") ?? "").split(separator: ",") {
      guard let known = PlanShow(rawValue: String(part)) else {
        throw UsageError(
          "`--show \(escapedForTerminal(String(part)))`: expected unchanged, ignored or undeclared")
      }
      show.insert(known)
    }
  }
}
