/// A resource type of Terraform whose instances are resources of one kind.
///
/// The tables are a dictionary between the words of Terraform's provider and arctl's kinds; what a type's attributes are
/// follows from the kind's schema. Source: the documentation of hashicorp/terraform-provider-google.
struct TerraformType {
  /// The kind, as addresses write it.
  let kind: String
  /// Google's full name, with attributes in braces.
  let name: String
  /// Google's names of attributes that are not the plain snake case of them.
  var renamed: [String: String] = [:]
  /// Attributes that only Terraform knows, or that repeat the name.
  var ignored: Set<String> = []

  /// The attributes in the name.
  var nameAttributes: Set<String> { Self.placeholders(name) }

  static func placeholders(_ template: String) -> Set<String> {
    Set(
      template.split(separator: "/").compactMap {
        $0.hasPrefix("{") ? String($0.dropFirst().dropLast()) : nil
      })
  }

  /// Attributes of every type that say nothing about the resource.
  ///
  /// `labels` and `terraform_labels` are what the configuration writes; `effective_labels` are all labels.
  static let virtual: Set<String> = [
    "id", "timeouts", "deletion_policy", "terraform_labels", "etag",
  ]

  static let all: [String: TerraformType] = [
    "google_artifact_registry_repository": TerraformType(
      kind: "repository",
      name: "projects/{project}/locations/{location}/repositories/{repository_id}"),
    "google_service_account": TerraformType(
      kind: "serviceAccount", name: "projects/{project}/serviceAccounts/{email}",
      ignored: ["account_id", "member", "create_ignore_already_exists"]),
    "google_project_iam_custom_role": TerraformType(
      kind: "role", name: "projects/{project}/roles/{role_id}",
      renamed: ["permissions": "includedPermissions"]),
    "google_iam_workload_identity_pool": TerraformType(
      kind: "workloadIdentityPool",
      name: "projects/{project}/locations/global/workloadIdentityPools/{workload_identity_pool_id}",
      ignored: ["name", "state"]),
    "google_iam_workload_identity_pool_provider": TerraformType(
      kind: "workloadIdentityPoolProvider",
      name:
        "projects/{project}/locations/global/workloadIdentityPools/{workload_identity_pool_id}/providers/{workload_identity_pool_provider_id}",
      ignored: ["name", "state"]),
    "google_secret_manager_secret": TerraformType(
      kind: "secret", name: "projects/{project}/secrets/{secret_id}",
      renamed: ["replication.auto": "automatic"],
      ignored: ["name", "create_time", "effective_annotations", "deletion_protection"]),
  ]

  /// Types with the value of a secret, and the attributes that hold it.
  static let values: [String: Set<String>] = [
    "google_secret_manager_secret_version": ["secret_data", "secret_data_wo"]
  ]
}

/// A family of types that grant roles on the resources of one kind: `PREFIX_iam_member`, `_binding`, `_policy`.
struct TerraformGrantType {
  let kind: String
  /// Google's full name of the resource, with attributes in braces.
  let name: String
  /// An attribute that holds the full name already, if it has a slash.
  var whole: String?

  static let all: [String: TerraformGrantType] = [
    "google_project": TerraformGrantType(kind: "project", name: "projects/{project}"),
    "google_artifact_registry_repository": TerraformGrantType(
      kind: "repository", name: "projects/{project}/locations/{location}/repositories/{repository}",
      whole: "repository"),
    "google_service_account": TerraformGrantType(
      kind: "serviceAccount", name: "{service_account_id}", whole: "service_account_id"),
    "google_iam_workload_identity_pool": TerraformGrantType(
      kind: "workloadIdentityPool",
      name: "projects/{project}/locations/global/workloadIdentityPools/{workload_identity_pool_id}",
      whole: "workload_identity_pool_id"),
    "google_secret_manager_secret": TerraformGrantType(
      kind: "secret", name: "projects/{project}/secrets/{secret_id}", whole: "secret_id"),
    "google_kms_crypto_key": TerraformGrantType(
      kind: "cryptoKey", name: "{crypto_key_id}", whole: "crypto_key_id"),
  ]

  /// What a type does to a policy.
  enum Form: String, CaseIterable {
    case member = "_iam_member"
    case binding = "_iam_binding"
    case policy = "_iam_policy"
    case audit = "_iam_audit_config"
  }

  /// The family and the form of a type; the family is nil for resources of kinds that arctl does not have.
  static func of(_ type: String) -> (family: TerraformGrantType?, form: Form)? {
    for form in Form.allCases where type.hasSuffix(form.rawValue) {
      return (all[String(type.dropLast(form.rawValue.count))], form)
    }
    return nil
  }
}
