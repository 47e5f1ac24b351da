import Diagnostics
import JSON
import Model

/// Refuses dangerous changes that the user has not allowed: each refusal names the place and the flag.
struct Guards {
  let planner: Planner

  var overrides: GuardOverrides { planner.overrides }

  func check(_ draft: inout PlanDraft) {
    let writes = draft.changes.values.lazy.filter(\.isWrite).map(\.address)
    for address in writes.sorted() {
      guard let change = draft.changes[address], change.isWrite else { continue }
      advise(on: change, &draft)
      let lifecycle =
        draft.graph.resources[address]?.lifecycle ?? draft.graph.keys[address]?.lifecycle
      let found = findings(change, lifecycle: lifecycle, in: draft)
      draft.changes[address]?.hazards = found.hazards
      refuse(found.refusals, at: address, in: &draft)
    }
    checkDeletionCounts(&draft)
    checkWrittenRemovals(&draft)
    Limits().check(&draft)
  }

  /// The findings for one row: all its dangers, allowed or not, and the refusals.
  struct Findings {
    private(set) var hazards: [Hazard] = []
    var refusals: [Refusal] = []
    let address: Address
    private let planner: Planner

    init(_ address: Address, _ planner: Planner) {
      self.address = address
      self.planner = planner
    }

    /// Adds a hazard once. It is refused unless its flag was passed for this address, or an approval allows it.
    mutating func add(_ hazard: Hazard, remedy: String? = nil, isAllowed: Bool? = nil) {
      guard !hazards.contains(hazard) else { return }
      hazards.append(hazard)
      guard !(isAllowed ?? planner.allows(hazard.flag, address)) else { return }
      refusals.append(
        Refusal(
          hazard.flag.code, hazard.statement,
          remedy: remedy ?? "--\(hazard.flag.rawValue) \(address)", hazard: hazard))
    }

    /// Adds a hazard that an earlier refusal covers already.
    mutating func note(_ hazard: Hazard) {
      if !hazards.contains(hazard) { hazards.append(hazard) }
    }
  }

  /// Adds the advice before a deletion, whether it is allowed or not.
  private func advise(on change: Change, _ draft: inout PlanDraft) {
    guard change.action == .delete, let live = draft.live(change.address),
      let advice = change.address.resource?.advice(onDeleting: live)
    else { return }
    draft.changes[change.address]?.remarks.append(advice)
  }

  func refuse(_ refusals: [Refusal], at address: Address, in draft: inout PlanDraft) {
    guard !refusals.isEmpty, var change = draft.changes[address] else { return }
    change.refusals += refusals
    change.action = .refused
    draft.changes[address] = change
  }

  private func findings(
    _ change: Change, lifecycle: Lifecycle?, in draft: PlanDraft
  ) -> Findings {
    var found = Findings(change.address, planner)
    let live = draft.live(change.address)
    switch change.action {
    case .delete:
      deletion(change, lifecycle: lifecycle, live: live, into: &found)
      found.refusals += protectedInhabitants(of: change.address, draft)
    case .replace:
      replacement(change, lifecycle: lifecycle, live: live, into: &found)
      found.refusals += protectedInhabitants(of: change.address, draft)
      if let hazard = lostInhabitants(of: change.address, draft) { found.add(hazard) }
    case .create, .update, .undelete, .unchanged, .gone, .heldElsewhere, .pending, .refused,
      .unreadable, .waiting:
      break
    }
    let hazards =
      change.address.isPolicy
      ? grants(change, draft)
      : change.address.resource?.hazards(
        of: change, spec: draft.specs[change.address] ?? [:], live: live) ?? []
    for hazard in hazards { found.add(hazard) }
    if change.address.isPolicy {
      found.refusals += exclusiveRemovals(change, draft)
      for hazard in lockout(change, draft) { found.add(hazard) }
    } else {
      for hazard in [ownAccount(change, draft), ownSignIn(change, draft)] {
        if let hazard { found.add(hazard) }
      }
    }
    return found
  }

  // MARK: Deleting and replacing

  private func deletion(
    _ change: Change, lifecycle: Lifecycle?, live: JSONValue?, into found: inout Findings
  ) {
    let address = change.address
    if let refusal = protection(address, lifecycle) {
      found.refusals.append(refusal)
      return
    }
    let contents = contents(of: address, live)
    found.add(Hazard(.delete, Statement("delete", "deleting also needs a flag")))
    if let contents {
      found.add(
        Hazard(.dataLoss, Statement("delete.contents", "deleting it destroys \(contents)")))
    }
  }

