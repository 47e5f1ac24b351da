import CloudResources
import GoogleCloud
import JSON
import Model

extension SnapshotBuilder {
  /// The members of a list by their addresses; members that have none (Google's own accounts) are left out.
  static func index(_ members: [JSONValue], of read: Read) -> [Address: JSONValue] {
    var index: [Address: JSONValue] = [:]
    for member in members {
      if let address = address(of: member, in: read) { index[address] = member }
    }
    return index
  }

  private static func address(of member: JSONValue, in read: Read) -> Address? {
    guard let name = member["name"]?.string else { return nil }
    let id = ResourceNames.lastSegment(of: name)
    switch read {
    case .repositories(let project, let location):
      return Address(project: project, .repository, location, id)
    case .serviceAccounts(let project):
      return ResourceNames.accountID(of: member["email"]?.string ?? id, project: project)
        .map { Address(project: project, .serviceAccount, $0) }
    case .roles(let project): return Address(project: project, .role, id)
    case .services(let project, _): return Address(project: project, .service, id)
    case .resource, .billing, .policy, .keys: return nil
    }
  }

  /// What lives beside the manifests, in the lists that were read for it; in order.
  func undeclared(_ keys: [Address: Observation<[LiveKey]>]) -> [LiveResource] {
    var found: [LiveResource] = []
    for read in plan.reported {
      for (address, member) in listed[read] ?? [:]
      where graph.resources[address] == nil && !Self.isDeleted(member, address.kind)
        && problem(address, member) == nil
      {
        found.append(LiveResource(address: address, value: member))
      }
    }
    if plan.reportsKeys {
      for (account, observation) in keys {
        if case .present(let keys) = observation { found += unclaimed(keys, of: account) }
      }
    }
    return found.sorted { $0.address < $1.address }
  }

  /// Whether a member of a list is soft-deleted: it is neither undeclared nor there to be deleted.
  private static func isDeleted(_ member: JSONValue, _ kind: Address.Kind) -> Bool {
    switch kind {
    case .role: member["deleted"]?.bool == true
    case .project: member["state"]?.string == "DELETE_REQUESTED"
    // Lists leave out deleted accounts; the others are deleted at once.
    case .serviceAccount, .repository, .service, .serviceAccountKey, .iam: false
    }
  }

  /// The keys that no declaration claims: not by its certificate's common name, not by the file at its destination.
  ///
  /// A key that Google made carries no name. Where its file is elsewhere, the declaration claims it as long as there are
  /// no more such keys than declarations; when there are, nobody can tell which one is spare, and each is named.
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
    return unknown.filter { $0.isUploaded || !areClaimed }.map { key in
      LiveResource(
        address: Address(
          project: account.project, .serviceAccountKey, account.id, key.id), value: key.summary)
    }
  }

  /// One line for each list that could not be read, and for each undeclared thing in one that cannot be understood.
  func notChecked() -> [String] {
    let reads = plan.reported.union(unclaimedKeyReads)
      .filter { missingProject($0.project) == nil }
      .compactMap { read -> String? in
        guard let error = outcomes.failure(read), !waits(error, read) else { return nil }
        return "\(words(read)): \(why(error, read))"
      }
    let odd = plan.reported.flatMap { read in
      (listed[read] ?? [:]).compactMap { address, member in
        graph.resources[address] == nil ? problem(address, member)?.message : nil
      }
    }
    return (reads + odd).sorted()
  }

  /// The reads of keys that are made for the report alone: of accounts without a declared key, which have a row of their own.
  private var unclaimedKeyReads: [Read] {
    guard plan.reportsKeys else { return [] }
    let claimed = Set(graph.keys.values.map(\.account))
    return plan.reads.filter { read in
      guard case .keys(let account) = read, !claimed.contains(account),
        case .unreadable = observeKeys(account)
      else { return false }
      return true
    }
  }

  private func why(_ error: APIError, _ read: Read) -> String {
    if let service = error.disabledService(called: host(read)) {
      return "\(service) is not enabled"
    }
    return PermissionRoles.permission(of: error).map { "the permission \($0) is missing" }
      ?? error.message
  }

  /// Whether the list is only waiting for a service that these manifests enable.
  private func waits(_ error: APIError, _ read: Read) -> Bool {
    guard let name = error.disabledService(called: host(read)) else { return false }
    let service = graph.resources[Address(project: read.project, .service, name)]
    return service?.lifecycle.ensure == .present
  }

  private func host(_ read: Read) -> APIHost {
    if case .repositories = read { .artifactRegistry } else { .iam }
  }

  private func words(_ read: Read) -> String {
    switch read {
    case .repositories(let project, let location): "repositories of \(project) in \(location)"
    case .serviceAccounts(let project): "service accounts of \(project)"
    case .roles(let project): "custom roles of \(project)"
    case .keys(let account): "keys of \(local.email(of: account))"
    case .services, .resource, .billing, .policy: "\(read.project)"
    }
  }
}

extension LiveKey {
  /// What a report of an undeclared key shows of it, in Google's names.
  var summary: JSONValue {
    var value: JSONObject = [
      "keyType": "USER_MANAGED",
      "keyOrigin": isUploaded ? "USER_PROVIDED" : "GOOGLE_PROVIDED", "disabled": .bool(isDisabled),
    ]
    if let commonName { value["commonName"] = .string(commonName) }
    return .object(value)
  }
}
