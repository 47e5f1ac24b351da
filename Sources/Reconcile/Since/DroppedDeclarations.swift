public import Diagnostics
import JSON
public import Model

/// What an earlier set of manifests declared and the present one does not: resources, keys, grants, labels, services.
///
/// The results are compared, not the files: moved documents, renamed variables and a changed `each` make no difference
/// where they end in the same addresses and grants. What the present manifests only refer to is not dropped.
public struct DroppedDeclarations: Sendable {
  /// Resources and services that only the earlier set declares, as it declared them.
  public private(set) var resources: [Address: DesiredResource] = [:]
  /// Service-account keys that only the earlier set declares.
  public private(set) var keys: [Address: DesiredKey] = [:]
  /// Grants that only the earlier set declares, by policy, each with its place there.
  public private(set) var grants: [Address: [Grant: SourcePosition]] = [:]
  /// The keys of labels that only the earlier set writes, by resource, each with its place there.
  public private(set) var labels: [Address: [String: SourcePosition]] = [:]
  /// The resources and keys among them that no option deletes, and why, as the end of a sentence.
  public private(set) var kept: [Address: String] = [:]

  private let earlier: DesiredGraph
  private let graph: DesiredGraph
  /// The sets that other stacks declare: what they declare is not dropped.
  private let others: [DesiredGraph]

  /// Whether the present manifests still declare everything.
  public var isEmpty: Bool {
    resources.isEmpty && keys.isEmpty && grants.isEmpty && labels.isEmpty
  }

  /// Compares two sets.
  ///
  /// - Parameters:
  ///   - others: the sets of other stacks, which may have taken over what left this one.
  ///   - isIncluded: whether a project is looked at.
  public init(
    from earlier: DesiredGraph, to graph: DesiredGraph, besides others: [DesiredGraph] = [],
    isIncluded: (_ project: String) -> Bool = { _ in true }
  ) {
    self.earlier = earlier
    self.graph = graph
    self.others = others
    for (address, resource) in earlier.resources where isIncluded(address.project) {
      guard resource.origin == .declared, resource.lifecycle.ensure == .present,
        // A project may hold it without a declaration.
        address.resource?.standard?.ids.contains(address.id) != true
      else { continue }
      isDeclared(address) ? addLabels(resource) : (resources[address] = resource)
    }
    for (address, key) in earlier.keys where isIncluded(address.project) {
      if key.lifecycle.ensure == .present, !isDeclared(key) { keys[address] = key }
    }
    for policy in earlier.policies.values where isIncluded(policy.address.project) {
      addGrants(policy)
    }
    findKept()
  }

  private var present: [DesiredGraph] { [graph] + others }

  private func isDeclared(_ address: Address) -> Bool {
    graph.resources[address] != nil
      || others.contains { $0.resources[address]?.origin == .declared }
  }

  /// A key whose document was renamed keeps its file, and with it its private half; one that `formerly` moves keeps its
  /// certificate.
  private func isDeclared(_ key: DesiredKey) -> Bool {
    present.contains { set in
      set.keys[key.address] != nil
        || set.keys.values.contains {
          $0.account == key.account && ($0.file == key.file || $0.isNamed(key.commonName))
        }
    }
  }

  private mutating func addLabels(_ resource: DesiredResource) {
    let written = present.compactMap { $0.resources[resource.address] }
      .filter { $0.origin == .declared }
    // One that is to be absent, and one whose labels are all reset, loses them by its own document.
    guard
      written.contains(where: { $0.lifecycle.ensure == .present }),
      !written.contains(where: { $0.spec["labels"]?.isNull == true })
    else { return }
    for (key, value) in resource.spec["labels"]?.object ?? [:]
    where !value.isNull && !GoogleLabels.contains(key) {
      if written.contains(where: { $0.spec["labels"]?[key] != nil }) { continue }
      labels[resource.address, default: [:]][key] =
        resource.positions["labels.\(key)"] ?? resource.source
    }
  }

  private mutating func addGrants(_ policy: DesiredPolicy) {
    let today = Set(
      present.compactMap { $0.policies[policy.address] }.flatMap(\.entries).flatMap { entry in
        entry.members.map { Self.grant(entry, $0) }
      })
    for entry in policy.entries {
      for member in entry.members {
        let grant = Self.grant(entry, member)
        guard !today.contains(grant) else { continue }
        grants[policy.address, default: [:]][grant] = member.source
      }
    }
  }

  private static func grant(_ entry: PolicyEntry, _ member: SourcedText) -> Grant {
    Grant(
      role: entry.role, condition: entry.condition, member: PolicyMember.normalized(member.text))
  }

  // MARK: What is never deleted

