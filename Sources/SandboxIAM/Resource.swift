package import SandboxWire

/// A resource that a policy can stand on.
package struct Resource: Sendable, Hashable {
  /// The row key of its policy, as `projects/p/serviceAccounts/123`.
  package let path: String
  /// The id of its project.
  package let project: String
  /// What an error calls it, as `//artifactregistry.googleapis.com/projects/p/locations/l/repositories/r`.
  package let fullName: String
  package let kind: ResourceKind

  /// A project.
  package static func project(_ id: String) -> Resource {
    Resource(
      path: "projects/\(id)", project: id,
      fullName: "//cloudresourcemanager.googleapis.com/projects/\(id)", kind: .project)
  }

  /// Where repositories are made and listed. No policy stands on it: rights come from the project.
  package static func location(_ project: String, _ location: String) -> Resource {
    place("projects/\(project)/locations/\(location)", of: project, .artifactRegistry)
  }

  /// What is below a project and has no policy of its own: rights come from the project, and errors name the path.
  package static func place(_ path: String, of project: String, _ api: API) -> Resource {
    Resource(path: path, project: project, fullName: "//\(api.service)/\(path)", kind: .project)
  }

  /// The service that has it: the host in its full name.
  var service: String {
    fullName.split(separator: "/").first.map(String.init) ?? ""
  }

  /// A repository, whether it is there or not.
  package static func repository(_ project: String, _ location: String, _ id: String) -> Resource {
    let path = "projects/\(project)/locations/\(location)/repositories/\(id)"
    return Resource(
      path: path, project: project, fullName: "//artifactregistry.googleapis.com/\(path)",
      kind: .repository)
  }

  /// A service account.
  package static func account(_ account: AccountRecord) -> Resource {
    absentAccount(account.uniqueID, project: account.project)
  }

  /// A service account that is not there, by whatever name it was asked for.
  package static func absentAccount(_ name: String, project: String) -> Resource {
    let path = "projects/\(project)/serviceAccounts/\(name)"
    return Resource(
      path: path, project: project, fullName: "//iam.googleapis.com/\(path)", kind: .account)
  }
}

/// Who calls: a service account of the sandbox.
package struct Principal: Sendable, Hashable {
  package let email: String
  package let uniqueID: String

  package init(email: String, uniqueID: String) {
    self.email = email
    self.uniqueID = uniqueID
  }
  /// As a policy names it.
  var member: String { "serviceAccount:\(email)" }
  /// The account of `owner.json`, which owns the organization above every project.
  package var isOwner: Bool { email == OwnerAccount.email }
}

extension Principal {
  /// Artifact Registry's agent of a project, as which its virtual and remote repositories read their upstreams.
  package static func registryAgent(of project: ProjectRecord) -> Principal {
    Principal(
      email: "service-\(project.number)@gcp-sa-artifactregistry.iam.gserviceaccount.com",
      uniqueID: "")
  }
}

/// The account whose key file is `owner.json`.
package enum OwnerAccount {
  package static let project = "sandbox-owner"
  package static let accountID = "owner"
  package static let email = "owner@sandbox-owner.iam.gserviceaccount.com"
}
