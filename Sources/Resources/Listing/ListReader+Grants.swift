import CloudResources
import GoogleCloud
import Grammar
import JSON
import Model

extension ListReader {
  /// The grants of all policies: those of the projects and of everything in them that has a policy, and those that the
  /// manifests name. The known policies are read at once, the others as soon as a list names their resource.
  func grants(_ form: ListForm) async -> Listing.Part {
    let known = Dictionary(grouping: knownPolicies(), by: \.project)
    let projects = Set(scope.projects).union(known.keys).sorted()
    async let numbers = projectNumbers()
    let read = await concurrently(projects) { project in
      await policies(in: project, known: known[project] ?? [])
    }
    let (found, problems) = await numbers
    let parts = read.flatMap { $0 }.map { policy in
      Listing.Part(
        rows: policy.answer.map { rows(of: $0, policy.address, found) } ?? [],
        problems: policy.problems)
    }
    return Listing.Part(parts + [Listing.Part(problems: problems)])
  }

  /// A policy, or why it could not be read. An absent resource has neither.
  private struct ReadPolicy: Sendable {
    let address: Address
    var answer: JSONValue?
    var problems: [ListProblem] = []
  }

  /// The policies that are known before the first answer.
  private func knownPolicies() -> Set<Address> {
    let projects = Set(scope.projects)
    let own = scope.projects.map { kinds.project($0).policy }
    let declared = scope.graph.resources.values.filter {
      $0.origin == .declared && projects.contains($0.address.project)
    }.map(\.address.policy)
    return Set(own + declared + scope.graph.policies.keys)
      .filter { ReadCalls.policy($0) != nil }
  }

  private func policies(in project: String, known: [Address]) async -> [ReadPolicy] {
    let listable =
      scope.projects.contains(project)
      ? kinds.resources.filter { kind in
        guard kind.hasPolicy, case .list? = kind.id.rest?.grouping else { return false }
        return true
      } : []
    let skipped = Set(known)
    async let named = concurrently(known.sorted()) { await policy(at: $0) }
    let others = await concurrently(listable.map(\.id)) { kind in
      let listed = await listed(kind, in: project)
      let policies = listed.found.map(\.address.policy).filter { !skipped.contains($0) }
      let incomplete = ReadPolicy(
        address: kinds.project(project).policy,
        problems: listed.problems.filter { !$0.isOfUnusedKind(kind) })
      return [incomplete] + (await concurrently(policies) { await policy(at: $0) })
    }
    return await named + others.flatMap { $0 }
  }

  private func policy(at address: Address) async -> ReadPolicy {
    guard let call = ReadCalls.policy(address) else { return ReadPolicy(address: address) }
    let owners = address.policyResource?.rest?.plural ?? address.local
    do throws(APIError) {
      let answer = try await client.call(call)
      if let problem = PolicyShape.problem(in: answer) {
        throw APIError(.malformed, label: call.label, problem)
      }
      return ReadPolicy(address: address, answer: answer)
    } catch {
      // What does not exist has no policy.
      if error.kind == .notFound { return ReadPolicy(address: address) }
      return ReadPolicy(
        address: address,
        problems: [ListProblem(error, project: address.project, what: "policies of \(owners)")])
    }
  }

  private func rows(
    of answer: JSONValue, _ policy: Address, _ numbers: [String: String]
  ) -> [ListRow] {
    let names = names(of: policy) + (policy.policyResource.map(names(of:)) ?? [])
    let declared = DeclaredGrants(scope.graph.policies[policy]?.entries ?? [], numbers)
    return PolicyDocument(answer).members.flatMap { key, members in
      Set(members.map(PolicyMember.normalized)).map { member in
        let grant = Grant(role: key.role, condition: key.condition, member: member)
        return ListRow(
          names: names,
          values: [
            "policy": .string(policy.description), "role": .string(key.role),
            "member": .string(member), "condition": key.condition.map { $0.json } ?? .null,
            "declared": declared.contains(grant).map(JSONValue.bool) ?? .null,
            "project": .string(policy.project),
          ])
      }
    }
  }

  /// The numbers of the projects that declared members name by their ids: policies have them with the number.
  private func projectNumbers() async -> ([String: String], [ListProblem]) {
    let members = scope.graph.policies.values.flatMap(\.entries).flatMap(\.members)
    let projects = Set(members.compactMap { NumberedMember.project(in: $0.text) })
      .filter { scope.limit?.matches($0) ?? true }.sorted()
    let read = await concurrently(projects) { project -> (String?, ListProblem?) in
      let address = kinds.project(project)
      guard let call = ReadCalls.resource(address) else { return (nil, nil) }
      do throws(APIError) {
        return (try ProjectNumbers.number(in: try await client.call(call), of: address), nil)
      } catch {
        // A project that does not exist yet has no member.
        if error.kind == .notFound { return (nil, nil) }
        return (nil, ListProblem(error, project: project, what: "declared members"))
      }
    }
    let pairs = zip(projects, read).compactMap { project, answer in
      answer.0.map { (project, $0) }
    }
    return (
      Dictionary(pairs) { first, _ in first }, read.compactMap(\.1)
    )
  }
}

/// The grants that the manifests declare in a policy.
private struct DeclaredGrants {
  private var grants: Set<Grant> = []
  /// Those whose member is not known, because it contains the number of a project that could not be read: without it.
  private var unresolved: Set<Grant> = []

  init(_ entries: [PolicyEntry], _ numbers: [String: String]) {
    for entry in entries {
      for member in entry.members.map(\.text) {
        var grant = Grant(role: entry.role, condition: entry.condition, member: "")
        if NumberedMember.project(in: member) == nil {
          grant.member = PolicyMember.normalized(member)
          grants.insert(grant)
        } else if let resolved = NumberedMember.resolved(member, projectNumbers: numbers) {
          grant.member = PolicyMember.normalized(resolved)
          grants.insert(grant)
        } else {
          unresolved.insert(grant)
        }
      }
    }
  }

  /// Nil: it is not known.
  func contains(_ grant: Grant) -> Bool? {
    if grants.contains(grant) { return true }
    let anyMember = Grant(role: grant.role, condition: grant.condition, member: "")
    let mayBeNumbered = ["serviceAccount:", "principal"].contains { grant.member.hasPrefix($0) }
    return mayBeNumbered && unresolved.contains(anyMember) ? nil : false
  }
}

extension PolicyCondition {
  /// As policies have it; without an empty description.
  fileprivate var json: JSONValue {
    var object: JSONObject = ["title": .string(title), "expression": .string(expression)]
    if !description.isEmpty { object["description"] = .string(description) }
    return .object(object)
  }
}
