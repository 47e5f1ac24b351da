import CloudResources
import GoogleCloud
import JSON
import Keys
import Model

/// Turns the answers of all reads into a snapshot: pure, and the only place that decides what is absent.
///
/// A resource is absent only if a complete list lacks it, if a 404 names it, or if its parent is absent or does not
/// exist yet. Everything else that no answer showed is unreadable.
struct SnapshotBuilder {
  let graph: DesiredGraph
  let plan: ReadPlan
  let outcomes: ReadOutcomes
  let local: LocalKeys
  /// The live resources in the lists that were read, by read and address, so that each list is searched once.
  let listed: [Read: [Address: JSONValue]]
  /// The batch in which each resource was read.
  let named: [Address: Read]
  /// Projects with a successful read: they exist, whatever other answers say.
  let answered: Set<String>
  /// Other resources with a successful read inside them.
  private let inhabited: Set<Address>
  /// The observations so far: whatever is inside a resource asks for its own.
  private let observed = Observed()

  private final class Observed {
    var byAddress: [Address: Observation<LiveResource>] = [:]
  }

  init(graph: DesiredGraph, plan: ReadPlan, outcomes: ReadOutcomes, local: LocalKeys) {
    self.graph = graph
    self.plan = plan
    self.outcomes = outcomes
    self.local = local
    var listed: [Read: [Address: JSONValue]] = [:]
    for (read, outcome) in outcomes.byRead {
      guard case .success(.list(let members)) = outcome else { continue }
      listed[read] = SnapshotBuilder.index(members, of: read)
    }
    self.listed = listed
    named = SnapshotBuilder.batches(in: outcomes)
    answered = Set(
      outcomes.byRead.compactMap { read, outcome in
        if case .success = outcome { read.project } else { nil }
      })
    inhabited = Set(
      outcomes.byRead.flatMap { read, outcome -> [Address] in
        guard case .success = outcome, let place = read.surroundings else { return [] }
        return place.lineage.filter { $0.parent != nil }
      })
  }

  func snapshot() -> Snapshot {
    var snapshot = Snapshot()
    for (address, resource) in graph.resources where plan.wants(address) {
      snapshot.resources[address] = observe(resource)
    }
    for read in plan.reads {
      switch read {
      case .policy(let address): snapshot.policies[address] = observePolicy(address)
      case .keys(let account): snapshot.keys[account] = observeKeys(account)
      default: break
      }
    }
    for read in readsOfFoundPolicies() {
      if case .policy(let address) = read { snapshot.policies[address] = observePolicy(address) }
    }
    snapshot.destinations = local.destinations.mapValues { recognizing($0, snapshot.keys) }
    snapshot.undeclared = undeclared(snapshot.keys)
    let unchecked = notChecked()
    snapshot.notChecked = unchecked.map(\.text).sorted()
    snapshot.lacksReports = unchecked.contains(where: \.isFailure)
    snapshot.notLookedIn = notLookedIn()
    for project in Set(plan.reads.map(\.project)) {
      snapshot.projectNumbers[project] = outcomes.projectNumber(of: plan.kinds.project(project))
    }
    return snapshot
  }

  /// A destination whose files name another server, although this run's server knows their keys.
  private func recognizing(
    _ destination: KeyDestination, _ keys: [Address: Observation<[LiveKey]>]
  ) -> KeyDestination {
    let files =
      [destination.file, destination.unnamed].compactMap { $0 } + destination.replaced.map(\.file)
    guard files.contains(where: { $0.otherServer != nil }) else { return destination }
    let known = Set(
      keys.values.flatMap { observation -> [LiveKey] in
        if case .present(let keys) = observation { keys } else { [] }
      }.compactMap(\.fingerprint))
    var destination = destination
    if var file = destination.file, known.contains(file.fingerprint) {
      file.otherServer = nil
      destination.state = .file(file)
    }
    if let file = destination.unnamed, known.contains(file.fingerprint) {
      destination.unnamed?.otherServer = nil
    }
    destination.replaced = destination.replaced.compactMap { kept in
      guard kept.file.otherServer != nil else { return kept }
      guard known.contains(kept.file.fingerprint) else { return nil }
      var kept = kept
      kept.file.otherServer = nil
      return kept
    }
    return destination
  }

