import HTTP
import JSON
import Synchronization
import TestSupport
import Testing

@testable import Commands

/// The answers to the question: only `yes` approves an apply.
@Suite struct ApplyAnswerTests {
  private static let manifest = """
    apiVersion: arctl.dev/v1
    kind: Repository
    metadata: {name: libs}
    spec: {project: my-project-id, location: us-east4, format: python}

    """

  /// A server with one project, which creates the repository on request.
  private static func server() -> @Sendable (HTTPRequest) throws(HTTPFailure) -> HTTPResponse {
    let isMade = Mutex(false)
    let place = "projects/my-project-id/locations/us-east4/repositories/libs"
    let repository: JSONValue = [
      "name": .string(place), "format": "PYTHON", "mode": "STANDARD_REPOSITORY",
      "createTime": "2026-11-21T00:00:00Z",
    ]
    return { (request) throws(HTTPFailure) in
      func answer(_ value: JSONValue) -> HTTPResponse {
        HTTPResponse(status: 200, body: value.serialized())
      }
      if request.method == .post, request.url.contains("/repositories?") {
        isMade.withLock { $0 = true }
        return answer([
          "name": "projects/my-project-id/locations/us-east4/operations/1", "done": true,
          "response": repository,
        ])
      }
      guard request.url.contains("/repositories") else { return answer([:]) }
      let found = isMade.withLock { $0 }
      if request.url.contains("/repositories/libs") {
        return found ? answer(repository) : HTTPResponse(status: 404, body: Array("{}".utf8))
      }
      return answer(found ? ["repositories": [repository]] : [:])
    }
  }

  private func apply(
    _ answers: [String], terminal: Bool = true, _ more: String...
  ) async throws -> (outcome: Outcome, context: TestContext, writes: Int) {
    let context = TestContext(
      environment: ["ARCTL_ACCESS_TOKEN": "arctlsbx.x"], home: "/home/me", terminal: terminal,
      answers: answers, respond: Self.server())
    try context.write("/m/a.yaml", Self.manifest)
    let outcome = await context.run(
      ["apply", "/m", "--endpoint", "http://127.0.0.1:1", "--color", "never"] + more)
    let writes = context.transport.requests.filter {
      $0.method != .get && !$0.url.contains("getIamPolicy")
        && !$0.url.contains("testIamPermissions")
    }
    return (outcome, context, writes.count)
  }

  @Test func yesWrites() async throws {
    let (outcome, context, writes) = try await apply(["yes"])
    #expect(outcome == .success, "\(context.console.errors)")
    #expect(writes == 1)
    #expect(context.console.output.contains("Verified. No changes."))
  }

  @Test(arguments: [
    "y", "Y", "YES", "Yes", "yes ", " yes", "yes\t", "\"yes\"", "yes!", "yess", "ye", "", "no", "n",
    "true", "1", "ok", "ja", "у\u{435}s", "yes\u{200B}", "yes\u{0}",
  ])
  func noOtherAnswerWrites(_ answer: String) async throws {
    let (outcome, context, writes) = try await apply([answer])
    #expect(outcome == .declined)
    #expect(writes == 0)
    #expect(context.console.errors.contains("Not approved: nothing was written."))
  }

  /// The first answer counts; the user is not asked again.
  @Test func asksOnce() async throws {
    let (outcome, _, writes) = try await apply(["y", "yes"])
    #expect(outcome == .declined)
    #expect(writes == 0)
  }

  @Test func theEndOfTheInputIsNotAnAnswer() async throws {
    let (outcome, _, writes) = try await apply([])
    #expect(outcome == .declined)
    #expect(writes == 0)
  }

  @Test func withoutATerminalNothingIsAskedOrWritten() async throws {
    let (outcome, context, writes) = try await apply(["yes"], terminal: false)
    #expect(outcome == .declined)
    #expect(writes == 0)
    #expect(context.console.errors.contains("--auto-approve"))
    #expect(!context.console.errors.contains("Apply these changes?"))
  }

  @Test func autoApproveDoesNotAsk() async throws {
    let (outcome, context, writes) = try await apply([], terminal: false, "--auto-approve")
    #expect(outcome == .success, "\(context.console.errors)")
    #expect(writes == 1)
    #expect(!context.console.errors.contains("Apply these changes?"))
  }

  /// `--expect` selects the plan; it does not approve it.
  @Test func anExpectedIDIsNotAnApproval() async throws {
    let (_, planned, _) = try await apply([""])
    let id = try #require(
      planned.console.output.split(separator: "\n").first { $0.hasPrefix("Plan id ") }
    ).dropFirst("Plan id ".count).prefix(16)
    let (declined, _, none) = try await apply(["no"], terminal: true, "--expect", String(id))
    #expect(declined == .declined)
    #expect(none == 0)
    let (outcome, _, writes) = try await apply(["yes"], terminal: true, "--expect", String(id))
    #expect(outcome == .success)
    #expect(writes == 1)
  }
}
