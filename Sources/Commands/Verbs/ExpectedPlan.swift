import Diagnostics
import JSON
import Model
import Rendering

/// The plan that the user reviewed: its id alone, or a saved plan.
struct ExpectedPlan: Sendable {
  /// Nil for a saved plan without operations.
  let id: String?
  /// The saved plan, if given. It is compared, never executed.
  var saved: SavedPlan?
  /// Whether the id was given too: then it was approved, and with it everything that it covers. A file says nothing about
  /// who approved it.
  let isApproved: Bool
  /// Why the file is not of the plan with the given id, if it is not.
  let wrongFile: String?

  init(id: String) {
    self.id = id
    isApproved = true
    wrongFile = nil
  }

  /// - Parameter given: the id that the user names besides the file.
  init(_ saved: SavedPlan, approvedAs given: String? = nil) {
    id = saved.plan.id
    self.saved = saved
    isApproved = given != nil
    switch (given, saved.plan.id) {
    case (nil, _): wrongFile = nil
    case (let given?, let own?):
      wrongFile =
        given == own ? nil : "the saved plan is \(own), not \(given): nothing was sent"
    case (let given?, nil):
      wrongFile = "the saved plan has no operations, so it is not \(given): nothing was sent"
    }
  }

  /// The saved plan, if options can be taken from it.
  var source: Plan? { saved.flatMap { $0.isIntact ? $0.plan : nil } }

  /// Whether a plan is the expected one: by its id, and by what the file shows, because a file can be edited.
  ///
  /// A plan without operations has no id, so `--expect` never matches it. A saved plan without operations matches every
  /// other plan without operations: neither writes anything.
  func isSame(as plan: Plan) -> Bool {
    guard let saved else { return id != nil && id == plan.id }
    guard saved.isIntact, id == plan.id else { return false }
    guard saved.plan.inputs == plan.inputs else { return false }
    guard id != nil else { return !saved.plan.hasChanges && !plan.hasChanges }
    return PlanJSON.shown(by: saved.plan) == PlanJSON.shown(by: plan)
  }

  func mismatch(with plan: Plan) -> String {
    if saved?.isIntact == false {
      return "the saved plan was edited after it was made: nothing was written"
    }
    if let inputs = saved?.plan.inputs, inputs != plan.inputs {
      return "the options contradict the saved plan: nothing was written"
    }
    switch (id, plan.id) {
    case (let old?, let new?) where old == new:
      return
        "the saved plan has the id of plan \(new), but shows other changes: nothing was written"
    case (let old?, let new?): return "the plan is now \(new), not \(old): nothing was written"
    case (let old?, nil):
      return "the plan now has no operations, so it is not \(old): nothing was written"
    case (nil, let new?):
      return "the saved plan has no operations, and the plan is now \(new): nothing was written"
    case (nil, nil): return "the saved plan does not match: nothing was written"
    }
  }

  /// The differences that the file shows, and what to do.
  func help(for plan: Plan) -> [String] {
    var help = differences(from: plan)
    if let new = plan.id {
      help.insert("review the plan above, and approve it by its id: --expect \(new)", at: 0)
    } else if !plan.hasWork, help.isEmpty {
      help.append("nothing is left to do: the cloud matches the manifests; a new plan is empty")
    }
    return help
  }

  /// The rows in which the plan differs from the saved one; empty without a saved plan.
  func rows(for plan: Plan) -> [String] {
    guard let saved, saved.isIntact else { return [] }
    return PlanText(values: .kinds).differences(from: saved.plan, to: plan)
  }

  private func differences(from plan: Plan) -> [String] {
    guard let old = saved?.plan else { return [] }
    var help = recreated(old, plan).map { address in
      "`\(address)` was recreated since the saved plan: it is another \(address.kind.name) of the same name"
    }
    help += optionDifferences(old, plan)
    if let commit = old.prunedSince, commit != plan.prunedSince {
      help.append(
        "the saved plan was made with --since \(commit) --prune: give the same options here")
    } else if old.prunedSince == nil, plan.prunedSince != nil {
      help.append("the saved plan was made without --prune")
    }
    let names = Set(old.variables.keys).union(plan.variables.keys).sorted()
    for name in names where old.variables[name] != plan.variables[name] {
      help.append(
        "variable `\(name)` is \(Self.text(plan.variables[name])); the saved plan was made with \(Self.text(old.variables[name]))"
      )
    }
    if old.stackName != plan.stackName {
      help.append(
        "the Stack is \(Self.text(plan.stackName.map(JSONValue.string))); the saved plan was made with \(Self.text(old.stackName.map(JSONValue.string)))"
      )
    }
    if old.caller != plan.caller {
      help.append(
        "the saved plan was made by \(old.caller), and this run is by \(plan.caller): the lockout guard depends on the caller"
      )
    }
    return help
  }

  /// The options for selection and hazards that only one of the two plans was made with.
  private func optionDifferences(_ old: Plan, _ new: Plan) -> [String] {
    let (before, after) = (Self.options(of: old), Self.options(of: new))
    func list(_ options: [CommandOption]) -> String {
      options.flatMap(\.arguments).map(shellQuoted).joined(separator: " ")
    }
    let missing = before.filter { !after.contains($0) }
    let added = after.filter { !before.contains($0) }
    var help: [String] = []
    if !missing.isEmpty {
      help.append("the saved plan was made with \(list(missing)): give the same options here")
      if !isApproved, missing.allSatisfy(old.allowances.options.contains) {
        help.append(
          "a file alone allows nothing; with the id of the reviewed plan too, its own options count: --expect ID"
        )
      }
    }
    if !added.isEmpty { help.append("the saved plan was made without \(list(added))") }
    return help
  }

  private static func options(of plan: Plan) -> [CommandOption] {
    plan.selection.options + plan.inputs.options + plan.allowances.options
  }

  private static func text(_ value: JSONValue?) -> String {
    guard let value else { return "not set" }
    return "`\(ValueText().text(value, of: nil))`"
  }

  /// The resources in both plans whose identity changed: they were recreated under the same name.
  private func recreated(_ old: Plan, _ new: Plan) -> [Address] {
    let seen = Dictionary(
      old.changes.map { ($0.address, $0.identity) }, uniquingKeysWith: { first, _ in first })
    return new.changes.filter { change in
      guard let identity = seen[change.address], !change.identity.isEmpty else { return false }
      return !identity.isEmpty && identity != change.identity
    }.map(\.address)
  }
}
