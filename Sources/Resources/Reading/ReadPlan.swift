import CloudResources
import Grammar
import Model

/// One read of a snapshot: a request, or a chain of requests if a list has pages or keys have certificates.
enum Read: Hashable, Sendable {
  /// All resources of a collection.
  case list(ResourceCollection)
  /// The resources of a collection with these ids, in one call.
  case batch(ResourceCollection, ids: [String])
  /// One resource by its name.
  case resource(Address)
  /// The billing account of a project, which belongs to another API.
  case billing(project: String)
  /// The policy at a policy's address.
  case policy(Address)
  /// The user-managed keys of the account at this address, with the certificates that the run needs.
  case keys(Address)

  var project: String {
    switch self {
    case .list(let collection), .batch(let collection, _): collection.project
    case .billing(let project): project
    case .resource(let address), .policy(let address), .keys(let address): address.project
    }
  }

  /// The collection that it reads, in whole or in part; nil for a read of a single resource.
  var collection: ResourceCollection? {
    switch self {
    case .list(let collection), .batch(let collection, _): collection
    case .resource, .billing, .policy, .keys: nil
    }
  }

  /// The project or parent without which the read finds nothing. Nil for a read of a project itself.
  var surroundings: Address? {
    switch self {
    case .list(let collection), .batch(let collection, _):
      collection.address("").parent
    case .resource(let address), .keys(let address): address.parent
    case .policy(let address): address.policyResource?.parent
    case .billing: nil
    }
  }

  /// The batches for these ids, each as large as the API allows; none for a kind that is not read in batches.
  static func batches(of ids: [String], in collection: ResourceCollection) -> [Read] {
    guard case .batch(_, _, _, let size)? = collection.kind.rest?.grouping else { return [] }
    return stride(from: 0, to: ids.count, by: size).map {
      .batch(collection, ids: Array(ids[$0..<min($0 + size, ids.count)]))
    }
  }

  /// Whether one answer covers several declared resources.
  var isGroup: Bool {
    switch self {
    case .list: true
    case .batch(_, let ids): ids.count > 1
    case .resource, .billing, .policy, .keys: false
    }
  }
}

/// The reads for a snapshot of some manifests: all known before the first answer, so that they are sent as one wave.
///
/// `RequestCountTests` pins the number of requests.
struct ReadPlan: Sendable {
  /// In a stable order, without duplicates.
  private(set) var reads: [Read] = []
  /// The read that each resource's observation comes from.
  private(set) var sources: [Address: Read] = [:]
  /// The lists that are compared with the manifests as a whole.
  private(set) var reported: Set<Read> = []
  /// Projects whose numbers the run needs.
  private(set) var numbersNeeded: Set<String> = []

  private var known: Set<Read> = []
  /// All kinds: each one with a list is searched for undeclared resources.
  let kinds: KindSet
  private let graph: DesiredGraph
  private let selected: Set<Address>?
  private let listsIgnored: Bool
  /// How far the run looks for what is undeclared.
  let reach: ReportReach
  /// The locations of each project and kind that the run looks in besides those that the manifests name.
  let locations: [LocationSearch: FoundLocations]
  /// The resources of this run, in order.
  let wanted: [DesiredResource]
  /// The same by kind.
  private let byKind: [KindID: [DesiredResource]]

  init(
    _ graph: DesiredGraph, kinds: KindSet, selected: Set<Address>?, listsIgnored: Bool = false,
    reach: ReportReach = ReportReach(), locations: [LocationSearch: FoundLocations] = [:]
  ) {
    self.graph = graph
    self.kinds = kinds
    self.selected = selected
    self.listsIgnored = listsIgnored
    self.reach = reach
    self.locations = locations
    wanted = graph.resources.keys.filter { selected?.contains($0) ?? true }.sorted()
      .compactMap { graph.resources[$0] }
    byKind = Dictionary(grouping: wanted, by: \.address.kind)
    planProjects()
    let ordered = kinds.resources.map(\.id)
    for kind in ordered { planBatches(of: kind) }
    planReports()
    for kind in ordered { planGroups(of: kind) }
    planKeys()
    planPolicies()
    planNumbers()
  }

  /// Whether the run reports undeclared credentials of a kind of resource.
  func reportsCredentials(of kind: KindID) -> Bool {
    kinds.credential(of: kind).map(reports) ?? false
  }

  /// Whether the run reports undeclared resources of a kind.
  func reports(_ kind: KindID) -> Bool {
    LocationSearch.reports(kind, graph, selected: selected, listsIgnored: listsIgnored)
  }

  /// Whether this run includes an address.
  func wants(_ address: Address) -> Bool { selected?.contains(address) ?? true }

  private mutating func add(_ read: Read) {
    if known.insert(read).inserted { reads.append(read) }
  }

