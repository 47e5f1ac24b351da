import Authoring
import CommandLine
import Diagnostics
import Kinds
import Migration
import Model
import Platform

/// `arctl migrate terraform FILE` and `arctl migrate config-connector PATH`: manifests from the files of another tool.
/// It sends nothing.
enum MigrateVerb {
  /// The file with the commands that release what was converted, below the folder of `--out`.
  static let releaseFile = "release.txt"

  static func run(
    _ tool: MigrationSource.Tool, _ arguments: ParsedArguments, _ context: RunContext
  ) async throws -> Outcome {
    let options = try MigrateOptions(arguments)
    let reporter = Reporter(context, try OutputOptions(arguments))
    let source = MigrationSource(tool: tool, path: options.source, context: context)
    var conversion: Conversion
    do throws(MigrationError) {
      conversion = try source.conversion()
    } catch {
      throw reporter.earlyExit(
        .invalid, code: .foreignFile, error.message, help: error.help)
    }
    var writing = EstateWriter.Options(stack: options.stack ?? stackName(of: conversion.estate))
    let projects = Set(conversion.estate.resources.keys.map(\.project))
    writing.layout =
      options.folder == nil ? .single : options.layout ?? (projects.count > 1 ? .project : .kind)
    writing.folds = options.folds
    writing.writesKeys = true
    writing.now = Int64(context.clock.now)
    let check = EstateCheck(
      estate: conversion.estate, options: writing, now: context.clock.now)
    let checked = try await check.check()
    let written = check.folded(checked)
    conversion.add(losses: written.leftOut + checked.leftOut)
    return try MigrationPage(
      options: options, tool: tool, source: source.name, conversion: conversion, written: written,
      reporter: reporter
    ).write()
  }

  /// The name of the only project, or a common word.
  private static func stackName(of estate: Estate) -> String {
    let projects = Set((Array(estate.resources.keys) + Array(estate.grants.keys)).map(\.project))
    let kind = Kinds.catalog.documents.first { $0.part == .settings }
    guard projects.count == 1, let name = projects.first, kind?.problem(withName: name) == nil
    else { return "registry" }
    return name
  }
}
