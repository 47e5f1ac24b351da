import CommandLine
import Testing

@testable import Commands

@Suite struct RunOptionsTests {
  private func options(
    _ arguments: [String], environment: [String: String] = [:]
  ) throws -> RunOptions {
    try RunOptions(
      try CommandTable.apply.parse(arguments, environment: environment, prefix: "ARCTL_"))
  }

  @Test func theSandboxHasADefaultFolder() throws {
    #expect(try options(["--sandbox"]).sandbox == ".arctl/sandbox")
    #expect(try options(["--sandbox=/tmp/x"]).sandbox == "/tmp/x")
    #expect(try options([]).sandbox == nil)
  }

  @Test(arguments: [
    ["--sandbox", "--endpoint", "http://localhost:1"], ["--var", "x"], ["--var", "=x"],
    ["--var", "a=1", "--var", "a=2"], ["--parallelism", "0"], ["--timeout", "30"],
    ["--timeout", "-1m"], ["--color", "red"], ["--max-deletes", "-1"],
    ["--impersonate-service-account", "not-an-email"],
  ])
  func badOptionsAreUsageErrors(arguments: [String]) {
    #expect(throws: UsageError.self) { try options(arguments) }
  }

  @Test(arguments: [
    "*", "**", "*/*", "**/x", "repository/x*", "x", "*/repository/us/a", "p**/x", "p*/**", "*a*/**",
    "/x",
  ])
  func hazardsNeedAProject(glob: String) {
    let needsNone = glob == "repository/x*"
    if needsNone {
      // An address without a project looks like one of a project `repository`: it is valid, but matches nothing.
      #expect(throws: Never.self) { try options(["--allow-delete", glob]) }
    } else {
      #expect(throws: UsageError.self) { try options(["--allow-delete", glob]) }
      #expect(throws: UsageError.self) { try options(["--reissue", glob]) }
    }
  }

  @Test func singleGrantsCanBeLeftOut() throws {
    let found = try options([
      "--exclude", "repository/**", "--exclude", "p/iam/project role=roles/x condition=two words",
    ])
    #expect(found.selection.excludes.map(\.pattern) == ["repository/**"])
    #expect(
      found.selection.excludedGrants.map(\.description)
        == ["p/iam/project role=roles/x condition=two words"])
    #expect(!found.selection.isWhole)
    // The command below a plan repeats it as one argument.
    #expect(found.repeated.contains("p/iam/project role=roles/x condition=two words"))
  }

  @Test(arguments: [
    ["--exclude", "p/iam/project x=y"], ["--exclude", "p/iam/project member=a role=b"],
    ["--target", "p/iam/project role=roles/x"],
    ["--allow-privileged", "p/iam/project role=roles/x"],
  ])
  func grantsCanOnlyBeExcludedAndOnlyInOneForm(arguments: [String]) {
    #expect(throws: UsageError.self) { try options(arguments) }
  }

  @Test func hazardsTakeWholeAddressesAndGlobs() throws {
    let found = try options([
      "--allow-delete", "p/repository/us/a", "--allow-delete", "p/role/*", "--max-removals", "60",
    ])
    #expect(
      found.overrides.allowed[.delete]?.map(\.pattern) == ["p/repository/us/a", "p/role/*"])
    #expect(found.overrides.maximumRemovals == 60)
  }

  @Test func approvalsAndHazardsHaveNoEnvironmentForm() throws {
    let environment = [
      "ARCTL_ALLOW_DELETE": "p/role/x", "ARCTL_TARGET": "role/x", "ARCTL_MAX_DELETES": "9",
      "ARCTL_REISSUE": "p/serviceAccountKey/a/k", "ARCTL_TIMEOUT": "5m",
    ]
    let found = try options([], environment: environment)
    #expect(found.overrides.allowed[.delete]?.isEmpty == true)
    #expect(found.overrides.maximumDeletes == nil)
    #expect(found.overrides.reissue.isEmpty)
    #expect(found.selection.isWhole)
    #expect(found.timeout == .seconds(300))
  }

  @Test func theNextCommandRepeatsOnlyWhatAffectsThePlan() throws {
    let found = try options(
      ["prod", "--target", "role/*", "--sandbox", "--var", "env=prod", "-v", "--color", "never"],
      environment: ["ARCTL_LOCATION": "us"])
    #expect(
      found.repeated == ["prod", "--var", "env=prod", "--target", "role/*", "--sandbox"])
  }
}
