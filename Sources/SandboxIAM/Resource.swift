package import SandboxWire

/// A resource that can have a policy.
package struct Resource: Sendable, Hashable {
  /// The row key of its policy, such as `projects/p/serviceAccounts/123`.
  package let path: String
  /// The id of its project; empty for folders and organizations.
  package let project: String
  /// How errors name it, such as `//artifactregistry.googleapis.com/projects/p/locations/l/repositories/r`.
  package let fullName: String
  /// Decides which roles can be granted on it.
  package let kind: ResourceKind
  /// The attribute `resource.name` in conditions, if it is not the path.
  private var otherName: String?

  /// A resource whose conditions name it by its path.
  init(path: String, project: String, fullName: String, kind: ResourceKind) {
    self.path = path
    self.project = project
    self.fullName = fullName
    self.kind = kind
  }

  /// The attribute `resource.name` in conditions.
  var nameInConditions: String { otherName ?? path }

  /// A project.
  package static func project(_ id: String) -> Resource {
    Resource(
      path: "projects/\(id)", project: id,
      fullName: "//cloudresourcemanager.googleapis.com/projects/\(id)", kind: .project)
  }

  /// The parent of repositories. It has no policy: permissions come from the project.
  package static func location(_ project: String, _ location: String) -> Resource {
    place("projects/\(project)/locations/\(location)", of: project, .artifactRegistry)
  }

  /// Anything below a project that has no policy of its own: permissions come from the project, and errors name the
  /// path.
  package static func place(_ path: String, of project: String, _ api: API) -> Resource {
    Resource(path: path, project: project, fullName: "//\(api.service)/\(path)", kind: .project)
  }

  /// The service that has it: the host in its full name.
  var service: String {
    fullName.split(separator: "/").first.map(String.init) ?? ""
  }

  /// A repository, which need not exist.
  package static func repository(project: String, location: String, id: String) -> Resource {
    let path = "projects/\(project)/locations/\(location)/repositories/\(id)"
    return Resource(
      path: path, project: project, fullName: "//artifactregistry.googleapis.com/\(path)",
      kind: .repository)
  }

  /// A key of Cloud KMS, which need not exist.
  package static func cryptoKey(
    project: String, location: String, keyRing: String, id: String
  ) -> Resource {
    let path = "projects/\(project)/locations/\(location)/keyRings/\(keyRing)/cryptoKeys/\(id)"
    return Resource(
      path: path, project: project, fullName: "//\(API.keyManagement.service)/\(path)",
      kind: .cryptoKey)
  }

  /// A workload identity pool, which need not exist.
  package static func pool(project: String, id: String) -> Resource {
    let path = PoolRecord.name(id, in: project)
    return Resource(
      path: path, project: project, fullName: "//\(API.iam.service)/\(path)", kind: .pool)
  }

  /// A secret of Secret Manager or one of its versions, which need not exist. The policy is the secret's.
  ///
  /// - Parameter number: of the project: conditions name secrets by it (Google's page on [conditions for
  ///   secrets](https://cloud.google.com/secret-manager/docs/access-control#conditions)).
  package static func secret(
    project: String, number: String?, id: String, version: String = ""
  ) -> Resource {
    let rest = "secrets/\(id)" + (version.isEmpty ? "" : "/versions/\(version)")
    var resource = Resource(
      path: "projects/\(project)/secrets/\(id)", project: project,
      fullName: "//\(API.secretManager.service)/projects/\(project)/\(rest)", kind: .secret)
    resource.otherName = "projects/\(number ?? project)/\(rest)"
    return resource
  }

  /// `folders/1` or `organizations/1`, which need not exist.
  package static func container(_ name: String) -> Resource {
    Resource(
      path: name, project: "", fullName: "//\(API.resourceManager.service)/\(name)",
      kind: name.hasPrefix("folders/") ? .folder : .organization)
  }

  /// A service account.
  package static func account(_ account: AccountRecord) -> Resource {
    absentAccount(account.uniqueID, project: account.project)
  }

  /// A service account that does not exist, under the name that the caller used.
  package static func absentAccount(_ name: String, project: String) -> Resource {
    let path = "projects/\(project)/serviceAccounts/\(name)"
    return Resource(
      path: path, project: project, fullName: "//iam.googleapis.com/\(path)", kind: .account)
  }
}

/// The caller: a service account of the sandbox, or an identity of a pool.
package struct Principal: Sendable, Hashable {
  /// The account's e-mail; empty for an identity of a pool.
  package let email: String
  /// The account's unique id; empty for Google's agents. For an identity of a pool its member.
  package let uniqueID: String
  /// The identity of a pool; nil for an account.
  package let identity: FederatedIdentity?

  /// The account with this e-mail and id.
  package init(email: String, uniqueID: String) {
    self.email = email
    self.uniqueID = uniqueID
    identity = nil
  }

  /// An identity of a pool.
  package init(_ identity: FederatedIdentity) {
    email = ""
    uniqueID = identity.member
    self.identity = identity
  }

  /// The caller as a policy names it.
  package var member: String { identity?.member ?? "serviceAccount:\(email)" }
  /// The caller in journals: an e-mail, or the member of an identity of a pool.
  package var name: String { identity?.member ?? email }
  /// Whether it is the account of `owner.json`, which owns the organization above all projects.
  package var isOwner: Bool { email == OwnerAccount.email }
}

extension Principal {
  /// Artifact Registry's service agent of a project. Its virtual and remote repositories read their upstreams as this
  /// account.
  package static func registryAgent(of project: ProjectRecord) -> Principal {
    Principal(
      email: "service-\(project.number)@gcp-sa-artifactregistry.iam.gserviceaccount.com",
      uniqueID: "")
  }
}

/// The account whose key file is `owner.json`.
package enum OwnerAccount {
  /// Its project, which exists from the start.
  package static let project = "sandbox-owner"
  /// The part of its e-mail before `@`.
  package static let accountID = "owner"
  /// Its e-mail.
  package static let email = "owner@sandbox-owner.iam.gserviceaccount.com"
}
