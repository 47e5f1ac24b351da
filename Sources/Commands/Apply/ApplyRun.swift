import Model
import Platform
import Reconcile
import Rendering
import Resources

/// The execution of an approved plan: the executor, its events on the screen and in the log, its report.
struct ApplyRun: Sendable {
  let session: Session
  let plan: Plan

  /// How long operations in flight may take after a signal; without a limit, one might never end.
  private static let grace = Duration.seconds(20)

  /// Executes the plan, reads the cloud again, and returns the outcome. The last line of the log holds it too.
  func applyAndVerify() async throws -> Outcome {
    let log = ApplyLog(plan: plan, session.reporter)
    do {
      let report = await execute(log)
      let outcome = try await Verification(session: session).outcome(after: report)
      log.end(session.context.console.hasLostOutput ? .first(of: [outcome, .unexpected]) : outcome)
      return outcome
    } catch {
      log.end((error as? EarlyExit)?.outcome ?? .unexpected)
      throw error
    }
  }

  /// Executes the plan until it ends, a signal arrives or `--timeout` is over, and prints the report.
  private func execute(_ log: ApplyLog) async -> ExecutionReport {
    let context = session.context
    let operationText = OperationText(for: plan.operations)
    let screen = ApplyScreen(operationText: operationText, reporter: session.reporter)
    let waits = OperationWaits()
    let needsPair = plan.operations.contains(where: \.makesPair)
    let keys = needsPair ? session.keys.makingPairAhead() : session.keys
    let executor = Executor(
      runner: WatchedRunner(
        runner: CloudRunner(
          client: session.client, keys: keys, seen: plan.seen,
          environment: session.secretEnvironment),
        screen: screen, waits: waits),
      parallelism: session.options.writes, stop: session.interruption.stop, waits: waits,
      uptime: { [clock = context.clock] in clock.uptime })
    let deadline = stopAtDeadline()
    session.interruption.onStop { [run = session.client.run] in
      run.end(within: Self.grace)
      screen.say(
        "Finishing operations in flight; no new ones start. A second signal stops at once.")
    }
    session.interruption.onAbandon { [interruption = session.interruption] in
      log.end(interruption.outcome ?? .interrupted, isCut: true)
      screen.abandon()
    }
    context.console.out("\n")
    let report = await executor.execute(plan.operations) { event in
      log.write(event)
      screen.record(event)
    }
    deadline.cancel()
    screen.end()
    let notes = plan.changes.compactMap { change in change.note.map { (change.address, $0) } }
    let text = ApplyReportText(
      style: session.reporter.outputStyle, operationText: operationText,
      notes: Dictionary(notes, uniquingKeysWith: { first, _ in first }))
    context.console.out("\n" + text.render(report))
    return report
  }

  /// Requests a stop once `--timeout` is over.
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
  /// The outcomes of the operations; the final read may add others.
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

extension Operation {
  /// Whether it makes a new key pair for a file on this machine.
  fileprivate var makesPair: Bool {
    guard case .key(let order, let key) = action, key.origin == .uploaded, key.remote == nil else {
      return false
    }
    switch order {
    case .issue, .reissue, .supersede: return true
    case .reclaim, .resume, .importExisting, .removeLeftovers, .retire, .delete: return false
    }
  }
}
