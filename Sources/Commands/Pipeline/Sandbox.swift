import Diagnostics
import Glibc
import Platform

/// A local server that this run starts, and stops at its end.
struct Sandbox: Sendable {
  let url: String
  /// The key file of an owner of every project: the only credential of the run.
  let ownerFile: String
  let keyDirectory: String
  private let program: any RunningProgram
  private let lock: FileLock

  /// Starts `arctl-sandbox` from the folder of this executable, or else from PATH, with its data in `directory`.
  static func start(
    in directory: String, projects: [String], _ reporter: Reporter, _ interruption: Interruption
  ) async throws -> Sandbox {
    let context = reporter.context
    let lock = try prepare(directory, reporter)
    let arguments =
      ["--data", directory, "--stop-with-input"] + projects.flatMap { ["--project", $0] }
    let program: any RunningProgram
    do {
      program = try context.startProgram(path(context), arguments)
    } catch {
      throw reporter.earlyExit(
        .access, code: .notReachable, "cannot start `arctl-sandbox`: \(error)",
        help: ["arctl looks for it in its own folder and in PATH"])
    }
    interruption.onAbandon {
      Task(executorPreference: Workers.current) { await program.terminate(grace: .zero) }
    }
    do {
      let line = try await interruption.abandoning { await program.firstLine(within: .seconds(20)) }
      guard let url = line, url.hasPrefix("http://") else {
        throw reporter.earlyExit(
          .access, code: .notReachable, "`arctl-sandbox` did not start",
          help: ["its data is in `\(directory)`"])
      }
      return Sandbox(
        url: url, ownerFile: "\(directory)/owner.json", keyDirectory: "\(directory)/keys",
        program: program, lock: lock)
    } catch {
      await program.terminate(grace: .seconds(5))
      throw error
    }
  }

  func stop() async { await program.terminate(grace: .seconds(5)) }

  private static func prepare(_ directory: String, _ reporter: Reporter) throws -> FileLock {
    let files = reporter.context.files
    do {
      if directory == RunOptions.defaultSandbox { try files.makeWorkFolder() }
      try files.makeFolders(directory, permissions: 0o700)
      if let lock = try files.lock("\(directory)/arctl.lock") { return lock }
    } catch {
      throw reporter.earlyExit(
        .access, code: .notReachable, "cannot use the sandbox's folder: \(error)")
    }
    throw reporter.earlyExit(
      .access, code: .notReachable, "another arctl uses the sandbox in `\(directory)`",
      help: ["wait until it ends, or use another folder: --sandbox=DIR"])
  }

  private static func path(_ context: RunContext) -> String {
    let name = "arctl-sandbox"
    guard let executable = context.executable else { return name }
    let beside = LocalFileSystem.split(executable).folder + "/" + name
    return (try? context.files.status(of: beside)) != nil ? beside : name
  }
}

extension FileSystem {
  /// Creates `.arctl`, with a `.gitignore` of `*` so that it is never committed.
  func makeWorkFolder() throws(FileError) {
    try makeFolders(".arctl", permissions: 0o700)
    guard try status(of: ".arctl/.gitignore") == nil else { return }
    try writeAtomically(Array("*\n".utf8), to: ".arctl/.gitignore", permissions: 0o644)
  }
}
