import CommandLine
import Diagnostics

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
    try PlanWriter(format: format, reporter: reporter).write(saved.plan, text: text)
    return .success
  }
}

extension SavedPlan {
  /// Reads the file that `plan --out` wrote; what is wrong with it is reported before `Stop`.
  static func read(_ path: String, _ reporter: Reporter) throws -> SavedPlan {
    do {
      return try SavedPlan(parsing: try reporter.context.files.read(path, maximumBytes: 256 << 20))
    } catch {
      let why = (error as? SavedPlanError)?.message ?? "\(error)"
      throw reporter.stop(.unexpected, .unreadableFile, "cannot read the plan `\(path)`: \(why)")
    }
  }
}
