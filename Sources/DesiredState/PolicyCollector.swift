import Diagnostics
import JSON
import Manifests
import Model

/// Collects the grants of all documents for each policy, one entry per role and condition.
///
/// Inline `iam` and IAMBinding documents are equivalent here; the order of documents does not matter.
struct PolicyCollector {
  private let resolver: ReferenceResolver
  private let sink: DiagnosticSink
  /// Unix seconds, for `until`.
  private let now: Double
  private var groups: [Address: [Key: PolicyGroup]] = [:]
  private var dependencies: [Address: Set<Address>] = [:]
  private var mentions: [Address: [Address: Set<PolicyName>]] = [:]

  private struct Key: Hashable {
    var role: String
    var condition: PolicyCondition?
  }

  /// The shorthands that manifests have in place of members.
  private var written: [String: String] = [:]

  init(_ resolver: ReferenceResolver, now: Double) {
    self.resolver = resolver
    sink = resolver.sink
    self.now = now
  }

  /// Adds the `iam` of a project, repository or service account.
  mutating func addInline(_ manifest: Manifest) {
    guard !manifest.isAbsent, let resource = manifest.address,
      let entries = manifest.spec["iam"]?.array
    else { return }
    for (index, entry) in entries.enumerated() {
      guard let object = entry.object else { continue }
      let reader = IAMEntry(object, manifest, at: "iam[\(index)]")
      add(reader, to: resource, ReferenceResolver.Referrer(manifest))
    }
  }

  /// Adds an IAMBinding document.
  mutating func addBinding(_ manifest: Manifest) {
    let referrer = ReferenceResolver.Referrer(manifest)
    let reference = manifest.text("resource")
    guard let resource = reference.flatMap({ resolver.policyResource($0, referrer) }) else {
      judge(IAMEntry(manifest.spec, manifest, at: ""), referrer)
      return
    }
    // The deletion of a resource deletes its policy.
    if resolver.index[resource]?.isAbsent == true { return }
    var reader = IAMEntry(manifest.spec, manifest, at: "")
    if manifest.isAbsent { reader.turnAbsent() }
    add(reader, to: resource, referrer)
  }

  /// Reports the problems of an entry whose resource is unknown.
  private func judge(_ entry: IAMEntry, _ referrer: ReferenceResolver.Referrer) {
    if let role = entry.role {
      _ = resolver.role(role, policyProject: referrer.project, referrer)
    }
    for member in entry.members + entry.absent { _ = resolver.member(member, referrer) }
  }

  private mutating func add(
    _ entry: IAMEntry, to resource: Address, _ referrer: ReferenceResolver.Referrer
  ) {
    var wanting = referrer
    wanting.isPresent = !entry.members.isEmpty
    guard
      let role = entry.role.flatMap({
        resolver.role($0, policyProject: resource.project, wanting)
      })
    else {
      for member in entry.members + entry.absent { _ = resolver.member(member, referrer) }
      return
    }
    let isPast = entry.until.map { $0.time <= now } ?? false
    wanting.isPresent = !isPast
    let members = entry.members.compactMap { self.resolved($0, wanting) }
    wanting.isPresent = false
    let absent = entry.absent.compactMap { self.resolved($0, wanting) }

    let key = Key(role: role.text, condition: entry.condition)
    groups[resource.policy, default: [:]][key, default: PolicyGroup(source: entry.source)]
      .add(entry, members: isPast ? [] : members, absent: isPast ? members + absent : absent)
    var needs = Set([resource])
    if let address = role.address {
      needs.insert(address)
      mentions[resource.policy, default: [:]][address, default: []].insert(.role(role.text))
    }
    for member in members + absent {
      if let text = member.written { written[member.name.text] = text }
      // An `absent` member that is itself `ensure: absent` adds no dependency.
      guard let address = member.name.address, resolver.index[address]?.isAbsent != true else {
        continue
      }
      needs.insert(address)
      mentions[resource.policy, default: [:]][address, default: []]
        .insert(.member(member.name.text))
    }
    dependencies[resource.policy, default: []].formUnion(needs)
  }

  private func resolved(_ member: SourcedText, _ referrer: ReferenceResolver.Referrer)
    -> ResolvedMember?
  {
    resolver.member(member, referrer).map { name in
      let isShorthand =
        name.text.hasPrefix("principal") && !member.text.hasPrefix("principal")
      return ResolvedMember(
        name: name, place: member.source, written: isShorthand ? member.text : nil)
    }
  }

