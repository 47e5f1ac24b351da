/// A kind of Config Connector whose objects are resources of one of arctl's kinds.
///
/// The table is a dictionary between the two tools' words; the fields follow from the schema of arctl's kind. Source: the
/// resource definitions of GoogleCloudPlatform/k8s-config-connector.
struct ConnectorType {
  /// The kind, as addresses write it.
  let kind: String
  /// Google's full name, with the object's values in braces: its project, its id, fields of its spec.
  let name: String
  /// Google's names of fields that have another one.
  var renamed: [String: String] = [:]
  /// Fields that refer to other objects: by their path, the name of the field in Google's form.
  var references: [String: String] = [:]
  /// Fields of the spec that are read elsewhere, or that the name holds.
  var ignored: Set<String> = []
  /// Whether the labels of the object are those of the resource.
  var hasLabels = false

  /// Fields that every spec may have.
  static let common: Set<String> = ["resourceID", "projectRef", "location"]

  /// Config Connector's kind of projects.
  static let project = "Project"

  /// Config Connector's kind of keys of Cloud KMS: arctl only refers to them, and grants roles on them.
  static let key = "KMSCryptoKey"

  /// The kinds of the objects that fields refer to, where it is not the object's own.
  static let targets = ["kmsKeyRef": key, "topicRef": "PubSubTopic"]

  static let all: [String: ConnectorType] = [
    "ArtifactRegistryRepository": ConnectorType(
      kind: "repository", name: "projects/{project}/locations/{location}/repositories/{id}",
      references: [
        "kmsKeyRef": "kmsKeyName",
        "virtualRepositoryConfig.upstreamPolicies.repositoryRef": "repository",
      ], hasLabels: true),
    "IAMServiceAccount": ConnectorType(
      kind: "serviceAccount",
      name: "projects/{project}/serviceAccounts/{id}@{host}.iam.gserviceaccount.com"),
    "IAMCustomRole": ConnectorType(
      kind: "role", name: "projects/{project}/roles/{id}",
      renamed: ["permissions": "includedPermissions"]),
    "IAMWorkloadIdentityPool": ConnectorType(
      kind: "workloadIdentityPool",
      name: "projects/{project}/locations/global/workloadIdentityPools/{id}"),
    "IAMWorkloadIdentityPoolProvider": ConnectorType(
      kind: "workloadIdentityPoolProvider",
      name: "projects/{project}/locations/global/workloadIdentityPools/{pool}/providers/{id}",
      ignored: ["workloadIdentityPoolRef"]),
    // `replication.automatic: true` is the older form of the default.
    "SecretManagerSecret": ConnectorType(
      kind: "secret", name: "projects/{project}/secrets/{id}",
      renamed: ["replication.auto": "automatic"],
      references: [
        "replication.auto.customerManagedEncryption.kmsKeyRef": "kmsKeyName",
        "replication.userManaged.replicas.customerManagedEncryption.kmsKeyRef": "kmsKeyName",
        "topics.topicRef": "name",
      ], ignored: ["replication.automatic"], hasLabels: true),
    key: ConnectorType(kind: "cryptoKey", name: ""),
  ]
}
