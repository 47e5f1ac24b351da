import Foundation
import Platform
import Testing

@testable import Sandbox

@Suite struct SandboxCommandTests {
  @Test(arguments: [
    [], ["--data"], ["--data", "x", "--port", "70000"], ["--data", "x", "--port", ""],
    ["--data", "x", "--latency", "soon"],
    ["--data", "x", "--latency", "-1"], ["--data", "x", "--nope"], ["--data", "x", "operand"],
    ["--data", "x", "--upstream", "wheels"], ["--data", "x", "--upstream", "pypi="],
    ["--data", "x", "--upstream", "npm=wheels"], ["--data", "x", "--listen", "::"],
    ["--data", "x", "--listen", "localhost"], ["--data", "x", "--tls=yes"],
  ])
  func wrongArgumentsAreUsageErrors(_ arguments: [String]) {
    #expect(SandboxCommand.run(arguments) == 64)
  }

  @Test func aFolderForPyPIThatCannotBeReadIsAnError() {
    let folder = NSTemporaryDirectory() + "arctl-nothing-\(UUID().uuidString)"
    #expect(SandboxCommand.run(["--data", folder, "--upstream", "pypi=\(folder)/absent"]) == 1)
    // Found out before anything is created.
    #expect(!FileManager.default.fileExists(atPath: folder))
  }

  @Test func aFolderThatCannotBeCreatedIsAnError() {
    #expect(SandboxCommand.run(["--data", "/proc/no/such/folder"]) == 1)
  }

  @Test func theVersionIsThatOfArctl() async throws {
    let process = try ChildProcess(
      SandboxProcess.binary.path(), arguments: ["--version"], environment: .current,
      input: .untilWeEnd, output: .lines)
    #expect(await process.firstLine(within: .seconds(3600)) == "arctl-sandbox \(arctlVersion)")
    #expect(await process.wait() == .exited(0))
  }

  /// The key files from setting up name the requested port, so the next start uses it again.
  @Test func settingUpKeepsTheRequestedPort() async throws {
    let folder = FileManager.default.temporaryDirectory.appending(
      path: "arctl-port-\(UUID().uuidString)"
    ).path()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let taken = try await SandboxProcess(folder: folder)
    let port = try #require(taken.baseURL.split(separator: ":").last)
    await taken.stop()
    try FileManager.default.removeItem(atPath: folder)

    let manifests = URL(filePath: #filePath).deletingLastPathComponent()
      .appending(path: "../../manifests").standardized.path()
    let asked = try await SandboxProcess(
      folder: folder, ["--port", String(port), "--apply", manifests])
    #expect(asked.baseURL == "http://127.0.0.1:\(port)")
    await asked.stop()
    let again = try await SandboxProcess(folder: folder)
    #expect(again.baseURL == asked.baseURL)
    await again.stop()
  }

  @Test func helpNamesEveryOption() {
    let help = SandboxCommand.spec.help(program: "arctl-sandbox", prefix: "")
    for option in [
      "--data DIR", "--port N", "--project ID", "--latency MS", "--version", "--help",
      "--tls", "--upstream pypi=DIR", "--listen ADDRESS",
    ] {
      #expect(help.contains(option))
    }
  }
}
