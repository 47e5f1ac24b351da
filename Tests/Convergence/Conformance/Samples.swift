import Model
import TestSupport

extension KindSample {
  /// At least one sample of every kind.
  static let all: [KindSample] =
    [project, service, serviceAccount, serviceAccountKey, role, rule] + pools + providers
    + repositories + secrets + [
      shelf, book,
    ]

  private static func known(_ name: String) -> any ResourceKind {
    // A kind that is missing fails `everyKindHasASample`.
    KindSet.google[name]?.resource ?? Shelf()
  }

  private static let project = KindSample(
    kind: known("project"), surroundings: "", name: "brand-new-project",
    address: Address(project: "brand-new-project", .project),
    spec: [("parent", "organizations/123456")],
    changes: [
      ("displayName", "Other name"), ("labels", "{team: web}"),
      ("billingAccount", "billingAccounts/012345-6789AB-CDEF01"),
    ],
    fixed: [("parent", "folders/77")], kept: ["displayName": "Google takes no empty name"],
    untried: ["tags": "only written when a project is created, and never returned"])

  private static let service = KindSample(
    kind: known("service"), surroundings: "", name: "pubsub.googleapis.com",
    address: Address(project: "my-project-id", .service, "pubsub.googleapis.com"), spec: [],
    documents: { _ in
      document(
        "Project", "my-project-id", "{services: [pubsub.googleapis.com, run.googleapis.com]}")
    })

  private static let serviceAccount = KindSample(
    kind: known("serviceAccount"), name: "uploader",
    address: Address(project: "my-project-id", .serviceAccount, "uploader"),
    spec: [("displayName", "One")],
    changes: [("displayName", "Two"), ("description", "Uploads"), ("disabled", "true")])

  private static let serviceAccountKey = KindSample(
    kind: known("serviceAccountKey"),
    surroundings: services + document("ServiceAccount", "uploader", "{}"), name: "laptop",
    address: Address(project: "my-project-id", .serviceAccountKey, "uploader", "laptop"),
    spec: [("serviceAccount", "uploader"), ("destination", "{file: laptop.json}")])

  private static let role = KindSample(
    kind: known("role"), name: "publisher",
    address: Address(project: "my-project-id", .role, "publisher"),
    spec: [("title", "P"), ("includedPermissions", "[artifactregistry.repositories.get]")],
    changes: [
      ("title", "Q"), ("description", "Publishes"), ("stage", "ga"),
      ("includedPermissions", "[artifactregistry.repositories.get, iam.roles.get]"),
    ])

