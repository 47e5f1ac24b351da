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
    let estate = conversion.estate
    let projects = Set((Array(estate.resources.keys) + Array(estate.grants.keys)).map(\.project))
    var writing = EstateWriter.Options(stack: options.stack ?? UsualChoices.stack(of: projects))
    writing.layout = UsualChoices.layout(
      options.layout, folder: options.folder, projects: projects.count)
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
}
