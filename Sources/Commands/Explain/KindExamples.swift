import Kinds
import Model

extension Kind {
  /// A complete document of this kind, with the fields that most people need; empty for a kind without one. A test
  /// reads all of them as one set.
  var example: [String] {
    (KindExamples.byName[name] ?? "").split(separator: "\n", omittingEmptySubsequences: false)
      .map(String.init)
  }
}

/// The examples of `arctl explain KIND`: together they are one valid set.
enum KindExamples {
  static let byName = [
    "Stack": """
    apiVersion: arctl.dev/v1
    kind: Stack
    metadata: {name: data-team}
    spec:
      defaults:
        project: acme-data
        location: europe-west1
        labels: {team: data}
      variables:
        reader: {default: developers@example.com}
      revoked: [user:left@example.com]
      protect: [acme-data/repository/europe-west1/*]
    """,
    "Project": """
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: acme-data}
    spec:
      services: [artifactregistry.googleapis.com, iam.googleapis.com]
      iam:
        - role: roles/artifactregistry.reader
          members: ["group:${reader}"]
    """,
    "Repository": """
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: python-libraries, note: ask the data team before deleting}
    spec:
      format: python
      description: Our Python packages
      labels: {purpose: libraries}
      cleanupPolicyDryRun: true
      cleanupPolicies:
        old: {action: delete, condition: {olderThan: 90d}}
        newest: {action: keep, mostRecentVersions: {keepCount: 5}}
      iam:
        - role: roles/artifactregistry.writer
          members: [serviceAccount:uploader]
        - role: roles/artifactregistry.reader
          members: [group:contractors@example.com]
          until: 2030-01-01
    """,
    "Rule": """
    apiVersion: arctl.dev/v1
    kind: Rule
    metadata: {name: no-bad-release}
    spec:
      repository: python-libraries
      action: deny
      operation: download
      packageId: file-tools
      condition: {title: the bad release, expression: pkg.version.id == '1.4.1'}
    """,
    "ServiceAccount": """
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: uploader}
    spec:
      displayName: Uploads packages
      description: Used by the release workflow
      iam:
        - role: roles/iam.serviceAccountViewer
          members: [group:release@example.com]
    """,
    "ServiceAccountKey": """
    apiVersion: arctl.dev/v1
    kind: ServiceAccountKey
    metadata: {name: uploader-key}
    spec:
      serviceAccount: uploader
      destination: {file: uploader-key.json}
      expires: 90d
      rotateAfter: 60d
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccountKey
    metadata: {name: jenkins-key, note: held by the build server}
    spec:
      serviceAccount: uploader
      origin: external
      keyId: 0123456789abcdef0123456789abcdef01234567
    """,
    "Role": """
    apiVersion: arctl.dev/v1
    kind: Role
    metadata: {name: packageLister}
    spec:
      title: Lists packages
      description: Sees which packages there are, and downloads none
      stage: ga
      includedPermissions:
        - artifactregistry.repositories.list
        - artifactregistry.packages.list
    """,
    "WorkloadIdentityPool": """
    apiVersion: arctl.dev/v1
    kind: WorkloadIdentityPool
    metadata: {name: workflows}
    spec:
      displayName: Workflows
      description: Workflows that publish packages without a key
    """,
    "WorkloadIdentityPoolProvider": """
    apiVersion: arctl.dev/v1
    kind: WorkloadIdentityPoolProvider
    metadata: {name: github}
    spec:
      pool: workflows
      displayName: GitHub Actions
      oidc: {issuerUri: https://token.actions.githubusercontent.com}
      attributeMapping:
        google.subject: assertion.sub
        attribute.repository_id: assertion.repository_id
      attributeCondition: assertion.repository_owner_id == '1342004'
    """,
    "Secret": """
    apiVersion: arctl.dev/v1
    kind: Secret
    metadata: {name: docker-hub}
    spec:
      labels: {team: platform}
      replication:
        userManaged:
          replicas: [{location: us-east4}, {location: us-central1}]
      versionDestroyTtl: 7d
      iam:
        - role: roles/secretmanager.secretAccessor
          members: [group:developers@example.com]
    """,
    "IAMBinding": """
    apiVersion: arctl.dev/v1
    kind: IAMBinding
    metadata: {name: auditors-list}
    spec:
      resource: repository/python-libraries
      role: packageLister
      members: [group:auditors@example.com, "user:ana@example.com"]
      condition:
        title: until the audit ends
        expression: request.time < timestamp("2030-01-01T00:00:00Z")
    """,
  ]
}