  /// The policies, after a check for contradictions.
  func policies(revoked: [SourcedText]) -> [Address: DesiredPolicy] {
    let revoked = Dictionary(revoked.map { ($0.text, $0.source) }) { min($0, $1) }
    var policies: [Address: DesiredPolicy] = [:]
    for (address, keyed) in groups {
      let exclusiveRoles = exclusiveRoles(keyed)
      let entries = keyed.map { key, group in
        check(key, group: group, revoked: revoked)
        var entry = entry(key, group)
        entry.exclusiveRole = exclusiveRoles[key.role]
        return entry
      }.sorted { left, right in
        left.role != right.role
          ? left.role < right.role
          : Self.isBefore(left.condition, right.condition)
      }
      policies[address] = DesiredPolicy(
        address: address, entries: entries, dependencies: dependencies[address] ?? [],
        mentions: mentions[address] ?? [:])
    }
    return policies
  }

  private static func isBefore(_ left: PolicyCondition?, _ right: PolicyCondition?) -> Bool {
    guard let right else { return false }
    return left.map { $0 < right } ?? true
  }

  private func entry(_ key: Key, _ group: PolicyGroup) -> PolicyEntry {
    func sorted(_ members: [String: SourcePosition]) -> [SourcedText] {
      members.map { SourcedText($0.key, $0.value, written: written[$0.key]) }
        .sorted { $0.text < $1.text }
    }
    var entry = PolicyEntry(
      role: key.role, condition: key.condition, members: sorted(group.members),
      absent: sorted(group.absent), exclusive: group.exclusive != nil, source: group.source)
    entry.ended = group.ended.sorted { $0.source < $1.source }
    entry.until = group.until.map { Int64($0) }
    return entry
  }

  private func check(_ key: Key, group: PolicyGroup, revoked: [String: SourcePosition]) {
    for (member, place) in group.members {
      if let other = group.absent[member] {
        conflict(
          "`\(member)` must have `\(key.role)` and must not have it", between: place, and: other,
          label: "absent here")
      }
      if let other = revoked[member] {
        conflict(
          "`\(member)` must have `\(key.role)`, and the Stack revokes it", between: place,
          and: other,
          label: "revoked here")
      }
    }
    if let yes = group.exclusive, let no = group.shared {
      conflict(
        "`\(key.role)` is exclusive and not exclusive", between: yes, and: no,
        label: "not exclusive here")
    } else if let empty = group.empty, let additive = group.additive {
      conflict(
        "`\(key.role)` gets members here, and another entry makes it exclusive without members",
        between: additive, and: empty,
        label: "exclusive without members here")
    }
  }

  /// The place of `exclusive: role` for each role of a policy, after a check that all its entries set it.
  private func exclusiveRoles(_ keyed: [Key: PolicyGroup]) -> [String: SourcePosition] {
    var places: [String: SourcePosition] = [:]
    for (key, group) in keyed {
      guard let place = group.exclusiveRole else { continue }
      places[key.role] = min(places[key.role] ?? place, place)
    }
    for (role, place) in places {
      let groups = keyed.filter { $0.key.role == role }.map(\.value)
      checkLevels(role, at: place, groups: groups)
      let members = groups.flatMap(\.members.values).min()
      if let empty = groups.compactMap(\.emptyRole).min(), let members {
        conflict(
          "`exclusive: role` gives `\(role)` to no member, and another entry gives it to one",
          between: members, and: empty, label: "to no member here")
      }
    }
    return places
  }

  /// `exclusive: role` applies to every entry of the role on the policy, so each entry with members must set it.
  private func checkLevels(_ role: String, at place: SourcePosition, groups: [PolicyGroup]) {
    if let other = groups.compactMap(\.exclusive).min() {
      conflict(
        "`\(role)` is `exclusive: role`, and `exclusive: true` in another entry of the policy",
        between: other,
        and: place, label: "exclusive: role here")
    }
    if let other = (groups.compactMap(\.shared) + groups.compactMap(\.additive)).min() {
      conflict(
        "`\(role)` is `exclusive: role`, and another entry of the policy adds members to it",
        between: other,
        and: place, label: "exclusive: role here",
        help: "write `exclusive: role` in every entry of the role")
    }
  }

  private func conflict(
    _ message: String, between first: SourcePosition, and second: SourcePosition, label: String,
    help: String = "keep one of the two"
  ) {
    sink.error(
      .bindingConflict, message, at: first, related: [.init(second, label)],
      help: help)
  }
}
