import CloudResources
public import GoogleCloud
import JSON
import Keys
public import Model
import Synchronization

/// Reads everything that lives in some projects: for an export.
///
/// No read waits for one that it does not need: a policy, the keys of an account and the children of a resource are read as
/// soon as a list names it.
public struct EstateReader: Sendable {
  /// Called with the number of finished reads, and of those that are known so far.
  public typealias Progress = @Sendable (_ done: Int, _ total: Int) -> Void

  private let lists: ListReader
  private let wanted: Set<KindID>?
  private let counter: ReadCounter

  private var client: APIClient { lists.client }
  private var kinds: KindSet { lists.kinds }

  /// - Parameters:
  ///   - wanted: the kinds to read; nil: all.
  ///   - locations: where to look; nil: in all locations that Google has.
  public init(
    client: APIClient, kinds: KindSet, projects: [String], wanted: Set<KindID>? = nil,
    locations: [String]? = nil, progress: Progress? = nil
  ) {
    let scope = ListScope(
      projects: projects, graph: DesiredGraph(), locations: locations, now: 0)
    lists = ListReader(client: client, keys: nil, kinds: kinds, scope: scope)
    self.wanted = wanted
    counter = ReadCounter(progress)
  }

  /// The whole estate.
  package func read() async -> LiveEstate {
    client.run.beginReading()
    return LiveEstate(await concurrently(lists.scope.projects) { await project($0) })
  }

  /// One resource with its policy, its keys and what is in it; the estate is empty if it does not exist.
  ///
  /// - Parameter withPolicyOnly: whether nothing else than the policy is read of what belongs to it.
  package func read(_ address: Address, withPolicyOnly: Bool = false) async -> LiveEstate {
    client.run.beginReading()
    var estate = LiveEstate()
    guard let call = ReadCalls.resource(address) else { return estate }
    do throws(APIError) {
      let value = try await client.call(call)
      guard address.rest?.isAbout(value, address) == true else {
        throw APIError(.malformed, label: call.label, LiveAnswer.notAsked)
      }
      if let why = address.problem(comparing: value, written: [:]) {
        throw APIError(.malformed, label: call.label, why)
      }
      switch address.state(of: value) {
      case .present: estate.resources[address] = value
      case .softDeleted: estate.deleted.append(address)
      case .absent: break
      case .unknown(let why): throw APIError(.malformed, label: call.label, why)
      }
    } catch {
      if error.kind == .notFound { return estate }
      estate.problems.append(ListProblem(error, project: address.project, what: address.local))
      return estate
    }
    guard let value = estate.resources[address] else { return estate }
    async let number = number(of: address.project, known: address, value)
    if withPolicyOnly {
      estate.add(await policy(of: address))
    } else {
      estate.add(await belongings(of: ListedResource(address: address, value: value)))
      if address.kind == kinds.root {
        estate.add(await all(of: kinds.setting, in: address.project))
      }
    }
    estate.projectNumbers[address.project] = await number
    return estate
  }

  private func number(of project: String, known: Address, _ value: JSONValue) async -> String? {
    let address = kinds.project(project)
    if address == known { return Self.number(in: value) }
    guard let call = ReadCalls.resource(address),
      let answer = try? await client.call(call)
    else { return nil }
    return Self.number(in: answer)
  }

  /// The number in `projects/123` or `projects/123/services/x`.
  private static func number(in value: JSONValue) -> String? {
    let parts = ResourceNames.parts(of: value["name"]?.string ?? "")
    guard parts.count > 1, parts[0] == "projects", ResourceNames.isNumber(parts[1]) else {
      return nil
    }
    return String(parts[1])
  }

  private func wants(_ kind: KindID) -> Bool { wanted?.contains(kind) ?? true }

  // MARK: one project

  private func project(_ id: String) async -> LiveEstate {
    let address = kinds.project(id)
    async let root = root(address)
    let listed = kinds.resources.map(\.id).filter { kind in
      guard let place = kind.resource?.place, !kinds.references.contains(where: { $0.id == kind }),
        isWanted(kind)
      else { return false }
      if place.isSetting { return true }
      guard case .list? = kind.rest?.grouping, !place.isChild else { return false }
      return true
    }
    let parts = await concurrently(listed) { await all(of: $0, in: id) }
    return LiveEstate([await root] + parts)
  }

  /// Whether a kind is wanted, or one of the kinds below it, or the one whose document has it as an entry.
  private func isWanted(_ kind: KindID) -> Bool {
    if kind.resource?.place.isSetting == true { return wants(kinds.root) }
    return wants(kind)
      || kinds.resources.contains { $0.place.isChild && $0.place.parent == kind && wants($0.id) }
  }

  /// The project itself and its policy. One that may not be read is written with what is in it.
  private func root(_ address: Address) async -> LiveEstate {
    var estate = LiveEstate()
    guard let call = ReadCalls.resource(address) else { return estate }
    do throws(APIError) {
      let value = try await counter.counting { () throws(APIError) in try await client.call(call) }
      guard address.rest?.isAbout(value, address) == true else {
        throw APIError(.malformed, label: call.label, LiveAnswer.notAsked)
      }
      estate.projectNumbers[address.project] = Self.number(in: value)
      guard wants(kinds.root) else { return estate }
      if let why = address.problem(comparing: value, written: [:]) {
        throw APIError(.malformed, label: call.label, why)
      }
      switch address.state(of: value) {
      case .present: estate.resources[address] = value
      case .softDeleted: estate.deleted.append(address)
      case .absent, .unknown:
        throw APIError(.malformed, label: call.label, "the project is in an unknown state")
      }
    } catch {
      estate.problems.append(ListProblem(error, project: address.project, what: "the project"))
    }
    if wants(kinds.root) { estate.add(await policy(of: address)) }
    return estate
  }

