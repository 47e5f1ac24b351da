import CommandLine
import Diagnostics
import Platform

/// The program: from arguments to an exit code.
public enum Arctl {
  /// Runs in this process: its arguments, environment, files, network and streams.
  public static func main() async -> Int32 {
    ignoreSIGPIPE()
    let context = RunContext.system()
    let outcome = await run(context)
    return Outcome.first(of: context.console.hasLostOutput ? [outcome, .unexpected] : [outcome])
      .code
  }

  /// Runs with the seams given; never throws, whatever happens.
  static func run(_ context: RunContext) async -> Outcome {
    do {
      switch try CommandTable.program.request(context.arguments) {
      case .version: return VersionVerb.run(context)
      case .help(let spec): return HelpVerb.run(spec, context)
      case .command(let spec, let rest):
        let arguments = try spec.parse(
          rest, environment: context.environment.variables,
          prefix: CommandTable.program.environmentPrefix)
        if arguments.wantsHelp { return HelpVerb.run(spec, context) }
        return try await run(spec, arguments, context)
      }
    } catch let stop as Stop {
      if stop.outcome == .interrupted || stop.outcome == .terminated {
        context.console.err("arctl: interrupted\n")
      }
      return stop.outcome
    } catch let error as UsageError {
      context.console.err("arctl: \(error)\nrun `arctl --help` for help\n")
      return .usage
    } catch {
      context.console.err("arctl: unexpected error: \(escapedForTerminal("\(error)"))\n")
      return .unexpected
    }
  }

  private static func run(
    _ spec: CommandSpec, _ arguments: ParsedArguments, _ context: RunContext
  ) async throws -> Outcome {
    switch spec.name {
    case CommandTable.plan.name: return try await PlanVerb.run(arguments, context)
    case CommandTable.apply.name: return try await ApplyVerb.run(arguments, context)
    case CommandTable.validate.name: return try ValidateVerb.run(arguments, context)
    case CommandTable.show.name: return try ShowVerb.run(arguments, context)
    case CommandTable.explain.name: return try ExplainVerb.run(arguments, context)
    case CommandTable.version.name: return VersionVerb.run(context)
    default: throw UsageError("unknown command `\(spec.name)`")
    }
  }
}
