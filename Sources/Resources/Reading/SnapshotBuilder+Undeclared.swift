import CloudResources
import GoogleCloud
import JSON
import Model

extension SnapshotBuilder {
  /// The members of a list by their addresses.
  static func index(_ members: [JSONValue], of read: Read) -> [Address: JSONValue] {
    var index: [Address: JSONValue] = [:]
    for member in members {
      if let address = address(of: member, in: read) { index[address] = member }
    }
    return index
  }

  private static func address(of member: JSONValue, in read: Read) -> Address? {
    guard let collection = read.collection, let name = member["name"]?.string else { return nil }
    return collection.kind.rest?
      .address(of: ResourceNames.lastSegment(of: name), in: collection)
  }

  /// The undeclared resources in the lists that were read for them; in order.
  func undeclared(_ keys: [Address: Observation<[LiveKey]>]) -> [LiveResource] {
    var found: [LiveResource] = []
    for read in plan.reported {
      for (address, member) in listed[read] ?? [:]
      where graph.resources[address] == nil
        && address.state(of: member) == .present
        && !isStandard(address)
        && problem(address, member) == nil
      {
        found.append(LiveResource(address: address, value: member))
      }
    }
    for (account, observation) in keys where plan.reportsCredentials(of: account.kind) {
      if case .present(let keys) = observation { found += unclaimed(keys, of: account) }
    }
    return found.sorted { $0.address < $1.address }
  }

  /// The keys that no declaration claims, neither by the certificate's common name nor by the file at the destination.
  ///
  /// A key from Google has no name. A declaration without a local file claims one of them, as long as there are no more
  /// such keys than declarations. If there are more, arctl cannot know which one is extra, and reports all of them.
  private func unclaimed(_ keys: [LiveKey], of account: Address) -> [LiveResource] {
    let declared = graph.keys.values.filter { $0.account == account }
    let names = Set(declared.map(\.commonName))
    let prints = Set(
      declared.flatMap {
        local.fingerprints(of: $0.address) + local.replacedFingerprints(of: $0.address)
      })
    let unknown = keys.filter { key in
      !(key.commonName.map(names.contains) ?? false)
        && !(key.fingerprint.map(prints.contains) ?? false)
    }
    let elsewhere = declared.filter {
      $0.origin == .google && local.fingerprints(of: $0.address).isEmpty
    }
    let areClaimed = unknown.filter { !$0.isUploaded }.count <= elsewhere.count
    guard let kind = plan.kinds.credential(of: account.kind) else { return [] }
    return unknown.filter { $0.isUploaded || !areClaimed }.map { key in
      LiveResource(
        address: Address(project: account.project, kind, names: account.names + [key.id]),
        value: key.summary)
    }
  }

  /// One line for each list that could not be read, and for each undeclared resource in a list that cannot be
  /// understood.
  func notChecked() -> [String] {
    let reads = plan.reported.union(unclaimedKeyReads)
      .filter { $0.surroundings.flatMap(absence(in:)) == nil }
      .compactMap { read -> String? in
        guard let error = outcomes.failure(read), !waits(error, read) else { return nil }
        return "\(words(read)): \(why(error, read))"
      }
    let odd = plan.reported.flatMap { read in
      (listed[read] ?? [:]).compactMap { address, member in
        graph.resources[address] == nil && !isStandard(address)
          ? oddness(address, member) : nil
      }
    }
    return (reads + odd).sorted()
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
    if case .keys(let account) = read { return account.rest?.host }
    return read.collection?.kind.rest?.host
  }

  private func words(_ read: Read) -> String {
    switch read {
    case .list(let collection), .batch(let collection, _):
      let what = collection.kind.rest?.plural ?? collection.kind.name
      let place = collection.parentNames.joined(separator: "/")
      return "\(what) of \(collection.project)" + (place.isEmpty ? "" : " in \(place)")
    case .keys(let account): return "keys of \(local.email(of: account))"
    case .resource, .billing, .policy: return read.project
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