  /// The reads that follow from the answers so far: GETs in place of a forbidden list, of services that their list does
  /// not show as enabled, of accounts that one answer shows and another lacks, of differences in a list that only a
  /// replacement could change, and of projects whose number is still missing.
  func followingReads() -> [Read] {
    var reads = readsByName()
    for address in plan.wanted.lazy.map(\.address) {
      guard let source = plan.sources[address], source.isGroup,
        let error = outcomes.failure(source), error.isPermissionDenied,
        address.parent.flatMap(absence(in:)) == nil, !isReadByName(address)
      else { continue }
      reads.append(fallback(for: address))
    }
    for address in plan.wanted.lazy.map(\.address) {
      guard isContradicted(address), outcomes[.resource(address)] == nil else { continue }
      reads.append(.resource(address))
    }
    reads += toConfirm()
    reads += readsOfFoundPolicies()
    for id in plan.numbersNeeded.sorted() {
      let project = plan.kinds.project(id)
      let isAsked = reads.contains {
        $0.project == id && $0.collection?.kind.rest?.namesProjectNumber == true
      }
      guard outcomes.projectNumber(of: project) == nil, !isAsked else { continue }
      reads.append(.resource(project))
    }
    return reads.filter { outcomes[$0] == nil }
  }

  func fallback(for address: Address) -> Read {
    switch address.rest?.grouping {
    case .batch: .batch(ResourceCollection(of: address), ids: [address.id])
    case .list, .alone, nil: .resource(address)
    }
  }

  // MARK: resources

  func observe(_ resource: DesiredResource) -> Observation<LiveResource> {
    if let known = observed.byAddress[resource.address] { return known }
    let observation = observedAnew(resource)
    observed.byAddress[resource.address] = observation
    return observation
  }

  private func observedAnew(_ resource: DesiredResource) -> Observation<LiveResource> {
    let address = resource.address
    guard let parent = address.parent else { return observeProject(resource) }
    if let absence = absence(in: parent) { return .absent(absence) }
    guard let source = plan.sources[address], let outcome = outcomes[source] else {
      return .unreadable(.local("\(address): arctl cannot read addresses of this kind"))
    }
    if isReadByName(address) { return observeByName(address) }
    switch outcome {
    case .success(.list):
      guard let value = listed[source]?[address] else {
        return isContradicted(address) ? observeContradicted(address) : leftOut(address)
      }
      return withKnownChildren(confirmed(seen(address, value), of: resource), of: resource)
    case .success(.object(let value)):
      return withKnownChildren(seen(address, value), of: resource)
    case .success(.keys): return .unreadable(.local("\(address): an answer of another kind"))
    case .failure(let error):
      if isContradicted(address) { return observeContradicted(address) }
      if source.isGroup, error.isPermissionDenied {
        return observeAlone(address, fallback(for: address))
      }
      if error.kind == .notFound, !source.isGroup, address.isAbsentAfterNotFound {
        return missing(address)
      }
      return .unseen(error, waitsFor: enabling(error, address), project: address.project)
    }
  }

  /// Whether an account is missing in its list, or in its own read, although a read inside it succeeded: its keys, or
  /// its policy. One of the two answers is outdated, so neither proves absence.
  private func isContradicted(_ address: Address) -> Bool {
    guard plan.kinds.credential(of: address.kind) != nil, let source = plan.sources[address] else {
      return false
    }
    switch outcomes[source] {
    case .success(.list): guard listed[source]?[address] == nil else { return false }
    case .failure(let error): guard error.kind == .notFound else { return false }
    case .success, nil: return false
    }
    return isAnswered(.keys(address)) || isAnswered(.policy(address.policy))
  }

  private func isAnswered(_ read: Read) -> Bool {
    if case .success? = outcomes[read] { true } else { false }
  }

  /// The GET of the account decides if its list is contradicted. A GET that does not find it is contradicted as well.
  private func observeContradicted(_ address: Address) -> Observation<LiveResource> {
    if case .success(.object(let value)) = outcomes[.resource(address)] {
      return seen(address, value)
    }
    return .unreadable(
      .local(
        "\(address): it is missing in the list, but its keys or its policy were read; plan again"
      ))
  }

  /// The result of the GET in place of a forbidden list.
  func observeAlone(_ address: Address, _ read: Read) -> Observation<LiveResource> {
    switch outcomes[read] {
    case .success(.object(let value)): return seen(address, value)
    case .success(.list):
      guard let value = listed[read]?[address] else { return leftOut(address) }
      return seen(address, value)
    case .failure(let error):
      if error.kind == .notFound, address.isAbsentAfterNotFound {
        return missing(address)
      }
      return .unseen(error, waitsFor: enabling(error, address), project: address.project)
    case .success(.keys), nil: return .unreadable(.local("\(address) was not read"))
    }
  }

  /// A resource that a complete list lacks: absent, unless a read inside it succeeded, because Google's lists may be
  /// outdated.
  private func leftOut(_ address: Address) -> Observation<LiveResource> {
    if case .success = outcomes[.policy(address.policy)] {
      return .unreadable(
        .local("\(address): the list does not contain it, but its policy was read; try again"))
    }
    return missing(address)
  }

  /// A resource that was not found: absent, unless a read inside it succeeded.
  private func missing(_ address: Address) -> Observation<LiveResource> {
    guard inhabited.contains(address) else { return .absent(.confirmed) }
    return .unreadable(
      .local("\(address): it was not found, but its contents were read; try again"))
  }

