import Diagnostics
import JSON
import Model

/// A plan under construction: the changes by address, and the facts about each.
struct PlanDraft {
  let planner: Planner
  let selected: Set<Address>
  /// By policy: the names of excluded accounts and roles in it.
  let leftOutNames: [Address: Set<PolicyName>]
  var changes: [Address: Change] = [:]
  /// The fields to request, including the defaults that belong to them.
  var specs: [Address: JSONObject] = [:]
  /// The declared and the live children of each resource, at any depth.
  let inhabitants: [Address: [Address]]
  /// The keys that this set and other stacks declare, by their accounts.
  let keysOfAccount: [Address: [DesiredKey]]
  /// The declared roles, by their names in policies.
  let roles: [String: Address]
  var undeclared: [Address] = []
  var ignored: [Address] = []
  var ignoredMembers: [UndeclaredMember] = []
  var baselineOutcome: Baseline.Outcome?
  /// Declared keys that have no row, because this machine loses its files.
  var keysLeftOut: [Address] = []

  var graph: DesiredGraph { planner.graph }
  var snapshot: Snapshot { planner.snapshot }

  init(_ planner: Planner) {
    self.planner = planner
    selected = planner.graph.selected(by: planner.selection)
    leftOutNames = planner.graph.leftOutNames(by: planner.selection)
    var roles: [String: Address] = [:]
    for address in planner.graph.resources.keys {
      if case .role(let role) = address.policyName { roles[role] = address }
    }
    self.roles = roles
    let all =
      Array(planner.graph.resources.keys) + planner.graph.keys.keys
      + planner.snapshot.undeclared.map(\.address)
    var inhabitants: [Address: [Address]] = [:]
    for child in all where child.resource?.place.isChild == true {
      for parent in child.lineage.dropFirst() { inhabitants[parent, default: []].append(child) }
    }
    self.inhabitants = inhabitants
    keysOfAccount = Dictionary(
      grouping: Array(planner.graph.keys.values) + planner.graph.others.keys, by: \.account)
  }

  /// The live value of a resource, if it was read.
  func live(_ address: Address) -> JSONValue? {
    switch snapshot.resources[address] {
    case .present(let resource), .softDeleted(let resource): resource.value
    case .absent, .unreadable, nil: snapshot.undeclared.first { $0.address == address }?.value
    }
  }

  mutating func addResources() {
    let twins = deletedPrincipals()
    let likelyIDs = LikelyIDs(graph)
    // A parent comes before its children: the replacement of a parent deletes them.
    let inOrder = selected.sorted { $0.kind.rank < $1.kind.rank }
    for address in inOrder {
      guard let desired = graph.resources[address] else { continue }
      if desired.origin == .external, !isNeeded(address) { continue }
      let observation = observation(of: address)
      var diff = ResourceDiff(
        desired: desired, observation: observation, kind: address.resource,
        deletedUID: twins[address])
      diff.isDropped = graph.dropped.contains(address)
      if desired.origin == .external {
        diff.likelyID = likelyIDs.nearest(to: address)
        diff.exclusions = grantExclusions(address)
      }
      let (change, spec) = diff.change()
      if desired.origin == .external, change.action == .unchanged { continue }
      if change.action == .gone, graph.dropped.contains(address) { continue }
      changes[address] = change
      specs[address] = spec
    }
  }

  private func observation(of address: Address) -> Observation<LiveResource> {
    // One that is to be absent is still there until its parent is replaced, which may be refused.
    if graph.resources[address]?.lifecycle.ensure == .present,
      let replaced = address.lineage.dropFirst().first(where: { changes[$0]?.action == .replace })
    {
      return .absent(.notYetThere(because: replaced))
    }
    return snapshot.resources[address] ?? .unreadable(ReadProblem(.other, "it was not read"))
  }

