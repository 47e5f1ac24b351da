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
    }
  }

  /// The plan that must match; nil if any plan is accepted. Throws `EarlyExit` for a file that is not of the approved plan.
  func expected(_ reporter: Reporter) throws -> ExpectedPlan? {
    guard let file else { return id.map(ExpectedPlan.init(id:)) }
    let expected = ExpectedPlan(try SavedPlan.read(file, reporter), approvedAs: id)
    if let problem = expected.wrongFile {
      throw reporter.earlyExit(
        .stale, code: .stale, problem,
        help: [
          "`--plan` takes the file of the plan whose id was approved: arctl show \(shellQuoted(file))"
        ])
    }
    return expected
  }

  /// Asks the user. Throws `EarlyExit` unless the answer is `yes`, and without a terminal.
  func ask(_ session: Session) async throws {
    if isAutomatic { return }
    try await Self.ask(
      "\nApply these changes?", to: "apply", reporter: session.reporter,
      interruption: session.interruption)
  }

  /// Asks one question. Throws `EarlyExit` unless the answer is `yes`, and without a terminal.
  ///
  /// - Parameter verb: what the command does after a `yes`.
  static func ask(
    _ question: String, to verb: String, reporter: Reporter, interruption: Interruption
  ) async throws {
    let console = reporter.context.console
    let terminal = reporter.terminal
    guard terminal.inputIsTerminal, terminal.errorIsTerminal || terminal.outputIsTerminal else {
      console.err(
        "\nNot approved: there is no terminal to ask on. To \(verb) without asking: --auto-approve\n"
      )
      throw EarlyExit(.declined)
    }
    console.err("\(question) Only `yes` is accepted: ")
    let answer: String?
    do {
      answer = try await interruption.abandoning { await console.readLine() }
    } catch {
      console.err("\nNot approved: nothing was written.\n")
      throw error
    }
    guard approves(answer) else {
      // Without an answer the cursor is still after the question.
      console.err("\(answer == nil ? "\n" : "")Not approved: nothing was written.\n")
      throw EarlyExit(.declined)
    }
  }

  /// Exactly `yes`: not `y`, not `YES`, no space around it; the end of the input is not an answer.
  static func approves(_ answer: String?) -> Bool { answer == "yes" }
}
