import DesiredState
import Diagnostics
import TestSupport
import Testing

/// Text of other tools in a manifest: one error names the tool, and what it advises is valid.
@Suite struct ForeignDocumentTests {
  private func errors(_ text: String) -> [Diagnostic] {
    Loading(Loading.stack + "---\n" + text).run().diagnostics
  }

  /// The name of the tool, a document of it, and a part of the document to write instead.
  static let documents = [
    (
      "gcloud",
      """
      cleanupPolicies:
        old:
          action: DELETE
          condition: {olderThan: 2592000s, tagState: UNTAGGED}
          id: old
      cleanupPolicyDryRun: true
      createTime: '2024-01-01T00:00:00.000000Z'
      format: DOCKER
      description: "web: one"
      labels: {team: web}
      mode: STANDARD_REPOSITORY
      name: projects/other-project/locations/europe-west1/repositories/web
      registryUri: europe-west1-docker.pkg.dev/other-project/web
      satisfiesPzi: true
      sizeBytes: '1234'
      vulnerabilityScanningConfig: {enablementState: SCANNING_DISABLED}
      """,
      """
      metadata: {name: web}
      spec:
        project: other-project
        location: europe-west1
        format: docker
        description: "web: one"
        labels:
          team: web
        cleanupPolicies:
          old:
            action: delete
            condition:
              tagState: untagged
              olderThan: 2592000s
        cleanupPolicyDryRun: true
      """
    ),
    (
      "gcloud",
      """
      {
        "displayName": "PyPI uploader", "email": "uploader@my-project-id.iam.gserviceaccount.com",
        "name": "projects/my-project-id/serviceAccounts/uploader@my-project-id.iam.gserviceaccount.com",
        "oauth2ClientId": "123", "projectId": "my-project-id", "uniqueId": "123"
      }
      """,
      "kind: ServiceAccount\nmetadata: {name: uploader}\nspec:\n  project: my-project-id\n  displayName: PyPI uploader"
    ),
    (
      "gcloud",
      "etag: BwX\nincludedPermissions: [artifactregistry.repositories.list]\nname: projects/my-project-id/roles/lister\nstage: GA\ntitle: Lister\n",
      "  title: Lister\n  stage: ga\n  includedPermissions:\n    - artifactregistry.repositories.list"
    ),
    (
      "gcloud",
      "createTime: '2024-01-01T00:00:00Z'\nlifecycleState: ACTIVE\nname: My project\nprojectId: other-project\nprojectNumber: '1'\n",
      "kind: Project\nmetadata: {name: other-project}"
    ),
    (
      "Config Connector",
      """
      apiVersion: artifactregistry.cnrm.cloud.google.com/v1beta1
      kind: ArtifactRegistryRepository
      metadata:
        name: r
        labels: {team: web}
        annotations: {cnrm.cloud.google.com/project-id: other-project}
      spec: {format: MAVEN, location: us-west1, resourceID: libs, mavenConfig: {versionPolicy: RELEASE}}
      """,
      "metadata: {name: libs}\nspec:\n  project: other-project\n  location: us-west1\n  format: maven"
    ),
    (
      "Config Connector",
      """
      apiVersion: iam.cnrm.cloud.google.com/v1beta1
      kind: IAMPolicyMember
      metadata: {name: readers}
      spec:
        member: group:a@example.com
        role: roles/artifactregistry.reader
        resourceRef: {kind: ArtifactRegistryRepository, external: projects/p-123456/locations/us/repositories/r}
      """,
      "kind: IAMBinding\nmetadata: {name: readers}\nspec:\n  resource: projects/p-123456/locations/us/repositories/r\n  role: roles/artifactregistry.reader\n  members: [\"group:a@example.com\"]"
    ),
  ]

