import JSON
import SandboxStore
import SandboxWire

/// The rules for a policy's members beyond their form. Members that the policy already had can stay.
struct PolicyMembers {
  let resource: Resource
  let current: PolicyRecord?
  /// What reads do not show yet: a new account is unknown to policies for some seconds
  /// (docs/google-apis.md#members-of-policies).
  let lag: Lag

  /// Throws Google's refusal of the first member that breaks a rule. One such member refuses the whole write.
  func check(_ bindings: [PolicyRecord.Binding], _ state: State) throws(APIError) {
    let old = Set((current?.bindings ?? []).flatMap(\.members))
    let all = Set(bindings.flatMap(\.members))
    // In the client's order and not that of a set, so that the same write gets the same refusal.
    for member in bindings.flatMap(\.members) {
      // A project takes neither (docs/google-apis.md#reading-and-writing-a-policy).
      if resource.kind == .project || resource.kind.isAboveProjects,
        member == "allUsers" || member == "allAuthenticatedUsers"
      {
        let owner = resource.kind == .organization ? "an organization" : "a \(resource.kind)"
        throw .invalid("Members \(member) is not allowed in \(owner)'s policy.")
      }
      // An account of the old policy may be deleted by now. A client must be able to write back what it read.
      guard member.hasPrefix("serviceAccount:"), !member.hasSuffix("]"), !old.contains(member)
      else { continue }
      try checkAccount(String(member.dropFirst("serviceAccount:".count)), state)
    }
    try checkNamesakes(all, old)
    try checkOwners(bindings, state)
  }

  /// Throws unless the account exists. Accounts of projects that the sandbox does not have are accepted: other
  /// organisations' projects are invisible to Google's callers too.
  private func checkAccount(_ email: String, _ state: State) throws(APIError) {
    let exists: Bool
    switch GoogleAccounts.kind(of: email) {
    case .ofProject(let id):
      // A deleted account does not count: policies name it with `deleted:`, and its e-mail may belong to another one.
      exists =
        state[ProjectRecord.self][id] == nil
        || state.account(email: email) != nil
          && !lag.hidesNew(AccountRecord.self) { $0.email == email }
    case .ofServices(let services, let name):
      let project = name.flatMap { state.project($0) }
      // Agents of organizations and of other projects are accepted, since the sandbox cannot know their services.
      exists = project?.hasAgents(ofAny: services) ?? true
    // Google gives out no account with such an e-mail, so it is mistyped.
    case .unknown: exists = false
    }
    if !exists { throw APIError(.invalidArgument, "Service account \(email) does not exist.") }
  }

  /// Refuses a new member whose deleted namesake is still in the policy, whatever their roles. If both were already
  /// there, as after an undelete, they can stay.
  private func checkNamesakes(_ members: Set<String>, _ old: Set<String>) throws(APIError) {
    for dead in members.sorted() where dead.hasPrefix("deleted:") {
      guard let mark = dead.firstRange(of: "?uid=") else { continue }
      let live = String(dead[..<mark.lowerBound].dropFirst("deleted:".count))
      // The dead member blocks the live one until it is removed (docs/google-apis.md#members-of-policies).
      guard members.contains(live), !old.contains(live) || !old.contains(dead) else { continue }
      let type = live.hasPrefix("serviceAccount:") ? "Service account" : "Member"
      throw .invalid(
        "\(type) \(live.drop { $0 != ":" }.dropFirst()) cannot be granted a role in a policy that "
          + "its deleted namesake still holds one in; remove \(dead) from the policy.")
    }
  }

  /// Refuses new owners of a project without an organization: people can only be invited, in the console; service
  /// accounts are exempt (discovery `cloudresourcemanager.v1 projects.setIamPolicy`).
  private func checkOwners(
    _ bindings: [PolicyRecord.Binding], _ state: State
  ) throws(APIError) {
    guard resource.kind == .project, let project = state[ProjectRecord.self][resource.project],
      project.parent == nil
    else { return }
    func owners(_ bindings: [PolicyRecord.Binding]) -> Set<String> {
      Set(bindings.filter { $0.role == "roles/owner" }.flatMap(\.members))
    }
    // Owners who are in the policy already were invited before, so a client can write them back.
    let invited = owners(bindings).subtracting(owners(current?.bindings ?? [])).filter { member in
      ["user:", "group:", "domain:"].contains { member.hasPrefix($0) }
    }
    guard !invited.isEmpty else { return }
    throw APIError(
      .invalidArgument, "Request contains an invalid argument.", reason: "badRequest",
      details: invited.sorted().map { member in
        [
          "@type": "type.googleapis.com/google.cloudresourcemanager.v1.ProjectIamPolicyError",
          "type": "SOLO_MUST_INVITE_OWNERS", "member": .string(member), "role": "roles/owner",
        ]
      })
  }
}
