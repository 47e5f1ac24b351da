import Diagnostics
import Grammar
import JSON
import Model

/// Refuses changes that Google would refuse for its limits, as far as the plan can count; no flag lifts that.
///
/// Only an increase is refused. A number over a limit that shrinks or stays does not block a plan.
struct Limits {

  func check(_ draft: inout PlanDraft) {
    for address in draft.changes.keys.sorted() {
      guard let change = draft.changes[address], change.intendsToWrite else { continue }
      let refusals =
        change.address.isPolicy ? policy(change, draft) : [labels(change, draft)].compactMap { $0 }
      refuse(refusals, at: address, in: &draft)
    }
    checkKeys(&draft)
    checkCounts(&draft)
  }

  private func refuse(_ refusals: [Refusal], at address: Address, in draft: inout PlanDraft) {
    guard !refusals.isEmpty else { return }
    draft.changes[address]?.refusals += refusals
    draft.changes[address]?.action = .refused
  }

  // MARK: Policies

  private func policy(_ change: Change, _ draft: PlanDraft) -> [Refusal] {
    let live = draft.policyBeforeWrite(change.address)
    let before = PolicyCount(live)
    let after = PolicyCount(PolicyIntent(change.bindings).apply(to: live))
    func refusal(_ count: KeyPath<PolicyCount, Int>, limit: Int, what: String) -> Refusal? {
      let (old, new) = (before[keyPath: count], after[keyPath: count])
      guard new > limit, new > old else { return nil }
      return Refusal(
        .policyLimit,
        Statement(
          "policy-limit",
          "the policy would hold \(new) \(what), each occurrence counted; Google allows at most \(limit)"
        ),
        remedy:
          "it holds \(old) now: grant to groups instead of to their members, or remove grants first"
      )
    }
    return [
      refusal(\.members, limit: PolicyLimits.members, what: "members"),
      refusal(\.groups, limit: PolicyLimits.groups, what: "groups"),
    ].compactMap { $0 }
  }

  /// The policies that grow to a size that Google may refuse, with their sizes in bytes.
  func largePolicies(_ draft: PlanDraft) -> [(change: Change, bytes: Int)] {
    draft.ordered { $0.address.isPolicy && $0.isWrite }.compactMap { change in
      let live = draft.policyBeforeWrite(change.address)
      let size = PolicyIntent(change.bindings).apply(to: live).serialized().count
      return size > PolicyLimits.warningBytes && size > live.serialized().count
        ? (change, size) : nil
    }
  }

  // MARK: Labels

  /// Labels that no manifest names stay, and count.
  private func labels(_ change: Change, _ draft: PlanDraft) -> Refusal? {
    let address = change.address
    guard let limit = address.resource?.limits.labels,
      let written = draft.specs[address]?["labels"]?.object,
      [.update, .undelete].contains(change.intended)
    else { return nil }
    let held = draft.live(address)?["labels"]?.object ?? [:]
    var labels = held
    for (key, value) in written { labels[key] = value.isNull ? nil : value }
    guard labels.count > limit, labels.count > held.count else { return nil }
    let foreign = labels.keys.count { written[$0] == nil }
    return Refusal(
      .countLimit,
      Statement(
        "label-limit",
        "it would have \(labels.count) labels, \(foreign) of them undeclared; Google allows at most \(limit)"
      ),
      remedy: "write fewer labels, or `KEY: null` for those that may go")
  }

  // MARK: Keys

  private func checkKeys(_ draft: inout PlanDraft) {
    let made = draft.changes.values.filter { $0.key?.makesKey == true }
    let accounts = Dictionary(grouping: made) { draft.graph.keys[$0.address]?.account }
    for (account, changes) in accounts {
      guard let account, case .present(let live) = draft.snapshot.keys[account],
        live.count + changes.count > PolicyLimits.keysPerAccount
      else { continue }
      let email = draft.graph.keys[changes[0].address]?.email ?? account.id
      let refusal = Refusal(
        .keyLimit,
        Statement(
          "key-limit",
          "the account has \(live.count) keys and this plan makes \(changes.count) more; Google allows at most \(PolicyLimits.keysPerAccount)"
        ),
        remedy: revocation(live, email, now: draft.planner.now))
      for change in changes { refuse([refusal], at: change.address, in: &draft) }
    }
  }