  private func all(of kind: KindID, in project: String) async -> LiveEstate {
    var listed = await counter.counting { await lists.listed(kind, in: project) }
    if wanted == nil { listed.problems.removeAll { $0.isOfUnusedKind(kind) } }
    var estate = await estate(of: listed, kind)
    if kind.rest?.namesProjectNumber == true, let first = listed.found.first {
      estate.projectNumbers[project] = Self.number(in: first.value)
    }
    return estate
  }

  /// What a list names, with what belongs to it.
  private func estate(of listed: ListedResources, _ kind: KindID) async -> LiveEstate {
    var estate = LiveEstate()
    estate.problems = listed.problems
    var present: [ListedResource] = []
    for resource in listed.found {
      if resource.address.state(of: resource.value) == .softDeleted {
        estate.deleted.append(resource.address)
      } else {
        present.append(resource)
      }
    }
    let isWanted = wants(kind) || kind.resource?.place.isSetting == true
    let parts = await concurrently(present) { resource in
      var part = await belongings(of: resource)
      if isStandard(resource.address), !isChanged(resource, part) {
        part.standard.append(resource.address)
      } else if isWanted {
        part.resources[resource.address] = resource.value
      }
      return part
    }
    return LiveEstate([estate] + parts)
  }

  /// Whether somebody changed what Google made: granted something on it, made a key of it, or switched it off.
  private func isChanged(_ resource: ListedResource, _ belongings: LiveEstate) -> Bool {
    let switches = resource.address.kind.rest?.switchedFields ?? []
    return !belongings.keys.isEmpty || !belongings.resources.isEmpty
      || switches.contains { resource.value[$0] == true }
      || belongings.policies.values.contains { $0["bindings"]?.array?.isEmpty == false }
  }

  /// Whether Google makes it in every project. A service that some kind needs is written, so that its resources can be made
  /// in another project.
  private func isStandard(_ address: Address) -> Bool {
    if address.kind.rest?.isGoogles(address) == true { return true }
    let isNeeded =
      address.resource?.place.isSetting == true
      && kinds.resources.contains { $0.service == address.id }
    return !isNeeded && address.resource?.standard?.ids.contains(address.id) == true
  }

  // MARK: what belongs to a resource

  private func belongings(of resource: ListedResource) async -> LiveEstate {
    async let policy = policy(of: resource.address)
    async let keys = keys(of: resource)
    async let children = children(of: resource.address)
    return LiveEstate([await policy, await keys, await children])
  }

  private func policy(of address: Address) async -> LiveEstate {
    var estate = LiveEstate()
    guard wants(address.kind), address.resource?.hasPolicy == true,
      let call = ReadCalls.policy(address.policy)
    else { return estate }
    do throws(APIError) {
      let answer = try await counter.counting { () throws(APIError) in try await client.call(call) }
      if let problem = PolicyShape.problem(in: answer) {
        throw APIError(.malformed, label: call.label, problem)
      }
      estate.policies[address.policy] = answer
    } catch {
      // Also a 404: that it was deleted since the list was read is only one of its reasons.
      estate.unreadPolicies.append(address.policy)
      estate.problems.append(
        ListProblem(error, project: address.project, what: "the policy of \(address.local)"))
    }
    return estate
  }

  private func keys(of account: ListedResource) async -> LiveEstate {
    var estate = LiveEstate()
    guard let kind = kinds.credential(of: account.address.kind),
      wants(kind) || wants(account.address.kind), let email = account.value["email"]?.string
    else { return estate }
    let project = account.address.project
    do throws(APIError) {
      let keys = try await counter.counting { () throws(APIError) in
        try await LiveKey.list(email: email, project: project, client: client)
      }
      if !keys.isEmpty { estate.keys[account.address] = keys }
    } catch {
      let plural = kind.rest?.plural ?? kind.name
      estate.problems.append(
        ListProblem(error, project: project, what: "\(plural) of \(account.address.local)"))
    }
    return estate
  }

  private func children(of parent: Address) async -> LiveEstate {
    let found = kinds.resources.map(\.id).filter { kind in
      guard kind.resource?.place.isChild == true, kind.resource?.parent == parent.kind,
        kind.resource?.isCredential == false, wants(kind), case .list? = kind.rest?.grouping
      else { return false }
      return true
    }
    return LiveEstate(
      await concurrently(found) { kind in
        let collection = ResourceCollection(kind, project: parent.project, parent.names)
        let listed = await counter.counting { await lists.listed(collection) }
        return await estate(of: listed, kind)
      })
  }
}

/// Counts reads for a progress line.
private final class ReadCounter: Sendable {
  private let progress: EstateReader.Progress?
  private let counts = Mutex((done: 0, total: 0))

  init(_ progress: EstateReader.Progress?) { self.progress = progress }

  func counting<Value: Sendable, Failure: Error>(
    _ work: () async throws(Failure) -> Value
  ) async throws(Failure) -> Value {
    counts.withLock { $0.total += 1 }
    defer {
      counts.withLock { counts in
        counts.done += 1
        progress?(counts.done, counts.total)
      }
    }
    return try await work()
  }
}
