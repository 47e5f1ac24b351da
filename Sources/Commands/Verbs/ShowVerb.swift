import CommandLine
import Diagnostics
import Glibc
import Kinds
import Platform
import Rendering

/// `arctl show FILE`: prints a saved plan, even a stale one.
enum ShowVerb {
  static func run(_ arguments: ParsedArguments, _ context: RunContext) throws -> Outcome {
    let format = try PlanFormat(arguments)
    let reporter = Reporter(context, try OutputOptions(arguments))
    let saved = try SavedPlan.read(arguments.operands.first ?? "", reporter)
    reporter.note(
      "saved at \(saved.createdAt.escapedForTerminal) by \(saved.plan.caller.escapedForTerminal)")
    // The file does not hold the paths and all options of the plan, so no command is printed.
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
  /// The warning about an edited file. Each form of the plan contains it, because a form may be passed on alone.
  fileprivate static let edited = Diagnostic(
    .stale, severity: .warning,
    "the saved plan was edited: its digest does not match its content; do not rely on it",
    help: ["run `arctl plan --out` again, and review the new file"])

  /// Reads a file that `plan --out` wrote. Reports an error before it throws `EarlyExit`.
  static func read(_ path: String, _ reporter: Reporter) throws -> SavedPlan {
    do {
      let files = reporter.context.files
      return try SavedPlan(
        parsing: try files.read(path, maximumBytes: maximumBytes), kinds: Kinds.catalog)
    } catch {
      throw reporter.earlyExit(
        .unexpected, code: .unreadableFile, "cannot read the plan `\(path)`: \(reason(error))")
    }
  }

  private static func reason(_ error: any Error) -> String {
    switch error {
    case let error as SavedPlanError: error.message
    case let error as FileError where error.code == EFBIG:
      "it is larger than \(maximumBytes >> 20) MiB, the limit for saved plans"
    case let error as FileError: error.reason
    default: "\(error)"
    }
  }
}