  /// A resource with an answer, by its state. One that cannot be compared is unreadable.
  private func seen(_ address: Address, _ value: JSONValue) -> Observation<LiveResource> {
    if let problem = problem(address, value) { return .unreadable(problem) }
    switch address.state(of: value) {
    case .present:
      // An enabled service has nothing to compare.
      let isComparable = !address.kind.schema.fields.isEmpty
      return .present(LiveResource(address: address, value: isComparable ? value : [:]))
    case .softDeleted: return .softDeleted(LiveResource(address: address, value: value))
    case .absent: return .absent(.confirmed)
    case .unknown(let state): return .unreadable(.local("\(address): \(state)"))
    }
  }

  /// Why a live resource cannot be compared with the manifest.
  func problem(_ address: Address, _ value: JSONValue) -> ReadProblem? {
    address.problem(comparing: value, written: graph.resources[address]?.spec ?? [:]).map {
      .local("\(address): the answer cannot be used: \($0)")
    }
  }

  // MARK: policies and keys

  func observePolicy(_ address: Address) -> Observation<JSONValue> {
    if let absence = absenceAround(address.policyResource ?? address) { return .absent(absence) }
    switch outcomes[.policy(address)] {
    case .success(.object(let policy)):
      if let problem = PolicyShape.problem(in: policy) {
        return .unreadable(.local("\(address): \(problem)"))
      }
      return .present(policy)
    case .failure(let error):
      let isKnown = address.policyResource.map { graph.resources[$0] != nil } ?? false
      if error.kind == .notFound, !isKnown { return .absent(.confirmed) }
      return .unseen(
        error, waitsFor: enabling(error, address.policyResource ?? address),
        project: address.project)
    case .success, nil: return .unreadable(.local("\(address) was not read"))
    }
  }

  func observeKeys(_ account: Address) -> Observation<[LiveKey]> {
    if let absence = absenceAround(account) { return .absent(absence) }
    switch outcomes[.keys(account)] {
    case .success(.keys(let keys)): return .present(keys)
    case .failure(let error):
      if error.kind == .notFound, graph.resources[account] == nil { return .absent(.confirmed) }
      return .unseen(error, waitsFor: enabling(error, account), project: account.project)
    case .success, nil: return .unreadable(.local("the keys of \(account) were not read"))
    }
  }

  /// Why something that belongs to a resource cannot exist: the resource, or its parent, does not.
  private func absenceAround(_ address: Address) -> Absence? {
    if let parent = address.parent, let absence = absence(in: parent) {
      return absence
    }
    guard let resource = graph.resources[address], plan.sources[address] != nil,
      case .absent(let absence) = observe(resource)
    else { return nil }
    if case .notYetThere = absence { return absence }
    return .notYetThere(because: address)
  }

  /// Why nothing can be inside a parent: it does not exist. A project that this plan does not create exists, or its own
  /// row reports the problem. The contents of any other parent that is absent and is not created are absent as well.
  func absence(in parent: Address) -> Absence? {
    guard parent.parent != nil else {
      return missingProject(parent.project).map { .notYetThere(because: $0) }
    }
    guard let absence = absenceAround(parent) else { return nil }
    guard case .notYetThere(parent) = absence, let resource = graph.resources[parent],
      resource.origin == .external || resource.lifecycle.ensure == .absent
        || !resource.lifecycle.create
    else { return absence }
    return .confirmed
  }

  /// The declared service whose enabling makes a failed call possible. If it is on already, enabling it changes
  /// nothing: the server has not caught up, and the contents are unknown.
  private func enabling(_ error: APIError, _ address: Address) -> Address? {
    guard
      let host = address.rest?.host, let name = error.disabledService(called: host),
      address.kind != plan.kinds.setting, isInProject(error, address.root)
    else { return nil }
    let service = plan.kinds.service(name, project: address.project)
    guard let declared = graph.resources[service], declared.lifecycle.ensure == .present else {
      return nil
    }
    // Without proof that it is off, there is nothing to wait for.
    guard case .absent = observe(declared) else { return nil }
    return service
  }

  /// Whether the service is missing in the project itself, and not in the one that pays for the calls.
  private func isInProject(_ error: APIError, _ project: Address) -> Bool {
    guard case .serviceDisabled(_, let consumer?) = error.kind,
      let number = outcomes.projectNumber(of: project)
    else { return true }
    let name = ResourceNames.lastSegment(of: consumer)
    return name == number || name == project.project
  }
}

extension Observation {
  /// The observation for a resource whose read failed.
  static func unseen(_ error: APIError, waitsFor service: Address?, project: String) -> Self {
    if let service { return .absent(.notYetThere(because: service)) }
    return .unreadable(ReadProblem(error, project: project))
  }
}
