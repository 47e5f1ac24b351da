import JSON
import TestSupport
import Testing

@testable import Commands

/// Docker's protocol for credential helpers.
@Suite struct DockerCredentialTests {
  private func run(_ action: String, input: String? = nil) async -> HelperCall {
    await HelperCall("docker-credential-arctl", [action], input: input)
  }

  @Test(arguments: ["us-east4-docker.pkg.dev", "https://us-east4-docker.pkg.dev", "gcr.io"])
  func answersAsDockerReadsIt(_ server: String) async throws {
    let call = await run("get", input: server)
    #expect(call.outcome == .success && call.errors.isEmpty)
    let answer = try JSONValue(parsing: Array(call.output.utf8))
    #expect(answer["ServerURL"]?.string == server)
    #expect(answer["Username"]?.string == "oauth2accesstoken")
    #expect(answer["Secret"]?.string == HelperCall.googleToken)
    #expect(answer.object?.count == 3)
    let named = await HelperCall("arctl", ["docker-credential", "get"], input: server)
    #expect(named.output == call.output)
  }

  /// Docker goes on without a login only if the text is exactly this one.
  @Test(arguments: [
    "https://index.docker.io/v1/", "us-east4-docker.pkg.dev.evil", "127.0.0.1:5000",
  ])
  func doesNotAnswerForOtherServers(_ server: String) async {
    let call = await run("get", input: server)
    #expect(call.outcome.code == 1 && call.output == "credentials not found in native keychain\n")
    #expect(call.requests.isEmpty && call.passedOn == nil)
  }

  /// A second line does not belong to the server, and must not be overlooked.
  @Test(arguments: [
    "us-docker.pkg.dev\nevil.example", "us-docker.pkg.dev\n\n", "evil.example\nus-docker.pkg.dev",
    "us-docker.pkg.dev\nhost=evil.example\n",
  ])
  func answersForOneLineOnly(_ input: String) async {
    let call = await run("get", input: input)
    #expect(call.outcome.code == 1 && call.output == "credentials not found in native keychain\n")
    #expect(await run("get", input: "us-docker.pkg.dev\n").outcome == .success)
  }

  @Test func aRequestWithoutAServerIsAnError() async {
    for input in [nil, ""] {
      let call = await run("get", input: input)
      #expect(call.outcome.code == 1 && call.output == "no credentials server URL\n")
    }
  }

  /// Docker shows what is on standard output.
  @Test func aFailureIsOnStandardOutput() async {
    let call = await HelperCall(
      "docker-credential-arctl", ["get"], input: "us-docker.pkg.dev",
      in: ["HOME": "/home/me", "NO_GCE_CHECK": "true"])
    #expect(call.outcome.code == 1)
    #expect(call.output.hasPrefix("arctl: no credentials were found\n"))
  }

  @Test func storesNothing() async {
    for action in ["store", "erase"] {
      let call = await run(action, input: #"{"ServerURL":"x","Username":"u","Secret":"CANARY"}"#)
      #expect(call.outcome.code == 1 && !call.printsAToken)
      #expect(call.output.contains("arctl stores no passwords"))
    }
  }

  @Test func listsItsServers() async throws {
    let google = try JSONValue(parsing: Array(await run("list").output.utf8))
    #expect(google["https://us-east4-docker.pkg.dev"]?.string == "oauth2accesstoken")
    #expect(google["https://gcr.io"]?.string == "oauth2accesstoken")
    let local = await HelperCall(
      "docker-credential-arctl", ["list"], in: HelperCall.local)
    #expect(local.output == #"{"http://127.0.0.1:8085":"oauth2accesstoken"}"# + "\n")
    #expect(local.requests.isEmpty)
  }

  @Test(arguments: [["login"], [], ["get", "x"], ["--mode"]])
  func otherActionsAreUsageErrors(_ arguments: [String]) async {
    let call = await HelperCall("docker-credential-arctl", arguments)
    #expect(call.outcome == .usage && call.output.isEmpty)
  }
}
