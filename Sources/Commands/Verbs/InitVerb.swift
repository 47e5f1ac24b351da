import CommandLine
import DesiredState
import Diagnostics
import Kinds
import Manifests
import Platform

/// `arctl init`: writes a first manifest into `manifests/`: what lives in a project, or an example, for which it asks on a
/// terminal and sends nothing.
enum InitVerb {
  /// What a start of the command leads to.
  enum Start {
    case finished(Outcome)
    /// Questions remain.
    case asks(@Sendable () async throws -> Outcome)
  }

  /// Whether it writes what lives in a project, and so contacts a server: the project is given alone.
  static func exports(_ arguments: ParsedArguments) -> Bool {
    arguments.has("project")
      && !["location", "format"].contains { arguments.source($0) == .commandLine }
  }

  /// Runs up to the first question, or the first request: a project alone is exported.
  static func start(_ arguments: ParsedArguments, _ context: RunContext) throws -> Start {
    let reporter = Reporter(context, try OutputOptions(arguments))
    let questions = InitQuestions(arguments: arguments, reporter: reporter)
    if exports(arguments), let answers = try questions.given(asks: false) {
      try checkFolder(context.files)
      return .asks { try await export(answers, arguments, reporter) }
    }
    let terminal = reporter.terminal
    let asks = terminal.inputIsTerminal && terminal.errorIsTerminal
    let given = try questions.given(asks: asks)
    try checkFolder(context.files)
    if let given { return .finished(try write(given, reporter)) }
    return .asks {
      guard let answers = await questions.ask() else { return .declined }
      return try write(answers, reporter)
    }
  }

  /// Writes what lives in the project; of a project without anything in it, a first manifest.
  private static func export(
    _ answers: InitAnswers, _ arguments: ParsedArguments, _ reporter: Reporter
  ) async throws -> Outcome {
    var options = try ExportOptions(arguments)
    options.location = nil
    options.folder = FirstManifest.folder
    options.writesBareProjects = false
    do {
      if let outcome = try await ExportVerb.run(options, reporter.context) { return outcome }
    } catch let exit as EarlyExit where exit.outcome == .access {
      reporter.note(
        "Nothing was written. For a first manifest without any request, also give the location and the format:\n"
          + "  arctl init --project \(answers.project) --location \(answers.location) --format \(answers.format)"
      )
      throw exit
    }
    reporter.note(
      "\(answers.project) has no repositories, accounts or roles yet: this is a first manifest for it."
    )
    return try write(answers, reporter)
  }

  /// Refuses a folder that already has manifests: a set has one Stack at most.
  private static func checkFolder(_ files: some FileSystem) throws(UsageError) {
    let names: [String]
    do throws(FileError) {
      guard let status = try files.status(of: FirstManifest.folder) else { return }
      guard status.kind == .folder else {
        throw FileError(path: FirstManifest.folder, code: 20, call: "open")
      }
      names = try files.files(under: FirstManifest.folder)
    } catch {
      throw UsageError("cannot use the folder `\(FirstManifest.folder)`: \(error.reason)")
    }
    guard let first = names.first(where: { $0.hasSuffix(".yaml") || $0.hasSuffix(".yml") }) else {
      return
    }
    let path = escapedForTerminal("\(FirstManifest.folder)/\(first)")
    throw UsageError("`\(path)` exists, and nothing was written; next: arctl plan")
  }

  private static func write(_ answers: InitAnswers, _ reporter: Reporter) throws -> Outcome {
    let manifest = FirstManifest(answers: answers)
    let files = reporter.context.files
    let bytes = Array(manifest.text.utf8)
    do {
      try files.makeFolders(FirstManifest.folder, permissions: 0o755)
      try bytes.withUnsafeBytes {
        try files.create(FirstManifest.path, permissions: 0o644, content: $0)
      }
    } catch let error as FileError {
      throw reporter.earlyExit(
        .unexpected, code: .unreadableFile,
        "cannot create `\(FirstManifest.path)`: \(error.reason)")
    }
    return try check(reporter)
  }

  /// Reads the file like any other manifest. An answer can be well-formed and still wrong: `us-east-4`.
  private static func check(_ reporter: Reporter) throws -> Outcome {
    let context = reporter.context
    let result = loadManifests(
      LoadOptions(paths: [FirstManifest.path]), kinds: Kinds.catalog, fileSystem: context.files,
      now: context.clock.now)
    reporter.report(result.diagnostics, source: result.sourceLine)
    guard result.graph != nil else {
      try? context.files.remove(FirstManifest.path)
      context.console.err("Nothing was written.\n")
      return .invalid
    }
    context.console.out(
      """
      Wrote \(FirstManifest.path). Next:

        arctl plan --sandbox   # try it on this machine, without a cloud account
        arctl plan             # compare it with the live cloud
        arctl explain          # what else a manifest can declare

      """)
    return .success
  }
}
