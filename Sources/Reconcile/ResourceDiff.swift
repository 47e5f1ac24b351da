import Diagnostics
import JSON
import Model

/// What has to change for one declared resource.
struct ResourceDiff {
  let desired: DesiredResource
  let observation: Observation<LiveResource>
  let rules: any PlanRules
  /// The identity of a deleted namesake that a policy still names, which can be brought back.
  let deletedUID: String?
  /// The id of a declared resource that is almost the same, for what no manifest declares.
  var likelyID: String?
  /// The flags that leave out the grants that name it.
  var exclusions: [String] = []

  private var kind: Address.Kind { desired.address.kind }

  /// The change, and the fields as they are really asked for.
  func change() -> (change: Change, spec: JSONObject) {
    var change = Change(address: desired.address, action: .unchanged, source: desired.source)
    change.note = desired.note
    if desired.lifecycle.ensure == .absent {
      decideAbsence(&change)
      return (change, [:])
    }
    let live: JSONValue?
    switch observation {
    case .present(let resource), .softDeleted(let resource): live = resource.value
    case .absent, .unreadable: live = nil
    }
    let (spec, remarks) = rules.prepare(desired.spec, kind: kind, live: live)
    change.remarks = remarks
    decidePresence(&change, spec)
    if change.action == .replace, let live { nameLosses(&change, spec, live) }
    change.intended = change.action == .refused ? change.intended : change.action
    return (change, spec)
  }

  private func decideAbsence(_ change: inout Change) {
    switch observation {
    case .absent(let absence):
      change.action = .gone
      if let service = absence.unreadWithout { Self.wait(for: service, &change) }
    case .softDeleted: change.action = .gone
    case .present: change.action = .delete
    case .unreadable(let problem):
      change.action = .unreadable
      change.take(problem)
    }
    change.intended = change.action
  }

  private func decidePresence(_ change: inout Change, _ spec: JSONObject) {
    switch observation {
    case .unreadable(let problem):
      change.action = .unreadable
      // What is said of the spec may not hold: nobody knows what is live.
      change.remarks = []
      change.take(problem)
    case .absent(let absence): decideCreation(&change, spec, absence)
    case .softDeleted(let resource):
      change.action = .undelete
      change.reason = reasonOfReturn
      change.fields = fields(spec, resource.value)
      if kind == .role { change.fallback = .create }
      refuseImmutable(
        &change, "immutable.undelete", "bringing it back does not change it")
    case .present(let resource):
      change.fields = fields(spec, resource.value)
      decideUpdate(&change, spec, resource.value)
    }
  }

  private func decideCreation(_ change: inout Change, _ spec: JSONObject, _ absence: Absence) {
    guard desired.lifecycle.create, desired.origin == .declared else {
      change.action = .refused
      change.intended = .create
      if let service = absence.unreadWithout {
        let refusal = Refusal(
          .mustExist,
          Statement(
            "must-exist.service", "was not read, as \(service.id) is off, and is not created"),
          remedy: "enable \(service.id) first: plan and apply with --target '\(service)'")
        change.refusals = [refusal]
        return
      }
      let why =
        desired.origin == .external
        ? Statement("must-exist.undeclared", "does not exist, and no manifest declares it")
        : kind == .project
          ? Statement(
            "must-exist.project",
            "does not exist, or you may not see it; without `parent` it is not created")
          : Statement("must-exist.create", "does not exist, and `lifecycle.create` is false")
      change.refusals = [Refusal(.mustExist, why, remedy: remedyForAbsence)]
      return
    }
    change.action = deletedUID == nil ? .create : .undelete
    change.uid = deletedUID
    if let deletedUID {
      change.reason = Statement(
        "undelete.account",
        "uid \(deletedUID): undelete, or create if Google refuses; an account does not return after 30 days, a new one is "
          + "another identity, and the old grants do not return to it")
      change.fallback = .create
    }
    if absence == .notVisible { change.reason = Statement("not-visible", "not visible to you") }
    change.fields = fields(spec, [:], isMade: true).filter { $0.to != nil }
  }

  /// What is live still shows the role, but not since when it is deleted, so which of the two it will be is not known.
  private var reasonOfReturn: Statement {
    kind == .role
      ? Statement(
        "undelete.role",
        "undelete, or create if Google refuses: a role does not return after 7 days, and its id stays blocked for up to 37 "
          + "days after its deletion, the date of which is not known; then take another id")
      : Statement("undelete", "it was deleted and can be undeleted for 30 days")
  }

