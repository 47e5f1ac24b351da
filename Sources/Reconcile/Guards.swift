import Diagnostics
import JSON
import Model

/// Refuses what is dangerous and was not allowed: each refusal names the line and the flag.
struct Guards {
  let planner: Planner

  var rules: any PlanRules { planner.rules }
  var permissions: PlanPermissions { planner.permissions }

  func check(_ draft: inout PlanDraft) {
    for address in draft.changes.keys.sorted() {
      guard let change = draft.changes[address], change.isWrite else { continue }
      advise(on: change, &draft)
      refuse(
        refusals(change, draft.graph.resources[address], draft), address, &draft)
    }
    checkDeletionCounts(&draft)
    checkWrittenRemovals(&draft)
  }

  /// Says what is wise before a deletion, be it allowed or not.
  private func advise(on change: Change, _ draft: inout PlanDraft) {
    guard change.action == .delete, let live = draft.live(change.address),
      let advice = rules.advice(onDeleting: live, kind: change.address.kind)
    else { return }
    draft.changes[change.address]?.remarks.append(advice)
  }

  func refuse(_ refusals: [Refusal], _ address: Address, _ draft: inout PlanDraft) {
    guard !refusals.isEmpty, var change = draft.changes[address] else { return }
    change.refusals += refusals
    change.action = .refused
    draft.changes[address] = change
  }

  private func refusals(
    _ change: Change, _ desired: DesiredResource?, _ draft: PlanDraft
  ) -> [Refusal] {
    var refusals: [Refusal] = []
    let live = draft.live(change.address)
    switch change.action {
    case .delete: refusals += deletion(change, desired?.lifecycle, live)
    case .replace: refusals += replacement(change, desired?.lifecycle, live)
    default: break
    }
    let hazards =
      rules.hazards(of: change, spec: draft.specs[change.address] ?? [:], live: live)
      + grants(change, draft)
    refusals += unique(hazards).compactMap { refusal($0, change.address) }
    if change.address.isPolicy {
      refusals += exclusiveRemovals(change, draft) + lockout(change, draft)
    } else {
      refusals += [ownAccount(change, draft)].compactMap { $0 }
    }
    return refusals
  }

  func refusal(_ hazard: Hazard, _ address: Address) -> Refusal? {
    guard !permissions.allows(hazard.flag, address) else { return nil }
    return Refusal(
      hazard.flag.code, hazard.message, remedy: "--\(hazard.flag.rawValue) \(address)")
  }

  private func unique(_ hazards: [Hazard]) -> [Hazard] {
    var seen: Set<Hazard> = []
    return hazards.filter { seen.insert($0).inserted }
  }

  // MARK: Deleting and replacing

  private func deletion(
    _ change: Change, _ lifecycle: Lifecycle?, _ live: JSONValue?
  ) -> [Refusal] {
    let address = change.address
    if let refusal = protection(address, lifecycle) { return [refusal] }
    let contents =
      address.kind == .project
      ? "everything in it" : live.flatMap { rules.contents(of: $0, kind: address.kind) }
    var hazards = [Hazard(.delete, "deleting needs a second key")]
    if let contents { hazards.append(Hazard(.dataLoss, "deleting it destroys \(contents)")) }
    return hazards.compactMap { refusal($0, address) }
  }

  /// `protect` refuses whatever would delete the thing, replacing it included, whatever the flags say.
  private func protection(_ address: Address, _ lifecycle: Lifecycle?) -> Refusal? {
    let isProtected =
      lifecycle?.protect == true
      || planner.graph.stack.protected.contains { $0.selects(address) }
    guard isProtected else { return nil }
    return Refusal(
      .protected, "it is protected", remedy: "take `protect` away first, in a change of its own")
  }

  private func replacement(
    _ change: Change, _ lifecycle: Lifecycle?, _ live: JSONValue?
  ) -> [Refusal] {
    let address = change.address
    let contents = live.flatMap { rules.contents(of: $0, kind: address.kind) }
    guard lifecycle?.allowReplace == true, permissions.allows(.replace, address) else {
      let loss = contents.map { "; replacing would delete \($0)" } ?? ""
      let names = change.fields.filter(\.isImmutable).map { "`\($0.path)`" }
      return [
        Refusal(
          .immutableField,
          "\(names.joined(separator: ", ")) cannot be changed in place\(loss)",
          remedy: "lifecycle.allowReplace: true here, and --allow-replace \(address)")
      ]
    }
    if let refusal = protection(address, lifecycle) { return [refusal] }
    guard let contents else { return [] }
    return [refusal(Hazard(.dataLoss, "replacing deletes \(contents)"), address)].compactMap { $0 }
  }

  /// More than max(3, 25 %) of a kind's live resources in one project; what is replaced is deleted too.
  private func checkDeletionCounts(_ draft: inout PlanDraft) {
    let deletions = draft.changes.values.filter {
      [.delete, .replace].contains($0.intended) && $0.address.kind != .iam
    }
    struct Group: Hashable {
      let project: String
      let kind: Address.Kind
    }
    let groups = Dictionary(grouping: deletions) {
      Group(project: $0.address.project, kind: $0.address.kind)
    }
    for (group, changes) in groups {
      let live = liveCount(group.project, group.kind, draft)
      let stack = planner.graph.stack
      var limit = max(3, live * min(25, stack.maximumDeletePercent ?? 25) / 100)
      if let tighter = stack.maximumDeletes { limit = min(limit, tighter) }
      if let flag = permissions.maximumDeletes { limit = flag }
      guard changes.count > limit else { continue }
      for change in changes {
        let message =
          "\(changes.count) of \(live) live \(group.kind.rawValue) resources would be deleted, more than \(limit)"
        refuse(
          [Refusal(.tooManyDeletions, message, remedy: "--max-deletes \(changes.count)")],
          change.address, &draft)
      }
    }
  }

  private func liveCount(_ project: String, _ kind: Address.Kind, _ draft: PlanDraft) -> Int {
    let declared = draft.snapshot.resources.filter { address, observation in
      guard address.project == project, address.kind == kind else { return false }
      if case .present = observation { return true }
      return false
    }
    let keys = draft.snapshot.keys.filter {
      $0.key.project == project && kind == .serviceAccountKey
    }
    let keyCount = keys.values.reduce(0) { count, observation in
      if case .present(let keys) = observation { count + keys.count } else { count }
    }
    // The others of an ignored kind are seen only when they are asked for, and must not change what is refused.
    guard draft.graph.stack.scope.meaning(ofUndeclared: kind) != .ignore else {
      return declared.count + keyCount
    }
    return declared.count + keyCount
      + draft.snapshot.undeclared.count { $0.address.project == project && $0.address.kind == kind }
  }
}

extension Hazard.Flag {
  /// The diagnostic's code of a refusal that this flag lifts.
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
