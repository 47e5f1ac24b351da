import CommandLine
import Diagnostics
import Kinds
import Resources

/// `arctl permissions plan|apply|drift [PATH...]`: prints what a run needs for some manifests. It sends nothing.
enum PermissionsVerb {
  enum Form: String, Sendable, Hashable, CaseIterable { case text, json, manifest }

  static func run(
    _ verb: RunRights.Verb, _ arguments: ParsedArguments, _ context: RunContext
  ) throws -> Outcome {
    let options = try ManifestOptions(arguments)
    let form = try form(arguments)
    let reporter = Reporter(context, try OutputOptions(arguments))
    let graph = try options.load(reporter).graph
    let table = PermissionTable(verb, RunRights(graph, kinds: Kinds.catalog).needs(of: verb))
    switch form {
    case .text: context.console.out(PermissionPage(table: table).text)
    case .json: context.console.out(PermissionJSON(table: table).value.text(.pretty) + "\n")
    case .manifest: context.console.out(PermissionManifest(table: table).text)
    }
    return .success
  }

  private static func form(_ arguments: ParsedArguments) throws(UsageError) -> Form {
    guard let text = arguments.value("output") else { return .text }
    guard let form = Form(rawValue: text) else {
      throw UsageError("`--output \(escapedForTerminal(text))`: expected text, json or manifest")
    }
    return form
  }
}
