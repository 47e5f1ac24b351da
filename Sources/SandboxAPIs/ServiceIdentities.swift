import HTTP
import JSON
package import SandboxCalls
import SandboxIAM
package import SandboxStore
import SandboxWire

/// Service Usage v1beta1: creates the service agents of a service in a project
/// ([Create service agents](https://cloud.google.com/iam/docs/create-service-agents)).
package enum ServiceIdentities: ServedAPI {
  /// None: the project's record has the services whose agents exist.
  package static let records: [any Record.Type] = []

  /// The one operation. Which permission it needs is not documented; here it is the one to enable the service.
  package static let routes: [Route] = [
    Route(
      .post, "/v1beta1/projects/{project}/services/{service}:generateServiceIdentity",
      api: .serviceUsage, access: .permission("serviceusage.services.enable", on: .project),
      run: generate)
  ]

  /// Answers an operation that is done, as in Google's example, and as gcloud expects: it does not poll.
  private static func generate(_ call: Call, _ state: inout State) throws(APIError) -> JSONValue {
    try call.body.allow()
    let service = call["service"]
    try Services.check([service], call)
    var project = try ProjectRules.present(call, state)
    guard let agent = GoogleAccounts.primaryAgent(of: service, project: project.number) else {
      throw APIError(
        .unimplemented, "The sandbox does not know the primary service agent of \(service).")
    }
    project.generateIdentity(of: service)
    state.put(project)
    return [
      "name": "operations/finished.DONE_OPERATION", "done": true,
      "response": [
        "@type": "type.googleapis.com/google.api.serviceusage.v1beta1.ServiceIdentity",
        "email": .string(agent.email), "uniqueId": .string(agent.uniqueID),
      ],
    ]
  }
}
