import Grammar
public import JSON
public import Model

extension Estate {
  /// Adds the grants of a live policy, without those of Google's own accounts and of deleted members, which it counts.
  public mutating func add(policy answer: JSONValue, at policy: Address) {
    var googles: [(role: String, member: String)] = []
    var deleted: [(role: String, member: String)] = []
    var found: [EstateGrant] = []
    for (key, members) in PolicyDocument(answer).members {
      var own: Set<String> = []
      for member in members {
        if member.hasPrefix("deleted:") {
          deleted.append((key.role, member))
        } else if isGoogles(member, in: policy.project) {
          googles.append((key.role, member))
        } else {
          own.insert(PolicyMember.normalized(member))
        }
      }
      if !own.isEmpty {
        found.append(EstateGrant(role: key.role, condition: key.condition, members: own.sorted()))
      }
    }
    if !found.isEmpty { grants[policy] = found.sorted(by: Self.isBefore) }
    note(googles, deleted, policy)
    if let settings = answer["auditConfigs"]?.array, !settings.isEmpty {
      leftOut.append(
        LeftOut("\(policy)", "audit settings of a policy: the language has no field for them"))
    }
  }

  private func isGoogles(_ member: String, in project: String) -> Bool {
    ServiceAgents.isOwn(member, of: project, number: projectNumbers[project])
  }

  private static func isBefore(_ left: EstateGrant, _ right: EstateGrant) -> Bool {
    if left.role != right.role { return left.role < right.role }
    switch (left.condition, right.condition) {
    case (nil, _?): return true
    case (let left?, let right?): return left < right
    default: return false
    }
  }

  /// Says above the policy's grants what is not among them, and in the report, what of it a person granted.
  private mutating func note(
    _ googles: [(role: String, member: String)], _ deleted: [(role: String, member: String)],
    _ policy: Address
  ) {
    if !googles.isEmpty {
      notes[policy, default: []].append(
        googles.count == 1
          ? "One grant to an account that Google made is left out."
          : "\(googles.count) grants to accounts that Google made are left out.")
    }
    for grant in googles.sorted(by: <) {
      let isUsual =
        grant.role.hasSuffix("serviceAgent") || grant.role.hasSuffix("ServiceAgent")
        || ServiceAgents.isGrantedByGoogle(grant.role, to: grant.member, of: policy.project)
      leftOut.append(
        LeftOut(
          "\(policy) \(grant.role) \(grant.member)",
          isUsual
            ? "Google grants this to its own account"
            : "a grant to an account that Google made; to declare it, write `serviceAgent:NAME` or its e-mail",
          weight: isUsual ? .standard : .missing))
    }
    for grant in deleted.sorted(by: <) {
      notes[policy, default: []].append("\(grant.member) still has \(grant.role).")
      leftOut.append(
        LeftOut(
          "\(policy) \(grant.role) \(grant.member)",
          "the member is deleted, and no policy accepts it again"))
    }
  }
}
