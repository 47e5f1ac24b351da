import CommandLine
import Diagnostics
import Model
import Rendering

/// `arctl apply [PATH...]`: plan, test permissions, confirm, execute, verify.
enum ApplyVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) async throws -> Outcome {
    try await run(RunOptions(arguments), Approval(arguments), context)
  }

  /// The same with options that are read already.
  static func run(
    _ options: RunOptions, _ approval: Approval, _ context: RunContext
  ) async throws -> Outcome {
    var options = options
    let expected = try approval.expected(Reporter(context, options.output))
    if let expected, let saved = expected.source {
      options.adopt(saved, allowances: expected.isApproved)
    }
    return try await Session.run(options, in: context) { session in
      async let note = session.noteOnRemovedLines()
      var plan = try await session.plan()
      plan.diagnostics += await note
      context.console.out(session.text().render(plan))
      session.selectionCheck.warn(of: plan)
      session.annotate(plan)
      try Self.check(plan, against: expected, session)
      guard plan.hasChanges else { return .success }
      try await Self.checkPermissions(of: plan, session)
      try await approval.ask(session)
      return try await ApplyRun(session: session, plan: plan).applyAndVerify()
    }
  }

  /// Throws if the caller lacks a permission that an operation certainly needs: nothing is written then.
  private static func checkPermissions(of plan: Plan, _ session: Session) async throws {
    let preflight = try await session.preflight(plan)
    session.reporter.report(preflight.diagnostics("nothing was written"))
    if preflight.isFinal { throw EarlyExit(.access) }
  }

  /// Throws if rows are unreadable or refused, or if the plan is not the expected one: nothing is written then.
  private static func check(
    _ plan: Plan, against expected: ExpectedPlan?, _ session: Session
  ) throws {
    let reporter = session.reporter
    var outcomes = plan.blockingOutcomes
    let blocked = plan.blocked
    if !blocked.isEmpty {
      reporter.report([
        .init(
          blocked.lazy.flatMap(\.refusals).first?.code ?? .permissionDenied,
          "nothing was written: \(blocked.count) of the plan's rows cannot be applied",
          help: [session.exclusion(of: plan).help])
      ])
    }
    if let expected, !expected.isSame(as: plan) {
      outcomes.append(.stale)
      var diagnostic = Diagnostic(
        .stale, expected.mismatch(with: plan), help: expected.help(for: plan))
      let rows = expected.rows(for: plan)
      if !rows.isEmpty {
        diagnostic.help.append("the rows that differ from the saved plan:")
        diagnostic.pasted = rows
      }
      reporter.report([diagnostic])
    }
    guard outcomes.isEmpty else { throw EarlyExit(Outcome.first(of: outcomes)) }
  }
}