  @Test(arguments: documents)
  func isNamedAndRewritten(_ tool: String, _ text: String, _ part: String) throws {
    let found = errors(text)
    try #require(found.count == 1, "\(found)")
    #expect(found[0].code == .notADocument && found[0].message.contains(tool))
    let instead = found[0].pasted.joined(separator: "\n")
    #expect(instead.contains(part), "\(instead)")
    #expect(errors(instead) == [], "what is advised is wrong as well:\n\(instead)")
  }

  /// Every element of a list gets its document, in YAML with `---` and in JSON.
  @Test func eachElementOfAListIsRewritten() {
    let one =
      "{\"format\": \"NPM\", \"name\": \"projects/my-project-id/locations/us/repositories/NAME\"}"
    let (a, b) = (one.replacing("NAME", with: "aa"), one.replacing("NAME", with: "bb"))
    for text in ["[\(a),\n \(b)]", "\(a)\n---\n\(b)"] {
      let found = errors(text)
      #expect(found.map { $0.pasted.contains { $0.contains("name: aa") } } == [true, false])
      #expect(found.count == 2)
    }
  }

  @Test func aPolicyBecomesGrants() throws {
    let error = try #require(
      errors(
        "bindings:\n- members: ['user:a@example.com']\n  role: roles/artifactregistry.reader\netag: BwX\nversion: 1\n"
      ).first)
    #expect(error.message.contains("gcloud"))
    let repository =
      "apiVersion: arctl.dev/v1\nkind: Repository\nmetadata: {name: libs}\nspec:\n  format: npm\n"
    #expect(errors(repository + error.pasted.map { "  \($0)\n" }.joined()) == [])
  }

  /// Each error names the command that does the same for everything.
  @Test(arguments: [
    ("terraform_version: 1.9.0\nversion: 4\nresources: []\n", "arctl migrate terraform "),
    ("terraform {\n}\n", "arctl migrate terraform -"),
    (
      "apiVersion: iam.cnrm.cloud.google.com/v1beta1\nkind: IAMServiceAccount\nmetadata: {name: ci-build}\n",
      "arctl migrate config-connector "
    ),
    (
      "apiVersion: serviceusage.cnrm.cloud.google.com/v1beta1\nkind: Service\nmetadata: {name: x}\n",
      "arctl migrate config-connector "
    ),
    (
      "format: NPM\nname: projects/my-project-id/locations/us/repositories/web\n",
      "arctl get my-project-id/repository/us/web"
    ),
    ("projectId: my-project-id\nprojectNumber: '1'\n", "arctl export --project my-project-id"),
  ])
  func theCommandIsNamed(_ text: String, _ command: String) {
    let found = Loading(text).run().diagnostics
    #expect(found.contains { $0.help.joined().contains(command) }, "\(found)")
  }

  @Test(arguments: [
    ("kind: Deployment\napiVersion: apps/v1\n", "`apps/v1`"),
    ("terraform_version: 1.9.0\nversion: 4\nresources: []\n", "Terraform"),
    ("name: x\nruntime: yaml\nresources: {}\n", "Pulumi"),
    ("resources: [{name: r, type: gcp-types/artifactregistry-v1}]\n", "Deployment Manager"),
    (
      "name: projects/1/services/iam.googleapis.com\nstate: ENABLED\nconfig: {}\n",
      "gcloud"
    ),
  ])
  func isNamed(_ text: String, _ word: String) {
    let found = errors(text)
    #expect(found.count == 1 && found[0].message.contains(word), "\(found)")
  }

  /// A text of another form in the place of a reference to a secret may be the secret.
  @Test func aSecretIsNotRepeated() {
    let found = errors(
      """
      format: DOCKER
      name: projects/my-project-id/locations/us/repositories/web
      remoteRepositoryConfig:
        upstreamCredentials:
          usernamePasswordCredentials: {username: u, passwordSecretVersion: hunter2-hunter2}
      """)
    #expect(!"\(found)".contains("hunter2"))
    #expect(found.count == 1)
  }

  /// A new line in a value stays inside its quotes.
  @Test func aValueAddsNoLine() throws {
    let found = errors(
      "format: DOCKER\ndescription: \"a\\nkind: Stack\"\nname: projects/my-project-id/locations/us/repositories/web\n"
    )
    let lines = try #require(found.first?.pasted)
    #expect(!lines.contains { $0.contains("\n") || $0.hasPrefix("kind: Stack") })
    #expect(errors(lines.joined(separator: "\n")) == [])
  }

  @Test(arguments: [
    ("resource \"google_service_account_key\" \"k\" {\n", "`ServiceAccountKey`"),
    ("# a\n// b\n/* c\n d */\nresource \"google_project_service\" \"s\" {\n", "`services`"),
    ("resource \"google_project_iam_member\" \"m\" {\n  labels = { a: b }\n", "`IAMBinding`"),
    ("terraform {\n}\n", "arctl init"),
    ("provider \"google\" {\n", "arctl init"),
  ])
  func terraformIsNamed(_ text: String, _ advice: String) {
    let found = Loading(text).run().diagnostics
    #expect(found.count == 1 && found[0].message.contains("HCL"), "\(found)")
    #expect(found[0].help.joined().contains(advice), "\(found)")
  }

  @Test(arguments: [
    ("<<<<<<< HEAD\na: b\n=======\na: c\n>>>>>>> x\n", [1]),
    (
      "a: b\n<<<<<<< HEAD\n||||||| base\n=======\n>>>>>>> x\n<<<<<<< HEAD\n=======\n>>>>>>> x\n",
      [2, 6]
    ),
    ("a: b\r\n<<<<<<< HEAD\r\n=======\r\n>>>>>>> x\r\n", [2]),
    (">>>>>>> x\n", [1]), ("<<<<<<<\n", [1]),
  ])
  func eachConflictIsOneError(_ text: String, _ lines: [Int]) {
    let found = Loading(text).run().diagnostics
    #expect(found.map { $0.position?.line } == lines, "\(found)")
    #expect(found.allSatisfy { $0.message == "an unresolved merge conflict" })
  }

  @Test(arguments: ["a: <<<<<<< HEAD\n", "a: |\n  <<<<<<< HEAD\n", "=======\n", "<<<<<<<<<< x\n"])
  func otherTextIsNotAConflict(_ text: String) {
    #expect(!Loading(text).run().diagnostics.contains { $0.message.contains("conflict") })
  }

  /// A kind of another tool, and the kind to write.
  @Test(arguments: [
    ("Key", "`ServiceAccountKey`"), ("PythonRepository", "`Repository`"),
    ("google_artifact_registry_repository", "`Repository`"), ("Registry", "`Repository`"),
    ("IAMServiceAccount", "`ServiceAccount`"), ("IAMServiceAccountKey", "`ServiceAccountKey`"),
    ("IAMCustomRole", "`Role`"), ("google_project_iam_custom_role", "`Role`"),
    ("Account", "`ServiceAccount`"), ("IAMPolicyMember", "`IAMBinding`"),
    ("RoleBinding", "`IAMBinding`"), ("google_project_iam_member", "`IAMBinding`"),
    ("Grant", "`IAMBinding`"), ("Service", "`services` in a Project"),
    ("google_project_service", "`services` in a Project"), ("Group", "`group:EMAIL`"),
    ("User", "`user:EMAIL`"), ("Settings", "`Stack`"), ("repository", "`Repository`"),
  ])
  func aKindOfAnotherTool(_ kind: String, _ advice: String) {
    let found = errors("apiVersion: arctl.dev/v1\nkind: \(kind)\nmetadata: {name: xx}\n")
    #expect(found.count == 1 && found[0].label.contains(advice), "\(found)")
  }

  @Test(arguments: ["Bucket", "Deployment", "OrgPolicy", "NetworkPolicy", "xx"])
  func anUnrelatedKindGetsNoAdvice(_ kind: String) {
    let found = errors("apiVersion: arctl.dev/v1\nkind: \(kind)\nmetadata: {name: xx}\n")
    #expect(found.map(\.label) == [""])
  }
}
