import SandboxStore
import SandboxWire

/// The organisation policy that restricts the domains of a policy's new members (`iam.allowedPolicyMemberDomains`).
struct MemberDomains {
  private let allowed: Set<String>?
  private let state: State

  /// - Parameter allowed: the allowed domains; nil allows all.
  init(_ allowed: [String]?, _ state: State) {
    self.allowed = allowed.map(Set.init)
    self.state = state
  }

  /// Refuses new members of other domains. Members that the policy already had can stay: the constraint applies to
  /// changes, not to what exists.
  func check(
    _ bindings: [PolicyRecord.Binding], addedTo current: [PolicyRecord.Binding]
  ) throws(APIError) {
    guard let allowed else { return }
    let old = Set(current.flatMap(\.members))
    // Not the old ones: a constraint that is set later must not make existing policies impossible to change.
    for member in bindings.flatMap(\.members) where !old.contains(member) {
      guard !isAllowed(member, allowed) else { continue }
      throw APIError(
        .failedPrecondition,
        "One or more users named in the policy do not belong to a permitted customer, "
          + "perhaps due to an organization policy.",
        reason: "failedPrecondition",
        details: [
          [
            "@type": "type.googleapis.com/google.rpc.PreconditionFailure",
            "violations": [
              [
                "type": "constraints/iam.allowedPolicyMemberDomains", "subject": .string(member),
                "description": .string("User \(member) is not in permitted organization."),
              ]
            ],
          ]
        ])
    }
  }

  /// Accounts of the sandbox's projects count as members of one organisation, and so do Google's agents.
  private func isAllowed(_ member: String, _ allowed: Set<String>) -> Bool {
    // The public belongs to no domain, so the constraint refuses public access.
    if member == "allUsers" || member == "allAuthenticatedUsers" { return false }
    let parts = member.split(separator: ":", maxSplits: 1).map(String.init)
    guard parts.count == 2, let domain = parts[1].split(separator: "@").last.map(String.init) else {
      return true
    }
    switch parts[0] {
    case "user", "group", "domain": return allowed.contains(domain)
    case "serviceAccount":
      // An account of a project that the sandbox does not have belongs to another organization.
      let suffix = ".iam.gserviceaccount.com"
      guard domain.hasSuffix(suffix), !domain.hasPrefix("gcp-sa-") else { return true }
      return state[ProjectRecord.self][String(domain.dropLast(suffix.count))] != nil
    // Identities of pools and deleted members: the sandbox cannot know whose they are, and lets them pass.
    default: return true
    }
  }
}
