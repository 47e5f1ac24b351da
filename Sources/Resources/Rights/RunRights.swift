package import CloudResources
import JSON
package import Model

/// The permissions that a run needs for some manifests, whatever the cloud holds: no request is sent.
///
/// What a run reads is in `ReadPlan`; which calls a write takes, each kind says in its description.
package struct RunRights {
  /// A run.
  package enum Verb: String, Sendable, Hashable, CaseIterable {
    /// Reads.
    case plan
    /// Reads and writes.
    case apply
    /// Reads, also where the manifests declare nothing.
    case drift
  }

  private let graph: DesiredGraph
  private let kinds: KindSet
  private let reads: ReadPlan

  /// For the whole set of manifests.
  package init(_ graph: DesiredGraph, kinds: KindSet) {
    self.graph = graph
    self.kinds = kinds
    reads = ReadPlan(graph, kinds: kinds, selected: nil)
  }

  /// The permissions for a run. Those to undelete what was deleted have the purpose `undelete`: whether a run needs
  /// them, the manifests do not say.
  package func needs(of verb: Verb) -> Set<PermissionNeed> {
    switch verb {
    case .plan: readNeeds
    case .apply: readNeeds.union(writeNeeds)
    case .drift: readNeeds.union(grantNeeds).union(searchNeeds)
    }
  }

  // MARK: reads

  private var readNeeds: Set<PermissionNeed> {
    var needs = Set(reads.reads.flatMap(needs(for:)))
    for (address, source) in reads.sources where isReadByName(address, after: source) {
      needs.formUnion(get(address))
    }
    for resource in declared where mayBeDeleted(resource) { needs.formUnion(lossNeeds(resource)) }
    return needs
  }

  private func needs(for read: Read) -> [PermissionNeed] {
    switch read {
    case .list(let collection):
      guard let rest = collection.kind.rest, let parent = collection.address("").parent else {
        return []
      }
      return rest.needs(rest.rights.list, .read, inside: parent)
    case .batch(let collection, let ids): return ids.map(collection.address).flatMap(get)
    case .resource(let address): return get(address)
    case .billing(let project):
      let address = kinds.project(project)
      guard let rest = address.rest else { return [] }
      return rest.needs(rest.rights.foreign, .read, of: address)
    case .policy(let address): return policyRead(address)
    case .keys(let account):
      guard let credential = kinds.credential(of: account.kind), let rest = credential.rest else {
        return []
      }
      // The list lacks the certificates of uploaded keys, so each is read by its id.
      return rest.needs(rest.rights.list + rest.rights.get, .read, inside: account)
    }
  }

  /// Whether a list is followed by a read of the resource: a list of what exists proves nothing about the rest, and a
  /// difference that only a replacement could change is read twice.
  private func isReadByName(_ address: Address, after source: Read) -> Bool {
    guard case .list(let collection) = source, let resource = graph.resources[address] else {
      return false
    }
    if collection.kind.rest?.inventory != nil { return true }
    return resource.origin == .declared && resource.lifecycle.ensure == .present
      && resource.spec.keys.contains { isImmutable($0, of: address) }
  }

  private func isImmutable(_ field: String, of address: Address) -> Bool {
    guard let field = address.kind.schema[field], !field.traits.contains(.manifestOnly) else {
      return false
    }
    return field.traits.contains(.immutable) || field.hasImmutableParts
  }

  /// What a deletion destroys is listed before it.
  private func lossNeeds(_ resource: DesiredResource) -> [PermissionNeed] {
    guard let rest = resource.address.rest else { return [] }
    return rest.needs(rest.rights.contents, .read, of: resource.address)
      + policyRead(resource.address.policy)
  }

  private func get(_ address: Address) -> [PermissionNeed] {
    guard let rest = address.rest else { return [] }
    return rest.needs(rest.rights.get, .read, of: address)
  }

  private func policyRead(_ policy: Address) -> [PermissionNeed] {
    guard let resource = policy.policyResource, let rest = resource.rest else { return [] }
    return rest.needs(rest.rights.policyRead, .read, of: resource)
  }

  /// The policies and keys that only a drift check reads, those of undeclared resources included.
  private var grantNeeds: Set<PermissionNeed> {
    let reads = ReadPlan(
      graph, kinds: kinds, selected: nil, reach: ReportReach(readsAllGrants: true))
    var needs = Set(reads.reads.flatMap(needs(for:)))
    for read in reads.reported {
      guard let kind = read.collection?.kind, let rest = kind.rest,
        kind.resource?.hasPolicy == true, let parent = read.collection?.address("").parent
      else { continue }
      needs.formUnion(rest.needs(rest.rights.policyRead, .read, inside: parent))
    }
    return needs
  }

  /// The lists of a search in every location of the declared projects.
  private var searchNeeds: [PermissionNeed] {
    declared.filter { $0.address.kind == kinds.root && $0.lifecycle.ensure == .present }
      .flatMap { project -> [PermissionNeed] in
        kinds.resources.map(\.id).flatMap { kind -> [PermissionNeed] in
          guard let rest = kind.rest, !rest.rights.locations.isEmpty else { return [] }
          return rest.needs(
            rest.rights.locations + rest.rights.list, .read, inside: project.address)
        }
      }
  }

  // MARK: writes

  private var declared: [DesiredResource] {
    graph.resources.values.filter { $0.origin == .declared }
  }

  private var writeNeeds: Set<PermissionNeed> {
    var needs = Set(declared.flatMap(writeNeeds))
    for key in graph.keys.values { needs.formUnion(writeNeeds(key)) }
    var policies = Set(graph.policies.keys)
    let leaves = declared.contains {
      $0.lifecycle.ensure == .absent && $0.address.policyName != nil
    }
    if leaves || !graph.stack.revoked.isEmpty {
      // Members that leave lose their grants in every policy that the run reads.
      for case .policy(let address) in reads.reads { policies.insert(address) }
    }
    for policy in policies {
      guard let resource = policy.policyResource, let rest = resource.rest else { continue }
      needs.formUnion(rest.needs(rest.rights.policyWrite, .change, of: resource))
    }
    return needs.union(authoritativeNeeds)
  }

  /// Each write of a resource reads it first.
  private func writeNeeds(_ resource: DesiredResource) -> [PermissionNeed] {
    let address = resource.address
    guard let rest = address.rest else { return [] }
    let delete = rest.needs(rest.rights.delete, .delete, of: address)
    guard resource.lifecycle.ensure == .present else {
      return address.resource?.place.isSetting == true ? delete : get(address) + delete
    }
    let fields = changeable(resource)
    var needs = rest.needs(updating: address, fields)
    if !fields.isEmpty { needs += get(address) }
    if resource.lifecycle.create || address.resource?.place.isSetting == true {
      needs += rest.needs(creating: address, resource.spec)
      if rest.create != nil { needs += get(address) }
    }
    if mayBeDeleted(resource) { needs += delete }
    return needs + rest.needs(rest.rights.undelete, .undelete, of: address)
  }

  /// The written fields that can be changed in place.
  private func changeable(_ resource: DesiredResource) -> JSONObject {
    let schema = resource.address.kind.schema
    return JSONObject(
      resource.spec.keys.compactMap { name in
        guard let value = resource.spec[name], let field = schema[name],
          field.traits.isDisjoint(with: [.immutable, .manifestOnly, .outputOnly, .inputOnly])
        else { return nil }
        return (name, value)
      })
  }

  private func mayBeDeleted(_ resource: DesiredResource) -> Bool {
    if resource.lifecycle.ensure == .absent { return true }
    return resource.lifecycle.allowReplace
      && resource.address.resource?.deletion.idIsReusable == true
      && resource.address.rest?.delete != nil
  }

  /// A key at Google whose file could not be stored is deleted again; a replaced key is disabled and deleted.
  private func writeNeeds(_ key: DesiredKey) -> [PermissionNeed] {
    guard let rest = key.address.rest else { return [] }
    let delete = rest.needs(rest.rights.delete, .delete, of: key.address)
    guard key.lifecycle.ensure == .present else { return delete }
    if key.origin == .external { return [] }
    let rotates = key.rotateAfter != nil
    return get(key.account) + rest.needs(creating: key.address, [:])
      + (rotates ? rest.needs(["disable"], .change, of: key.address) : [])
      + (rotates || key.origin == .google ? delete : []) + key.storeNeeds
  }

  /// Undeclared resources of a kind with an authoritative scope are deleted.
  private var authoritativeNeeds: [PermissionNeed] {
    graph.stack.scope.kinds.filter { $0.value == .authoritative }.flatMap { kind, _ in
      reads.reads.flatMap { read -> [PermissionNeed] in
        guard let rest = kind.rest else { return [] }
        let parent: Address? =
          switch read {
          case .list(let collection) where collection.kind == kind && reads.reported.contains(read):
            collection.address("").parent
          case .keys(let account) where kinds.credential(of: account.kind) == kind: account
          default: nil
          }
        guard let parent else { return [] }
        let texts =
          rest.rights.delete + (kind.resource?.isCredential == true ? [] : rest.rights.get)
        return rest.needs(texts, .delete, inside: parent)
      }
    }
  }
}

extension Field {
  /// Whether something in it cannot be changed once the resource exists.
  fileprivate var hasImmutableParts: Bool { type.hasImmutableParts }
}

extension FieldType {
  fileprivate var hasImmutableParts: Bool {
    switch self {
    case .object(let fields):
      fields.contains { $0.traits.contains(.immutable) || $0.hasImmutableParts }
    case .map(let type, _), .list(let type, _): type.hasImmutableParts
    case .string, .boolean, .booleanOr, .integer, .duration, .timestamp, .int64, .enumeration,
      .labels, .any:
      false
    }
  }
}
