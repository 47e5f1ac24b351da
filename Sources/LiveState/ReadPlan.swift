import CloudResources
import Model
import Registry

/// One read of a snapshot: a request, or a chain of them where a list has pages or keys have certificates.
enum Read: Hashable, Sendable {
  case repositories(project: String, location: String)
  case serviceAccounts(project: String)
  case roles(project: String)
  /// At most 30 of one project.
  case services(project: String, names: [String])
  /// One resource by its name.
  case resource(Address)
  case billing(project: String)
  /// By the policy's address.
  case policy(Address)
  /// The user-managed keys of the account at this address, with the certificates that are needed.
  case keys(Address)

  var project: String {
    switch self {
    case .repositories(let project, _), .serviceAccounts(let project), .roles(let project),
      .services(let project, _), .billing(let project):
      project
    case .resource(let address), .policy(let address), .keys(let address): address.project
    }
  }

  /// Whether one answer speaks for several declared resources.
  var isGroup: Bool {
    switch self {
    case .repositories, .serviceAccounts, .roles: true
    case .services(_, let names): names.count > 1
    case .resource, .billing, .policy, .keys: false
    }
  }
}

/// Which reads a snapshot of some manifests takes: all known before the first answer, so that they go out as one wave.
///
/// The number of requests is PERFORMANCE's formula.
struct ReadPlan: Sendable {
  /// In a stable order, without repetition.
  private(set) var reads: [Read] = []
  /// Which reads a resource's observation comes from.
  private(set) var sources: [Address: Read] = [:]
  /// The lists whose whole content is compared with the manifests.
  private(set) var reported: Set<Read> = []
  /// Projects whose numbers are needed.
  private(set) var numbersNeeded: Set<String> = []

  private var known: Set<Read> = []
  private let graph: DesiredGraph
  private let selected: Set<Address>?
  private let listsIgnored: Bool

  init(_ graph: DesiredGraph, selected: Set<Address>?, listsIgnored: Bool = false) {
    self.graph = graph
    self.selected = selected
    self.listsIgnored = listsIgnored
    planProjects()
    planServices()
    planReports()
    planGroups()
    planKeys()
    planPolicies()
    planNumbers()
  }

  /// Whether keys that no manifest claims are to be reported.
  var reportsKeys: Bool { reports(.serviceAccountKey) }

  /// Whether undeclared things of a kind are asked for.
  private func reports(_ kind: Address.Kind) -> Bool {
    selected == nil
      && (listsIgnored || graph.stack.scope.meaning(ofUndeclared: kind) != .ignore)
  }

  /// Whether this run is about an address.
  func wants(_ address: Address) -> Bool { selected?.contains(address) ?? true }

  private var wanted: [DesiredResource] {
    graph.resources.values.filter { wants($0.address) }.sorted { $0.address < $1.address }
  }

  private mutating func add(_ read: Read) {
    if known.insert(read).inserted { reads.append(read) }
  }

  // A project is read when something of it is written, when it may have to be created, or when no other read would tell
  // that it is there.
  private mutating func planProjects() {
    for resource in wanted where resource.address.kind == .project {
      let id = resource.address.project
      let hasFields = resource.spec.keys.contains { $0 != "billingAccount" }
      if resource.origin == .external || resource.lifecycle.create || hasFields
        || resource.lifecycle.ensure == .absent || !hasOtherReads(project: id)
      {
        add(.resource(resource.address))
        sources[resource.address] = .resource(resource.address)
      }
      if resource.spec["billingAccount"] != nil { add(.billing(project: id)) }
    }
  }

  private func hasOtherReads(project: String) -> Bool {
    let inProject: (Address) -> Bool = {
      $0.project == project && $0.kind != .project && wants($0)
    }
    return graph.resources.keys.contains(where: inProject)
      || graph.policies.keys.contains(where: inProject)
  }

  private mutating func planServices() {
    let services = wanted.filter { $0.address.kind == .service }
    for (project, declared) in grouped(services, by: { $0.project }) {
      var rest = declared[...]
      while !rest.isEmpty {
        let batch = rest.prefix(ReadCalls.servicesPerBatch)
        rest = rest.dropFirst(batch.count)
        let read = Read.services(project: project, names: batch.map(\.address.id))
        add(read)
        for service in batch { sources[service.address] = read }
      }
    }
  }

  private mutating func planGroups() {
    plan(kind: .repository) { .repositories(project: $0.project, location: $0.names[0]) }
    plan(kind: .serviceAccount) { .serviceAccounts(project: $0.project) }
    plan(kind: .role) { .roles(project: $0.project) }
  }