  /// The flags that exclude the grants that name an account or a role.
  private func grantExclusions(_ address: Address) -> [String] {
    let patterns = graph.policies.values.flatMap { policy in
      (policy.mentions[address] ?? []).map { name in
        let glob = AddressGlob(policy.address.description)
        return switch name {
        case .member(let member): GrantPattern(policies: glob, member: member)
        case .role(let role): GrantPattern(policies: glob, role: role)
        }
      }
    }
    return patterns.map(\.exclusion).sorted()
  }

  /// Declared absent accounts for which the policies that were read name exactly one deleted identity.
  private func deletedPrincipals() -> [Address: String] {
    var uids: [String: Set<String>] = [:]
    for case .present(let policy) in snapshot.policies.values {
      for binding in policy["bindings"]?.array ?? [] {
        for member in PolicyDocument.members(of: binding) {
          if let twin = PolicyMember.deletedPrincipal(member) {
            uids[twin.member, default: []].insert(twin.uid)
          }
        }
      }
    }
    var twins: [Address: String] = [:]
    for address in graph.resources.keys {
      guard case .absent = snapshot.resources[address],
        case .member(let member) = address.policyName,
        let found = uids[PolicyMember.normalized(member)], found.count == 1
      else { continue }
      twins[address] = found.first
    }
    return twins
  }

  /// Undeclared live resources: a report, or deletions if the scope is authoritative. What another stack declares is
  /// neither.
  mutating func addUndeclared() {
    let scope = graph.stack.scope
    for resource in snapshot.undeclared.sorted(by: { $0.address < $1.address }) {
      let address = resource.address
      guard !graph.others.declares(address) else { continue }
      let isIgnored = scope.ignored.contains { $0.selects(address) }
      switch isIgnored ? .ignore : scope.meaning(ofUndeclared: address.kind) {
      case .ignore: ignored.append(address)
      case .authoritative
      where planner.selection.isWhole && address.resource?.canBeListed == true
        && !isDeleted(projectOf: address):
        var change = Change(
          address: address, action: .delete,
          source: scope.positions[address.kind] ?? graph.stack.source)
        change.intended = .delete
        change.reason = Statement(
          "authoritative", "not declared, and the scope is authoritative")
        changes[address] = change
      case .report, .authoritative: undeclared.append(address)
      }
    }
  }

  /// The declared resources that exist and stay, as they were read.
  func seen() -> [Address: JSONValue] {
    var seen: [Address: JSONValue] = [:]
    for (address, observation) in snapshot.resources {
      guard case .present(let resource) = observation, graph.resources[address]?.origin == .declared
      else { continue }
      switch changes[address]?.intended {
      case .delete, .replace: continue
      default: seen[address] = resource.value
      }
    }
    return seen
  }

  /// Records the identity (createTime, uniqueId) of every resource that the plan changes or deletes.
  mutating func identify() {
    for (address, change) in changes where !address.isPolicy {
      guard [.update, .delete, .replace, .undelete].contains(change.intended),
        let live = live(address), let kind = address.resource
      else { continue }
      changes[address]?.resource?.identity = kind.identity(of: live, before: change.intended)
    }
  }

  /// Gives every refused row the digest that an approval can name.
  mutating func signRefusals() {
    for (address, change) in changes where change.action == .refused {
      let digest = PlanIdentity.digest(
        ofRefused: change, key: graph.keys[address], spec: graph.resources[address]?.spec ?? [:])
      changes[address]?.digest = digest
    }
  }

  /// Marks every write that depends on a refused, unreadable or waiting row.
  mutating func holdBackDependents() {
    let mayBlock = changes.values.contains {
      $0.action == .refused || $0.action == .unreadable || $0.action == .waiting
    }
    guard mayBlock else { return }
    for address in order() {
      guard var change = changes[address], change.isWrite else { continue }
      let blocker = blockers(of: address, change).sorted().first { blocker in
        switch changes[blocker]?.action {
        case .refused, .unreadable, .waiting: true
        default: false
        }
      }
      guard let blocker else { continue }
      change.action = .waiting
      change.waitsFor = blocker
      changes[address] = change
    }
  }

