import CommandLine

/// `arctl explain [KIND[.FIELD...] | CODE]`: the reference of the manifest language and of the diagnostics.
enum ExplainVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) throws -> Outcome {
    let topic = try arguments.operands.first.map(ExplainTopic.init) ?? .overview
    guard !arguments.has("markdown") else {
      context.console.out(ExplainMarkdown().render(topic))
      return .success
    }
    let terminal = context.console.terminal(try OutputOptions(arguments).color)
    let width = terminal.outputIsTerminal ? min(terminal.width, 100) : 80
    context.console.out(ExplainText(width: width, style: terminal.outputStyle).render(topic))
    return .success
  }
}
