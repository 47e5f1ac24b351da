import CommandLine
import Diagnostics
import Platform

/// The program: from arguments to an exit code.
public enum Arctl {
  /// Runs in this process: its arguments, environment, files, network and streams.
  ///
  /// Commands that contact no server run on the calling thread alone.
  public static func main() -> Int32 {
    ignoreSIGPIPE()
    Limits.raiseDescriptors()
    let context = RunContext.system()
    let outcome =
      switch begin(context) {
      case .finished(let outcome): outcome
      case .continues(let work):
        Workers(extra: Workers.usualCount - 1).run { await finish(work, context) }
      }
    return Outcome.first(of: context.console.hasLostOutput ? [outcome, .unexpected] : [outcome])
      .code
  }

  /// Runs in the given context. Never throws: each error becomes an outcome.
  static func run(_ context: RunContext) async -> Outcome {
    switch begin(context) {
    case .finished(let outcome): outcome
    case .continues(let work): await finish(work, context)
    }
  }

  private enum Start {
    case finished(Outcome)
    case continues(@Sendable () async throws -> Outcome)
  }

  /// Runs the part of a command that needs no task; for most commands that is all of it.
  private static func begin(_ context: RunContext) -> Start {
    do {
      if context.calledAs == KeyringVerb.program {
        // The arguments are those of another program.
        return try beginKeyring(context.arguments, in: context)
      }
      let isForDocker = context.calledAs == DockerCredentialVerb.program
      let first = isForDocker ? [CommandTable.dockerCredential.name] : []
      switch try CommandTable.program.request(first + context.arguments) {
      case .version: return .finished(VersionVerb.run(context))
      case .help(let spec): return .finished(HelpVerb.run(spec, context))
      case .command(let spec, let rest):
        let arguments = try spec.parse(
          rest, environment: context.environment.variables,
          prefix: CommandTable.program.environmentPrefix)
        if arguments.wantsHelp { return .finished(HelpVerb.run(spec, context)) }
        return try begin(spec, with: arguments, in: context)
      }
    } catch {
      return .finished(outcome(of: error, context))
    }
  }

  private static func begin(
    _ spec: CommandSpec, with arguments: ParsedArguments, in context: RunContext
  ) throws -> Start {
    try checkMachine(spec, arguments, context)
    if let list = CommandTable.lists.first(where: { $0.spec.name == spec.name }) {
      return .continues { try await ListVerb.run(list, arguments, context) }
    }
    if let run = CommandTable.permissionVerbs.first(where: { $0.spec.name == spec.name }) {
      return .finished(try PermissionsVerb.run(run.verb, arguments, context))
    }
    if let migration = CommandTable.migrationVerbs.first(where: { $0.spec.name == spec.name }) {
      return .continues { try await MigrateVerb.run(migration.tool, arguments, context) }
    }
    switch spec.name {
    case CommandTable.plan.name: return .continues { try await PlanVerb.run(arguments, context) }
    case CommandTable.drift.name: return .continues { try await DriftVerb.run(arguments, context) }
    case CommandTable.export.name:
      return .continues { try await ExportVerb.run(arguments, context) }
    case CommandTable.get.name: return .continues { try await GetVerb.run(arguments, context) }
    case CommandTable.keysRotate.name:
      return .continues { try await KeysRotateVerb.run(arguments, context) }
    case CommandTable.apply.name: return .continues { try await ApplyVerb.run(arguments, context) }
    case CommandTable.initialize.name:
      switch try InitVerb.start(arguments, context) {
      case .finished(let outcome): return .finished(outcome)
      case .asks(let work): return .continues(work)
      }
    case CommandTable.settings.name:
      switch try SettingsVerb.start(arguments, context) {
      case .finished(let outcome): return .finished(outcome)
      case .writes(let work): return .continues(work)
      }
    case CommandTable.validate.name: return .finished(try ValidateVerb.run(arguments, context))
    case CommandTable.show.name: return .finished(try ShowVerb.run(arguments, context))
    case CommandTable.keysRevoke.name:
      return .continues { try await KeysRevokeVerb.run(arguments, context) }
    case CommandTable.keysPin.name:
      return .continues { try await KeysPinVerb.run(arguments, context) }
    case CommandTable.token.name: return .continues { try await TokenVerb.run(arguments, context) }
    case CommandTable.whoami.name:
      return .continues { try await WhoamiVerb.run(arguments, context) }
    case CommandTable.dockerCredential.name:
      return .continues { try await DockerCredentialVerb.run(arguments, context) }
    case CommandTable.keyring.name:
      guard !arguments.operands.isEmpty else { throw UsageError("missing argument: get URL USER") }
      let options = ["mode", "output"].flatMap { name in
        arguments.value(name).map { ["--\(name)", $0] } ?? []
      }
      let words = arguments.operands + options
      return .continues { try await KeyringVerb.run(words, arguments, context) }
    case CommandTable.explain.name: return .finished(try ExplainVerb.run(arguments, context))
    case CommandTable.graph.name:
      switch try GraphVerb.start(arguments, context) {
      case .finished(let outcome): return .finished(outcome)
      case .reads(let work): return .continues(work)
      }
    case CommandTable.schema.name: return .finished(try SchemaVerb.run(arguments, context))
    case CommandTable.completion.name:
      return .finished(try CompletionVerb.run(arguments, context))
    case CommandTable.man.name: return .finished(CompletionVerb.printManPage(context))
    case CommandTable.version.name: return .finished(VersionVerb.run(context))
    default: throw UsageError("unknown command `\(spec.name)`")
    }
  }

