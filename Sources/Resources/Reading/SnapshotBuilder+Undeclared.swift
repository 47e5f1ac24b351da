import CloudResources
import GoogleCloud
import JSON
import Model

extension SnapshotBuilder {
  /// The members of a list by their addresses.
  static func index(_ members: [JSONValue], of read: Read) -> [Address: JSONValue] {
    guard let collection = read.collection, let rest = collection.kind.rest else { return [:] }
    var index: [Address: JSONValue] = [:]
    index.reserveCapacity(members.count)
    for member in members {
      guard let name = member["name"]?.string else { continue }
      index[rest.address(of: ResourceNames.lastSegment(of: name), in: collection)] = member
    }
    return index
  }

  /// The undeclared resources in the lists that were read for them; in order.
  func undeclared(_ keys: [Address: Observation<[LiveKey]>]) -> [LiveResource] {
    var found: [LiveResource] = []
    for read in plan.reported { found += undeclared(in: read) }
    for (account, observation) in keys where plan.reportsCredentials(of: account.kind) {
      if case .present(let keys) = observation { found += unclaimed(keys, of: account) }
    }
    return found.sorted { $0.address < $1.address }
  }

  private func undeclared(in read: Read) -> [LiveResource] {
    (listed[read] ?? [:]).compactMap { address, member in
      graph.resources[address] == nil && address.state(of: member) == .present
        && !isStandard(address) && problem(address, member) == nil
        ? LiveResource(address: address, value: member) : nil
    }
  }

  /// The policies of undeclared resources, if the run looks for all grants; in order.
  func readsOfFoundPolicies() -> [Read] {
    guard plan.reach.readsAllGrants else { return [] }
    let found = plan.reported.flatMap(undeclared).map(\.address)
    return found.filter { $0.resource?.hasPolicy == true }.map(\.policy).sorted()
      .filter { ReadCalls.policy($0) != nil }.map(Read.policy)
  }

  /// The keys that no declaration claims, here or in another stack, neither by its id, nor by the certificate's common
  /// name, nor by the file at the destination.
  ///
  /// A key from Google has no name. A declaration without a local file claims one of them, as long as there are no more
  /// such keys than declarations. If there are more, arctl cannot know which one is extra, and reports all of them.
  private func unclaimed(_ keys: [LiveKey], of account: Address) -> [LiveResource] {
    let declared = graph.keys.values.filter { $0.account == account }
    let others = graph.others.keys.filter { $0.account == account }
    let prints = Set(
      declared.flatMap {
        local.fingerprints(of: $0.address) + local.replacedFingerprints(of: $0.address)
      })
    let named = Set((declared + others).compactMap(\.keyID))
      .union(declared.flatMap { local.storedIDs(of: $0.address) })
    let unknown = keys.filter { key in
      !named.contains(key.id) && !(declared + others).contains { $0.isNamed(key.commonName) }
        && !(key.fingerprint.map(prints.contains) ?? false)
    }
    let elsewhere = declared.filter {
      $0.origin == .google && local.fingerprints(of: $0.address).isEmpty
        && local.storedIDs(of: $0.address).isEmpty
    }
    let claims = elsewhere.count + others.count { $0.origin == .google }
    // A store that does not say which key it holds may hold any of those that Google made.
    let isUnclear = declared.contains { $0.origin == .google && local.isUnclear($0.address) }
    let areClaimed = isUnclear || unknown.filter { !$0.isUploaded }.count <= claims
    guard let kind = plan.kinds.credential(of: account.kind) else { return [] }
    return unknown.filter { $0.isUploaded || !areClaimed }.map { key in
      LiveResource(
        address: Address(project: account.project, kind, names: account.names + [key.id]),
        value: key.summary)
    }
  }

  /// Something that a report of undeclared things lacks.
  struct Unchecked: Hashable {
    let text: String
    /// Whether a read failed; false if nothing can be there because a service is disabled.
    let isFailure: Bool
  }

  /// One line for each list that could not be read, and for each undeclared resource in a list that cannot be
  /// understood.
  func notChecked() -> [Unchecked] {
    let reads = plan.reported.union(unclaimedKeyReads).union(policyReadsForReport)
      .filter { $0.surroundings.flatMap(absence(in:)) == nil }
      .compactMap { read -> Unchecked? in
        guard let error = outcomes.failure(read), !waits(error, read) else { return nil }
        let isDisabled = host(read).flatMap(error.disabledService) != nil
        // Most projects do not use it, and a line for each of them would hide the others.
        if isDisabled, read.collection?.kind.rest?.isSoughtOnlyWhereNamed == true { return nil }
        return Unchecked(
          text: "\(words(read)): \(why(error, read))", isFailure: !isDisabled)
      }
    let odd = plan.reported.flatMap { read in
      (listed[read] ?? [:]).compactMap { address, member -> Unchecked? in
        guard graph.resources[address] == nil, !isStandard(address) else { return nil }
        return oddness(address, member).map { Unchecked(text: $0, isFailure: true) }
      }
    }
    return reads + odd + failedSearches()
  }

