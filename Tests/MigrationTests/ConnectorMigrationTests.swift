import JSON
import Kinds
import Model
import Testing

@testable import Migration

/// What objects of Config Connector become.
@Suite struct ConnectorMigrationTests {
  static let namespace = """
    apiVersion: v1
    kind: Namespace
    metadata:
      name: team-a
      annotations: {cnrm.cloud.google.com/project-id: my-project-id}
    ---

    """

  private func convert(_ texts: String..., namespace: Bool = true) -> Conversion {
    let whole = (namespace ? Self.namespace : "") + texts.joined(separator: "\n---\n")
    return ConnectorMigration.read(
      [ConnectorFile(path: "config/x.yaml", bytes: Array(whole.utf8))], kinds: Kinds.catalog)
  }

  private func object(
    _ group: String, _ kind: String, _ name: String, _ spec: String, metadata: String = ""
  ) -> String {
    "apiVersion: \(group).cnrm.cloud.google.com/v1beta1\nkind: \(kind)\nmetadata:\n  name: \(name)\n"
      + "  namespace: team-a\n\(metadata)spec:\n"
      + spec.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
  }

  private func repository(_ spec: String, metadata: String = "") -> String {
    object(
      "artifactregistry", "ArtifactRegistryRepository", "libs", "location: us-east4\n\(spec)",
      metadata: metadata)
  }

  private func address(_ text: String) throws -> Address {
    try #require(Kinds.catalog.address(parsing: text))
  }

