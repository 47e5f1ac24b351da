import Grammar
public import Model

/// Whether the manifests give an account what a client needs.
public struct ClientAccess: Sendable {
  /// What the manifests say about one use.
  public enum Answer: Sendable, Hashable {
    case granted
    /// Only under the condition with this title.
    case conditional(String)
    /// No manifest grants it. The account may hold a role by a group, a folder or by hand.
    case notGranted
  }

  private let graph: DesiredGraph
  private let isMember: @Sendable (String) -> Bool

  /// - Parameter email: the e-mail of a service account or of a user.
  public init(of email: String, in graph: DesiredGraph) {
    self.graph = graph
    let own = Self.isServiceAccount(email) ? ["serviceAccount:\(email)"] : ["user:\(email)"]
    let members = Set((own + ["allUsers", "allAuthenticatedUsers"]).map(PolicyMember.normalized))
    isMember = { members.contains(PolicyMember.normalized($0)) }
  }

  /// The access of the identities of a provider's pool, of which policies name one or several. `allAuthenticatedUsers`
  /// does not include them.
  public init(ofIdentitiesOf provider: ProviderPlace, in graph: DesiredGraph) {
    self.graph = graph
    isMember = { $0 == "allUsers" || provider.isIdentity($0) }
  }

  /// Whether an e-mail is that of a service account; Google gives them this domain.
  public static func isServiceAccount(_ email: String) -> Bool {
    email.hasSuffix(".gserviceaccount.com")
  }

  /// The predefined role that a use needs at least.
  public static func role(for use: ClientUse) -> String {
    use == .install ? "roles/artifactregistry.reader" : "roles/artifactregistry.writer"
  }

  /// Whether a manifest grants the account a role for this use, on the repository or its project.
  public func answer(_ use: ClientUse, on repository: Address) -> Answer {
    answer(on: repository) { allows(use, $0) }
  }

  /// The predefined role with which an identity of a pool acts as a service account.
  public static let impersonation = "roles/iam.workloadIdentityUser"

  /// Whether a manifest grants a role for getting tokens of a service account, on it or its project.
  public func mayActAs(_ account: Address) -> Answer {
    answer(on: account) { role in
      Self.impersonators.contains(role)
        || hasPermission("iam.serviceAccounts.getAccessToken", role)
    }
  }

  private func answer(on resource: Address, _ suffices: (String) -> Bool) -> Answer {
    let entries = [resource.policy, resource.root.policy].flatMap { policy in
      (graph.policies[policy]?.entries ?? []).filter { entry in
        suffices(entry.role) && entry.members.contains { isMember($0.text) }
      }
    }
    if entries.contains(where: { $0.condition == nil }) { return .granted }
    return entries.first.map { .conditional($0.condition?.title ?? "") } ?? .notGranted
  }

  private func allows(_ use: ClientUse, _ role: String) -> Bool {
    let known = use == .install ? Self.readers.union(Self.writers) : Self.writers
    return known.contains(role)
      || hasPermission(
        "artifactregistry.repositories.\(use == .install ? "download" : "upload")Artifacts", role)
  }

  /// Whether a declared role has the permission.
  private func hasPermission(_ permission: String, _ role: String) -> Bool {
    graph.resources.values.contains { resource in
      guard case .role(role)? = resource.address.policyName else { return false }
      return resource.spec["includedPermissions"]?.array?.contains(.string(permission)) == true
    }
  }

  /// Roles with `iam.serviceAccounts.getAccessToken` that are granted for it (docs/keyless.md#through-a-service-account).
  private static let impersonators: Set = [
    impersonation, "roles/iam.serviceAccountTokenCreator",
  ]

  /// Roles with `artifactregistry.repositories.downloadArtifacts` (docs/google-apis.md#roles-of-clients), without those of
  /// service agents.
  private static let readers: Set = [
    "roles/artifactregistry.reader", "roles/artifactregistry.viewer", "roles/viewer",
    "roles/cloudfunctions.admin", "roles/cloudfunctions.developer",
  ]

  /// Roles with `artifactregistry.repositories.uploadArtifacts`, which can download too.
  private static let writers: Set = [
    "roles/artifactregistry.writer", "roles/artifactregistry.repoAdmin",
    "roles/artifactregistry.admin", "roles/artifactregistry.editor",
    "roles/artifactregistry.createOnPushWriter", "roles/artifactregistry.createOnPushRepoAdmin",
    "roles/appengine.deployer", "roles/cloudbuild.builds.builder", "roles/composer.worker",
    "roles/run.builder", "roles/editor", "roles/owner",
  ]
}
