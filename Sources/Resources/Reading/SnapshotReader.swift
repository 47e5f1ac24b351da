import CloudResources
public import GoogleCloud
import JSON
public import Keys
public import Model

/// Reads the part of the live cloud that some manifests are about.
///
/// One concurrent wave of grouped reads whose URLs all follow from the manifests. Only reads of single names follow from
/// answers, as soon as these are known: in place of a forbidden list, and of services that their list does not show.
public struct SnapshotReader: Sendable {
  /// Called with the number of completed reads; from any task, one call at a time per reader.
  public typealias Progress = @Sendable (_ done: Int, _ total: Int) -> Void

  private let client: APIClient
  private let keys: KeyStore?
  let kinds: KindSet
  private let environment: [String: String]

  /// `keys` reads the destinations of declared keys; without it they are unknown. `environment` has the variables in
  /// which a token for GitHub may be.
  public init(
    client: APIClient, keys: KeyStore?, kinds: KindSet, environment: [String: String] = [:]
  ) {
    self.client = client
    self.keys = keys
    self.kinds = kinds
    self.environment = environment
  }

  /// Reads the live state of `graph` and the undeclared resources beside it. `selected` limits it to some addresses and
  /// turns the report of undeclared resources off. With `listsIgnored` it also reads the lists that the scope's
  /// `ignore` makes unnecessary. `reach` says how far it looks for what is undeclared.
  public func readSnapshot(
    of graph: DesiredGraph, selected: Set<Address>? = nil, listsIgnored: Bool = false,
    reach: ReportReach = ReportReach(), progress: Progress? = nil
  ) async -> Snapshot {
    client.run.beginReading()
    let searches =
      reach.isEverywhere
      ? LocationSearch.all(graph, kinds: kinds, selected: selected, listsIgnored: listsIgnored) : []
    let found = await concurrently(searches) { await client.locations(of: $0.kind, in: $0.project) }
    let plan = ReadPlan(
      graph, kinds: kinds, selected: selected, listsIgnored: listsIgnored, reach: reach,
      locations: Dictionary(zip(searches, found)) { first, _ in first })
    let wanted = graph.keys.values.filter { plan.wants($0.address) }
    let local = await LocalKeys.look(at: wanted, keys)
    let remote = wanted.filter { $0.remote != nil }
    let wave = ReadWave(plan.reads, local, holdsKeys: !remote.isEmpty, progress: progress)
    let holdings = await perform(wave, for: plan, of: graph, lookingAt: remote)
    while true {
      let builder = SnapshotBuilder(
        graph: graph, plan: plan, outcomes: wave.outcomes, local: wave.local)
      // No read is made twice, so this ends.
      let following = builder.followingReads()
      if following.isEmpty {
        var snapshot = dated(builder.snapshot())
        for (address, holding) in holdings {
          snapshot.holdings[address] =
            switch holding {
            case .success(let shown): .present(shown)
            case .failure(let error): .unreadable(problem(error, of: graph.keys[address]))
            }
        }
        return snapshot
      }
      wave.add(following)
      _ = await perform(wave, for: plan, of: graph, lookingAt: [])
    }
  }

  /// With the times of files by the server's clock, as the planner compares them with times of keys.
  private func dated(_ snapshot: Snapshot) -> Snapshot {
    let ahead = Int64(client.run.serverLead)
    guard ahead != 0 else { return snapshot }
    var dated = snapshot
    dated.destinations = snapshot.destinations.mapValues { $0.datedByServer(ahead: ahead) }
    return dated
  }

  /// GitHub's permissions are none of Google's, whose roles have other advice.
  private func problem(_ error: APIError, of key: DesiredKey?) -> ReadProblem {
    if case .githubActions? = key?.remote { return ReadProblem(.other, error.description) }
    return ReadProblem(error, project: key?.account.project ?? "")
  }

  private enum Ended: Sendable {
    case reads
    case stores([Address: Result<RemoteHolding, APIError>])
  }

  /// Makes the reads of a wave, and looks at the stores of secrets that are to hold these keys.
  private func perform(
    _ wave: ReadWave, for plan: ReadPlan, of graph: DesiredGraph, lookingAt remote: [DesiredKey]
  ) async -> [Address: Result<RemoteHolding, APIError>] {
    await withTaskGroup(of: Ended.self) { group in
      var holdings: [Address: Result<RemoteHolding, APIError>] = [:]
      if !remote.isEmpty {
        // Before the keys: what a store shows is then never newer than the list of keys.
        let vaults = KeyVaults(
          calls: CloudCalls(client: client, memory: RecentWrites()), environment: environment)
        group.addTask {
          let shown = await vaults.look(at: remote)
          wave.release(shown)
          return .stores(shown)
        }
      }
      var working = 0
      let most = client.readsAtOnce
      while true {
        for _ in 0..<min(most - working, wave.waiting) {
          working += 1
          group.addTask {
            await work(on: wave, for: plan, of: graph)
            return .reads
          }
        }
        switch await group.next() {
        case .reads: working -= 1
        case .stores(let shown): holdings = shown
        case nil: return holdings
        }
      }
    }
  }

