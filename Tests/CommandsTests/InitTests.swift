import DesiredState
import Kinds
import Manifests
import TestSupport
import Testing

@testable import Commands

/// `arctl init`: what it writes is valid, and it overwrites nothing.
@Suite struct InitTests {
  private static let path = FirstManifest.path

  private func text(_ context: TestContext) throws -> String {
    String(decoding: try context.files.read(Self.path, maximumBytes: 1 << 16), as: UTF8.self)
  }

  /// The written file passes the loader without any remark, for every format of a repository.
  @Test(arguments: InitQuestions.formats)
  func writesAValidSet(_ format: String) async throws {
    let context = TestContext()
    #expect(
      await context.run(
        "init", "--project", "my-project-id", "--location", "europe-west1", "--format", format)
        == .success)
    let result = loadManifests(
      LoadOptions(paths: [Self.path]), kinds: Kinds.catalog, fileSystem: context.files, now: 0)
    #expect(result.diagnostics == [])
    let graph = try #require(result.graph)
    let declared = graph.resources.values.filter { $0.origin == .declared }.map(
      \.address.description)
    #expect(declared.contains { $0.hasPrefix("my-project-id/repository/europe-west1/\(format)-") })
    #expect(declared.contains("my-project-id/serviceAccount/uploader"))
    #expect(graph.policies.count == 1)
    #expect(context.console.output.contains("arctl plan --sandbox"))
    #expect(context.console.errors == "")
  }

  @Test func asksForWhatIsMissing() async throws {
    let context = TestContext(
      terminal: true, answers: ["", "Bad_Id", " my-project-id ", "", "npm"])
    #expect(await context.run("init") == .success)
    #expect(context.console.errors.contains("Location of the repository [us-central1]: "))
    #expect(context.console.errors.contains("`Bad_Id` "))
    #expect(try text(context).contains("defaults: {project: my-project-id, location: us-central1}"))
    #expect(try text(context).contains("format: npm"))
  }

  @Test func asksOnlyForTheRest() async throws {
    let context = TestContext(terminal: true, answers: ["us"])
    #expect(
      await context.run("init", "--project", "my-project-id", "--format", "docker") == .success)
    #expect(!context.console.errors.contains("Project id"))
    #expect(try text(context).contains("name: docker-images"))
  }

  @Test func theEndOfTheInputWritesNothing() async {
    let context = TestContext(terminal: true, answers: ["my-project-id"])
    #expect(await context.run("init") == .declined)
    #expect(context.files.contents.isEmpty)
  }

  @Test func withoutATerminalTheProjectMustBeGiven() async {
    let context = TestContext()
    #expect(await context.run("init") == .usage)
    #expect(context.console.errors.contains("arctl init --project PROJECT --location us-central1"))
    #expect(context.files.contents.isEmpty)
  }

  @Test(arguments: [
    ["init", "--project", "Bad_Id"], ["init", "--project", "my-project-id", "--format", "pypi2"],
    ["init", "--project", "my-project-id", "--location", "US East"],
    ["init", "--project", "my-project-id", "folder"],
  ])
  func anImpossibleValueIsAUsageError(_ arguments: [String]) async {
    let context = TestContext()
    #expect(await context.run(arguments) == .usage)
    #expect(context.files.contents.isEmpty)
  }

  /// A location that is well-formed and does not exist is found by the loader; the file does not stay.
  @Test func aMisspeltLocationWritesNothing() async {
    let context = TestContext()
    #expect(
      await context.run("init", "--project", "my-project-id", "--location", "us-east-4")
        == .invalid)
    #expect(context.console.errors.contains("did you mean `us-east4`?"))
    #expect(context.files.contents.isEmpty)
  }

  @Test(arguments: ["manifests/registry.yaml", "manifests/team/other.yml"])
  func overwritesNothing(_ existing: String) async throws {
    let context = TestContext()
    try context.write(existing, "mine")
    #expect(await context.run("init", "--project", "my-project-id") == .usage)
    #expect(context.console.errors.contains("`\(existing)` exists"))
    #expect(context.files.contents.values.map { String(decoding: $0, as: UTF8.self) } == ["mine"])
  }

  /// What `plan` says without a folder `manifests`.
  @Test(arguments: [
    ([], "`arctl init` writes a first manifest"),
    (["registry.yaml"], "there is `registry.yaml` here: arctl plan registry.yaml"),
    (["a.yaml", "b.yml"], "there are 2 manifest files here: arctl plan ."),
    (["deploy/a.yaml"], "there are manifests in `deploy`: arctl plan deploy"),
    (["my files/a.yaml"], "arctl plan 'my files'"),
  ])
  func withoutManifestsPlanSaysWhatFits(_ files: [String], _ advice: String) async throws {
    let context = TestContext()
    for file in files { try context.write(file, "apiVersion: arctl.dev/v1\nkind: Stack\n") }
    try context.write("other.yaml", "apiVersion: v1\nkind: Service\n")
    #expect(await context.run("plan") == .invalid)
    #expect(context.console.errors.contains(advice), "\(context.console.errors)")
  }

  @Test func aMisspeltPathIsSuggested() async throws {
    let context = TestContext()
    try context.write("deploy/registry.yaml", "apiVersion: arctl.dev/v1\n")
    #expect(await context.run("validate", "deploy/regstry.yaml") == .invalid)
    #expect(context.console.errors.contains("did you mean `deploy/registry.yaml`?"))
  }
}
