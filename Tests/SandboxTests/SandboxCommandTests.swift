import Testing

@testable import Sandbox

@Suite struct SandboxCommandTests {
  @Test(arguments: [
    [], ["--data"], ["--data", "x", "--port", "70000"], ["--data", "x", "--port", ""],
    ["--data", "x", "--latency", "soon"],
    ["--data", "x", "--latency", "-1"], ["--data", "x", "--nope"], ["--data", "x", "operand"],
  ])
  func wrongArgumentsAreUsageErrors(_ arguments: [String]) {
    #expect(SandboxCommand.run(arguments) == 64)
  }

  @Test func aFolderThatCannotBeIsOne() {
    #expect(SandboxCommand.run(["--data", "/proc/no/such/folder"]) == 1)
  }

  @Test func helpNamesEveryOption() {
    let help = SandboxCommand.spec.help(program: "arctl-sandbox", prefix: "")
    for option in ["--data DIR", "--port N", "--project ID", "--latency MS", "--help"] {
      #expect(help.contains(option))
    }
  }
}