  /// Makes one read after the other, until none is left or some follow from the answers, for which there may have to be
  /// more tasks.
  private func work(on wave: ReadWave, for plan: ReadPlan, of graph: DesiredGraph) async {
    while let read = wave.next() {
      guard wave.record(read, await answer(read, wave.local)) else { continue }
      let outcomes = wave.outcomes
      guard plan.mayLead(outcomes) else { continue }
      // Answers that are missing yet can only add to these, because they can only show that something exists. Policies
      // that follow may be on their way already.
      let following = SnapshotBuilder(
        graph: graph, plan: plan, outcomes: outcomes, local: wave.local
      ).followingReads().filter(\.isCause)
      guard following.isEmpty else { return wave.add(following) }
    }
  }

  private func answer(_ read: Read, _ local: LocalKeys) async -> Result<ReadAnswer, APIError> {
    do throws(APIError) {
      return .success(try await perform(read, local))
    } catch {
      return .failure(error)
    }
  }

  private func perform(_ read: Read, _ local: LocalKeys) async throws(APIError) -> ReadAnswer {
    switch read {
    case .list(let collection): return .list(try await client.members(of: collection))
    case .batch(let collection, let ids): return .list(try await batch(collection, ids))
    case .resource(let address): return .object(try await resource(address))
    case .billing(let project):
      let call = ReadCalls.billing(project: project)
      let value = try await client.call(call)
      _ = try LiveAnswer.billingAccount(in: value, of: project, call.label)
      return .object(value)
    case .policy(let address):
      return .object(try await object(ReadCalls.policy(address), address))
    case .keys(let account): return .keys(try await accountKeys(account, local))
    }
  }

  private func object(_ call: APICall?, _ address: Address) async throws(APIError) -> JSONValue {
    guard let call else {
      throw APIError(.other, label: "\(address)", "arctl cannot read addresses of this kind")
    }
    return try await client.call(call)
  }

  private func resource(_ address: Address) async throws(APIError) -> JSONValue {
    let value = try await object(ReadCalls.resource(address), address)
    guard address.rest?.isAbout(value, address) == true else {
      throw APIError(.malformed, label: "\(address)", LiveAnswer.notAsked)
    }
    return value
  }

  /// Exactly the requested resources; an answer that lacks one proves nothing about it.
  private func batch(
    _ collection: ResourceCollection, _ ids: [String]
  ) async throws(APIError) -> [JSONValue] {
    let addresses = ids.map(collection.address)
    if let address = addresses.first, addresses.count == 1 { return [try await resource(address)] }
    guard let rest = collection.kind.rest,
      case .batch(_, _, let items, _) = rest.grouping,
      let call = rest.batch(collection, ids: ids)
    else {
      throw APIError(.other, label: "\(collection)", "arctl cannot read this kind in batches")
    }
    let members = try await client.call(call)[items]?.array ?? []
    for address in addresses {
      switch members.count(where: { rest.isAbout($0, address) }) {
      case 1: continue
      case 0:
        throw APIError(
          .malformed, label: call.label, "the answer lacks \(rest.plural) that the request names")
      default:
        throw APIError(.malformed, label: call.label, "the answer contains a \(rest.noun) twice")
      }
    }
    guard members.count == ids.count else {
      throw APIError(
        .malformed, label: call.label,
        "the answer contains \(rest.plural) that the request does not name")
    }
    return members
  }

  /// The keys of one account: uploaded keys without a local file with their certificates, and those with a local file, or
  /// declared by their ids or held by stores of secrets, that are live although the list lacks them.
  private func accountKeys(
    _ account: Address, _ local: LocalKeys
  ) async throws(APIError) -> [LiveKey] {
    let email = local.email(of: account)
    let (listed, read) = try await LiveKey.list(
      email: email, project: account.project, client: client
    ) { $0.isUploaded && !local.holdsFile(forKey: $0.id) }
    let readIDs = Set(read.map(\.id))
    let named = local.namedIDs(of: account).union(local.storedIDs(ofAccount: account))
      .subtracting(listed.map(\.id)).sorted()
    let rest =
      listed.filter { !readIDs.contains($0.id) }.map(local.completed)
      + (try await LiveKey.unlisted(named, email: email, project: account.project, client: client))
    guard let keys else { return (read + rest).sorted { $0.id < $1.id } }
    let files = UnlistedKeys(local, keys, client: client)
    let unlisted = try await files.living(of: account, besides: listed + rest)
    let recognized = try await files.recognized(of: account)
    let recognizedIDs = Set(recognized.map(\.id))
    return ((read + rest + unlisted).filter { !recognizedIDs.contains($0.id) } + recognized)
      .sorted { $0.id < $1.id }
  }
}
