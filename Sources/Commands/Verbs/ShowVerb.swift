import CommandLine
import Diagnostics
import Glibc
import Platform
import Rendering

/// `arctl show FILE`: prints a saved plan, also one that no longer holds.
enum ShowVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) throws -> Outcome {
    let format = try PlanFormat(arguments)
    let reporter = Reporter(context, try OutputOptions(arguments))
    let saved = try SavedPlan.read(arguments.operands.first ?? "", reporter)
    reporter.note(
      "saved at \(saved.createdAt.escapedForTerminal) by \(saved.plan.caller.escapedForTerminal)")
    // Which paths, variables and endpoint it was made with the file does not say: no command is offered.
    let text = PlanText(
      style: reporter.outputStyle, show: format.show, values: .kinds, showsCommand: false)
    var plan = saved.plan
    if !saved.isIntact {
      plan.diagnostics.insert(SavedPlan.edited, at: 0)
      reporter.report([SavedPlan.edited])
    }
    try PlanWriter(format: format, reporter: reporter).write(plan, text: text)
    return .success
  }
}

extension SavedPlan {
  /// What is to be said of a file that somebody changed; in each form of the plan too, as that may be passed on alone.
  fileprivate static let edited = Diagnostic(
    .stale, .warning,
    "the saved plan was edited: its digest is not that of its content; do not rely on what it shows",
    help: ["plan again with --out, and look at that one"])

  /// Reads the file that `plan --out` wrote; what is wrong with it is reported before `Stop`.
  static func read(_ path: String, _ reporter: Reporter) throws -> SavedPlan {
    do {
      let files = reporter.context.files
      return try SavedPlan(parsing: try files.read(path, maximumBytes: maximumBytes))
    } catch {
      throw reporter.stop(
        .unexpected, .unreadableFile, "cannot read the plan `\(path)`: \(reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as SavedPlanError: error.message
    case let error as FileError where error.code == EFBIG:
      "it has over \(maximumBytes >> 20) MiB, the most that is read"
    case let error as FileError: error.reason
    default: "\(error)"
    }
  }
}