  /// The projects whose locations are not known, so that the run looked only where the manifests say.
  private func failedSearches() -> [Unchecked] {
    plan.locations.compactMap { search, found in
      guard let error = found.error else { return nil }
      let list = Read.list(ResourceCollection(search.kind, project: search.project))
      guard !waits(error, list) else { return nil }
      return Unchecked(
        text: "\(words(list)) in other locations: \(why(error, list))",
        isFailure: host(list).flatMap(error.disabledService) == nil)
    }
  }

  /// The policies that are read for the report alone. One that a manifest names has a row of its own.
  private var policyReadsForReport: [Read] {
    guard plan.reach.readsAllGrants else { return [] }
    return (plan.reads + readsOfFoundPolicies()).filter { read in
      guard case .policy(let address) = read, graph.policies[address] == nil,
        case .unreadable = observePolicy(address)
      else { return false }
      return true
    }
  }

  /// Where the run did not look for undeclared resources: one line for all projects.
  func notLookedIn() -> [String] {
    guard !plan.reach.isEverywhere else { return [] }
    return plan.kinds.resources.map(\.id).compactMap { kind in
      guard LocationSearch.isPossible(for: kind), plan.reports(kind), let rest = kind.rest,
        graph.resources.values.contains(where: isDeclaredRoot)
      else { return nil }
      let places = plan.reported.compactMap(\.collection).filter { $0.kind == kind }
        .compactMap(\.parentNames.first)
      let named = Set(places).sorted()
      guard !named.isEmpty else { return "\(rest.plural): the manifests name no location" }
      let names = named.prefix(5).joined(separator: ", ")
      let more = named.count > 5 ? " and \(named.count - 5) more" : ""
      return "\(rest.plural) in other locations than \(names)\(more)"
    }
  }

  private func isDeclaredRoot(_ resource: DesiredResource) -> Bool {
    resource.address.kind == plan.kinds.root && resource.origin == .declared
  }

  /// Whether no manifest needs to declare a resource: Google made it, or its kind names it as usual.
  private func isStandard(_ address: Address) -> Bool {
    address.kind.rest?.isGoogles(address) == true
      || address.resource?.standard?.ids.contains(address.id) == true
  }

  /// Why an undeclared resource cannot be reported, as text.
  private func oddness(_ address: Address, _ member: JSONValue) -> String? {
    if let problem = problem(address, member) { return problem.message }
    guard case .unknown(let state) = address.state(of: member) else {
      return nil
    }
    return "\(address): \(state)"
  }

  /// The reads of keys for the report alone: of accounts without a declared key, which have a row of their own.
  private var unclaimedKeyReads: [Read] {
    let claimed = Set(graph.keys.values.map(\.account))
    return plan.reads.filter { read in
      guard case .keys(let account) = read, plan.reportsCredentials(of: account.kind),
        !claimed.contains(account),
        case .unreadable = observeKeys(account)
      else { return false }
      return true
    }
  }

  private func why(_ error: APIError, _ read: Read) -> String {
    if let service = host(read).flatMap(error.disabledService) {
      return "\(service) is not enabled"
    }
    return error.advice.map { "the permission \($0.permission) is missing" } ?? error.message
  }

  /// Whether the list failed only because of a service that these manifests enable.
  private func waits(_ error: APIError, _ read: Read) -> Bool {
    guard let name = host(read).flatMap(error.disabledService) else { return false }
    let service = graph.resources[plan.kinds.service(name, project: read.project)]
    return service?.lifecycle.ensure == .present
  }

  /// The API that answers a read of a whole collection or of keys.
  private func host(_ read: Read) -> APIHost? {
    switch read {
    case .keys(let account): return account.rest?.host
    case .policy(let policy): return policy.policyResource?.rest?.host
    case .list, .batch, .resource, .billing: break
    }
    return read.collection?.kind.rest?.host
  }

  private func words(_ read: Read) -> String {
    switch read {
    case .list(let collection), .batch(let collection, _):
      let what = collection.kind.rest?.plural ?? collection.kind.name
      let place = collection.parentNames.joined(separator: "/")
      return "\(what) of \(collection.project)" + (place.isEmpty ? "" : " in \(place)")
    case .keys(let account): return "keys of \(local.email(of: account))"
    case .policy(let policy): return "members of \(policy.policyResource ?? policy)"
    case .resource, .billing: return read.project
    }
  }
}

extension LiveKey {
  /// The fields of an undeclared key in a report, in Google's names.
  var summary: JSONValue {
    var value: JSONObject = [
      "keyType": "USER_MANAGED",
      "keyOrigin": isUploaded ? "USER_PROVIDED" : "GOOGLE_PROVIDED", "disabled": .bool(isDisabled),
    ]
    if let commonName { value["commonName"] = .string(commonName) }
    return .object(value)
  }
}
