import Diagnostics
import Model
import Rendering

/// The final read of an apply: it plans again, with patience for slow propagation, until nothing is left to do.
struct Verification: Sendable {
  let session: Session
  /// Pauses between reads; a minute together.
  static let patience: [Duration] = [1, 2, 4, 8, 15, 15, 15].map { .seconds($0) }

  /// The outcome of the whole apply. After a failure it looks once, and only for the record.
  func outcome(after report: ExecutionReport) async throws -> Outcome {
    var outcomes = report.outcomes
    if let interrupted = session.interruption.outcome {
      return Outcome.first(of: outcomes + [interrupted])
    }
    if !report.isComplete {
      if report.isPartial { outcomes += try await lookAfterPart(report) }
      session.reporter.note(
        report.isFinal
          ? "Running again gives the same answer until that is changed."
          : "Running again is safe: it resumes with the remaining operations.")
      return Outcome.first(of: outcomes)
    }
    let plan = try await settledPlan(after: report)
    outcomes += plan.hindrances
    if plan.hasChanges {
      outcomes.append(.incomplete)
      tellRest(plan)
    } else if plan.hindrances.isEmpty {
      session.context.console.out("Verified. \(plan.sentenceForNothing)\n")
    } else {
      session.context.console.out(session.text().render(plan))
    }
    return Outcome.first(of: outcomes)
  }

  /// Shows what is left after a policy was written in part: once, as waiting does not bring what was refused.
  private func lookAfterPart(_ report: ExecutionReport) async throws -> [Outcome] {
    let plan: Plan
    do {
      plan = try await session.plan(after: report)
    } catch let stop as Stop {
      return [stop.outcome]
    }
    if plan.hasChanges {
      tellRest(
        plan, "the cloud is not as the manifests say: what was refused is still to do",
        help: "the report above says why, and how to leave it out")
    }
    return plan.hindrances
  }

  /// The first plan with nothing to do, or the last one that patience allows.
  private func settledPlan(after report: ExecutionReport) async throws -> Plan {
    var plan = try await session.plan(after: report)
    for pause in Self.patience where plan.hasChanges || !plan.isComplete {
      if pause == Self.patience.first {
        session.reporter.note("Waiting for the cloud to show what was written ...")
      }
      guard pause < session.client.run.remaining else { break }
      let clock = session.context.clock
      _ = try await session.interruption.cancelling { try? await clock.sleep(for: pause) }
      plan = try await session.plan(after: report)
    }
    return plan
  }

  private func tellRest(
    _ plan: Plan, _ message: String = "the cloud does not show everything that was written",
    help: String =
      "someone may change the same things, or Google is slow to show them: run it again"
  ) {
    session.context.console.out(
      "\nStill to do after the apply:\n" + session.text().render(plan))
    session.reporter.report([
      Diagnostic(
        .notConverged, message, help: [help])
    ])
  }
}
