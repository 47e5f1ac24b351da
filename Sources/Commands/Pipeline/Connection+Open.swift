import Diagnostics
import Platform

extension Connection {
  /// Connects, runs `body`, and stops what it started: transport, sandbox, signal handlers.
  ///
  /// - Parameter projects: those with which a sandbox starts.
  static func open(
    _ options: RunOptions, _ reporter: Reporter, projects: [String],
    body: (Connection, Sandbox?, Interruption) async throws -> Outcome
  ) async throws -> Outcome {
    try check(caFile: options.caFile, reporter)
    let context = reporter.context
    let interruption = Interruption()
    let listener = interruption.listen(context)
    defer { listener.cancel() }
    var sandbox: Sandbox?
    if let directory = options.sandbox {
      sandbox = try await Sandbox.start(in: directory, projects: projects, reporter, interruption)
    }
    let share = ConnectionShare(options, free: context.freeDescriptors())
    if let note = share.note(options) { reporter.note(note) }
    let transport = context.transport(options.transport(connections: share.connections))
    let result: Result<Outcome, any Error>
    do {
      let connection = Connection(
        options: options, reporter: reporter, transport: transport, share: share)
      result = .success(try await body(connection, sandbox, interruption))
    } catch {
      result = .failure(error)
    }
    transport.shutdown()
    await sandbox?.stop()
    return try result.get()
  }

  /// libcurl opens the file itself, and would wait forever for a pipe.
  static func check(caFile path: String?, _ reporter: Reporter) throws {
    guard let path else { return }
    do throws(FileError) {
      _ = try reporter.context.files.read(path, maximumBytes: 16 << 20)
    } catch {
      throw reporter.earlyExit(
        .access, code: .unreadableFile, "--ca-file: cannot read `\(path)`: \(error.reason)")
    }
  }
}