  private func blockers(of address: Address, _ change: Change) -> Set<Address> {
    let kept = keptInhabitants(of: address, change)
    guard change.intended == .delete else {
      let isCreated = [.create, .undelete, .replace].contains(change.intended)
      let needed =
        isCreated ? graph.dependencies(ofCreating: address) : graph.dependencies(of: address)
      return needed.union(refusedDeletions(behind: change)).union(kept)
    }
    // A deletion is blocked by the policies that still name the resource.
    guard let name = address.policyName else { return kept }
    return kept.union(changes.keys.filter { $0.isPolicy && removes(name, changes[$0]) })
  }

  /// The children that a deletion or a replacement would delete although their own rows are refused or unreadable.
  private func keptInhabitants(of address: Address, _ change: Change) -> Set<Address> {
    guard [.delete, .replace].contains(change.intended) else { return [] }
    return Set(
      (inhabitants[address] ?? []).filter { child in
        switch changes[child]?.action {
        case .refused, .unreadable: true
        default: false
        }
      })
  }

  /// The refused deletions that cause removals from a policy: those grants stay as long as the resource.
  private func refusedDeletions(behind change: Change) -> Set<Address> {
    guard change.bindings.contains(where: { $0.removed.contains { $0.cause == .deletion } }) else {
      return []
    }
    return Set(
      changes.values.filter { $0.action == .refused && $0.intended == .delete }.map(\.address)
        .filter { address in
          address.policyName.map { removes($0, change) } ?? false
        })
  }

  /// Whether a policy's changes remove every mention of a resource that is being deleted.
  func removes(_ name: PolicyName, _ change: Change?) -> Bool {
    (change?.bindings ?? []).contains { binding in
      switch name {
      case .role(let role): binding.role == role && !binding.removed.isEmpty
      case .member(let member):
        binding.removed.contains { $0.member == PolicyMember.normalized(member) }
      }
    }
  }

  /// All addresses with changes, each after its dependencies; deletions last.
  private func order() -> [Address] {
    var result: [Address] = []
    var visited: Set<Address> = []
    func visit(_ address: Address) {
      guard visited.insert(address).inserted else { return }
      for dependency in graph.dependencies(ofCreating: address).sorted() { visit(dependency) }
      result.append(address)
    }
    for address in changes.keys.sorted() { visit(address) }
    return result.filter { changes[$0]?.intended != .delete }
      + result.filter { changes[$0]?.intended == .delete }
  }

  /// The changes in the order of display: by project, by kind, by address.
  func ordered(where isIncluded: (Change) -> Bool = { _ in true }) -> [Change] {
    // Not the changes themselves: they are large, and sorting copies.
    changes.values.lazy.filter(isIncluded).map(\.address).sorted { left, right in
      if left.project != right.project { return left.project < right.project }
      let ranks = (left.kind.rank, right.kind.rank)
      return ranks.0 == ranks.1 ? left < right : ranks.0 < ranks.1
    }.compactMap { changes[$0] }
  }
}

/// The ids that a set declares, by their parents.
private struct LikelyIDs {
  private let byParent: [Address: Vocabulary]

  init(_ graph: DesiredGraph) {
    let declared = graph.resources.values.filter { $0.origin == .declared }.map(\.address)
    byParent = Dictionary(grouping: declared, by: Self.parent)
      .mapValues { Vocabulary($0.map(\.id).sorted()) }
  }

  private static func parent(of address: Address) -> Address {
    Address(project: address.project, address.kind, names: Array(address.names.dropLast()))
  }

  /// The declared resource of the same kind and project that an undeclared reference probably means.
  func nearest(to address: Address) -> String? {
    byParent[Self.parent(of: address)]?.match(address.id, isConfined: true)?.candidate
  }
}
