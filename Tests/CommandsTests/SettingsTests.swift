import JSON
import Kinds
import Platform
import TestSupport
import Testing

@testable import Commands

/// `arctl settings`: which repository, tool and account it takes, what it reports, what it writes.
@Suite struct SettingsTests {
  private static let manifest = """
    apiVersion: arctl.dev/v1
    kind: Stack
    metadata: {name: team}
    spec: {defaults: {project: my-project-id, location: us-east4}}
    ---
    apiVersion: arctl.dev/v1
    kind: Project
    metadata: {name: my-project-id}
    spec: {services: [artifactregistry.googleapis.com]}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: own}
    spec: {format: python}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: mirror}
    spec:
      format: python
      mode: remote
      remoteRepositoryConfig: {pythonRepository: {publicRepository: PYPI}}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: all}
    spec:
      format: python
      mode: virtual
      virtualRepositoryConfig:
        upstreamPolicies:
        - {id: mirror, repository: mirror, priority: 10}
        - {id: own, repository: own, priority: 100}
    ---
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: images}
    spec: {format: docker}
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: writer}
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccount
    metadata: {name: reader}
    ---
    apiVersion: arctl.dev/v1
    kind: IAMBinding
    metadata: {name: writers}
    spec:
      resource: repository/own
      role: roles/artifactregistry.writer
      members: [serviceAccount:writer]
    ---
    apiVersion: arctl.dev/v1
    kind: IAMBinding
    metadata: {name: readers}
    spec:
      resource: repository/own
      role: roles/artifactregistry.reader
      members: [serviceAccount:reader]
    ---
    apiVersion: arctl.dev/v1
    kind: ServiceAccountKey
    metadata: {name: writer-key}
    spec: {serviceAccount: writer, destination: {file: writer.json}}

    """

  private func context(
    _ manifest: String = manifest, environment: ProcessEnvironment = ["HOME": "/home/user"]
  ) throws -> TestContext {
    let context = TestContext(environment: environment)
    try context.write("manifests/all.yaml", manifest)
    return context
  }

  private func printed(_ arguments: String...) async throws -> String {
    let context = try context()
    let outcome = await context.run(["settings"] + arguments)
    try #require(outcome == .success, "\(context.console.errors)")
    return unwrapped(context.console.output)
  }

  /// Sentences on one line.
  private func unwrapped(_ text: String) -> String { text.replacing("\n# ", with: " ") }

  private func refused(_ expected: Outcome, _ arguments: String...) async throws -> String {
    let context = try context()
    #expect(await context.run(["settings"] + arguments) == expected)
    #expect(context.console.output == "")
    return context.console.errors
  }

  @Test func withoutAToolItListsTheToolsOfEachRepository() async throws {
    let text = try await printed()
    #expect(text.contains("my-project-id/repository/us-east4/own\n  pip "))
    #expect(text.contains("my-project-id/repository/us-east4/images\n  docker "))
  }

