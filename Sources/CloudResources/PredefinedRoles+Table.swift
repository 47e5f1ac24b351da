extension PredefinedRoles {
  /// The day of the table.
  package static let date = "2026-08-22"

  /// The name without `roles/`, the number of all its permissions, and those that arctl uses.
  ///
  /// Source: docs/google-apis.md#which-role-holds-a-permission.
  static let table = """
    browser 6
      resourcemanager.projects get getIamPolicy
    artifactregistry.reader 33
      artifactregistry.repositories get list
      artifactregistry.rules get list
      artifactregistry.packages list
      artifactregistry.locations list
      resourcemanager.projects get
    artifactregistry.viewer 35
      artifactregistry.repositories get getIamPolicy list
      artifactregistry.rules get list
      artifactregistry.packages list
      artifactregistry.locations list
      resourcemanager.projects get
    iam.serviceAccountViewer 9
      iam.serviceAccounts get getIamPolicy list
      iam.serviceAccountKeys get list
      resourcemanager.projects get
    iam.roleViewer 6
      iam.roles get list
      resourcemanager.projects get getIamPolicy
    iam.workloadIdentityPoolViewer 15
      iam.googleapis.com/workloadIdentityPools get getIamPolicy list
      iam.googleapis.com/workloadIdentityPoolProviders get list
      resourcemanager.projects get
    secretmanager.viewer 11
      secretmanager.secrets get getIamPolicy list
      secretmanager.versions get list
      resourcemanager.projects get
    iam.securityReviewer 2533
      artifactregistry.repositories getIamPolicy list
      artifactregistry.rules list
      artifactregistry.packages list
      artifactregistry.locations list
      iam.serviceAccounts get getIamPolicy list
      iam.serviceAccountKeys list
      iam.googleapis.com/workloadIdentityPools getIamPolicy list
      iam.googleapis.com/workloadIdentityPoolProviders list
      iam.roles get list
      resourcemanager.projects getIamPolicy
      secretmanager.secrets getIamPolicy list
      secretmanager.versions list
      serviceusage.services list
    serviceusage.serviceUsageViewer 15
      serviceusage.services get list
    artifactregistry.repoAdmin 53
      artifactregistry.repositories get list
      artifactregistry.rules create delete get list update
      artifactregistry.packages list
      artifactregistry.locations list
      resourcemanager.projects get
    artifactregistry.editor 61
      artifactregistry.repositories create delete get getIamPolicy list update
      artifactregistry.rules create delete get list update
      artifactregistry.packages list
      artifactregistry.locations list
      resourcemanager.projects get
    artifactregistry.admin 67
      artifactregistry.repositories create delete get getIamPolicy list setIamPolicy update
      artifactregistry.rules create delete get list update
      artifactregistry.packages list
      artifactregistry.locations list
      resourcemanager.projects get
    iam.serviceAccountCreator 5
      iam.serviceAccounts create get list
      resourcemanager.projects get
    iam.serviceAccountDeleter 5
      iam.serviceAccounts delete get list
      resourcemanager.projects get
    iam.serviceAccountAdmin 19
      iam.serviceAccounts create delete disable enable get getIamPolicy list setIamPolicy undelete update
      resourcemanager.projects get
    iam.serviceAccountKeyAdmin 10
      iam.serviceAccounts get list
      iam.serviceAccountKeys create delete get list
      resourcemanager.projects get
    iam.workloadIdentityPoolAdmin 41
      iam.googleapis.com/workloadIdentityPools create delete get getIamPolicy list setIamPolicy undelete update
      iam.googleapis.com/workloadIdentityPoolProviders create delete get list undelete update
      resourcemanager.projects get
    iam.roleAdmin 12
      iam.roles create delete get list undelete update
      resourcemanager.projects get getIamPolicy
    resourcemanager.projectIamAdmin 9
      resourcemanager.projects get getIamPolicy setIamPolicy
    resourcemanager.projectCreator 2
      resourcemanager.projects create
    resourcemanager.projectDeleter 1
      resourcemanager.projects delete
    resourcemanager.projectMover 3
      resourcemanager.projects get update
    serviceusage.serviceUsageAdmin 24
      serviceusage.services disable enable get list
    secretmanager.secretVersionAdder 4
      secretmanager.versions add
      resourcemanager.projects get
    secretmanager.secretVersionManager 9
      secretmanager.versions add destroy disable get list
      resourcemanager.projects get
    secretmanager.editor 20
      secretmanager.secrets create delete get getIamPolicy list update
      secretmanager.versions add destroy disable get list
      resourcemanager.projects get
    secretmanager.admin 29
      secretmanager.secrets create delete get getIamPolicy list setIamPolicy update
      secretmanager.versions add destroy disable get list
      resourcemanager.projects get
    billing.projectManager 2
      resourcemanager.projects createBillingAssignment deleteBillingAssignment
    billing.user 6
      billing.resourceAssociations create
    owner 13568
      artifactregistry.repositories create delete get getIamPolicy list setIamPolicy update
      artifactregistry.rules create delete get list update
      artifactregistry.packages list
      artifactregistry.locations list
      iam.serviceAccounts create delete disable enable get getIamPolicy list setIamPolicy undelete update
      iam.serviceAccountKeys create delete get list
      iam.roles create delete get list undelete update
      iam.googleapis.com/workloadIdentityPools create delete get getIamPolicy list setIamPolicy undelete update
      iam.googleapis.com/workloadIdentityPoolProviders create delete get list undelete update
      resourcemanager.projects delete get getIamPolicy setIamPolicy undelete update createBillingAssignment deleteBillingAssignment
      secretmanager.secrets create delete get getIamPolicy list setIamPolicy update
      secretmanager.versions add destroy disable get list
      serviceusage.services disable enable get list
    cloudkms.viewer 28
      resourcemanager.projects get
    cloudkms.admin 71
      resourcemanager.projects get
    """

  /// Permissions of Cloud KMS, which the source does not list: not verified.
  static let unverified = """
    cloudkms.viewer 28
      cloudkms.keyRings get
      cloudkms.cryptoKeys get
    iam.securityReviewer 2533
      cloudkms.cryptoKeys getIamPolicy
    cloudkms.admin 71
      cloudkms.keyRings get
      cloudkms.cryptoKeys get getIamPolicy setIamPolicy
    """
}