  private static let rule = KindSample(
    kind: known("rule"), surroundings: services + document("Repository", "r", "{format: npm}"),
    name: "no-downloads",
    address: Address(project: "my-project-id", known("rule").id, "us-east4", "r", "no-downloads"),
    spec: [("repository", "r"), ("action", "deny"), ("operation", "download")],
    changes: [
      ("action", "allow"), ("packageId", "left-pad"),
      ("condition", #"{expression: 'pkg.version.id == "1.0.0"'}"#),
    ],
    untried: ["operation": "Google has one value"])

  private static let pools = [
    KindSample(
      kind: known("workloadIdentityPool"), name: "github",
      address: Address(project: "my-project-id", known("workloadIdentityPool").id, "github"),
      spec: [("displayName", "One")],
      changes: [
        ("displayName", "Two"), ("description", "Workflows"), ("disabled", "true"),
      ],
      fixed: [("mode", "trust_domain")]),
    KindSample(
      kind: known("workloadIdentityPool"), variant: "trust domain", name: "workloads",
      address: Address(project: "my-project-id", known("workloadIdentityPool").id, "workloads"),
      spec: [("mode", "trust_domain")],
      changes: [
        (
          "inlineCertificateIssuanceConfig",
          "{caPools: {us-east4: projects/p/locations/us-east4/caPools/one}, lifetime: 48h, rotationWindowPercentage: 60, keyAlgorithm: rsa_2048}"
        ),
        (
          "inlineTrustConfig",
          "{additionalTrustBundles: {example.com: {trustAnchors: [{pemCertificate: A}]}}}"
        ),
      ]),
  ]

  private static let secretServices = document(
    "Project", "my-project-id", "{services: [secretmanager.googleapis.com]}")

  private static let secrets = [
    KindSample(
      kind: known("secret"), surroundings: secretServices, name: "app_Key-1",
      address: Address(project: "my-project-id", known("secret").id, "app_Key-1"),
      spec: [("topics", "[{name: projects/my-project-id/topics/one}]")],
      changes: [
        ("labels", "{team: web}"), ("annotations", "{owner: web.team}"),
        ("topics", "[{name: projects/my-project-id/topics/two}]"),
        ("expireTime", "2099-01-01T00:00:00Z"), ("versionDestroyTtl", "30d"),
        ("rotation", "{nextRotationTime: 2098-01-01T00:00:00Z, rotationPeriod: 30d}"),
      ],
      fixed: [("replication", "{userManaged: {replicas: [{location: us-east4}]}}")],
      kept: ["annotations": "arctl keeps notes of its keys there"],
      untried: [
        "secretType": "the sandbox does not serve it",
        "tags": "only written when a secret is created, and never returned",
      ]),
    KindSample(
      kind: known("secret"), variant: "locations", surroundings: secretServices, name: "app",
      address: Address(project: "my-project-id", known("secret").id, "app"),
      spec: [("replication", "{userManaged: {replicas: [{location: us-east4}]}}")],
      changes: [
        (
          "replication",
          "{userManaged: {replicas: [{location: us-east4, customerManagedEncryption: {kmsKeyName: projects/my-project-id/locations/us-east4/keyRings/r/cryptoKeys/k}}]}}"
        )
      ],
      fixed: [
        ("replication", "{automatic: {}}"),
        ("replication", "{userManaged: {replicas: [{location: us-east4}, {location: us-east1}]}}"),
      ], kept: ["replication": "it is fixed but for its keys"]),
  ]

  private static func provider(
    _ variant: String, _ spec: [Value], changes: [Value] = [], kept: [String: String] = [:]
  ) -> KindSample {
    KindSample(
      kind: known("workloadIdentityPoolProvider"), variant: variant,
      surroundings: services + document("WorkloadIdentityPool", "outside", "{}"), name: "issuer",
      address: Address(
        project: "my-project-id", known("workloadIdentityPoolProvider").id, "outside", "issuer"),
      spec: [("pool", "outside")] + spec, changes: changes, kept: kept)
  }

  /// Each type has a sample of its own: a provider never changes it.
  private static let providers = [
    provider(
      "OpenID Connect",
      [
        ("oidc", "{issuerUri: 'https://issuer.example.com'}"),
        ("attributeMapping", "{google.subject: assertion.sub}"),
      ],
      changes: [
        ("displayName", "Two"), ("description", "Workflows"), ("disabled", "true"),
        ("attributeCondition", "assertion.repository_owner_id == '123'"),
        (
          "actorProviders",
          "[projects/my-project-id/locations/global/workloadIdentityPools/outside/providers/agents]"
        ),
        (
          "oidc",
          "{issuerUri: 'https://issuer.example.com', allowedAudiences: [one, two], discoveryUri: 'https://issuer.example.com/.well-known/other'}"
        ),
      ], kept: ["oidc": "a provider has one type"]),
    provider(
      "mapping",
      [
        ("oidc", "{issuerUri: 'https://issuer.example.com'}"),
        ("attributeMapping", "{google.subject: assertion.sub}"),
      ],
      changes: [
        (
          "attributeMapping",
          "{google.subject: assertion.sub, attribute.repository_id: assertion.repository_id}"
        )
      ], kept: ["attributeMapping": "Google needs `google.subject`"]),
    provider(
      "AWS", [("aws", "{accountId: '123456789012'}")],
      changes: [("aws", "{accountId: '210987654321'}")], kept: ["aws": "a provider has one type"]),
    provider(
      "SAML",
      [
        ("saml", "{idpMetadataXml: <a/>}"),
        ("attributeMapping", "{google.subject: assertion.subject}"),
      ],
      changes: [("saml", "{idpMetadataXml: <b/>}")], kept: ["saml": "a provider has one type"]),
    provider(
      "X.509",
      [
        ("x509", "{trustStore: {trustAnchors: [{pemCertificate: A}]}}"),
        ("attributeMapping", "{google.subject: assertion.subject.dn.cn}"),
      ],
      changes: [
        (
          "x509",
          "{trustStore: {trustAnchors: [{pemCertificate: B}], intermediateCas: [{pemCertificate: C}]}}"
        )
      ], kept: ["x509": "a provider has one type"]),
  ]

  private static func repository(
    _ variant: String, _ spec: [Value], changes: [Value] = [], fixed: [Value] = [],
    kept: [String: String] = [:], companions: [String: [Value]] = [:],
    untried: [String: String] = [:], more: String = ""
  ) -> KindSample {
    KindSample(
      kind: known("repository"), variant: variant, surroundings: services + more, name: "packages",
      address: Address(project: "my-project-id", .repository, "us-east4", "packages"), spec: spec,
      changes: changes, fixed: fixed, kept: kept, companions: companions, untried: untried)
  }

  private static let repositories = [
    repository(
      "docker", [("format", "docker"), ("description", "One")],
      changes: [
        ("description", "Two"), ("labels", "{team: web}"),
        ("dockerConfig", "{immutableTags: true}"),
        ("cleanupPolicyDryRun", "true"),
        ("cleanupPolicies", "{old: {action: delete, condition: {olderThan: 30d}}}"),
        ("vulnerabilityScanningConfig", "{enablementConfig: disabled}"),
        ("platformLogsConfig", "{loggingState: enabled, severityLevel: error}"),
      ],
      fixed: [
        ("format", "npm"), ("mode", "remote"),
        ("kmsKeyName", "projects/p/locations/us-east4/keyRings/r/cryptoKeys/k"),
      ],
      companions: [
        "mode": [("remoteRepositoryConfig", "{dockerRepository: {publicRepository: DOCKER_HUB}}")]
      ], untried: ["disallowUnspecifiedMode": "nothing says that it is returned"]),
    repository(
      "maven", [("format", "maven"), ("mavenConfig", "{versionPolicy: release}")],
      fixed: [("mavenConfig", "{versionPolicy: snapshot}")]),
    repository(
      "remote",
      [
        ("format", "python"), ("mode", "remote"),
        (
          "remoteRepositoryConfig",
          "{description: PyPI, pythonRepository: {publicRepository: PYPI}}"
        ),
      ],
      changes: [
        (
          "remoteRepositoryConfig",
          "{description: PyPI, pythonRepository: {publicRepository: PYPI}, upstreamCredentials: {usernamePasswordCredentials: {username: ana, passwordSecretVersion: projects/p/secrets/s/versions/1}}}"
        )
      ],
      fixed: [
        (
          "remoteRepositoryConfig",
          "{description: Other, pythonRepository: {publicRepository: PYPI}}"
        )
      ],
      kept: ["remoteRepositoryConfig": "a remote repository needs it"]),
    repository(
      "virtual",
      [
        ("format", "python"), ("mode", "virtual"),
        (
          "virtualRepositoryConfig",
          "{upstreamPolicies: [{id: own, repository: repository/own, priority: 10}]}"
        ),
      ],
      changes: [
        (
          "virtualRepositoryConfig",
          "{upstreamPolicies: [{id: own, repository: repository/own, priority: 20}]}"
        )
      ], kept: ["virtualRepositoryConfig": "a virtual repository needs it"],
      more: document("Repository", "own", "{format: python}")),
  ]
}
