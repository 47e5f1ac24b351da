import SandboxIAM
import SandboxStore

/// The default accounts of Compute Engine and App Engine: Google creates them in the project when it enables the
/// service, and lists them among the project's own
/// ([Default service accounts](https://cloud.google.com/iam/docs/service-account-types#default)).
enum DefaultAccounts {
  private struct Default: Sendable {
    let service: String
    let localPart: @Sendable (ProjectRecord) -> String
    let host: String
    let displayName: String
  }

  private static let all: [Default] = [
    Default(
      service: "compute.googleapis.com", localPart: { "\($0.number)-compute" },
      host: "developer.gserviceaccount.com", displayName: "Compute Engine default service account"),
    Default(
      service: "appengine.googleapis.com", localPart: { $0.id },
      host: "appspot.gserviceaccount.com", displayName: "App Engine default service account"),
  ]

  /// Creates those whose service was just enabled; one that was deleted before does not come back by itself.
  static func create(
    for project: ProjectRecord, enabledBefore: Set<String>, in state: inout State
  ) {
    for account in all where project.services.contains(account.service) {
      let local = account.localPart(project)
      let email = "\(local)@\(account.host)"
      guard !enabledBefore.contains(account.service),
        !state[AccountRecord.self].children(of: "projects/\(project.id)").contains(where: {
          $0.email == email
        })
      else { continue }
      _ = ServiceAccounts.make(
        local, project: project.id, displayName: account.displayName, description: "",
        host: account.host, in: &state)
    }
  }
}
