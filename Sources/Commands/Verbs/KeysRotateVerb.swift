import CommandLine
import Model

/// `arctl keys rotate ADDRESS...`: an apply of these keys alone, each with a new one.
enum KeysRotateVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) async throws -> Outcome {
    var options = try RunOptions(arguments)
    let keys = try RunOptions.hazardGlobs("", arguments.operands)
    options.manifests.paths = arguments.values("manifests")
    options.selection.targets = keys
    options.overrides.reissue = keys
    options.repeated =
      options.manifests.paths
      + arguments.operands.flatMap { ["--target", $0, "--reissue", $0] }
      + options.repeated.dropFirst(arguments.operands.count)
    return try await ApplyVerb.run(options, Approval(arguments), context)
  }
}