  @Test(arguments: [
    "own", "us-east4/own", "repository/own", "repository/us-east4/own",
    "my-project-id/repository/us-east4/own",
    "projects/my-project-id/locations/us-east4/repositories/own",
  ])
  func everyNameOfARepositoryIsTaken(_ name: String) async throws {
    let text = try await printed(name, "--tool", "pip")
    #expect(
      text.contains(
        "index-url = https://oauth2accesstoken@us-east4-python.pkg.dev/my-project-id/own/simple/\n")
    )
  }

  @Test func theOnlyRepositoryNeedsNoName() async throws {
    #expect(
      try await printed("--tool", "docker").contains(
        #"{"credHelpers": {"us-east4-docker.pkg.dev": "arctl"}}"#))
  }

  @Test func severalRepositoriesNeedAName() async throws {
    let text = try await refused(.usage, "--tool", "pip")
    #expect(
      text.contains("several repositories: write one of my-project-id/repository/us-east4/all"))
  }

  @Test func anUndeclaredRepositoryIsAnError() async throws {
    #expect(try await refused(.invalid, "owm", "--tool", "pip").contains("did you mean `own`?"))
    let other = "projects/other-project/locations/us/repositories/x"
    #expect(
      try await refused(.usage, other, "--tool", "pip").contains("`--repository-format`"))
    #expect(
      try await printed(other, "--repository-format", "python", "--tool", "pip").contains(
        "us-python.pkg.dev/other-project/x/simple/"))
    #expect(
      try await refused(.usage, other, "--repository-format", "pithon", "--tool", "pip").contains(
        "`--repository-format pithon`"))
  }

  @Test func anUndeclaredRepositoryNeedsNoManifests() async throws {
    let context = TestContext()
    #expect(
      await context.run(
        "settings", "projects/p-12345/locations/us/repositories/x", "--repository-format", "npm",
        "--tool", "npm") == .success)
    #expect(context.console.output.contains("us-npm.pkg.dev/p-12345/x/"))
  }

  @Test func aToolOfAnotherFormatNamesTheRightOnes() async throws {
    let text = try await refused(.usage, "images", "--tool", "pip")
    #expect(text.contains("use one of docker, helm"))
  }

  @Test func mistakesHaveASuggestion() async throws {
    #expect(try await refused(.usage, "own", "--tool", "pipp").contains("did you mean `pip`?"))
    #expect(
      try await refused(.usage, "own", "--tool", "pip", "--auth", "x").contains(
        "expected one of keyring, env, key"))
    #expect(
      try await refused(.usage, "images", "--tool", "helm", "--auth", "keyring").contains(
        "but for env, key"))
    #expect(
      try await refused(.invalid, "own", "--tool", "pip", "--account", "bob").contains(
        "writer@my-project-id.iam.gserviceaccount.com"))
  }

  @Test func publishingGoesToTheStandardRepositoryBehind() async throws {
    let text = try await printed("all", "--tool", "twine")
    #expect(text.contains("repository: https://us-east4-python.pkg.dev/my-project-id/own/"))
    #expect(text.contains("takes no uploads: publish to `own`"))
    let mirror = try await printed("mirror", "--tool", "twine")
    #expect(!mirror.contains("repository: "))
    #expect(mirror.contains("is a mirror and takes no uploads"))
  }

  @Test func aVirtualRepositoryIsTheOneIndex() async throws {
    #expect(try await printed("all", "--tool", "uv").contains("default = true"))
    #expect(try await printed("own", "--tool", "uv").contains("explicit = true"))
  }

  @Test func aMissingRoleIsNamed() async throws {
    let reader = try await printed("own", "--tool", "twine", "--account", "reader")
    #expect(reader.contains("grant roles/artifactregistry.writer"))
    let writer = try await printed("own", "--tool", "twine", "--account", "writer")
    #expect(!writer.contains("No manifest gives"))
    #expect(
      try await !printed("own", "--tool", "pip", "--account", "reader").contains("No manifest"))
  }

  @Test func aKeyIsReadWhereItsFileIs() async throws {
    let text = try await printed("own", "--tool", "twine", "--auth", "key", "--account", "writer")
    #expect(
      text.contains(
        #"TWINE_PASSWORD="$(base64 -w0 /home/user/.local/state/arctl/keys/team/writer.json)""#))
    let reader = try await printed("own", "--tool", "twine", "--auth", "key", "--account", "reader")
    #expect(reader.contains("base64 -w0 KEY_FILE"))
    #expect(reader.contains("No manifest declares a key of reader@"))
  }

  @Test func theSandboxInAFolder() async throws {
    let context = try context()
    try context.write(
      "box/owner.json", #"{"token_uri": "http://127.0.0.1:4711/token", "private_key": "CANARY"}"#)
    #expect(
      await context.run("settings", "own", "--tool", "pip", "--sandbox=box", "--auth", "env")
        == .success)
    let text = unwrapped(context.console.output)
    #expect(text.contains("export ARCTL_ENDPOINT=http://127.0.0.1:4711\n"))
    #expect(text.contains("box/owner.json"))
    #expect(
      text.contains(
        "http://oauth2accesstoken:$(arctl token)@127.0.0.1:4711/us-east4-python.pkg.dev/my-project-id/own/simple/"
      ))
    #expect(text.contains("It must run: `arctl-sandbox --data box`"))
    #expect(!text.contains("CANARY") && !context.console.errors.contains("CANARY"))
    #expect(await context.run("settings", "own", "--tool", "pip", "--sandbox=none") == .invalid)
  }

  @Test func jsonHoldsTheSame() async throws {
    let text = try await printed("own", "--tool", "pip", "--output", "json")
    let value = try JSONValue(parsing: text.utf8)
    #expect(value["tool"]?.string == "pip")
    #expect(value["files"]?.array?.first?["path"]?.string == "~/.config/pip/pip.conf")
    #expect(value["files"]?.array?.first?["use"]?.string == "install")
    #expect(value["notes"]?.array?.isEmpty == false)
  }

  /// Its parts become addresses and commands.
  @Test(arguments: [
    "projects/p-12345/locations/us/repositories/$(touch${IFS}x)",
    "projects/p-12345/locations/evil.com#/repositories/a",
    "projects/p-12345/locations/us/repositories/a\nrm", "projects/a b/locations/us/repositories/a",
    "projects/p-12345/locations/us/repositories/a/", "projects/p-12345/locations/US/repositories/a",
  ])
  func aFullNameConsistsOfNames(_ name: String) async throws {
    let text = try await refused(
      .usage, name, "--repository-format", "docker", "--tool", "docker")
    #expect(text.contains("expected projects/P/locations/L/repositories/ID"))
  }

  @Test(arguments: ["--account", "--key-dir", "--endpoint", "--write"])
  func controlCharactersAreRefused(_ option: String) async throws {
    let text = try await refused(.usage, "own", "--tool", "pip", option, "a\ntouch x")
    #expect(text.contains("control characters"))
  }

  @Test func theSandboxServesNoOtherFormat() async throws {
    #expect(
      try await refused(.usage, "--tool", "docker", "--endpoint", "http://127.0.0.1:8085").contains(
        "its credentials must not go to Google"))
  }

  @Test func anExtraIndexNeedsAToolThatHasOne() async throws {
    #expect(
      try await refused(.usage, "own", "--tool", "twine", "--extra-index").contains(
        "no settings for an index beside the public one"))
    #expect(try await printed("own", "--tool", "poetry", "--extra-index").contains("Warning:"))
  }

  @Test func theIndexIsDescribed() async throws {
    #expect(try await printed("own", "--tool", "pip").contains("packages of PyPI are not found"))
    #expect(try await printed("all", "--tool", "pip").contains("dependency confusion"))
    #expect(try await !printed("mirror", "--tool", "pip").contains("not found"))
    #expect(try await printed("own", "--tool", "pip").contains("`arctl settings all --tool pip`"))
    #expect(try await !printed("own", "--tool", "twine").contains("To install from it"))
  }

  @Test(arguments: [
    "writer", "serviceAccount:writer", "serviceAccount/writer",
    "writer@my-project-id.iam.gserviceaccount.com",
    "serviceAccount:writer@my-project-id.iam.gserviceaccount.com",
  ])
  func everyNameOfAnAccountIsTaken(_ name: String) async throws {
    let text = try await printed("own", "--tool", "twine", "--account", name)
    #expect(!text.contains("No manifest gives"))
    #expect(
      text.contains(
        "`export ARCTL_IMPERSONATE_SERVICE_ACCOUNT=writer@my-project-id.iam.gserviceaccount.com`"))
  }

  /// Everyone may install: no role is missing. A condition is named. An account that is off is reported.
  @Test func whatAPolicySaysAboutAnAccount() async throws {
    let condition =
      "  condition: {title: for now, expression: 'request.time < timestamp(\"2030-01-01T00:00:00Z\")'}"
    let context = try context(
      Self.manifest.replacing("members: [serviceAccount:reader]", with: "members: [allUsers]")
        .replacing(
          "members: [serviceAccount:writer]",
          with: "members: [serviceAccount:writer]\n\(condition)"
        ).replacing(
          "metadata: {name: reader}\n---\napiVersion: arctl.dev/v1\nkind: IAMBinding",
          with:
            "metadata: {name: reader}\nspec: {disabled: true}\n---\napiVersion: arctl.dev/v1\nkind: IAMBinding"
        ))
    #expect(
      await context.run("settings", "own", "--tool", "uv", "--account", "writer") == .success,
      "\(context.console.errors)")
    let text = unwrapped(context.console.output)
    #expect(!text.contains("a role to install"))
    #expect(text.contains("may publish on `own` only under the condition `for now`"))
    #expect(
      await context.run("settings", "own", "--tool", "pip", "--account", "reader") == .success)
    #expect(unwrapped(context.console.output).contains("so it cannot sign in"))
  }

  @Test func oneIdInTwoLocationsNeedsTheAddress() async throws {
    let context = try context(
      Self.manifest + """
        ---
        apiVersion: arctl.dev/v1
        kind: Repository
        metadata: {name: images}
        spec: {format: docker, location: us}

        """)
    #expect(await context.run("settings") == .success)
    #expect(
      context.console.output.contains("Next: arctl settings all --tool pip")
        || context.console.output.contains("Next: arctl settings my-project-id/repository"))
    #expect(await context.run("settings", "images", "--tool", "docker") == .usage)
    #expect(
      await context.run("settings", "repository/us/images", "--tool", "docker") == .success,
      "\(context.console.errors)")
  }
}
