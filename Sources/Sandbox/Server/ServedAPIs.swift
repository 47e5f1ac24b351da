import SandboxAPIs
import SandboxCalls
import SandboxGitHub
import SandboxPackages
import SandboxStore

/// The list of everything that the sandbox serves.
enum ServedAPIs {
  static let all: [any ServedAPI.Type] = [
    TokenEndpoint.self,
    SigningCertificates.self,
    ProjectsV1.self,
    ProjectsV3.self,
    Containers.self,
    Billing.self,
    Services.self,
    ServiceIdentities.self,
    KeyPolicies.self,
    Secrets.self,
    SecretVersions.self,
    OrganisationPolicies.self,
    Locations.self,
    Repositories.self,
    Rules.self,
    PackageRoutes.self,
    Attachments.self,
    FormatLists.self,
    RegistrySettings.self,
    ServiceAccounts.self,
    ServiceAccountKeys.self,
    Roles.self,
    WorkloadIdentityPools.self,
    WorkloadIdentityProviders.self,
    IssuerRoutes.self,
    GitHubRoutes.self,
    PredefinedRoles.self,
    Credentials.self,
    PolicyRoutes.self,
    LongRunningOperations.self,
    SandboxRoutes.self,
    FaultRoutes.self,
    Constraints.self,
  ]

  /// Every route of every API.
  static let routes: [Route] = all.flatMap { $0.routes }

  /// Every record type; each has its own table in the state.
  static let records: [any Record.Type] = all.flatMap { $0.records }
}