  /// What a resource holds: by its size, or, where that does not show anything yet, by a list.
  private func contents(of address: Address, _ live: JSONValue?) -> String? {
    let counted = planner.snapshot.losses[address]?.contents
    return address.resource?.contents(of: live)
      ?? counted.flatMap { $0.count > 0 ? $0.text : nil }
  }

  /// `protect` refuses every deletion, also as part of a replacement, whatever the flags.
  func protection(_ address: Address, _ lifecycle: Lifecycle?) -> Refusal? {
    let isProtected =
      lifecycle?.protect == true
      || planner.graph.stack.protected.contains { $0.selects(address) }
    guard isProtected else { return nil }
    return Refusal(
      .protected, Statement("protected", "it is protected"),
      remedy: "remove `protect` first, in a separate change")
  }

  private func replacement(
    _ change: Change, lifecycle: Lifecycle?, live: JSONValue?, into found: inout Findings
  ) {
    let address = change.address
    let contents = contents(of: address, live)
    let loss: Statement.Sentence = contents.map { "; replacing would delete \($0)" } ?? ""
    let names = change.fields.filter(\.isImmutable).map { "`\($0.path)`" }
    let isAllowed = lifecycle?.allowReplace == true && planner.allows(.replace, address)
    found.add(
      Hazard(
        .replace,
        Statement(
          "replace", "\(names.joined(separator: ", ")) cannot be changed in place" + loss)),
      remedy: "lifecycle.allowReplace: true here, and --allow-replace \(address)",
      isAllowed: isAllowed)
    let loses = contents.map {
      Hazard(.dataLoss, Statement("replacing-deletes", "replacing deletes \($0)"))
    }
    guard isAllowed else {
      if let loses { found.note(loses) }
      return
    }
    if let refusal = protection(address, lifecycle) {
      found.refusals.append(refusal)
      if let loses { found.note(loses) }
    } else if let loses {
      found.add(loses)
    }
  }

  /// Refuses more than max(3, 25 %) of a kind's live resources in one project; replacements count as deletions.
  private func checkDeletionCounts(_ draft: inout PlanDraft) {
    let deletions = draft.changes.values.filter {
      [.delete, .replace].contains($0.intended) && !$0.address.isPolicy
    }
    struct Group: Hashable {
      let project: String
      let kind: KindID
    }
    let groups = Dictionary(grouping: deletions) {
      Group(project: $0.address.project, kind: $0.address.kind)
    }
    for (group, changes) in groups {
      let live = liveCount(group.project, of: group.kind, in: draft)
      let stack = planner.graph.stack
      var limit = max(3, live * min(25, stack.maximumDeletePercent ?? 25) / 100)
      if let tighter = stack.maximumDeletes { limit = min(limit, tighter) }
      if let flag = overrides.maximumDeletes { limit = flag }
      guard changes.count > limit else { continue }
      for change in changes {
        let message = Statement(
          "too-many-deletions",
          "\(changes.count) of \(live) live \(group.kind.name) resources would be deleted, more than \(limit)"
        )
        refuse(
          [Refusal(.tooManyDeletions, message, remedy: "--max-deletes \(changes.count)")],
          at: change.address, in: &draft)
      }
    }
  }

  private func liveCount(_ project: String, of kind: KindID, in draft: PlanDraft) -> Int {
    let declared = draft.snapshot.resources.filter { address, observation in
      guard address.project == project, address.kind == kind else { return false }
      if case .present = observation { return true }
      return false
    }
    let keys = draft.snapshot.keys.filter {
      $0.key.project == project && kind.resource?.isCredential == true
    }
    let keyCount = keys.values.reduce(0) { count, observation in
      if case .present(let keys) = observation { count + keys.count } else { count }
    }
    // Undeclared resources of an ignored kind are read only on request, and those of a kind that is never deleted for
    // being undeclared are a report alone: neither may change what is refused.
    guard draft.graph.stack.scope.meaning(ofUndeclared: kind) != .ignore,
      kind.resource?.canBeListed == true
    else {
      return declared.count + keyCount
    }
    return declared.count + keyCount
      + draft.snapshot.undeclared.count { $0.address.project == project && $0.address.kind == kind }
  }
}

extension Hazard.Flag {
  /// The code of refusals that this flag lifts.
  var code: DiagnosticCode {
    switch self {
    case .delete: .deletionNotAllowed
    case .dataLoss: .dataLoss
    case .replace: .immutableField
    case .cleanup: .cleanupNotAllowed
    case .lockout: .lockout
    case .privileged: .privileged
    case .publicGrant: .publicGrant
    }
  }
}
