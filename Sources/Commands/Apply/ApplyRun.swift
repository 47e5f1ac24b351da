import Model
import Operations
import Platform
import Reconcile
import Rendering

/// The execution of an approved plan: the executor, its events on the screen and in the log, its report.
struct ApplyRun: Sendable {
  let session: Session
  let plan: Plan

  /// How long what is in flight may take after a signal: an operation may never end.
  private static let grace = Duration.seconds(20)

  /// Carries the plan out, reads everything again, and says how the apply ended; the log's last line says the same.
  func applyAndVerify() async throws -> Outcome {
    let log = ApplyLog(plan: plan, session.reporter)
    do {
      let report = await execute(log)
      let outcome = try await Verification(session: session).outcome(after: report)
      log.end(session.context.console.hasLostOutput ? .first(of: [outcome, .unexpected]) : outcome)
      return outcome
    } catch {
      log.end((error as? Stop)?.outcome ?? .unexpected)
      throw error
    }
  }

  /// Carries the plan out to its end, or as far as a signal and the run's time allow, and prints the report.
  private func execute(_ log: ApplyLog) async -> ExecutionReport {
    let context = session.context
    let words = OperationText(for: plan.operations)
    let screen = ApplyScreen(words: words, reporter: session.reporter)
    let executor = Executor(
      runner: CloudRunner(client: session.client, keys: session.keys, seen: plan.seen),
      parallelism: session.options.writes, stop: session.interruption.stop,
      uptime: { [clock = context.clock] in clock.uptime })
    let deadline = stopAtDeadline()
    session.interruption.onStop { [run = session.client.run] in
      run.end(within: Self.grace)
      screen.say("Finishing what is in flight, starting nothing new; once more stops at once.")
    }
    session.interruption.onAbandon { [interruption = session.interruption] in
      log.end(interruption.outcome ?? .interrupted, isCut: true)
      screen.abandon()
    }
    context.console.out("\n")
    let report = await executor.execute(plan.operations) { event in
      log.write(event)
      screen.take(event)
    }
    deadline.cancel()
    screen.end()
    let notes = plan.changes.compactMap { change in change.note.map { (change.address, $0) } }
    let text = ApplyReportText(
      style: session.reporter.outputStyle, words: words,
      notes: Dictionary(notes, uniquingKeysWith: { first, _ in first }))
    context.console.out("\n" + text.render(report))
    return report
  }

  /// Starts nothing new once the run's time is over.
  private func stopAtDeadline() -> Task<Void, Never> {
    let stop = session.interruption.stop
    let run = session.client.run
    return Task(executorPreference: Workers.current) {
      try? await run.clock.sleep(for: run.remaining)
      if !Task.isCancelled { stop.request() }
    }
  }
}

extension ExecutionReport {
  /// What it means for the exit code, apart from what the final read sees.
  var outcomes: [Outcome] {
    failed.map(\.failure.kind.outcome)
      + (skipped.isEmpty && notStarted.isEmpty ? [] : [.incomplete])
  }
}

extension OperationFailure.Kind {
  fileprivate var outcome: Outcome {
    switch self {
    case .access: .access
    case .stale: .stale
    case .key: .keys
    case .other: .incomplete
    }
  }
}
