import SandboxAPIs
import SandboxCalls
import SandboxPackages
import SandboxStore

/// The one list of what the sandbox serves.
enum ServedAPIs {
  static let all: [any ServedAPI.Type] = [
    TokenEndpoint.self,
    ProjectsV1.self,
    ProjectsV3.self,
    Billing.self,
    Services.self,
    Locations.self,
    Repositories.self,
    Rules.self,
    PackageRoutes.self,
    ServiceAccounts.self,
    ServiceAccountKeys.self,
    Roles.self,
    Credentials.self,
    PolicyRoutes.self,
    LongRunningOperations.self,
    SandboxRoutes.self,
    FaultRoutes.self,
    Constraints.self,
  ]

  /// Every route, whatever its API.
  static let routes: [Route] = all.flatMap { $0.routes }

  /// Every record type, each with a table of its own in the state.
  static let records: [any Record.Type] = all.flatMap { $0.records }
}
