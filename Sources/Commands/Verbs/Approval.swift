import CommandLine
import Diagnostics
import Model
import Rendering

/// Who says yes to an apply, and to which plan.
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
      if file != nil { throw UsageError("`--expect` and `--plan` exclude each other") }
    }
  }

  /// The plan that this one has to be; nil where any will do.
  func expected(_ reporter: Reporter) throws -> ExpectedPlan? {
    if let id { return ExpectedPlan(id: id) }
    guard let file else { return nil }
    let saved = try SavedPlan.read(file, reporter)
    return ExpectedPlan(id: saved.plan.id, saved: saved)
  }

  /// Asks on a terminal; throws `Stop` where the answer is not `yes`, or nobody can be asked.
  func ask(_ session: Session) async throws {
    if isAutomatic { return }
    let console = session.context.console
    let terminal = session.reporter.terminal
    guard terminal.inputIsTerminal, terminal.errorIsTerminal || terminal.outputIsTerminal else {
      console.err(
        "\nNot approved: there is no terminal to ask on. To apply without being asked: --auto-approve\n"
      )
      throw Stop(.declined)
    }
    console.err("\nApply these changes? Only `yes` is accepted: ")
    let answer: String?
    do {
      answer = try await session.interruption.abandoning { await console.readLine() }
    } catch {
      console.err("\nNot approved: nothing was written.\n")
      throw error
    }
    guard answer == "yes" else {
      // Without an answer the cursor still stands behind the question.
      console.err("\(answer == nil ? "\n" : "")Not approved: nothing was written.\n")
      throw Stop(.declined)
    }
  }
}

/// The plan that was looked at before.
struct ExpectedPlan: Sendable {
  let id: String
  /// From a file, which has no say but its id.
  var saved: SavedPlan?

  /// Whether a plan is that one: by its id, and by what a file shows of it, as somebody may have edited the file.
  func isSame(as plan: Plan) -> Bool {
    guard id == plan.id else { return false }
    guard let saved else { return true }
    return saved.isIntact && PlanJSON.shown(by: saved.plan) == PlanJSON.shown(by: plan)
  }

  /// What both plans speak of, and is not the same thing any more.
  private func madeAnew(_ old: Plan, _ new: Plan) -> [Address] {
    let seen = Dictionary(
      old.changes.map { ($0.address, $0.identity) }, uniquingKeysWith: { first, _ in first })
    return new.changes.filter { change in
      guard let identity = seen[change.address], !change.identity.isEmpty else { return false }
      return !identity.isEmpty && identity != change.identity
    }.map(\.address)
  }

  func mismatch(with plan: Plan) -> String {
    if saved?.isIntact == false {
      return "the saved plan was edited after it was made: nothing was written"
    }
    return id == plan.id
      ? "the saved plan shows something else than plan \(id): nothing was written"
      : "the plan is now \(plan.id), not \(id): nothing was written"
  }

  /// What may have made the difference.
  func help(for plan: Plan) -> [String] {
    guard plan.hasChanges else {
      return ["nothing is left to do: the cloud is as the manifests say; a new plan is empty"]
    }
    var help = ["look at the plan above, and approve it by its own id: --expect \(plan.id)"]
    guard let old = saved?.plan else { return help }
    for address in madeAnew(old, plan) {
      help.append(
        "another \(address.kind.rawValue) has the name of `\(address)` than the saved plan saw")
    }
    if old.selection != plan.selection {
      let flags = old.selection.arguments.map(shellQuoted).joined(separator: " ")
      help.append("the saved plan was made with \(flags.isEmpty ? "no selection" : flags)")
    }
    let names = Set(old.variables.keys).union(plan.variables.keys)
    let other = names.filter { old.variables[$0] != plan.variables[$0] }.sorted()
    if !other.isEmpty {
      help.append("these variables have other values: \(other.joined(separator: ", "))")
    }
    if old.caller != plan.caller { help.append("the saved plan was made by \(old.caller)") }
    return help
  }
}
