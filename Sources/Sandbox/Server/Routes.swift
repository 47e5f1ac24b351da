import SandboxAPIs
import SandboxCalls
import SandboxPackages

/// Every operation that the sandbox serves, by API.
enum Routes {
  static let all: [Route] =
    TokenEndpoint.routes + ProjectsV1.routes + ProjectsV3.routes + Billing.routes
    + Services.routes + Locations.routes + Repositories.routes + ServiceAccounts.routes
    + ServiceAccountKeys.routes + Roles.routes + Credentials.routes + Operations.routes
    + PackageRoutes.routes + SandboxRoutes.routes + FaultRoutes.routes + Constraints.routes
}
