import Authoring
import Diagnostics
import JSON
import Migration
import Platform

/// Prints or writes the manifests of a migration, the report, and the commands that release what was converted.
struct MigrationPage {
  let options: MigrateOptions
  let tool: MigrationSource.Tool
  /// What was converted, as the user named it.
  let source: String
  let conversion: Conversion
  let written: WrittenManifests
  let reporter: Reporter

  func write() throws -> Outcome {
    let release = ReleaseText(conversion.items).lines
    let console = reporter.context.console
    if let folder = options.folder, written.hasResources {
      try checkRelease(folder)
      try ExportFolder(path: folder, verb: "migrate \(tool.rawValue)", reporter: reporter)
        .write(written)
      try write(release, to: folder)
      report(folder)
    } else {
      if written.hasResources { console.out(written.files.map(\.text).joined()) }
      report(nil)
      if !release.isEmpty, !reporter.options.isQuiet {
        console.err("\n" + release.map { $0 + "\n" }.joined())
      }
    }
    if options.form == .json { console.out(json(release).text(.pretty) + "\n") }
    return conversion.isPartial && !options.allowsPartial ? .incomplete : .success
  }

  private func report(_ folder: String?) {
    let terminal = reporter.terminal
    var text = MigrationText(
      conversion: conversion, source: source,
      width: terminal.errorIsTerminal ? terminal.width : nil)
    text.onlyProblems = reporter.options.isQuiet
    if !reporter.options.isQuiet || conversion.isPartial {
      reporter.context.console.err(text.text)
    }
    guard written.hasResources else {
      reporter.note("There is nothing to write. Nothing was written.")
      return
    }
    guard let folder else { return }
    let path = shellQuoted(folder)
    reporter.note(
      """
      Wrote \(counted(written.count, "document")) in \(counted(written.files.count, "file")) to \(escapedForTerminal(folder)). Next:

        arctl plan \(path)   # must show no changes
        \(path)/\(MigrateVerb.releaseFile) then says how to take it out of the other tool
      """)
  }

  private func json(_ release: [String]) -> JSONValue {
    MigrationJSON(
      conversion: conversion, source: source,
      files: written.hasResources ? written.files.map { ($0.name, $0.count) } : [],
      release: release
    ).value
  }

  /// Not that of the manifests' files, which a folder of manifests may hold nothing else of.
  private static let mark = OwnMark(verb: "migrate")

  private func releasePath(_ folder: String) -> String { "\(folder)/\(MigrateVerb.releaseFile)" }

  /// Refuses to replace a file of this name that arctl did not write.
  private func checkRelease(_ folder: String) throws {
    let path = releasePath(folder)
    let files = reporter.context.files
    guard let status = try? files.status(of: path, followingLinks: false) else { return }
    if status.kind == .file, let content = try? files.read(path, maximumBytes: 64 << 20),
      Self.mark.isOwn(content, name: path)
    {
      return
    }
    throw reporter.earlyExit(
      .refused, code: .fileKept,
      "`\(escapedForTerminal(path))` exists, and `arctl migrate` did not write it or it was edited since; nothing was written",
      help: ["write to another folder"])
  }

  private func write(_ release: [String], to folder: String) throws {
    let path = releasePath(folder)
    let text = Self.mark.marked(release.map { $0 + "\n" }.joined(), name: path)
    do throws(FileError) {
      try reporter.context.files.writeAtomically(
        Array(text.utf8), to: path, permissions: 0o644)
    } catch {
      throw reporter.earlyExit(
        .unexpected, code: .fileKept, "cannot write `\(escapedForTerminal(path))`: \(error.reason)")
    }
  }
}
