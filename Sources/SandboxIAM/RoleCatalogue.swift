/// Google's predefined roles, as far as the sandbox knows them.
///
/// Those of Artifact Registry, IAM, Resource Manager and Service Usage carry the permissions that the
/// sandbox enforces, after the public reference of roles; of other services only the common names are known.
package enum RoleCatalogue {
  /// A predefined role.
  package struct Role: Sendable {
    package let name: String
    package let title: String
    package let description: String
    package let permissions: Set<String>
    /// The kinds of resource whose policy takes it.
    let kinds: Set<ResourceKind>
  }

  /// By name, as `roles/viewer`.
  package static let roles: [String: Role] = Dictionary(
    uniqueKeysWithValues: (basic + service).map { ($0.name, $0) })

  /// The names in order.
  package static let names: [String] = roles.keys.sorted()

  private static func role(
    _ name: String, _ title: String, _ kinds: Set<ResourceKind>, _ permissions: String,
    excluding excluded: (String) -> Bool = { _ in false }
  ) -> Role {
    Role(
      name: "roles/\(name)", title: title, description: title,
      permissions: PermissionCatalogue.matching(permissions).filter { !excluded($0) }, kinds: kinds)
  }

  private static let basic: [Role] = [
    role("owner", "Owner", [.project, .repository, .account], everything),
    role("editor", "Editor", [.project, .repository, .account], everything) { permission in
      permission.hasSuffix(".setIamPolicy") || permission.hasPrefix("iam.roles.create")
        || permission.hasPrefix("iam.roles.update") || permission.hasPrefix("iam.roles.delete")
        || permission.hasPrefix("iam.roles.undelete") || permission.hasPrefix("iam.denypolicies")
        || permission.hasSuffix(".getAccessToken") || permission.hasSuffix(".signJwt")
        || permission.hasSuffix(".signBlob") || permission.hasSuffix(".implicitDelegation")
        || permission.hasSuffix(".getOpenIdToken")
        || ["delete", "move", "undelete", "create"].contains {
          permission == "resourcemanager.projects.\($0)"
        }
    },
    role(
      "viewer", "Viewer", [.project, .repository, .account],
      """
      *.*.get *.*.list artifactregistry.repositories.downloadArtifacts
      artifactregistry.files.download artifactregistry.repositories.listEffectiveTags
      artifactregistry.repositories.listTagBindings resourcemanager.projects.getIamPolicy
      iam.serviceAccounts.getIamPolicy artifactregistry.repositories.getIamPolicy
      """),
    role(
      "browser", "Browser", [.project],
      "resourcemanager.projects.get resourcemanager.projects.getIamPolicy "
        + "resourcemanager.projects.list"),
  ]

  private static let everything = "*"

  private static let reading = """
    artifactregistry.attachments.get artifactregistry.attachments.list
    artifactregistry.dockerimages.get artifactregistry.dockerimages.list
    artifactregistry.files.download artifactregistry.files.get artifactregistry.files.list
    artifactregistry.locations.get artifactregistry.locations.list
    artifactregistry.mavenartifacts.get artifactregistry.mavenartifacts.list
    artifactregistry.npmpackages.get artifactregistry.npmpackages.list
    artifactregistry.packages.get artifactregistry.packages.list
    artifactregistry.projectsettings.get artifactregistry.pythonpackages.get
    artifactregistry.pythonpackages.list artifactregistry.repositories.downloadArtifacts
    artifactregistry.repositories.get artifactregistry.repositories.list
    artifactregistry.repositories.listEffectiveTags artifactregistry.repositories.listTagBindings
    artifactregistry.repositories.readViaVirtualRepository artifactregistry.rules.get
    artifactregistry.rules.list artifactregistry.tags.get artifactregistry.tags.list
    artifactregistry.versions.get artifactregistry.versions.list
    """
  private static let writing =
    reading + """
       artifactregistry.aptartifacts.create artifactregistry.attachments.create
      artifactregistry.files.update artifactregistry.files.upload
      artifactregistry.kfpartifacts.create
      artifactregistry.packages.update artifactregistry.repositories.uploadArtifacts
      artifactregistry.tags.create artifactregistry.tags.update artifactregistry.versions.update
      artifactregistry.yumartifacts.create
      """
  private static let repairing =
    writing + """
       artifactregistry.attachments.delete artifactregistry.files.delete
      artifactregistry.packages.delete artifactregistry.repositories.deleteArtifacts
      artifactregistry.tags.delete artifactregistry.versions.delete
      """
  private static let projectReading =
    " resourcemanager.projects.get resourcemanager.projects.list"

  private static let registry: [Role] = [
    role(
      "artifactregistry.admin", "Artifact Registry Administrator", [.project, .repository],
      "artifactregistry.*"),
    role("artifactregistry.reader", "Artifact Registry Reader", [.project, .repository], reading),
    role("artifactregistry.writer", "Artifact Registry Writer", [.project, .repository], writing),
    role(
      "artifactregistry.repoAdmin", "Artifact Registry Repository Administrator",
      [.project, .repository], repairing),
    role(
      "artifactregistry.createOnPushWriter", "Artifact Registry Create-on-Push Writer",
      [.project, .repository],
      writing + " artifactregistry.repositories.createOnPush"),
    role(
      "artifactregistry.createOnPushRepoAdmin",
      "Artifact Registry Create-on-Push Repository Administrator", [.project, .repository],
      repairing + " artifactregistry.repositories.createOnPush"),
    role("artifactregistry.serviceAgent", "Artifact Registry Service Agent", [.project], reading),
    role(
      "artifactregistry.containerRegistryMigrationAdmin",
      "Artifact Registry Container Registry Migration Admin", [.project],
      "artifactregistry.repositories.create artifactregistry.repositories.get"),
  ]

  private static let accounts: [Role] = [
    role(
      "iam.serviceAccountAdmin", "Service Account Admin", [.project, .account],
      """
      iam.serviceAccounts.create iam.serviceAccounts.createTagBinding iam.serviceAccounts.delete
      iam.serviceAccounts.disable iam.serviceAccounts.enable iam.serviceAccounts.get
      iam.serviceAccounts.getIamPolicy iam.serviceAccounts.list iam.serviceAccounts.setIamPolicy
      iam.serviceAccounts.undelete iam.serviceAccounts.update
      """ + projectReading),
    role(
      "iam.serviceAccountCreator", "Create Service Accounts", [.project],
      "iam.serviceAccounts.create iam.serviceAccounts.get iam.serviceAccounts.list"
        + projectReading),
    role(
      "iam.serviceAccountDeleter", "Delete Service Accounts", [.project, .account],
      "iam.serviceAccounts.delete iam.serviceAccounts.get iam.serviceAccounts.list"
        + projectReading),
    role(
      "iam.serviceAccountViewer", "View Service Accounts", [.project, .account],
      """
      iam.serviceAccountKeys.get iam.serviceAccountKeys.list iam.serviceAccounts.get
      iam.serviceAccounts.getIamPolicy iam.serviceAccounts.list
      """ + projectReading),
    role(
      "iam.serviceAccountKeyAdmin", "Service Account Key Admin", [.project, .account],
      "iam.serviceAccountKeys.* iam.serviceAccounts.get iam.serviceAccounts.list"
        + projectReading),
    role(
      "iam.serviceAccountUser", "Service Account User", [.project, .account],
      "iam.serviceAccounts.actAs iam.serviceAccounts.get iam.serviceAccounts.list"
        + projectReading),
    role(
      "iam.serviceAccountTokenCreator", "Service Account Token Creator", [.project, .account],
      """
      iam.serviceAccounts.get iam.serviceAccounts.getAccessToken
      iam.serviceAccounts.getOpenIdToken iam.serviceAccounts.implicitDelegation
      iam.serviceAccounts.list iam.serviceAccounts.signBlob iam.serviceAccounts.signJwt
      """ + projectReading),
    role(
      "iam.serviceAccountOpenIdTokenCreator",
      "Service Account OpenID Connect Identity Token Creator",
      [.project, .account], "iam.serviceAccounts.getOpenIdToken"),
    role(
      "iam.workloadIdentityUser", "Workload Identity User", [.project, .account],
      """
      iam.serviceAccounts.get iam.serviceAccounts.getAccessToken
      iam.serviceAccounts.getOpenIdToken iam.serviceAccounts.list
      """),
    role(
      "iam.workloadIdentityPoolAdmin", "IAM Workload Identity Pool Admin", [.project],
      "iam.googleapis.com/workloadIdentityPools.* iam.workloadIdentityPools.*"),
    role(
      "iam.workloadIdentityPoolViewer", "IAM Workload Identity Pool Viewer", [.project],
      "iam.workloadIdentityPools.get iam.workloadIdentityPools.list"),
    role("iam.roleAdmin", "Role Administrator", [.project], "iam.roles.*" + projectReading),
    role(
      "iam.roleViewer", "Role Viewer", [.project],
      "iam.roles.get iam.roles.list" + projectReading),
    role(
      "iam.securityAdmin", "Security Admin", [.project, .repository, .account],
      "*.*.getIamPolicy *.*.setIamPolicy *.*.list iam.roles.get" + projectReading),
    role(
      "iam.securityReviewer", "Security Reviewer", [.project, .repository, .account],
      "*.*.getIamPolicy *.*.list iam.roles.get" + projectReading),
  ]

  private static let management: [Role] = [
    role(
      "resourcemanager.projectIamAdmin", "Project IAM Admin", [.project],
      """
      resourcemanager.projects.get resourcemanager.projects.getIamPolicy
      resourcemanager.projects.setIamPolicy
      """),
    role(
      "resourcemanager.projectCreator", "Project Creator", [.project],
      "resourcemanager.projects.create"),
    role(
      "resourcemanager.projectDeleter", "Project Deleter", [.project],
      "resourcemanager.projects.delete"),
    role(
      "resourcemanager.projectMover", "Project Mover", [.project],
      """
      resourcemanager.projects.get resourcemanager.projects.move
      resourcemanager.projects.update
      """),
    role(
      "serviceusage.serviceUsageAdmin", "Service Usage Admin", [.project],
      "serviceusage.services.* serviceusage.operations.* serviceusage.quotas.*" + projectReading),
    role(
      "serviceusage.serviceUsageConsumer", "Service Usage Consumer", [.project],
      "serviceusage.services.get serviceusage.services.list serviceusage.services.use"
        + projectReading),
    role(
      "serviceusage.serviceUsageViewer", "Service Usage Viewer", [.project],
      "serviceusage.services.get serviceusage.services.list" + projectReading),
    role(
      "billing.projectManager", "Project Billing Manager", [.project],
      """
      resourcemanager.projects.createBillingAssignment
      resourcemanager.projects.deleteBillingAssignment
      """),
  ]

  private static var service: [Role] {
    registry + accounts + management + others
  }

  /// Roles of services that the sandbox does not serve: known by name, so that policies may hold them.
  private static let others: [Role] = otherNames.split(whereSeparator: \.isWhitespace).map { name in
    let resource = name.split(separator: ".").first.map(String.init) ?? ""
    return role(String(name), String(name), [.project], "\(resource).*.get \(resource).*.list")
  }

  private static let otherNames = """
    aiplatform.user appengine.deployer bigquery.admin bigquery.dataEditor bigquery.dataOwner
    bigquery.dataViewer bigquery.jobUser bigquery.user binaryauthorization.attestorsAdmin
    cloudasset.viewer cloudbuild.builds.approver cloudbuild.builds.builder cloudbuild.builds.editor
    cloudbuild.builds.viewer cloudbuild.serviceAgent clouddeploy.admin clouddeploy.operator
    clouddeploy.releaser cloudfunctions.admin cloudfunctions.developer cloudfunctions.invoker
    cloudfunctions.viewer cloudkms.admin cloudkms.cryptoKeyDecrypter cloudkms.cryptoKeyEncrypter
    cloudkms.cryptoKeyEncrypterDecrypter cloudkms.viewer cloudsql.admin cloudsql.client
    cloudsql.viewer cloudtrace.agent composer.worker compute.admin compute.instanceAdmin
    compute.instanceAdmin.v1 compute.networkAdmin compute.networkUser compute.networkViewer
    compute.viewer container.admin container.clusterAdmin container.clusterViewer
    container.defaultNodeServiceAccount container.developer container.nodeServiceAccount
    container.viewer containeranalysis.admin containeranalysis.notes.viewer
    containeranalysis.occurrences.viewer containerscanning.ServiceAgent dataflow.admin
    dataflow.worker datastore.user dns.admin errorreporting.writer eventarc.eventReceiver
    firebase.admin logging.admin logging.configWriter logging.logWriter logging.privateLogViewer
    logging.viewer monitoring.admin monitoring.editor monitoring.metricWriter monitoring.viewer
    ondemandscanning.admin pubsub.admin pubsub.editor pubsub.publisher pubsub.subscriber
    pubsub.viewer run.admin run.developer run.invoker run.serviceAgent run.sourceDeveloper
    run.viewer secretmanager.admin secretmanager.secretAccessor secretmanager.secretVersionAdder
    secretmanager.secretVersionManager secretmanager.viewer source.reader source.writer
    spanner.databaseUser stackdriver.resourceMetadata.writer storage.admin storage.objectAdmin
    storage.objectCreator storage.objectUser storage.objectViewer workflows.invoker
    """
}
