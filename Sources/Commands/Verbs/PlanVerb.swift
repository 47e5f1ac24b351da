import CommandLine
import Model

/// `arctl plan [PATH...]`: compares the manifests with the live cloud.
enum PlanVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) async throws -> Outcome {
    let options = try RunOptions(arguments)
    let format = try PlanFormat(arguments)
    let wantsDetail = arguments.has("detailed-exitcode")
    let wantsPreflight = arguments.has("preflight")
    return try await Session.run(options, in: context) { session in
      async let note = session.noteOnRemovedLines()
      var plan = try await session.plan(show: format.show)
      plan.diagnostics += await note
      let preflight = wantsPreflight ? try await session.preflight(plan) : nil
      // A part of this plan alone: it is about the caller.
      let saved = plan
      plan.diagnostics += preflight?.diagnostics("an apply would write nothing") ?? []
      session.selectionCheck.warn(of: plan)
      let writer = PlanWriter(format: format, reporter: session.reporter)
      try writer.write(plan, text: session.text(show: format.show, nextTo: plan))
      session.annotate(plan)
      if let path = arguments.value("out") { try writer.save(saved, to: path) }
      return Outcome.first(
        of: plan.blockingOutcomes + (preflight?.isFinal == true ? [.access] : [])
          + (wantsDetail && (plan.hasChanges || plan.hasDifferences) ? [.changes] : [])
          + session.sinceOutcomes(plan, wantsDetail))
    }
  }
}

extension Plan {
  /// The outcomes that block an apply: unreadable rows, refused rows, keys that need manual action.
  var blockingOutcomes: [Outcome] {
    var outcomes: Set<Outcome> = []
    if !isComplete { outcomes.insert(.access) }
    for change in changes where change.action == .refused {
      outcomes.insert(change.isAboutKeyMaterial ? .keys : .refused)
    }
    return Array(outcomes)
  }
}

extension Change {
  /// Whether all its refusals are about key material, which only the user may remove or revoke.
  fileprivate var isAboutKeyMaterial: Bool {
    !refusals.isEmpty
      && refusals.allSatisfy { [.keyDuplicate, .keyOrphan, .keyMismatch].contains($0.code) }
  }
}
