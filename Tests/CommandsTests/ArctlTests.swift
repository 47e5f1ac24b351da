import CommandLine
import JSON
import Platform
import Rendering
import TestSupport
import Testing

@testable import Commands

@Suite struct ArctlTests {
  private let manifest = """
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: libs}
    spec: {project: my-project-id, location: us-east4, format: python}

    """

  @Test func helpListsEveryVerb() async {
    let context = TestContext()
    #expect(await context.run("--help") == .success)
    for verb in ["plan", "apply", "validate", "show", "ls", "keys", "version"] {
      #expect(context.console.output.contains("\n  \(verb) "))
    }
  }

  @Test(arguments: ["plan", "apply", "validate", "show", "version"])
  func eachVerbHasHelp(verb: String) async {
    let (one, other) = (TestContext(), TestContext())
    #expect(await one.run(verb, "--help") == .success)
    #expect(await other.run("help", verb) == .success)
    #expect(one.console.output.contains("Usage: arctl \(verb)"))
    #expect(one.console.output == other.console.output)
  }

  @Test(arguments: [["plam"], ["plan", "--taget", "x"], ["show"], ["drifts"], ["-q"]])
  func unknownArgumentsAreUsageErrors(arguments: [String]) async {
    let context = TestContext()
    let outcome =
      arguments.count == 1
      ? await context.run(arguments[0])
      : await context.run(arguments[0], arguments[1], arguments[2])
    #expect(outcome == .usage)
    #expect(context.console.output.isEmpty)
    #expect(context.console.errors.hasPrefix("arctl: "))
  }

  @Test func anUnknownVerbGetsASuggestion() async {
    let context = TestContext()
    _ = await context.run("aply")
    #expect(context.console.errors.contains("did you mean `arctl apply`?"))
  }

  /// Commands and options of other programs are answered with those of arctl.
  @Test(arguments: [
    (["apply", "--dry-run"], "`arctl plan` shows what apply would change"),
    (["apply", "-f", "m"], "write files and folders without an option"),
    (["apply", "-y"], "write `--auto-approve`"),
    (["apply", "--force"], "see `arctl apply --help`"),
    (["plan", "--json"], "`arctl plan --output json`"), (["diff"], "`arctl plan` shows"),
    (["destroy"], "`arctl apply --allow-delete ADDRESS`"), (["new"], "`arctl init` writes"),
    (
      ["plan", "--sandbox", "/nothing"],
      "no manifests in `/nothing`; for a sandbox with its data in that folder write `--sandbox=/nothing`"
    ),
    (["apply", "--sandbox", "/data"], "write `--sandbox=/data`"),
  ])
  func foreignCommandsGetHints(_ arguments: [String], _ advice: String) async throws {
    let context = TestContext()
    try context.write("/data/state.db", "x")
    #expect(await context.run(arguments) == .usage)
    #expect(context.console.errors.contains(advice), "\(context.console.errors)")
  }

