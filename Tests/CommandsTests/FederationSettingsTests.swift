import JSON
import Kinds
import TestSupport
import Testing

@testable import Commands

/// `arctl settings --auth federation`: which provider it takes, what it prints, what it reports.
@Suite struct FederationSettingsTests {
  private static let manifest = """
    apiVersion: arctl.dev/v1
    kind: Stack
    metadata: {name: team}
    spec: {defaults: {project: my-project-id, location: us-east4}}
    ---
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: my-project-id}
    spec: {services: [artifactregistry.googleapis.com, iam.googleapis.com]}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: own}
    spec:
      format: python
      iam:
      - role: roles/artifactregistry.writer
        members: ["principalSet://iam.googleapis.com/projects/my-project-id/locations/global/workloadIdentityPools/workflows/attribute.repository_id/77", "serviceAccount:publisher"]
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: images}
    spec: {format: docker}
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: publisher}
    spec:
      iam:
      - role: roles/iam.workloadIdentityUser
        members: ["principalSet://iam.googleapis.com/projects/my-project-id/locations/global/workloadIdentityPools/workflows/attribute.repository_id/77"]
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: reader}
    ---
    apiVersion: arctl.dev/v1
    kind: WorkloadIdentityPool
    metadata: {name: workflows}
    ---
    apiVersion: arctl.dev/v1
    kind: WorkloadIdentityPoolProvider
    metadata: {name: github}
    spec:
      pool: workflows
      oidc: {issuerUri: https://token.actions.githubusercontent.com}
      attributeMapping: {google.subject: assertion.sub, attribute.repository_id: assertion.repository_id}
      attributeCondition: assertion.repository_owner_id == '5'
    ---
    apiVersion: arctl.dev/v1
    kind: WorkloadIdentityPoolProvider
    metadata: {name: gitlab}
    spec:
      pool: workflows
      oidc: {issuerUri: https://gitlab.com, allowedAudiences: [AUDIENCE]}
      attributeMapping: {google.subject: assertion.sub}
      attributeCondition: assertion.namespace_id == '5'

    """

  private func run(
    _ expected: Outcome, _ arguments: [String], _ edit: (String) -> String = { $0 }
  ) async throws -> (output: String, errors: String) {
    let context = TestContext(environment: ["HOME": "/home/user"])
    try context.write(
      "manifests/all.yaml",
      edit(Self.manifest).replacing("AUDIENCE", with: "https://gitlab.example.com"))
    let outcome = await context.run(["settings"] + arguments)
    try #require(outcome == expected, "\(context.console.errors)")
    return (context.console.output, context.console.errors)
  }

  private func printed(
    _ arguments: String..., edit: (String) -> String = { $0 }
  ) async throws -> String {
    try await run(.success, arguments, edit).output.replacing("\n# ", with: " ")
  }

  private func refused(
    _ expected: Outcome, _ arguments: String..., edit: (String) -> String = { $0 }
  ) async throws -> String {
    let (output, errors) = try await run(expected, arguments, edit)
    #expect(output == "")
    return errors
  }

  private static let github =
    "projects/123/locations/global/workloadIdentityPools/workflows/providers/github"

  @Test func aWorkflowSignsInAsItself() async throws {
    let text = try await printed(
      "own", "--tool", "github-actions", "--auth", "federation", "--project-number", "123")
    #expect(text.contains("          workload_identity_provider: \(Self.github)\n"))
    #expect(text.contains("TWINE_PASSWORD: ${{ steps.auth.outputs.auth_token }}\n"))
    #expect(text.contains("      id-token: write\n"))
    #expect(!text.contains("service_account") && !text.contains("token_format"))
    #expect(text.contains("not verified for pip and twine"))
    #expect(!text.contains("No manifest"))
    #expect(!text.contains("GOOGLE_CREDENTIALS"))
    let checkout = try #require(text.firstRange(of: "actions/checkout@"))
    let signIn = try #require(text.firstRange(of: "google-github-actions/auth@v3"))
    let build = try #require(text.firstRange(of: "python -m build"))
    let upload = try #require(text.firstRange(of: "twine upload"))
    #expect(checkout.lowerBound < build.lowerBound && build.lowerBound < signIn.lowerBound)
    #expect(signIn.lowerBound < upload.lowerBound)
  }

