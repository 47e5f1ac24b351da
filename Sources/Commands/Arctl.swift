import CommandLine
import Diagnostics
import Platform

/// The program: from arguments to an exit code.
public enum Arctl {
  /// Runs in this process: its arguments, environment, files, network and streams.
  ///
  /// What talks to no server runs on the calling thread alone.
  public static func main() -> Int32 {
    ignoreSIGPIPE()
    Limits.raiseDescriptors()
    let context = RunContext.system()
    let outcome =
      switch begin(context) {
      case .over(let outcome): outcome
      case .goesOn(let work):
        Workers(extra: Workers.usualCount - 1).run { await finish(work, context) }
      }
    return Outcome.first(of: context.console.hasLostOutput ? [outcome, .unexpected] : [outcome])
      .code
  }

  /// Runs with the seams given; never throws, whatever happens.
  static func run(_ context: RunContext) async -> Outcome {
    switch begin(context) {
    case .over(let outcome): outcome
    case .goesOn(let work): await finish(work, context)
    }
  }

  private enum Beginning {
    case over(Outcome)
    case goesOn(@Sendable () async throws -> Outcome)
  }

  /// Everything that takes no task: all of most verbs.
  private static func begin(_ context: RunContext) -> Beginning {
    do {
      switch try CommandTable.program.request(context.arguments) {
      case .version: return .over(VersionVerb.run(context))
      case .help(let spec): return .over(HelpVerb.run(spec, context))
      case .command(let spec, let rest):
        let arguments = try spec.parse(
          rest, environment: context.environment.variables,
          prefix: CommandTable.program.environmentPrefix)
        if arguments.wantsHelp { return .over(HelpVerb.run(spec, context)) }
        return try begin(spec, arguments, context)
      }
    } catch {
      return .over(outcome(of: error, context))
    }
  }

  private static func begin(
    _ spec: CommandSpec, _ arguments: ParsedArguments, _ context: RunContext
  ) throws -> Beginning {
    let talks = spec.name == CommandTable.plan.name || spec.name == CommandTable.apply.name
    let needs: MachineNeeds =
      talks ? arguments.has("sandbox") ? .sandbox : .servers : .files
    if let shortage = context.shortage(needs) {
      throw Reporter(context, try OutputOptions(arguments))
        .stop(.unexpected, .machineLimit, shortage.message, help: [shortage.help])
    }
    switch spec.name {
    case CommandTable.plan.name: return .goesOn { try await PlanVerb.run(arguments, context) }
    case CommandTable.apply.name: return .goesOn { try await ApplyVerb.run(arguments, context) }
    case CommandTable.validate.name: return .over(try ValidateVerb.run(arguments, context))
    case CommandTable.show.name: return .over(try ShowVerb.run(arguments, context))
    case CommandTable.explain.name: return .over(try ExplainVerb.run(arguments, context))
    case CommandTable.version.name: return .over(VersionVerb.run(context))
    default: throw UsageError("unknown command `\(spec.name)`")
    }
  }

  private static func finish(
    _ work: @Sendable () async throws -> Outcome, _ context: RunContext
  ) async -> Outcome {
    do { return try await work() } catch { return outcome(of: error, context) }
  }

  /// What a run ends with that an error ended; everything is said by then.
  private static func outcome(of error: any Error, _ context: RunContext) -> Outcome {
    switch error {
    case let stop as Stop:
      if stop.outcome == .interrupted || stop.outcome == .terminated {
        context.console.err("arctl: interrupted\n")
      }
      return stop.outcome
    case let error as UsageError:
      context.console.err("arctl: \(error)\nrun `arctl --help` for help\n")
      return .usage
    default:
      context.console.err("arctl: unexpected error: \(escapedForTerminal("\(error)"))\n")
      return .unexpected
    }
  }
}