  // A project is read if the manifest writes one of its fields, if it may have to be created, or if no other read would
  // show that it exists.
  private mutating func planProjects() {
    let foreign = kinds.root.rest?.foreignFields ?? []
    for resource in byKind[kinds.root] ?? [] {
      let id = resource.address.project
      let hasFields = resource.spec.keys.contains { !foreign.contains($0) }
      if resource.origin == .external || resource.lifecycle.create || hasFields
        || resource.lifecycle.ensure == .absent || !hasOtherReads(project: id)
      {
        add(.resource(resource.address))
        sources[resource.address] = .resource(resource.address)
      }
      if resource.spec.keys.contains(where: foreign.contains) { add(.billing(project: id)) }
    }
  }

  private func hasOtherReads(project: String) -> Bool {
    let inProject: (Address) -> Bool = {
      $0.project == project && $0.kind != kinds.root && wants($0)
    }
    return graph.resources.keys.contains(where: inProject)
      || graph.policies.keys.contains(where: inProject)
  }

  /// The list of what exists, if undeclared resources are reported and a manifest declares one of the collection;
  /// otherwise batches of the named ones. Both are one request for most projects.
  private mutating func planBatches(of kind: KindID) {
    guard let rest = kind.rest, case .batch = rest.grouping else { return }
    let all = byKind[kind] ?? []
    for (collection, resources) in grouped(all, by: ResourceCollection.init) {
      if rest.inventory != nil, reports(kind), resources.contains(where: { $0.origin == .declared })
      {
        let list = Read.list(collection)
        add(list)
        reported.insert(list)
        for resource in resources { sources[resource.address] = list }
        continue
      }
      for read in Read.batches(of: resources.map(\.address.id), in: collection) {
        add(read)
        guard case .batch(_, let ids) = read else { continue }
        for id in ids { sources[collection.address(id)] = read }
      }
    }
  }

  /// Lists for declared resources; GETs for resources that are only referred to, and for a single one in a list that
  /// need not be reported. A kind without a list has only GETs.
  private mutating func planGroups(of kind: KindID) {
    guard kind != kinds.root, let rest = kind.rest else { return }
    let all = (byKind[kind] ?? []).filter { rest.hasName($0.address) }
    let isReported = reports(kind)
    for (collection, resources) in grouped(all, by: ResourceCollection.init) {
      let declared = resources.filter { $0.origin == .declared }
      let isWanted = isReported && !declared.isEmpty
      switch rest.grouping {
      case .list where isWanted || reported.contains(.list(collection)) || declared.count > 1:
        add(.list(collection))
        if isWanted { reported.insert(.list(collection)) }
        for resource in resources { sources[resource.address] = .list(collection) }
      case .list, .alone:
        for resource in resources {
          add(.resource(resource.address))
          sources[resource.address] = .resource(resource.address)
        }
      case .batch: break
      }
    }
  }

  // One list for every collection in every declared project, so that a resource whose document was removed is still
  // seen: accounts, custom roles, and repositories in the default location and wherever the set declares something of
  // that project.
  private mutating func planReports() {
    let places = collections()
    for resource in byKind[kinds.root] ?? [] {
      guard resource.origin == .declared else { continue }
      // The plan names all that a project's deletion destroys, whatever the scope.
      let goes = resource.lifecycle.ensure == .absent
      for collection in places[resource.address.project, default: []]
      where goes && collection.kind.resource?.isListedBeforeItsProjectGoes == true
        || reports(collection.kind)
      {
        add(.list(collection))
        reported.insert(.list(collection))
      }
    }
  }

  /// The collections of each project: first those of the project itself, then those in the locations and below the
  /// resources that the manifests name.
  private func collections() -> [String: [ResourceCollection]] {
    let listed = kinds.resources.map(\.id).filter { kind in
      if case .list? = kind.rest?.grouping { true } else { false }
    }
    let own = Dictionary(grouping: graph.resources.keys, by: \.project)
    return own.reduce(into: [:]) { places, entry in
      let all = listed.flatMap { collections(of: $0, entry.key, entry.value) }
      places[entry.key] =
        all.filter(\.parentNames.isEmpty) + all.filter { !$0.parentNames.isEmpty }
    }
  }

  private func collections(
    of kind: KindID, _ project: String, _ own: [Address]
  ) -> [ResourceCollection] {
    var found = Set(own.filter { $0.kind == kind }.map(ResourceCollection.init))
    switch kind.resource?.place {
    case .project:
      let isSought =
        kind.rest?.isSoughtOnlyWhereNamed != true || reach.readsAllGrants
        || graph.stack.scope.kinds[kind] != nil
      if isSought { found.insert(ResourceCollection(kind, project: project)) }
    case .location:
      if let location = graph.stack.defaultLocation, own.contains(where: { $0.kind == kinds.root })
      {
        found.insert(ResourceCollection(kind, project: project, [location]))
      }
      for location in locations[LocationSearch(kind: kind, project: project)]?.ids ?? [] {
        found.insert(ResourceCollection(kind, project: project, [location]))
      }
    case .child(let parent, _):
      // One list per parent can be many lists: they are read only if the scope names the kind or the set declares one
      // there.
      guard graph.stack.scope.kinds[kind] != nil else { break }
      for address in own where address.kind == parent && isDeclared(address) {
        found.insert(ResourceCollection(kind, project: project, address.names))
      }
    case .root, .setting, nil: break
    }
    return found.sorted { $0.parentNames.lexicographicallyPrecedes($1.parentNames) }
  }