  @Test func aWorkflowActsAsAnAccount() async throws {
    let text = try await printed(
      "own", "--tool", "github-actions", "--provider", "github", "--account", "publisher")
    #expect(
      text.contains(
        """
                  workload_identity_provider: projects/PROJECT_NUMBER/locations/global/workloadIdentityPools/workflows/providers/github
                  service_account: publisher@my-project-id.iam.gserviceaccount.com
                  token_format: access_token

        """))
    #expect(text.contains("${{ steps.auth.outputs.access_token }}"))
    #expect(text.contains("need roles/iam.workloadIdentityUser on the account"))
    #expect(text.contains("gcloud projects describe my-project-id --format='value(projectNumber)'"))
    #expect(!text.contains("No manifest"))
  }

  @Test func whatNobodyMayDoIsNamed() async throws {
    let reader = try await printed(
      "own", "--tool", "github-actions", "--auth", "federation", "--account", "reader")
    #expect(
      reader.contains(
        "No manifest gives reader@my-project-id.iam.gserviceaccount.com a role to publish"))
    #expect(
      reader.contains("No manifest lets an identity of the pool `workflows` act as the account"))
    let images = try await printed("images", "--tool", "github-actions", "--auth", "federation")
    #expect(
      images.contains(
        "No manifest gives identities of the pool `workflows` a role to publish on `images`: grant roles/artifactregistry.writer"
      ))
    #expect(images.contains("uses: docker/login-action@v3"))
    #expect(
      images.contains(
        "docker push \"us-east4-docker.pkg.dev/my-project-id/images/IMAGE:$GITHUB_REF_NAME\""))
  }

  /// A member can name the project by its number: then it is known, unless two projects have a pool of this name.
  @Test func theNumberIsThatOfTheMembers() async throws {
    let numbered = { (text: String) in
      text.replacing(
        "projects/my-project-id/locations/global", with: "projects/456/locations/global")
    }
    let text = try await printed(
      "own", "--tool", "github-actions", "--auth", "federation", edit: numbered)
    #expect(text.contains("workload_identity_provider: projects/456/locations"))
    let other = try await printed(
      "own", "--tool", "github-actions", "--auth", "federation", "--project-number", "7",
      edit: numbered)
    #expect(other.contains("workload_identity_provider: projects/7/locations"))
    #expect(other.contains("No manifest gives identities of the pool"))
    let twice = try await printed(
      "own", "--tool", "github-actions", "--auth", "federation", "--provider",
      "my-project-id/workloadIdentityPoolProvider/workflows/github",
      edit: {
        numbered($0)
          + """
          ---
          apiVersion: arctl.dev/v1
          kind: WorkloadIdentityPool
          metadata: {name: workflows}
          spec: {project: other-project}
          ---
          apiVersion: arctl.dev/v1
          kind: WorkloadIdentityPoolProvider
          metadata: {name: other}
          spec:
            pool: other-project/workloadIdentityPool/workflows
            oidc: {issuerUri: https://token.actions.githubusercontent.com}
            attributeMapping: {google.subject: assertion.sub}
            attributeCondition: assertion.repository_owner_id == '6'

          """
      })
    #expect(twice.contains("projects/PROJECT_NUMBER/"))
  }

  @Test func gitlabAsksForTheProvidersAudience() async throws {
    let text = try await printed(
      "own", "--tool", "gitlab-ci", "--auth", "federation", "--project-number", "123", "--account",
      "publisher")
    #expect(text.contains("      aud: \"https://gitlab.example.com\"\n"))
    #expect(
      text.contains(
        #"        "audience": "//iam.googleapis.com/projects/123/locations/global/workloadIdentityPools/workflows/providers/gitlab","#
      ))
    #expect(text.contains(#"          "file": "$folder/token""#))
    #expect(
      text.contains(
        "serviceAccounts/publisher@my-project-id.iam.gserviceaccount.com:generateAccessToken"))
    let usual = try await printed(
      "own", "--tool", "gitlab-ci", "--auth", "federation",
      edit: { $0.replacing(", allowedAudiences: [AUDIENCE]", with: "") })
    #expect(usual.contains("aud: https://iam.googleapis.com/projects/PROJECT_NUMBER/locations"))
  }

  /// GitLab would replace a variable in it.
  @Test func anAudienceWithAVariableIsRefused() async throws {
    let text = try await refused(
      .usage, "own", "--tool", "gitlab-ci", "--auth", "federation",
      edit: { $0.replacing("AUDIENCE", with: "https://x/$CI_JOB_TOKEN") })
    #expect(text.contains("means a variable"))
  }

  @Test func theFileOfACredential() async throws {
    let text = try await printed(
      "--tool", "credential-config", "--pool", "workflows", "--provider", "github",
      "--project-number", "123", "--token-file", "/run/to\"ken", "--token-field", "id_token",
      "--output", "json")
    let answer = try JSONValue(parsing: Array(text.utf8))
    #expect(answer["provider"]?.string == Self.github)
    #expect(answer["repository"] == nil)
    let file = try #require(answer["files"]?.array?.first)
    #expect(file["path"] == "google-credentials.json")
    #expect(
      file["text"]?.string == """
        {
          "universe_domain": "googleapis.com",
          "type": "external_account",
          "audience": "//iam.googleapis.com/\(Self.github)",
          "subject_token_type": "urn:ietf:params:oauth:token-type:jwt",
          "token_url": "https://sts.googleapis.com/v1/token",
          "credential_source": {
            "file": "/run/to\\"ken",
            "format": {
              "type": "json",
              "subject_token_field_name": "id_token"
            }
          },
          "token_info_url": "https://sts.googleapis.com/v1/introspect"
        }

        """)
  }

  @Test func theFileForASandbox() async throws {
    let text = try await printed(
      "--tool", "credential-config", "--provider", "github", "--account", "publisher",
      "--endpoint", "http://127.0.0.1:8085")
    #expect(text.contains(#""token_url": "http://127.0.0.1:8085/v1/token""#))
    #expect(
      text.contains(
        #""http://127.0.0.1:8085/v1/projects/-/serviceAccounts/publisher@my-project-id.iam.gserviceaccount.com:generateAccessToken""#
      ))
    #expect(!text.contains("googleapis.com/v1"))
  }

  @Test func anUndeclaredProviderIsNamedInFull() async throws {
    let text = try await printed(
      "--tool", "credential-config", "--provider", Self.github.replacing("github", with: "other"))
    #expect(text.contains("providers/other"))
    #expect(!text.contains("PROJECT_NUMBER"))
  }

  @Test(
    arguments: [
      (
        ["own", "--tool", "pip", "--auth", "federation"], Outcome.usage,
        "federation is for github-actions, gitlab-ci, credential-config"
      ),
      (
        ["--tool", "credential-config", "--auth", "env"], .usage,
        "no settings for `--auth env`, but for federation"
      ),
      (["--tool", "credential-config"], .usage, "several providers"),
      (
        ["own", "--tool", "credential-config", "--provider", "github"], .usage,
        "is for all repositories: leave out `own`"
      ),
      (
        ["own", "--tool", "gitlab-ci", "--provider", "github"], .invalid,
        "accepts tokens of https://token.actions.githubusercontent.com"
      ),
      (
        ["--tool", "credential-config", "--pool", "workflow"], .invalid, "did you mean `workflows`?"
      ),
      (
        [
          "--tool", "credential-config", "--provider",
          "projects/x y/locations/global/workloadIdentityPools/pool/providers/main",
        ], .invalid, "no document declares the provider"
      ),
      (
        ["--tool", "credential-config", "--provider", "github", "--project-number", "my-project"],
        .usage, "expected digits"
      ),
      (
        ["--tool", "credential-config", "--provider", "github", "--account", "a@b:$(id)"], .usage,
        "expected a service account"
      ),
      (
        ["--tool", "credential-config", "--provider", "github", "--token-url", "file:///x"], .usage,
        "is not a plain http or https URL"
      ),
      (
        ["--tool", "credential-config", "--provider", "github", "--token-file", "a\nb"], .usage,
        "control characters"
      ),
      (
        ["own", "--tool", "pip", "--token-file", "a"], .usage,
        "is for `--tool credential-config` only"
      ),
      (
        ["own", "--tool", "pip", "--auth", "env", "--pool", "workflows"], .usage,
        "are for `--auth federation`"
      ),
      (
        [
          "own", "--tool", "github-actions", "--provider", "github", "--endpoint",
          "http://127.0.0.1:1",
        ], .usage, "use `--tool credential-config`"
      ),
    ] as [([String], Outcome, String)])
  func mistakes(_ arguments: [String], _ outcome: Outcome, _ expected: String) async throws {
    let (output, errors) = try await run(outcome, arguments)
    #expect(output == "")
    #expect(errors.contains(expected), "\(errors)")
  }

  @Test func whoCannotSignInIsNamed() async throws {
    let text = try await printed(
      "own", "--tool", "github-actions", "--auth", "federation",
      edit: {
        $0.replacing(
          "kind: WorkloadIdentityPool\nmetadata: {name: workflows}",
          with: "kind: WorkloadIdentityPool\nmetadata: {name: workflows}\nspec: {disabled: true}")
      })
    #expect(
      text.contains("The manifests disable or delete my-project-id/workloadIdentityPool/workflows"))
  }

  @Test func everyCharacterOfAFileIsFilledIn() async throws {
    for account in [[], ["--account", "publisher"]] {
      for tool in ["github-actions", "gitlab-ci"] {
        let text = try await run(
          .success, ["own", "--tool", tool, "--auth", "federation"] + account
        ).output
        #expect(text.firstMatch(of: /@[A-Z][A-Z_]*@/) == nil)
      }
    }
  }
}