  private mutating func findKept() {
    for (address, resource) in resources { kept[address] = reason(toKeep: resource) }
    // What the present manifests need of the rest is an error of their graph with it: the rules of the kinds say so.
    let dropped = Dictionary(
      resources.filter { kept[$0.key] == nil }.map { ($0.value.source, $0.key) },
      uniquingKeysWith: { first, _ in first })
    let merged = pruned()
    for resource in merged.resources.values where resource.lifecycle.ensure == .present {
      let findings =
        resource.address.resource?.findings(on: resource, in: merged, hasCycle: false) ?? []
      for finding in findings where finding.diagnostic.severity == .error {
        guard let place = finding.diagnostic.position, let address = dropped[place] else {
          continue
        }
        kept[address] = finding.diagnostic.message
      }
    }
  }

  private func reason(toKeep resource: DesiredResource) -> String? {
    let address = resource.address
    guard let kind = address.resource else { return "arctl does not know its kind" }
    if kind.place.isRoot { return "projects are never pruned" }
    if !resource.lifecycle.create { return "its document had `create: false`" }
    if case .never = kind.deletion { return "it cannot be deleted" }
    guard let name = address.policyName, let place = place(naming: name) else { return nil }
    return "`\(place.file):\(place.line)` still names it"
  }

  /// Where the present manifests grant something to an account, or grant a role.
  private func place(naming name: PolicyName) -> SourcePosition? {
    present.flatMap { $0.policies.values.flatMap(\.entries) }.lazy.compactMap { entry in
      switch name {
      case .role(let role): return entry.role == role ? entry.members.first?.source : nil
      case .member(let member):
        let form = PolicyMember.normalized(member)
        return entry.members.first { PolicyMember.normalized($0.text) == form }?.source
      }
    }.min()
  }

  // MARK: The graph that deletes them

  /// The present graph, in which everything dropped is to be absent: resources and keys are deleted, members and labels
  /// removed, under the protection and the limits of both sets.
  public func pruned() -> DesiredGraph {
    var merged = graph
    merged.stack.protected += earlier.stack.protected
    let (limits, old) = (graph.stack, earlier.stack)
    merged.stack.maximumDeletes = Self.least(limits.maximumDeletes, old.maximumDeletes)
    merged.stack.maximumDeletePercent = Self.least(
      limits.maximumDeletePercent, old.maximumDeletePercent)
    merged.stack.maximumRemovals = Self.least(limits.maximumRemovals, old.maximumRemovals)
    for resource in resources.values where kept[resource.address] == nil {
      add(resource, to: &merged)
    }
    for key in keys.values {
      var absent = key
      absent.lifecycle.ensure = .absent
      absent.neighbours = graph.keys.values.filter { $0.account == key.account }.map(\.file)
      merged.keys[key.address] = absent
      merged.dropped.insert(key.address)
    }
    for (address, places) in labels {
      var spec = merged.resources[address]?.spec["labels"]?.object ?? [:]
      for (key, place) in places {
        spec[key] = .null
        merged.resources[address]?.positions["labels.\(key)"] = place
      }
      merged.resources[address]?.spec["labels"] = .object(spec)
    }
    for (policy, members) in grants { add(members, of: policy, to: &merged) }
    return merged
  }

  private func add(_ resource: DesiredResource, to merged: inout DesiredGraph) {
    var absent = DesiredResource(
      address: resource.address, source: resource.source, note: resource.note,
      dependencies: resource.dependencies)
    absent.lifecycle.ensure = .absent
    absent.lifecycle.protect = resource.lifecycle.protect
    merged.resources[resource.address] = absent
    merged.dropped.insert(resource.address)
  }

  private func add(
    _ members: [Grant: SourcePosition], of address: Address, to merged: inout DesiredGraph
  ) {
    // The deletion of a resource deletes its policy.
    if let resource = address.policyResource, merged.dropped.contains(resource) { return }
    var policy =
      merged.policies[address] ?? DesiredPolicy(address: address, entries: [], dependencies: [])
    if merged.policies[address] == nil { merged.dropped.insert(address) }
    for (grant, place) in members.sorted(by: { $0.key < $1.key }) {
      let text = SourcedText(grant.member, place)
      let index = policy.entries.firstIndex {
        $0.role == grant.role && $0.condition == grant.condition
      }
      if let index {
        policy.entries[index].dropped.append(text)
      } else {
        var entry = PolicyEntry(role: grant.role, condition: grant.condition, source: place)
        entry.dropped = [text]
        policy.entries.append(entry)
      }
    }
    policy.entries.sort {
      PolicyDocument.Key(role: $0.role, condition: $0.condition)
        < PolicyDocument.Key(role: $1.role, condition: $1.condition)
    }
    merged.policies[address] = policy
  }

  private static func least(_ one: Int?, _ other: Int?) -> Int? {
    [one, other].compactMap { $0 }.min()
  }
}