  @Test func everyForeignNameIsUnknownAndListedOnce() {
    let spelt = { (rows: [CommandSpec.Row]) in rows.flatMap { $0.left.split(separator: " ") } }
    let hinting = CommandTable.program.commands.filter { !$0.foreignHints.isEmpty }
    let lists = CommandTable.lists.map(\.spec.name)
    let own = [
      "export": ForeignCommandHints.exports, "get": ForeignCommandHints.get,
      "graph": ForeignCommandHints.graph,
    ]
    #expect(
      Set(hinting.map(\.name))
        == Set(["plan", "apply", "drift", "validate"] + lists + own.keys))
    for command in hinting {
      let isList = lists.contains(command.name)
      let hints =
        own[command.name] ?? (isList ? ForeignCommandHints.lists : ForeignCommandHints.options)
      #expect(command.foreignHints == hints)
      let options = spelt(hints)
      #expect(Set(options).count == options.count)
      let known = command.options.flatMap {
        ["--\($0.name)", $0.short.map { "-\($0)" } ?? ""]
      }
      #expect(Set(options.map(String.init)).isDisjoint(with: known))
    }
    let commands = spelt(ForeignCommandHints.commands).map(String.init)
    #expect(Set(commands).isDisjoint(with: CommandTable.program.commands.map(\.name)))
  }

  @Test func exitCodesNameOnlyTheirOwnCommand() {
    for command in CommandTable.program.commands where command.name != "plan" {
      #expect(!command.exitCodes.contains { $0.right.contains("detailed-exitcode") })
    }
    let runs = [CommandTable.plan, CommandTable.apply].map { Set($0.exitCodes.map(\.left)) }
    #expect(runs.allSatisfy { $0.isSuperset(of: ["0", "130", "143"]) })
    #expect(!CommandTable.validate.options.contains { $0.name == "verbose" })
  }

  @Test func versionIsOneLine() async {
    let context = TestContext()
    #expect(await context.run("version") == .success)
    #expect(context.console.output == "arctl \(arctlVersion)\n")
  }

  @Test func validateCountsResourcesAndFiles() async throws {
    let context = TestContext()
    try context.write("/m/a.yaml", manifest)
    #expect(await context.run("validate", "/m") == .success)
    #expect(context.console.output == "Valid: 1 resource in 1 manifest file.\n")
  }

  @Test func brokenManifestsExitThreeWithTheLineAndAnAnnotation() async throws {
    let context = TestContext(environment: ["GITHUB_ACTIONS": "true"])
    try context.write("/m/a.yaml", manifest.replacing("format", with: "fromat"))
    #expect(await context.run("plan", "/m") == .invalid)
    #expect(context.console.errors.contains("--> /m/a.yaml:4:"))
    #expect(context.console.errors.contains("::error file=/m/a.yaml,line=4,"))
    #expect(context.transport.requests.isEmpty)
  }

  @Test func aSelectionThatMatchesNothingIsInvalid() async throws {
    let context = TestContext()
    try context.write("/m/a.yaml", manifest)
    #expect(await context.run("plan", "/m", "--target", "repository/us-east4/lib") == .invalid)
    #expect(context.console.errors.contains("did you mean `repository/us-east4/libs`?"))
  }

  @Test func noCredentialsExitFourAndSaysWhereItLooked() async throws {
    let context = TestContext(environment: ["HOME": "/home/me", "NO_GCE_CHECK": "true"])
    try context.write("/m/a.yaml", manifest)
    #expect(await context.run("plan", "/m") == .access)
    #expect(
      context.console.errors.contains(
        "/home/me/.config/gcloud/application_default_credentials.json"))
    #expect(context.transport.requests.isEmpty)
  }

  @Test func anUnreachableServerIsOneErrorAndNoPlan() async throws {
    let context = TestContext(environment: ["ARCTL_ACCESS_TOKEN": "ya29.test"])
    try context.write("/m/a.yaml", manifest)
    #expect(await context.run("plan", "/m") == .access)
    #expect(context.console.output.isEmpty)
    #expect(context.console.errors.contains("error[AR0404]: "))
    #expect(!context.console.errors.contains("ya29.test"))
  }

  @Test func showPrintsASavedPlanInEachForm() async throws {
    let saved = PlanJSON.saved(PlanFixture.page, createdAt: "2026-11-21T01:00:00Z")
    for (form, start) in [("text", "  my-project-id\n"), ("json", "{\n"), ("markdown", "### ")] {
      let context = TestContext()
      try context.write("/p.json", saved.text(.pretty))
      #expect(await context.run("show", "/p.json", "--output=\(form)") == .success)
      #expect(context.console.output.hasPrefix(start))
    }
  }

  @Test(arguments: ["show", "apply"])
  func aSavedPlanThatIsTooLargeIsNotRead(_ verb: String) async throws {
    let context = TestContext(environment: ["ARCTL_ACCESS_TOKEN": "arctlsbx.x"])
    context.files.put("/p.json", [UInt8](repeating: 0x20, count: (64 << 20) + 1))
    context.files.put("/m/a.yaml", Array(manifest.utf8))
    let arguments =
      verb == "show"
      ? ["show", "/p.json"]
      : ["apply", "/m", "--plan", "/p.json", "--endpoint", "http://127.0.0.1:1"]
    #expect(await context.run(arguments) == .unexpected)
    let message =
      "cannot read the plan `/p.json`: it is larger than 64 MiB, the limit for saved plans"
    #expect(context.console.errors.contains(message), "\(context.console.errors)")
    #expect(context.transport.requests.isEmpty)
  }

  @Test func aFileThatIsNotAPlanIsAnError() async throws {
    let context = TestContext()
    try context.write("/p.json", "{}")
    #expect(await context.run("show", "/p.json") == .unexpected)
    #expect(context.console.errors.contains("it is not a saved plan"))
  }
}
