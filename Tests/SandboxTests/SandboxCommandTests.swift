import Platform
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

  @Test func theVersionIsThatOfArctl() async throws {
    let process = try ChildProcess(
      SandboxProcess.binary.path(), arguments: ["--version"], environment: .current,
      input: .untilWeEnd, output: .lines)
    #expect(await process.firstLine(within: .seconds(60)) == "arctl-sandbox \(arctlVersion)")
    #expect(await process.wait() == .exited(0))
  }

  @Test func helpNamesEveryOption() {
    let help = SandboxCommand.spec.help(program: "arctl-sandbox", prefix: "")
    for option in ["--data DIR", "--port N", "--project ID", "--latency MS", "--version", "--help"]
    {
      #expect(help.contains(option))
    }
  }
}
