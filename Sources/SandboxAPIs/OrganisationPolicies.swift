import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Organization Policy v2: the effective policy of a project for the constraints about keys, which `Constraints` sets for
/// all projects.
package enum OrganisationPolicies: ServedAPI {
  /// None: `MetaRecord` has the constraints.
  package static let records: [any Record.Type] = []

  /// The one operation that is served.
  package static let routes: [Route] = [
    Route(
      .get, "/v2/projects/{project}/policies/{policy}:getEffectivePolicy", api: .organisationPolicy,
      access: .permission("orgpolicy.policy.get", on: .project), run: effective)
  ]

  private static func effective(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    let project = try ProjectRules.present(call, state)
    guard let isEnforced = Constraints.isEnforced(call["policy"], state) else {
      throw APIError(.notFound, "Requested entity was not found.")
    }
    // The number in place of the id, as the discovery document says of responses.
    return [
      "name": .string("projects/\(project.number)/policies/\(call["policy"])"),
      "spec": ["rules": [["enforce": .bool(isEnforced)]]],
    ]
  }
}