  /// Lists for what is declared, GETs for what is only referred to and for what stands alone in a list of which nothing
  /// has to be reported.
  private mutating func plan(kind: Address.Kind, list: (Address) -> Read) {
    let length = kind == .repository ? 2 : 1
    let all = wanted.filter { $0.address.kind == kind && $0.address.names.count == length }
    let isReported = reports(kind)
    for (read, resources) in grouped(all, by: list) {
      let declared = resources.filter { $0.origin == .declared }
      let isWanted = isReported && !declared.isEmpty
      if isWanted || reported.contains(read) || declared.count > 1 {
        add(read)
        if isWanted { reported.insert(read) }
        for resource in resources { sources[resource.address] = read }
      } else {
        for resource in resources {
          add(.resource(resource.address))
          sources[resource.address] = .resource(resource.address)
        }
      }
    }
  }

  // One list each in every declared project, so that what lost its last document is still seen: accounts, custom roles,
  // and repositories in the default location and wherever the set has something of that project.
  private mutating func planReports() {
    let places = locations()
    for resource in wanted where resource.address.kind == .project {
      guard resource.origin == .declared else { continue }
      let project = resource.address.project
      // What goes with a project is named, whatever the scope says of it.
      let goes = resource.lifecycle.ensure == .absent
      if goes || reports(.serviceAccount) { report(.serviceAccounts(project: project)) }
      if reports(.role) { report(.roles(project: project)) }
      guard goes || reports(.repository) else { continue }
      for location in places[project, default: []].sorted() {
        report(.repositories(project: project, location: location))
      }
    }
  }

  private mutating func report(_ read: Read) {
    add(read)
    reported.insert(read)
  }

  /// The locations that the manifests name, by project.
  private func locations() -> [String: Set<String>] {
    var places: [String: Set<String>] = [:]
    for address in graph.resources.keys where address.kind == .project {
      if let location = graph.stack.defaultLocation { places[address.project] = [location] }
    }
    for address in graph.resources.keys
    where address.kind == .repository && address.names.count == 2 {
      places[address.project, default: []].insert(address.names[0])
    }
    return places
  }

  // The keys of accounts that have declared ones; of all declared accounts where undeclared keys are to be deleted.
  private mutating func planKeys() {
    var accounts = Set(graph.keys.values.filter { wants($0.address) }.map(\.account))
    if reports(.serviceAccountKey),
      graph.stack.scope.meaning(ofUndeclared: .serviceAccountKey) == .authoritative
    {
      accounts.formUnion(
        wanted.filter {
          $0.address.kind == .serviceAccount && $0.origin == .declared
            && $0.lifecycle.ensure == .present
        }.map(\.address))
    }
    for account in accounts.sorted() { add(.keys(account)) }
  }

  // With members to be revoked everywhere, or with an account or a role to be deleted, whose grants go first, the
  // policies of all declared resources are read; else those that manifests speak of.
  private mutating func planPolicies() {
    var policies = Set(graph.policies.keys.filter(wants))
    let goes = graph.resources.values.contains {
      $0.lifecycle.ensure == .absent && Self.isNamedInPolicies($0.address.kind)
    }
    if goes || !graph.stack.revoked.isEmpty {
      for resource in wanted
      where resource.origin == .declared && resource.lifecycle.ensure == .present {
        let policy = resource.address.policy
        if ReadCalls.policy(policy) != nil { policies.insert(policy) }
      }
    }
    for resource in wanted where mayBeReplaced(resource) {
      policies.insert(resource.address.policy)
    }
    for policy in policies.sorted() { add(.policy(policy)) }
  }

  /// Whether policies name resources of this kind, so that grants go before one of them does.
  private static func isNamedInPolicies(_ kind: Address.Kind) -> Bool {
    switch kind {
    case .serviceAccount, .role: true
    case .project, .service, .repository, .serviceAccountKey, .iam: false
    }
  }

  /// Whether making it anew may take its policy away, which is then read first, whoever is in it.
  private func mayBeReplaced(_ resource: DesiredResource) -> Bool {
    let kind = Kinds.of(resource.address.kind)
    return resource.origin == .declared && resource.lifecycle.allowReplace
      && resource.lifecycle.ensure == .present && kind?.deletion.idIsReusable == true
      && ReadCalls.policy(resource.address.policy) != nil
  }

  // Service agents are named by project numbers: those that manifests name, and, under an exclusive entry, those of the
  // policy's own project, which stay. The services' answers carry the number; else the project is read.
  private mutating func planNumbers() {
    for policy in graph.policies.values where wants(policy.address) {
      for entry in policy.entries {
        if entry.exclusive { numbersNeeded.insert(policy.address.project) }
        for member in entry.members + entry.absent {
          guard member.text.hasPrefix("serviceAgent:"),
            let at = member.text.lastIndex(of: "@")
          else { continue }
          numbersNeeded.insert(String(member.text[member.text.index(after: at)...]))
        }
      }
    }
    for project in numbersNeeded.sorted() where !tellsNumber(of: project) {
      add(.resource(Address(project: project, .project)))
    }
  }

  private func tellsNumber(of project: String) -> Bool {
    reads.contains {
      if case .services(project, _) = $0 { true } else { false }
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