  /// The keys to delete: first those that are disabled or expired, if there are any.
  private func revocation(_ live: [LiveKey], _ email: String, now: Int64) -> String {
    let useless = live.filter { key in
      key.isDisabled || (key.validBefore.map { $0 <= now } ?? false)
    }.map(\.id).sorted()
    guard let first = useless.first else {
      return
        "delete one that is not used: gcloud iam service-accounts keys list --iam-account=\(email)"
    }
    let names = useless.joined(separator: ", ")
    return "disabled or expired: \(names); delete one: \(LiveKey.revocation(of: first, email))"
  }

  // MARK: Resources of a project

  private func checkCounts(_ draft: inout PlanDraft) {
    for growth in growths(draft) where !growth.quota.isAdjustable {
      for change in growth.changes {
        refuse(
          [
            Refusal(
              .countLimit, growth.sentence,
              remedy: "delete some that are not used, or use another project")
          ], at: change.address, in: &draft)
      }
    }
  }

  /// A kind that would exceed its limit in one project.
  struct Growth {
    let project: String
    let kind: KindID
    let live: Int
    let changes: [Change]
    let quota: KindLimits.Quota

    /// `my-project-id would hold 301 resources of kind role (300 now, 1 new); Google allows at most 300`.
    var sentence: Statement {
      let most = quota.isAdjustable ? "Google's default quota is" : "Google allows at most"
      return Statement(
        "count-limit",
        "`\(project)` would hold \(live + changes.count) resources of kind \(kind.name) (\(live) now, \(changes.count) new); "
          + "\(words: most) \(quota.maximum)")
    }
  }

  /// Counts the live resources that were read: there may be more, never fewer.
  func growths(_ draft: PlanDraft) -> [Growth] {
    struct Group: Hashable {
      let project: String
      let kind: KindID
    }
    let new = draft.changes.values.filter {
      $0.intended == .create && $0.intendsToWrite && !$0.address.isPolicy
    }
    return Dictionary(grouping: new) { Group(project: $0.address.project, kind: $0.address.kind) }
      .compactMap { group, changes in
        guard let quota = group.kind.resource?.limits.perProject else { return nil }
        let live = draft.liveCount(group.project, group.kind)
        guard live + changes.count > quota.maximum else { return nil }
        return Growth(
          project: group.project, kind: group.kind, live: live,
          changes: changes.sorted { $0.address < $1.address }, quota: quota)
      }.sorted { ($0.project, $0.kind.name) < ($1.project, $1.kind.name) }
  }
}

/// The numbers of a policy that count against Google's limits.
private struct PolicyCount {
  let members: Int
  let groups: Int

  init(_ policy: JSONValue) {
    let all = (policy["bindings"]?.array ?? []).flatMap(PolicyDocument.members)
    members = all.count
    groups = all.count { $0.hasPrefix("group:") }
  }
}

extension PlanDraft {
  /// The policy before the write: the one that was read, or an empty one for a resource that the plan creates.
  fileprivate func policyBeforeWrite(_ address: Address) -> JSONValue {
    let resource = address.policyResource
    let isMade = resource.map { [.create, .replace].contains(changes[$0]?.intended) } ?? false
    guard !isMade, case .present(let policy) = snapshot.policies[address] else { return [:] }
    return policy
  }

  /// How many live resources of a kind were read in a project. Deleted roles count until Google purges them.
  fileprivate func liveCount(_ project: String, _ kind: KindID) -> Int {
    let declared = snapshot.resources.count { address, observation in
      guard address.project == project, address.kind == kind else { return false }
      switch observation {
      case .present, .softDeleted: return true
      case .absent, .unreadable: return false
      }
    }
    return declared
      + snapshot.undeclared.count { $0.address.project == project && $0.address.kind == kind }
  }
}

extension Change {
  /// Whether it is a write, or would be one if no guard refused it.
  fileprivate var intendsToWrite: Bool {
    guard action == .refused else { return isWrite }
    switch intended {
    case .create, .update, .delete, .replace, .undelete: return true
    case .unchanged, .gone, .heldElsewhere, .pending, .refused, .unreadable, .waiting: return false
    }
  }
}
