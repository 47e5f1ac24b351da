public import Diagnostics
import Grammar
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
  /// The shorthands by which the earlier manifests name the members of grants, by their texts.
  private(set) var shorthands: [String: String] = [:]
  /// The labels that only the earlier set writes, by resource, each with its value and its place there.
  public private(set) var labels: [Address: [String: Label]] = [:]
  /// The resources, the keys and the policies among them of which no option removes anything, and why, as the end of a
  /// sentence.
  public private(set) var kept: [Address: String] = [:]

  /// A label that only the earlier set writes.
  public struct Label: Sendable {
    /// The value that the earlier set wrote.
    public var value: String
    /// Where it wrote it.
    public var source: SourcePosition
  }

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
          $0.account == key.account && Self.isSame($0, key)
        }
    }
  }

  private static func isSame(_ key: DesiredKey, _ earlier: DesiredKey) -> Bool {
    if let id = earlier.keyID { return key.keyID == id }
    return key.keyID == nil
      && (key.file == earlier.file || key.isNamed(earlier.commonName))
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
      labels[resource.address, default: [:]][key] = Label(
        value: value.string ?? "",
        source: resource.positions["labels.\(key)"] ?? resource.source)
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
        shorthands[grant.member] = member.written ?? shorthands[grant.member]
      }
    }
  }

  private static func grant(_ entry: PolicyEntry, _ member: SourcedText) -> Grant {
    Grant(
      role: entry.role, condition: entry.condition, member: PolicyMember.normalized(member.text))
  }

  // MARK: What is never deleted

  private mutating func findKept() {
    let projects = Set(present.flatMap { $0.addresses.map(\.project) })
    func foreign(_ address: Address) -> String? {
      // Another environment may be meant: the manifests say nothing about this project any more.
      projects.contains(address.project) ? nil : "no manifest names its project any more"
    }
    for (address, resource) in resources {
      kept[address] = foreign(address) ?? reason(toKeep: resource)
    }
    for (address, key) in keys {
      kept[address] = foreign(address) ?? Self.reason(toKeep: key)
    }
    for address in grants.keys { kept[address] = foreign(address) ?? encryption(by: address) }
    keepParents()
  }

  /// A parent whose deletion would take something along that is kept.
  private mutating func keepParents() {
    for (address, _) in kept where !address.isPolicy {
      for parent in address.lineage.dropFirst()
      where resources[parent] != nil && kept[parent] == nil {
        kept[parent] = "\(address.local) in it is left as it is"
      }
    }
  }

  /// A key that was made elsewhere may be in use where no manifest shows it: only a document deletes it.
  private static func reason(toKeep key: DesiredKey) -> String? {
    if key.origin == .external {
      return "it was made elsewhere; to delete it, declare it with `ensure: absent`"
    }
    return key.lifecycle.create ? nil : "its document had `create: false`"
  }

  private func reason(toKeep resource: DesiredResource) -> String? {
    let address = resource.address
    guard let kind = address.resource else { return "arctl does not know its kind" }
    if kind.place.isRoot { return "projects are never pruned" }
    if !resource.lifecycle.create { return "its document had `create: false`" }
    if case .never = kind.deletion { return "it cannot be deleted" }
    let place =
      kind.place.isSetting ? grant(toAgentOf: address) : place(naming: address, kind)
    return place.map { "`\($0.file):\($0.line)` still needs it" }
  }

  /// Where the present manifests grant something to the agent of a service, in a form that may be of this project.
  private func grant(toAgentOf service: Address) -> SourcePosition? {
    let members = present.flatMap { $0.policies.values.flatMap { $0.entries.flatMap(\.members) } }
    return members.filter { member in
      ServiceAgents.services(mayBeOf: member.text).contains(service.id)
        && NumberedMember.project(in: member.text).map { $0 == service.project } ?? true
    }.map(\.source).min()
  }

  /// Where the present manifests grant something to an account, grant a role, or write the name of a resource.
  private func place(naming address: Address, _ kind: any ResourceKind) -> SourcePosition? {
    let name = address.policyName
    let entries = present.flatMap { $0.policies.values.flatMap(\.entries) }
    let granted = entries.compactMap { entry -> SourcePosition? in
      switch name {
      case .role(let role)?: return entry.role == role ? entry.members.first?.source : nil
      case .member(let member)?:
        let form = PolicyMember.normalized(member)
        return entry.members.first { PolicyMember.normalized($0.text) == form }?.source
      case nil: return nil
      }
    }
    let texts = [kind.fullName(of: address), "pkg.dev/\(address.project)/\(address.id)"]
    let written = present.flatMap { $0.resources.values }.filter { resource in
      resource.origin == .declared && resource.address != address
        && Self.mentions(.object(resource.spec), texts)
    }
    return (granted + written.map(\.source)).min()
  }

  /// Whether a value contains one of the names, not followed by more of a name.
  private static func mentions(_ value: JSONValue, _ names: [String]) -> Bool {
    switch value {
    case .object(let object): return object.contains { mentions($0.value, names) }
    case .array(let items): return items.contains { mentions($0, names) }
    case .string(let text):
      return names.contains { name in
        text.ranges(of: name).contains { range in
          guard range.upperBound < text.endIndex else { return true }
          let next = text[range.upperBound]
          return !(next.isLetter || next.isNumber || next == "-" || next == "_")
        }
      }
    case .null, .bool, .integer, .real: return false
    }
  }

  /// Where the present manifests encrypt with a key: its policy keeps the grants that let Google use it.
  private func encryption(by policy: Address) -> String? {
    let users = present.flatMap { $0.resources.values }.filter { resource in
      resource.lifecycle.ensure == .present
        && resource.address.resource?.policiesNeeded(by: resource.spec).contains(policy) == true
    }
    return users.map(\.source).min().map { "`\($0.file):\($0.line)` encrypts with it" }
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
    for key in keys.values where kept[key.address] == nil {
      var absent = key
      absent.lifecycle.ensure = .absent
      absent.neighbours = graph.keys.values.filter { $0.account == key.account }.map(\.file)
      merged.keys[key.address] = absent
      merged.dropped.insert(key.address)
    }
    for (address, labels) in labels {
      for (key, label) in labels {
        merged.resources[address]?.droppedLabels[key] = label.value
        merged.resources[address]?.positions["labels.\(key)"] = label.source
      }
    }
    for (policy, members) in grants where kept[policy] == nil {
      add(members, of: policy, to: &merged)
    }
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
      let text = SourcedText(grant.member, place, written: shorthands[grant.member])
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
