import JSON
import Model
import Platform
import Rendering

/// Writes a plan in the requested forms.
struct PlanWriter: Sendable {
  let format: PlanFormat
  let reporter: Reporter

  /// Prints one form, then writes the files.
  func write(_ plan: Plan, text: PlanText) throws {
    let output =
      switch format.form {
      case .text: text.render(plan)
      case .json: json(plan)
      case .markdown: markdown(plan)
      }
    reporter.context.console.out(output)
    if let path = format.jsonFile { try write(json(plan), to: path) }
    if let path = format.markdownFile { try write(markdown(plan), to: path) }
  }

  /// Saves a plan for `apply --plan` and `show`, with mode 0600 because it names people.
  func save(_ plan: Plan, to path: String) throws {
    let created = timestamp(reporter.context.clock.now)
    let text = PlanJSON.saved(plan, createdAt: created).text(.pretty) + "\n"
    guard text.utf8.count <= SavedPlan.maximumBytes else {
      throw reporter.earlyExit(
        .unexpected, code: .unreadableFile,
        "cannot save the plan: it is larger than \(SavedPlan.maximumBytes >> 20) MiB, the limit for saved plans",
        help: ["plan a part of the set: --target GLOB"])
    }
    try write(text, to: path)
  }

  private func json(_ plan: Plan) -> String {
    PlanJSON.value(plan, show: format.show).text(.pretty) + "\n"
  }

  private func markdown(_ plan: Plan) -> String {
    PlanMarkdown(show: format.show, values: .kinds).render(plan)
  }

  /// Writes one file, which an interruption leaves as it was or whole.
  func write(_ text: String, to path: String) throws {
    do {
      try reporter.context.files.writeAtomically(Array(text.utf8), to: path)
    } catch {
      throw reporter.earlyExit(
        .unexpected, code: .unreadableFile, "cannot write `\(path)`: \(error)")
    }
  }
}
