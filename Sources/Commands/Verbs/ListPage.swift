import Diagnostics
import Model
import Rendering

/// Prints a list, and what it lacks.
struct ListPage {
  let options: ListOptions
  let operands: ListOperands
  let session: Session
  private var reporter: Reporter { session.reporter }

  init(options: ListOptions, operands: ListOperands, session: Session) {
    self.options = options
    self.operands = operands
    self.session = session
  }

  /// The list goes to standard output, everything else to standard error.
  func write(_ listing: Listing) -> Outcome {
    var shown = listing
    if let limit = options.limit { shown.rows = Array(listing.rows.prefix(limit)) }
    let console = session.context.console
    switch options.form {
    case .text:
      let table = ListTable(style: reporter.outputStyle).render(shown)
      console.out(table.text)
      if !table.omitted.isEmpty {
        reporter.note(
          "Too wide for this terminal: \(table.omitted.joined(separator: ", ")). `--output json` has all columns."
        )
      }
    case .json:
      let credential = session.client.credential
      let value = ListJSON.value(
        shown, total: listing.rows.count, caller: credential.principal ?? credential.caller)
      console.out(value.text(.pretty) + "\n")
    }
    if options.form == .text { note(listing, shown: shown.rows.count) }
    let missing = reportAbsent(listing)
    reporter.report(Self.diagnostics(of: listing.problems))
    return Outcome.first(
      of: (listing.problems.isEmpty ? [] : [.access]) + (missing ? [.unexpected] : []))
  }

  private func note(_ listing: Listing, shown: Int) {
    let isFiltered = operands.pattern != nil || options.member != nil || options.role != nil
    if listing.rows.isEmpty, listing.absent.isEmpty {
      let isCertain = listing.problems.isEmpty && !isFiltered
      reporter.note(
        isCertain
          ? "There are no \(listing.name)."
          : isFiltered ? "No \(listing.name) match." : "No \(listing.name) were found.")
    } else if shown < listing.rows.count {
      reporter.note("\(shown) of \(listing.rows.count) \(listing.name) (--limit)")
    }
  }

  /// Whether something that the user named does not exist.
  private func reportAbsent(_ listing: Listing) -> Bool {
    let required = Set(operands.required)
    for address in Set(listing.absent).sorted() where !required.contains(address) {
      reporter.note("\(address) does not exist yet.".escapedForTerminal)
    }
    let missing = required.intersection(listing.absent).sorted()
    reporter.report(missing.map { Diagnostic(.mustExist, "`\($0)` does not exist") })
    return !missing.isEmpty
  }

  /// One for each reason in a project: a missing permission shows in all its locations.
  static func diagnostics(of problems: [ListProblem]) -> [Diagnostic] {
    struct Group: Hashable {
      var project: String
      var what: String
      var reason: ReadProblem.Reason
      var permission: String?
    }
    let groups = Dictionary(grouping: problems) { problem in
      Group(
        project: problem.project, what: problem.what, reason: problem.reason.reason,
        permission: problem.reason.missing?.permission)
    }
    let all = groups.values.compactMap { group -> (ListProblem, Int)? in
      let group = group.sorted { $0.reason.message < $1.reason.message }
      return group.first.map { ($0, group.count) }
    }
    return all.sorted { left, right in
      (left.0.project, left.0.what, left.0.reason.message)
        < (right.0.project, right.0.what, right.0.reason.message)
    }.map { problem, count in
      let others = count > 1 ? " (and \(count - 1) more)" : ""
      return Diagnostic(
        code(of: problem.reason.reason),
        "`\(problem.project)`: not all \(problem.what) are listed: \(problem.reason.message)\(others)",
        help: problem.reason.help.isEmpty ? [] : [problem.reason.help])
    }
  }

  static func code(of reason: ReadProblem.Reason) -> DiagnosticCode {
    switch reason {
    case .forbidden, .serviceDisabled: .permissionDenied
    case .unauthenticated: .noCredentials
    case .notReachable: .notReachable
    case .other: .notChecked
    }
  }
}

extension Session {
  /// Ends the run if all reads failed for the same reason: no server answers, or none accepts the credential.
  func endIfNothingIsReadable(_ listing: Listing) throws(EarlyExit) {
    guard listing.rows.isEmpty, listing.absent.isEmpty,
      let first = listing.problems.map(\.reason).min(by: { $0.message < $1.message }),
      first.reason == .notReachable || first.reason == .unauthenticated,
      listing.problems.allSatisfy({ $0.reason.reason == first.reason })
    else { return }
    throw reporter.earlyExit(
      .access, code: ListPage.code(of: first.reason), first.message, help: advice(on: first))
  }
}
