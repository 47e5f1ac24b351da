import Diagnostics
import Model
import Rendering

/// The final read of an apply: plans again until the plan is empty, with pauses for slow propagation.
struct Verification: Sendable {
  let session: Session
  /// The pauses between reads: one minute in all.
  static let pauses: [Duration] = [1, 2, 4, 8, 15, 15, 15].map { .seconds($0) }

  /// The outcome of the whole apply. After a partial failure it reads once, only to report what is left.
  func outcome(after report: ExecutionReport) async throws -> Outcome {
    var outcomes = report.outcomes
    if let interrupted = session.interruption.outcome {
      return Outcome.first(of: outcomes + [interrupted])
    }
    if !report.isComplete {
      if report.isPartial { outcomes += try await remainderAfterPart(report) }
      session.reporter.note(
        report.isFinal
          ? "Running again gives the same result until the cause is fixed."
          : "Running again is safe: it resumes with the remaining operations.")
      return Outcome.first(of: outcomes)
    }
    let plan = try await settledPlan(after: report)
    outcomes += plan.blockingOutcomes
    if plan.hasChanges {
      outcomes.append(.incomplete)
      reportRemainder(plan)
    } else if plan.blockingOutcomes.isEmpty {
      session.context.console.out("Verified. \(plan.sentenceForNothing)\n")
    } else {
      session.context.console.out(session.text().render(plan))
    }
    return Outcome.first(of: outcomes)
  }

  /// Reports what is left after a policy was written in part. Reads once: waiting does not help after a refusal.
  private func remainderAfterPart(_ report: ExecutionReport) async throws -> [Outcome] {
    let plan: Plan
    do {
      plan = try await session.plan(after: report)
    } catch let exit as EarlyExit {
      return [exit.outcome]
    }
    if plan.hasChanges {
      reportRemainder(
        plan, "the cloud does not match the manifests: the refused changes are still to do",
        help: "the report above says why they were refused, and how to leave them out")
    }
    return plan.blockingOutcomes
  }

  /// The first empty plan, or the last one after all pauses.
  private func settledPlan(after report: ExecutionReport) async throws -> Plan {
    var plan = try await session.plan(after: report)
    for pause in Self.pauses where plan.hasChanges || !plan.isComplete {
      if pause == Self.pauses.first {
        session.reporter.note("Waiting for the changes to show in the cloud ...")
      }
      guard pause < session.client.run.remaining else { break }
      let clock = session.context.clock
      _ = try await session.interruption.cancelling { try? await clock.sleep(for: pause) }
      plan = try await session.plan(after: report)
    }
    return plan
  }

  private func reportRemainder(
    _ plan: Plan, _ message: String = "the cloud does not show everything that was written",
    help: String =
      "another process may write the same fields, or Google is slow to show changes: run apply again"
  ) {
    session.context.console.out(
      "\nStill to do after the apply:\n" + session.text().render(plan))
    session.reporter.report([
      Diagnostic(
        .notConverged, message, help: [help])
    ])
  }
}
