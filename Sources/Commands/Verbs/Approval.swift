import CommandLine
import Diagnostics
import Model
import Rendering

/// How an apply is approved, and for which plan.
struct Approval: Sendable {
  private let isAutomatic: Bool
  private let id: String?
  private let file: String?

  init(_ arguments: ParsedArguments) throws(UsageError) {
    isAutomatic = arguments.has("auto-approve")
    id = arguments.value("expect")
    file = arguments.value("plan")
    if let id {
      guard id.utf8.count == 16, id.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else {
        throw UsageError("`--expect \(escapedForTerminal(id))`: a plan id is 16 hex digits")
      }
      if file != nil { throw UsageError("`--expect` and `--plan` cannot be used together") }
    }
  }

  /// The plan that must match; nil if any plan is accepted.
  func expected(_ reporter: Reporter) throws -> ExpectedPlan? {
    if let id { return ExpectedPlan(id: id) }
    guard let file else { return nil }
    let saved = try SavedPlan.read(file, reporter)
    return ExpectedPlan(saved)
  }

  /// Asks the user. Throws `EarlyExit` unless the answer is `yes`, and without a terminal.
  func ask(_ session: Session) async throws {
    if isAutomatic { return }
    let console = session.context.console
    let terminal = session.reporter.terminal
    guard terminal.inputIsTerminal, terminal.errorIsTerminal || terminal.outputIsTerminal else {
      console.err(
        "\nNot approved: there is no terminal to ask on. To apply without asking: --auto-approve\n"
      )
      throw EarlyExit(.declined)
    }
    console.err("\nApply these changes? Only `yes` is accepted: ")
    let answer: String?
    do {
      answer = try await session.interruption.abandoning { await console.readLine() }
    } catch {
      console.err("\nNot approved: nothing was written.\n")
      throw error
    }
    guard Self.approves(answer) else {
      // Without an answer the cursor is still after the question.
      console.err("\(answer == nil ? "\n" : "")Not approved: nothing was written.\n")
      throw EarlyExit(.declined)
    }
  }

  /// Exactly `yes`: not `y`, not `YES`, no space around it; the end of the input is not an answer.
  static func approves(_ answer: String?) -> Bool { answer == "yes" }
}