  /// Runs a link to arctl with the name of the program `keyring`. arctl's options come from the environment.
  private static func beginKeyring(_ words: [String], in context: RunContext) throws -> Start {
    let arguments = try CommandTable.keyring.parse(
      [], environment: context.environment.variables,
      prefix: CommandTable.program.environmentPrefix)
    try checkMachine(CommandTable.keyring, arguments, context)
    return .continues { try await KeyringVerb.run(words, arguments, context) }
  }

  /// Throws if the machine lacks what a command needs.
  private static func checkMachine(
    _ spec: CommandSpec, _ arguments: ParsedArguments, _ context: RunContext
  ) throws {
    let withServers =
      [
        CommandTable.plan, CommandTable.drift, CommandTable.apply, CommandTable.export,
        CommandTable.get,
      ]
      + CommandTable.tokens + CommandTable.keyCommands
      + CommandTable.lists.map(\.spec)
    let exports = spec.name == CommandTable.initialize.name && InitVerb.exports(arguments)
    let usesServer =
      withServers.contains { $0.name == spec.name } || arguments.has("live") || exports
    let needs: MachineNeeds =
      usesServer ? arguments.has("sandbox") ? .sandbox : .servers : .files
    guard let shortage = context.shortage(needs) else { return }
    throw Reporter(context, try OutputOptions(arguments))
      .earlyExit(.unexpected, code: .machineLimit, shortage.message, help: [shortage.help])
  }

  private static func finish(
    _ work: @Sendable () async throws -> Outcome, _ context: RunContext
  ) async -> Outcome {
    do { return try await work() } catch { return outcome(of: error, context) }
  }

  /// The outcome of a run that an error ended. Prints the error, unless it is an `EarlyExit`.
  private static func outcome(of error: any Error, _ context: RunContext) -> Outcome {
    switch error {
    case let exit as EarlyExit:
      if exit.outcome == .interrupted || exit.outcome == .terminated {
        context.console.err("arctl: interrupted\n")
      }
      return exit.outcome
    case let error as UsageError:
      context.console.err("arctl: \(error)\nrun `arctl --help` for help\n")
      return .usage
    default:
      context.console.err("arctl: unexpected error: \(escapedForTerminal("\(error)"))\n")
      return .unexpected
    }
  }
}
