import CloudResources
import GoogleCloud
import JSON
package import Model

/// Who has what in live policies, and on what.
package struct LiveAccess: Sendable {
  /// A grant, and the policy that it is in.
  package struct PolicyGrant: Sendable, Hashable {
    /// The policy's address.
    package var policy: Address
    /// The grant.
    package var grant: Grant
    /// Pairs a grant with its policy.
    package init(_ policy: Address, _ grant: Grant) {
      self.policy = policy
      self.grant = grant
    }
  }
  /// All grants of the policies that could be read.
  package var grants: [PolicyGrant] = []
  /// The live resources that hold contents: repositories.
  package var containers: Set<Address> = []
  /// The permissions of the custom roles in the grants, as far as they could be read, by the names in policies.
  package var permissions: [String: [String]] = [:]
  /// What could not be read.
  package var problems: [ListProblem] = []
  /// Nothing, at first.
  package init() {}
}

extension ListReader {
  /// Reads the policies of the projects and of everything in them, what holds contents, and the custom roles that the
  /// policies name.
  package func readAccess() async -> LiveAccess {
    client.run.beginReading()
    var access = LiveAccess()
    async let containers = resources { $0.containerKind?.servesPackages == true }
    let grants = await grants(GrantColumns.form)
    let listed = await containers
    access.containers = Set(listed.found.map(\.address))
    access.problems = grants.problems + listed.problems.filter { !grants.problems.contains($0) }
    for row in grants.rows {
      if let grant = Self.grant(row, kinds) {
        access.grants.append(grant)
      } else {
        access.problems.append(Self.problem(of: row))
      }
    }
    // A policy that could be read belongs to something that exists, whatever the lists say.
    access.containers.formUnion(
      access.grants.compactMap(\.policy.policyResource).filter {
        $0.resource?.containerKind?.servesPackages == true
      })
    let custom = Set(access.grants.map(\.grant.role)).filter { !$0.hasPrefix("roles/") }
    guard !custom.isEmpty else { return access }
    let roles = await resources(\.isRole)
    access.problems += roles.problems
    for role in roles.found {
      guard let kind = role.address.resource, case .role(let name)? = role.address.policyName,
        custom.contains(name)
      else { continue }
      access.permissions[name] = kind.permissions(in: [:], live: role.value) ?? []
    }
    return access
  }

  /// The live resources of the kinds that are wanted, in all projects.
  private func resources(
    _ isWanted: (any ResourceKind) -> Bool
  ) async -> ListedResources {
    let wanted = kinds.resources.filter { kind in
      guard case .list? = kind.id.rest?.grouping else { return false }
      return isWanted(kind)
    }.map(\.id)
    let pairs = wanted.flatMap { kind in scope.projects.map { (kind, $0) } }
    let parts = await concurrently(pairs) { kind, project in
      var listed = await listed(kind, in: project)
      listed.problems.removeAll { $0.isOfUnusedKind(kind) }
      return listed
    }
    return ListedResources(
      found: parts.flatMap(\.found), problems: parts.flatMap(\.problems))
  }

  private static func grant(_ row: ListRow, _ kinds: KindSet) -> LiveAccess.PolicyGrant? {
    guard let policy = row.values["policy"]?.string.flatMap(kinds.address(parsing:)),
      let role = row.values["role"]?.string, let member = row.values["member"]?.string
    else { return nil }
    let condition = row.values["condition"]?.object.map { object in
      PolicyCondition(
        title: object["title"]?.string ?? "", description: object["description"]?.string ?? "",
        expression: object["expression"]?.string ?? "")
    }
    return LiveAccess.PolicyGrant(
      policy, Grant(role: role, condition: condition, member: member))
  }

  /// A grant that cannot be drawn is missing from the picture, which says so.
  private static func problem(of row: ListRow) -> ListProblem {
    ListProblem(
      project: row.values["project"]?.string ?? "", what: GrantColumns.form.name,
      reason: .local("a grant of the policy \(row.names.first ?? "") cannot be read"))
  }
}
