package import Model

extension Address {
  /// How its kind is served; nil for a policy, which is read and written through the resource that it belongs to.
  package var rest: RESTResource? { RESTResources.of(kind) }
}

/// How Google serves each kind.
package enum RESTResources {
  /// The description of one kind; nil for policies.
  package static func of(_ kind: Address.Kind) -> RESTResource? {
    switch kind {
    case .project: project
    case .service: service
    case .role: role
    case .serviceAccount: serviceAccount
    case .repository: repository
    case .serviceAccountKey: serviceAccountKey
    case .iam: nil
    }
  }

  /// Artifact Registry v1 `projects.locations.repositories`.
  static let repository = RESTResource(
    host: .artifactRegistry, version: "v1",
    name: "projects/{project}/locations/{location}/repositories/{repository}", proof: .name,
    noun: "repository", plural: "repositories", permission: "artifactregistry.repositories",
    roles: .init(reads: "roles/artifactregistry.reader", writes: "roles/artifactregistry.admin"),
    grouping: .list(items: "repositories", pageSize: 1000),
    create: .init(id: .query("repositoryId"), answer: .operation(version: "v1")),
    update: .init(mask: .query, sendsETag: false, answer: .resource),
    delete: .init(sendsETag: false, answer: .operation(version: "v1")), undelete: nil,
    policy: .get)

  /// IAM v1 `projects.serviceAccounts`. Accounts are switched by `:disable` and `:enable`, and undeleted by their unique
  /// ids, which `ServiceAccountWriter` does.
  static let serviceAccount = RESTResource(
    host: .iam, version: "v1", name: "projects/{project}/serviceAccounts/{email}",
    proof: .nameAndMember("email"), noun: "account", plural: "service accounts",
    permission: "iam.serviceAccounts", permissionVerbs: ["patch": "update"],
    roles: .init(reads: "roles/iam.serviceAccountViewer", writes: "roles/iam.serviceAccountAdmin"),
    grouping: .list(items: "accounts", pageSize: 100),
    create: .init(id: .beside(id: "accountId", resource: "serviceAccount"), answer: .resource),
    update: .init(
      method: "patch", mask: .body(resource: "serviceAccount"), sendsETag: false, answer: .resource),
    delete: .init(sendsETag: false, answer: .empty), undelete: nil, policy: .post,
    switchedFields: ["disabled"])

  /// IAM v1 `projects.serviceAccounts.keys`. A key's address holds its manifest's name, and not Google's id; the calls
  /// are those of the target `Keys`.
  static let serviceAccountKey = RESTResource(
    host: .iam, version: "v1", name: nil, proof: .impossible, noun: "key", plural: "keys",
    permission: "iam.serviceAccountKeys", permissionVerbs: ["upload": "create"],
    roles: .init(
      reads: "roles/iam.serviceAccountViewer", writes: "roles/iam.serviceAccountKeyAdmin"),
    grouping: .alone, create: nil, update: nil, delete: nil, undelete: nil, policy: nil)

  /// IAM v1 `projects.roles`. The list has the deleted ones too.
  static let role = RESTResource(
    host: .iam, version: "v1", name: "projects/{project}/roles/{role}", proof: .name,
    noun: "role", plural: "custom roles", permission: "iam.roles",
    roles: .init(reads: "roles/iam.roleViewer", writes: "roles/iam.roleAdmin"),
    grouping: .list(
      items: "roles", pageSize: 1000, query: [("view", "FULL"), ("showDeleted", "true")]),
    create: .init(
      id: .beside(id: "roleId", resource: "role"), answer: .resource,
      blockedID: (
        "marked for deletion",
        "take another id for the role: that of a deleted one stays blocked for up to 37 days after its deletion, and "
          + "Google does not report when that was. In its first 7 days a plan shows the role as `undelete`"
      )),
    update: .init(mask: .query, sendsETag: true, answer: .resource),
    delete: .init(sendsETag: true, answer: .resource),
    undelete: .init(sendsETag: true, answer: .resource), policy: nil)

  /// Service Usage v1 `services`. They are enabled in batches, by `ServiceCalls`.
  static let service = RESTResource(
    host: .serviceUsage, version: "v1", name: "projects/{project}/services/{service}",
    proof: .name, noun: "service", plural: "services", permission: "serviceusage.services",
    permissionVerbs: ["batchGet": "get", "batchEnable": "enable"],
    roles: .init(
      reads: "roles/serviceusage.serviceUsageViewer",
      writes: "roles/serviceusage.serviceUsageAdmin",
      verbs: ["use": "roles/serviceusage.serviceUsageConsumer"]),
    grouping: .batch(verb: "batchGet", parameter: "names", items: "services", size: 30),
    create: nil, update: nil, delete: nil, undelete: nil, policy: nil)

  /// Resource Manager v3 `projects`; its policies are asked of v1, as gcloud does, whose quota is another one. The billing
  /// account is Cloud Billing's, which `ProjectWriter` links.
  static let project = RESTResource(
    host: .resourceManager, version: "v3", name: "projects/{project}",
    proof: .memberAndNumber("projectId"), noun: "project", plural: "projects",
    permission: "resourcemanager.projects",
    roles: .init(
      reads: nil, writes: nil,
      verbs: [
        "get": "roles/browser", "create": "roles/resourcemanager.projectCreator",
        "delete": "roles/resourcemanager.projectDeleter",
        "setIamPolicy": "roles/resourcemanager.projectIamAdmin",
        "createBillingAssignment": "roles/billing.projectManager",
        "deleteBillingAssignment": "roles/billing.projectManager", "update": "roles/owner",
      ]),
    grouping: .alone,
    create: .init(id: .member("projectId"), answer: .operation(version: "v3")),
    update: .init(mask: .query, sendsETag: true, answer: .operation(version: "v3")),
    delete: .init(sendsETag: false, answer: .operation(version: "v3")),
    undelete: .init(sendsETag: false, answer: .operation(version: "v3")),
    policy: .postWithOptions(version: "v1"), foreignFields: ["billingAccount"])
}