  /// Nothing is said of what could not be read: the plan that follows the enabling says it.
  static func wait(for service: Address, _ change: inout Change) {
    change.action = .pending
    change.intended = .pending
    change.reason = Statement(
      "not-read.service", "not read: \(service.id) is off until this plan enables it")
  }

  private var remedyForAbsence: String {
    if desired.origin == .external {
      let guess = likelyID.map { "did you mean `\($0)`? If not, " } ?? ""
      let more = exclusions.count > 3 ? " (and \(exclusions.count - 3) more)" : ""
      let without =
        exclusions.isEmpty
        ? ""
        : "; to apply the rest without its grants: "
          + exclusions.prefix(3).joined(separator: " ") + more
      return "\(guess)correct the name, or declare it in a document of its own\(without)"
    }
    return kind == .project
      ? "correct the name, make it first, or give it a `parent`"
      : "correct the name, make it first, or remove `create: false`"
  }

  private func decideUpdate(_ change: inout Change, _ spec: JSONObject, _ live: JSONValue) {
    if change.fields.isEmpty { return }
    change.action = .update
    if let manager = rules.otherManager(of: live) {
      change.remarks.append(Statement("other-manager", "\(manager) manages this resource too"))
    }
    guard change.fields.contains(where: \.isImmutable) else {
      nameUnknownLosses(&change, spec, live)
      return
    }
    guard rules.canBeMadeAgain(kind) else {
      refuseImmutable(
        &change, "immutable.id", "the id of a deleted \(kind.rawValue) is not free again")
      return
    }
    change.action = .replace
    change.fields = fields(spec, live, isMade: true)
    if let contents = rules.contents(of: live, kind: kind) {
      change.reason = Statement("replacing-deletes", "replacing deletes \(contents)")
    }
  }

  /// What was set by hand does not come back with a resource that is made anew.
  private func nameLosses(_ change: inout Change, _ spec: JSONObject, _ live: JSONValue) {
    guard let schema = rules.schema(for: kind) else { return }
    let lost =
      SchemaDiff.unwritten(desired: spec, live: live, schema: schema)
      + SchemaDiff.unknownMembers(of: live, schema: schema)
    guard !lost.isEmpty else { return }
    let names = lost.map(\.description).joined(separator: ", ")
    change.remarks.append(
      Statement("replacing-loses", "replacing loses what no manifest declares: \(names)"))
  }

  /// What arctl does not know goes with the element that it is in, and with nothing else.
  private func nameUnknownLosses(_ change: inout Change, _ spec: JSONObject, _ live: JSONValue) {
    guard let schema = rules.schema(for: kind) else { return }
    let lost = SchemaDiff.unknownLosses(
      spec: spec, fields: change.fields, live: live, schema: schema)
    guard !lost.isEmpty else { return }
    let names = lost.map { "`\($0)`" }.joined(separator: ", ")
    change.remarks.append(
      Statement("unknown-losses", "this also removes what arctl does not know: \(names)"))
  }

  /// Refuses fixed fields where nothing that arctl may do would make them match.
  private func refuseImmutable(
    _ change: inout Change, _ code: String, _ why: Statement.Sentence
  ) {
    let names = change.fields.filter(\.isImmutable).map { "`\($0.path)`" }
    guard !names.isEmpty else { return }
    change.intended = change.action
    change.action = .refused
    change.refusals = [
      Refusal(
        .immutableField,
        Statement(
          code, "\(names.joined(separator: ", ")) cannot be changed in place, and " + why),
        remedy: "write the live value back, move it by hand, or choose a new id")
    ]
  }

  private func fields(
    _ spec: JSONObject, _ live: JSONValue, isMade: Bool = false
  ) -> [FieldChange] {
    guard let schema = rules.schema(for: kind) else { return [] }
    return SchemaDiff.changes(desired: spec, live: live, schema: schema, isMade: isMade).map {
      change in
      var change = change
      change.source = position(of: change.path)
      return change
    }
  }

  /// The place of the value, or of the nearest written thing around it.
  private func position(of path: FieldPath) -> SourcePosition {
    var path = path
    while !path.components.isEmpty {
      if let position = desired.positions[path.description] { return position }
      path.components.removeLast()
    }
    return desired.source
  }
}