  private func isDeclared(_ address: Address) -> Bool {
    guard let resource = graph.resources[address] else { return false }
    return resource.origin == .declared && resource.lifecycle.ensure == .present
  }

  // The keys of accounts with declared keys; of all declared accounts if undeclared keys are deleted, or if the run looks
  // for all of them.
  private mutating func planKeys() {
    var accounts = Set(graph.keys.values.filter { wants($0.address) }.map(\.account))
    for resource in wanted
    where resource.origin == .declared && resource.lifecycle.ensure == .present {
      guard let credential = kinds.credential(of: resource.address.kind), reports(credential),
        reach.readsAllGrants
          || graph.stack.scope.meaning(ofUndeclared: credential) == .authoritative
      else { continue }
      accounts.insert(resource.address)
    }
    for account in accounts.sorted() { add(.keys(account)) }
  }

  // Members that are revoked everywhere, and deleted accounts and roles, lose their grants in every policy, so then the
  // policies of all declared resources are read, as in a run that looks for all grants; otherwise only those that manifests
  // mention.
  private mutating func planPolicies() {
    var policies = Set(graph.policies.keys.filter(wants))
    let goes = graph.resources.values.contains {
      $0.lifecycle.ensure == .absent && $0.address.policyName != nil
    }
    if goes || !graph.stack.revoked.isEmpty || reach.readsAllGrants {
      for resource in wanted
      where resource.origin == .declared && resource.lifecycle.ensure == .present {
        let policy = resource.address.policy
        if ReadCalls.policy(policy) != nil { policies.insert(policy) }
      }
    }
    for resource in wanted where mayBeReplaced(resource) {
      if ReadCalls.policy(resource.address.policy) != nil {
        policies.insert(resource.address.policy)
      }
      addChildLists(of: resource.address)
    }
    for policy in policies.sorted() { add(.policy(policy)) }
  }

  /// Whether a replacement may delete its policy and its children, which are then read first.
  private func mayBeReplaced(_ resource: DesiredResource) -> Bool {
    resource.origin == .declared && resource.lifecycle.allowReplace
      && resource.lifecycle.ensure == .present
      && resource.address.resource?.deletion.idIsReusable == true
  }

  /// A replacement deletes the children, so the plan lists them whatever the scope says.
  private mutating func addChildLists(of address: Address) {
    for kind in kinds.resources.map(\.id) where kind.resource?.parent == address.kind {
      guard kind.resource?.place.isChild == true, case .list? = kind.rest?.grouping else {
        continue
      }
      let list = Read.list(ResourceCollection(kind, project: address.project, address.names))
      add(list)
      reported.insert(list)
    }
  }

  // The e-mails of service agents and the names of pools contain project numbers: those that manifests name and, for an
  // exclusive entry, those of the policy's own project, which stay. Answers about services contain the number;
  // otherwise the project is read.
  private mutating func planNumbers() {
    for policy in graph.policies.values where wants(policy.address) {
      for entry in policy.entries {
        if entry.exclusive { numbersNeeded.insert(policy.address.project) }
        for member in entry.named {
          if let project = NumberedMember.project(in: member.text) { numbersNeeded.insert(project) }
        }
      }
    }
    // The plan recognises the members that other stacks grant in the policies that it reads.
    for case .policy(let policy) in reads {
      for member in graph.others.entries(of: policy).flatMap(\.members) {
        if let project = NumberedMember.project(in: member.text) { numbersNeeded.insert(project) }
      }
    }
    for member in graph.stack.revoked {
      if let project = NumberedMember.project(in: member.text) { numbersNeeded.insert(project) }
    }
    for project in numbersNeeded.sorted() where !tellsNumber(of: project) {
      add(.resource(kinds.project(project)))
    }
  }

  private func tellsNumber(of project: String) -> Bool {
    reads.contains { read in
      read.project == project
        && read.collection?.kind.rest?.namesProjectNumber == true
    }
  }

  private func grouped<Key: Hashable>(
    _ resources: [DesiredResource], by key: (Address) -> Key
  ) -> [(Key, [DesiredResource])] {
    var order: [Key] = []
    var groups: [Key: [DesiredResource]] = [:]
    for resource in resources {
      let key = key(resource.address)
      if groups[key] == nil { order.append(key) }
      groups[key, default: []].append(resource)
    }
    return order.map { ($0, groups[$0] ?? []) }
  }
}
