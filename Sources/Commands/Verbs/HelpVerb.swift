import CommandLine

/// `arctl help`, `arctl help VERB`, `--help`
enum HelpVerb {
  /// Prints the help of a command; for nil, of the program.
  static func run(_ spec: CommandSpec?, _ context: RunContext) -> Outcome {
    let terminal = context.console.terminal(.auto)
    let width = terminal.outputIsTerminal ? min(terminal.width, 100) : 80
    let program = CommandTable.program
    let text =
      spec.map { spec in
        spec.help(
          program: program.name, prefix: program.environmentPrefix, width: width,
          style: terminal.outputStyle, subcommands: program.subcommands(of: spec))
      }
      ?? program.help(width: width, style: terminal.outputStyle)
    context.console.out(text)
    return .success
  }
}