  @Test func aRepository() throws {
    let found = convert(
      repository(
        """
        format: DOCKER
        description: "web: one"
        kmsKeyRef: {external: projects/p/locations/us/keyRings/r/cryptoKeys/k}
        dockerConfig: {immutableTags: true}
        cleanupPolicyDryRun: true
        cleanupPolicies:
        - id: old
          action: DELETE
          condition: {tagState: UNTAGGED, olderThan: 720h}
        - id: keep
          action: KEEP
          mostRecentVersions: {keepCount: 3}
        """,
        metadata:
          "  labels: {team: web, cnrm.cloud.google.com/x: y}\n  annotations: {cnrm.cloud.google.com/state-into-spec: absent}\n"
      ))
    #expect(found.items.map(\.outcome) == [.converted], "\(found.items)")
    #expect(found.items[0].position?.line == 7 && found.items[0].position?.file == "config/x.yaml")
    #expect(
      found.estate.resources[try address("my-project-id/repository/us-east4/libs")] == [
        "format": "DOCKER", "description": "web: one", "labels": ["team": "web"],
        "kmsKeyName": "projects/p/locations/us/keyRings/r/cryptoKeys/k",
        "dockerConfig": ["immutableTags": true], "cleanupPolicyDryRun": true,
        "cleanupPolicies": [
          "old": [
            "id": "old", "action": "DELETE",
            "condition": ["tagState": "UNTAGGED", "olderThan": "2592000s"],
          ],
          "keep": ["id": "keep", "action": "KEEP", "mostRecentVersions": ["keepCount": 3]],
        ],
      ])
  }

  /// References to other objects of the input become Google's names.
  @Test func upstreamsAreResolved() throws {
    let found = convert(
      repository("format: PYTHON\nresourceID: own"),
      object(
        "artifactregistry", "ArtifactRegistryRepository", "all",
        """
        location: us-east4
        format: PYTHON
        mode: VIRTUAL_REPOSITORY
        virtualRepositoryConfig:
          upstreamPolicies:
          - {id: a, priority: 20, repositoryRef: {name: libs}}
          - {id: b, priority: 10, repositoryRef: {external: projects/p-123456/locations/us-east4/repositories/x}}
        """))
    let all = found.estate.resources[try address("my-project-id/repository/us-east4/all")]
    #expect(
      all?["virtualRepositoryConfig"]?["upstreamPolicies"] == [
        [
          "id": "a", "priority": 20,
          "repository": "projects/my-project-id/locations/us-east4/repositories/own",
        ],
        [
          "id": "b", "priority": 10,
          "repository": "projects/p-123456/locations/us-east4/repositories/x",
        ],
      ])
  }

  /// A key of Cloud KMS that the input holds, by the object of its ring.
  @Test func keysOfKMSAreResolved() throws {
    let found = convert(
      repository("format: NPM\nkmsKeyRef: {name: disk}"),
      object("kms", "KMSCryptoKey", "disk", "keyRingRef: {name: ring}\n"),
      object("kms", "KMSKeyRing", "ring", "location: us-east4\nresourceID: r1\n"),
      object(
        "iam", "IAMPolicyMember", "m",
        "role: roles/cloudkms.cryptoKeyDecrypter\nmember: user:a@example.com\nresourceRef: {kind: KMSCryptoKey, name: disk}\n"
      ))
    let libs = found.estate.resources[try address("my-project-id/repository/us-east4/libs")]
    #expect(
      libs?["kmsKeyName"]
        == "projects/my-project-id/locations/us-east4/keyRings/r1/cryptoKeys/disk")
    #expect(
      found.estate.grants.keys.map { "\($0)" } == ["my-project-id/iam/cryptoKey/us-east4/r1/disk"])
    #expect(found.items.map(\.outcome) == [.converted, .skipped, .skipped, .converted])
  }

  @Test func aReferenceOutsideTheInputIsSkipped() {
    let found = convert(
      repository(
        "format: PYTHON\nvirtualRepositoryConfig: {upstreamPolicies: [{id: a, repositoryRef: {name: gone}}]}"
      ))
    #expect(found.items[0].skipped?.contains("`team-a/gone`, which is not in the input") == true)
  }

  @Test func accountsRolesServicesAndProjects() throws {
    let found = convert(
      object(
        "iam", "IAMServiceAccount", "uploader", "displayName: U\ndisabled: true\n",
        metadata: "  annotations: {cnrm.cloud.google.com/project-id: other-project}\n"),
      object(
        "iam", "IAMCustomRole", "lister",
        "title: L\nstage: GA\npermissions: [artifactregistry.packages.list]\n"),
      object(
        "serviceusage", "Service", "iam.googleapis.com",
        "projectRef: {external: projects/third-project}\n"),
      object(
        "resourcemanager", "Project", "third-project",
        "name: Third\norganizationRef: {external: \"1\"}\n"))
    let resources = found.estate.resources
    #expect(
      resources[try address("other-project/serviceAccount/uploader")] == [
        "displayName": "U", "disabled": true,
      ])
    #expect(
      resources[try address("my-project-id/role/lister")] == [
        "title": "L", "stage": "GA", "includedPermissions": ["artifactregistry.packages.list"],
      ])
    #expect(resources[try address("third-project/service/iam.googleapis.com")] != nil)
    #expect(resources[try address("third-project/project")] == ["displayName": "Third"])
    #expect(found.items.map(\.outcome) == [.converted, .converted, .converted, .noted])
  }

  /// The project: of the object's annotation, of its namespace's, else its namespace's name, with a note.
  @Test func theProjectOfANamespaceWithoutAnnotation() throws {
    let found = convert(
      object("iam", "IAMServiceAccount", "uploader", "displayName: U").replacing(
        "namespace: team-a", with: "namespace: some-project"), namespace: false)
    #expect(found.estate.resources.keys.map(\.project) == ["some-project"])
    #expect(found.items[0].outcome == .noted)
    #expect(found.items[0].notes[0].text.contains("`some-project`"))
    let none = convert(
      "apiVersion: iam.cnrm.cloud.google.com/v1beta1\nkind: IAMServiceAccount\nmetadata: {name: uploader}\n",
      namespace: false)
    #expect(none.items[0].skipped?.contains("project is not known") == true)
  }

  @Test(arguments: ["${PROJECT_ID?}", "PROJECT_ID", "[PROJECT_ID]"])
  func aPlaceholderIsNoProject(_ text: String) {
    let found = convert(
      object(
        "iam", "IAMServiceAccount", "uploader", "displayName: U",
        metadata: "  annotations: {cnrm.cloud.google.com/project-id: \"\(text)\"}\n"))
    #expect(found.items[0].skipped?.contains("placeholder") == true, "\(found.items)")
  }

  // MARK: grants

  private static let target =
    "resourceRef: {kind: ArtifactRegistryRepository, external: projects/my-project-id/locations/us/repositories/r}\n"

  @Test func grantsKeepTheirMeaning() throws {
    let found = convert(
      object("iam", "IAMServiceAccount", "uploader", "displayName: U"),
      object(
        "iam", "IAMPolicyMember", "one",
        "role: roles/artifactregistry.writer\nmemberFrom: {serviceAccountRef: {name: uploader}}\n"
          + Self.target),
      object(
        "iam", "IAMPartialPolicy", "two",
        "bindings:\n- role: roles/artifactregistry.reader\n  members:\n  - member: group:a@example.com\n  - memberFrom: {serviceAccountRef: {external: x@other-project.iam.gserviceaccount.com}}\n"
          + Self.target),
      object(
        "iam", "IAMPolicy", "three",
        "bindings:\n- role: roles/artifactregistry.admin\n  members: [user:b@example.com]\n  condition: {title: t, expression: \"true\"}\n"
          + "resourceRef: {kind: Project}\n"))
    #expect(found.items.map(\.outcome) == [.converted, .converted, .converted, .noted])
    let repository = found.estate.grants[try address("my-project-id/iam/repository/us/r")]
    #expect(
      repository == [
        EstateGrant(
          role: "roles/artifactregistry.reader",
          members: [
            "group:a@example.com", "serviceAccount:x@other-project.iam.gserviceaccount.com",
          ]),
        EstateGrant(
          role: "roles/artifactregistry.writer",
          members: ["serviceAccount:uploader@my-project-id.iam.gserviceaccount.com"]),
      ])
    let project = found.estate.grants[try address("my-project-id/iam/project")]
    #expect(project?.map(\.exclusivity) == [.role] && project?[0].condition?.title == "t")
  }

  /// A member that only the cluster knows is a loss, and its role is not exclusive: it would be removed.
  @Test func aMemberThatOnlyTheClusterKnows() throws {
    let found = convert(
      object(
        "iam", "IAMPolicyMember", "one",
        "role: roles/artifactregistry.writer\nmemberFrom: {logSinkRef: {name: x}}\n" + Self.target),
      object(
        "iam", "IAMPolicy", "two",
        "bindings:\n- role: roles/artifactregistry.writer\n  members: [user:b@example.com]\n"
          + Self.target))
    #expect(found.items.map(\.outcome) == [.skipped, .noted])
    #expect(found.items[0].skipped?.contains("memberFrom.logSinkRef") == true)
    let grants = found.estate.grants[try address("my-project-id/iam/repository/us/r")]
    #expect(grants?.map(\.exclusivity) == [.additive])
  }

  @Test func auditSettingsAndFoldersAreReported() {
    let found = convert(
      object(
        "iam", "IAMPolicy", "a",
        "bindings: []\nauditConfigs: [{service: allServices}]\n" + Self.target),
      object(
        "iam", "IAMPolicyMember", "b",
        "role: roles/viewer\nmember: user:a@example.com\nresourceRef: {kind: Folder, external: folders/1}\n"
      ),
      object("iam", "IAMAuditConfig", "c", "service: allServices\n" + Self.target))
    #expect(found.items.map(\.outcome) == [.inPart, .skipped, .skipped])
  }

  // MARK: keys and other objects

  @Test func aKeyIsKnownByItsStatus() throws {
    let text = object(
      "iam", "IAMServiceAccountKey", "k",
      "serviceAccountRef: {name: uploader}\nprivateKeyType: TYPE_GOOGLE_CREDENTIALS_FILE\n")
    let found = convert(
      object("iam", "IAMServiceAccount", "uploader", "displayName: U"),
      text
        + "\nstatus: {name: projects/p/serviceAccounts/x/keys/0123456789abcdef0123456789abcdef01234567, validAfter: \"2026-01-05T09:12:33Z\"}\n",
      text.replacing("name: k", with: "name: l"))
    let key = "my-project-id/serviceAccountKey/uploader/0123456789abcdef0123456789abcdef01234567"
    #expect(found.estate.resources[try address(key)] != nil)
    #expect(found.items.map(\.outcome) == [.converted, .noted, .skipped])
    #expect(found.items[2].skipped?.contains("kubectl get iamserviceaccountkey.iam") == true)
  }

  /// Objects that are not Google's are counted by their kind, and nothing of a Secret is kept.
  @Test func otherObjectsAreCounted() {
    let found = convert(
      "apiVersion: v1\nkind: Secret\nmetadata: {name: k}\ndata: {key.json: Q0FOQVJZ}\nstringData: {a: CANARY}\n",
      "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\nspec: {}\n",
      "apiVersion: core.cnrm.cloud.google.com/v1beta1\nkind: ConfigConnector\nmetadata: {name: c}\n",
      object("storage", "StorageBucket", "b", "location: US\n"))
    #expect(found.foreign == ["Secret": 1, "Deployment": 1, "ConfigConnector": 1])
    #expect(found.items.map(\.outcome) == [.skipped])
    #expect(!"\(found)".contains("CANARY") && !"\(found)".contains("Q0FOQVJZ"))
  }

  @Test func listsAreTakenApart() {
    let one = object("iam", "IAMServiceAccount", "uploader", "displayName: U")
    let indented = one.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n").dropFirst(2)
    let found = convert("apiVersion: v1\nkind: List\nitems:\n- \(indented)\n")
    #expect(found.items.map(\.outcome) == [.converted], "\(found.items)")
  }

  /// An unknown field of a spec is named, and never its value.
  @Test func anUnknownFieldIsALoss() {
    let found = convert(repository("format: NPM\nbrandNew: {a: CANARY}\nunset: \"\"\n"))
    #expect(found.items[0].outcome == .inPart && found.items[0].notes.count == 1)
    #expect(found.items[0].notes[0].text.contains("`brandNew`"))
    #expect(!"\(found)".contains("CANARY"))
  }

  @Test func mergedStateIsNoted() {
    let found = convert(
      repository(
        "format: NPM\n",
        metadata: "  annotations: {cnrm.cloud.google.com/state-into-spec: merge}\n"))
    #expect(found.items[0].outcome == .noted)
  }

  /// What cannot be read is an item with its line; the rest of the input is converted.
  @Test(arguments: [
    ("metadata:\n  name: {{ .Values.name }}\n", "template of Helm", 2),
    ("{{- if .Values.x }}\nkind: x\n", "template of Helm", 1),
    ("a: [b\n", "cannot be read", 1),
    ("spec: {}\nmetadata: {}\n", "not an object of Kubernetes", 1),
    ("a: \u{1}\n", "cannot be read", 1),
  ])
  func whatCannotBeReadIsReported(_ text: String, _ words: String, _ line: Int) {
    let good = Self.namespace + repository("format: NPM\n")
    let found = ConnectorMigration.read(
      [
        ConnectorFile(path: "a.yaml", bytes: Array(text.utf8)),
        ConnectorFile(path: "b.yaml", bytes: Array(good.utf8)),
      ], kinds: Kinds.catalog)
    let bad = found.items.filter { $0.outcome == .skipped }
    #expect(bad.count == 1 && bad.first?.skipped?.contains(words) == true, "\(bad)")
    #expect(bad.first?.position?.file == "a.yaml")
    #expect(found.count(.converted) == 1 && found.isPartial)
  }

  /// Files beside the objects that are none of Kubernetes.
  @Test func settingsOfOtherToolsAreNoItems() {
    let found = convert("resources: [a.yaml]\nnamePrefix: x-\n", namespace: false)
    #expect(found.items.isEmpty)
  }
}
