import CommandLine

/// `arctl validate [PATH...]`: checks the manifests without network access.
enum ValidateVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) throws -> Outcome {
    let options = try ManifestOptions(arguments)
    let reporter = Reporter(context, try OutputOptions(arguments))
    let graph = try options.load(reporter).graph
    let count = graph.resources.values.count { $0.origin == .declared } + graph.policies.count
    let total = count + graph.keys.count
    let things = total == 1 ? "1 resource" : "\(total) resources"
    let files = graph.fileCount == 1 ? "1 manifest file" : "\(graph.fileCount) manifest files"
    context.console.out("Valid: \(things) in \(files).\n")
    return .success
  }
}
