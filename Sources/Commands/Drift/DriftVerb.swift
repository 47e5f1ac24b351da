import CommandLine
import Diagnostics
import Kinds
import Manifests
import Model
import Platform
import Rendering
import Resources

/// `arctl drift [PATH...]`: a plan for a nightly job, which looks further than `plan` does and never writes.
enum DriftVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) async throws -> Outcome {
    let options = try RunOptions(arguments)
    let drift = try DriftOptions(arguments)
    let format = try PlanFormat(arguments)
    let reporter = Reporter(context, options.output)
    let baseline = try drift.readBaseline(reporter)
    try drift.checkWrittenBaseline(reporter)
    return try await Session.run(options, in: context) { session in
      let plan = try await session.plan(
        show: format.show,
        reach: ReportReach(isEverywhere: drift.place == .all, readsAllGrants: true),
        baseline: baseline)
      let written = try WrittenBaseline(plan, drift, now: session.client.run.serverNow)
        .write(session.reporter)
      let page = DriftPage(
        Drift(plan, besides: written), failOn: drift.failOn,
        notChecked: DriftGaps(plan: plan, session: session, place: drift.place).lines,
        baseline: drift.baseline)
      try DriftWriter(format: format, reporter: session.reporter).write(
        plan, page, text: session.text(show: format.show))
      session.annotate(plan)
      session.reporter.annotate(plan.differences)
      return Outcome.first(of: outcomes(of: plan, page))
    }
  }

  /// Refused rows and keys that need attention are differences, so this never ends with the codes of guards.
  private static func outcomes(of plan: Plan, _ page: DriftPage) -> [Outcome] {
    let asksForReports = !page.failOn.isDisjoint(with: [.undeclared, .privileged, .everyone])
    let isUnread = !plan.isComplete || plan.lacksReports && asksForReports
    let isUncompared = plan.since?.isComplete == false
    return (isUnread || isUncompared ? [.access] : [])
      + (page.drift.causes(among: page.failOn).isEmpty ? [] : [.changes])
  }
}

/// Writes a drift check in the requested forms.
private struct DriftWriter {
  let format: PlanFormat
  let reporter: Reporter

  func write(_ plan: Plan, _ page: DriftPage, text: PlanText) throws {
    let json = { PlanJSON.drift(plan, page, show: format.show).text(.pretty) + "\n" }
    let markdown = {
      PlanMarkdown(show: format.show, values: .kinds).renderDrift(plan, page)
    }
    let output =
      switch format.form {
      case .text: text.renderDrift(plan, page)
      case .json: json()
      case .markdown: markdown()
      }
    reporter.context.console.out(output)
    let files = PlanWriter(format: format, reporter: reporter)
    if let path = format.jsonFile { try files.write(json(), to: path) }
    if let path = format.markdownFile { try files.write(markdown(), to: path) }
  }
}

/// What a drift check does not look at, and why: a green check must not say more than it knows.
private struct DriftGaps {
  let plan: Plan
  let session: Session
  let place: DriftOptions.Place

  var lines: [String] {
    guard session.options.selection.isWhole else {
      return ["undeclared resources: only a part of the set is selected"] + unseen
    }
    let elsewhere = plan.notLookedIn.map { "\($0): --look-in declared" }
    let failed = plan.notChecked.filter { !plan.notLookedIn.contains($0) }
    return failed + elsewhere + ignored + unseen
  }

  /// What the Stack's scope ignores.
  private var ignored: [String] {
    let scope = session.manifests.graph.stack.scope
    let kinds = Kinds.catalog.resources.map(\.id).filter {
      $0.resource?.canBeListed == true && scope.meaning(ofUndeclared: $0) == .ignore
    }
    let names = kinds.map(\.name).sorted().joined(separator: ", ")
    return names.isEmpty ? [] : ["undeclared resources (\(names)): the Stack's scope ignores them"]
  }

  /// What no read of arctl shows.
  private var unseen: [String] {
    [
      "keys of undeclared accounts, and download rules of repositories without a declared one: arctl does not read them",
      "what members have through groups, folders or the organisation: the policies do not show it",
    ]
  }
}

extension Plan {
  /// The rows that differ, as annotations at their places in the manifests. Refused and unreadable ones have their own.
  fileprivate var differences: [Diagnostic] {
    changes.compactMap { change in
      guard change.isWrite || change.action == .waiting else { return nil }
      let fields = change.fields.map { "\($0.path)" }.prefix(5).joined(separator: ", ")
      let isMissing = change.intended == .create || change.intended == .undelete
      let what =
        isMissing
        ? "does not exist"
        : "differs from its document" + (fields.isEmpty ? "" : ": \(fields)")
      return Diagnostic(
        .drifted, severity: .warning, "`\(change.address)` \(what)", at: change.source)
    }
  }
}
