import HTTP
import JSON
import Testing

@testable import GoogleCloud

@Suite struct OperationTests {
  static let name = "projects/p/locations/us/operations/u-1"
  static let url = "https://artifactregistry.googleapis.com/v1/\(name)"
  static let running = #"{"name":"\#(name)"}"#

  func wait(_ stage: Stage, _ start: String) async throws -> Result<JSONValue, APIError> {
    let client = try stage.client()
    let operation = try JSONValue(parsing: Array(start.utf8))
    do throws(APIError) {
      return .success(
        try await client.wait(for: operation, service: .artifactRegistry, label: "create"))
    } catch {
      return .failure(error)
    }
  }

  func failure(_ stage: Stage, _ start: String) async throws -> APIError? {
    guard case .failure(let error) = try await wait(stage, start) else { return nil }
    return error
  }

  @Test func theTimeOfARunCanOnlyBeReduced() {
    let stage = Stage()
    let before = stage.run.remaining
    stage.run.end(within: .seconds(20))
    #expect(stage.run.remaining <= .seconds(20))
    stage.run.end(within: before)
    #expect(stage.run.remaining <= .seconds(20))
  }

  @Test func aFinishedOperationIsNotPolled() async throws {
    let stage = Stage()
    let start = #"{"name":"operations/noop.DONE_OPERATION","done":true,"response":{"a":1}}"#
    #expect(try await wait(stage, start).get() == ["a": 1])
    let bare = #"{"name":"operations/x","done":true}"#
    #expect(try await wait(stage, bare).get() == [:])
    #expect(stage.transport.requests.isEmpty)
  }

  @Test func pollsFastThenSlower() async throws {
    let stage = Stage()
    for _ in 0..<15 { stage.transport.stub(.get, Self.url, .json(Self.running)) }
    stage.transport.stub(
      .get, Self.url, .json(#"{"name":"\#(Self.name)","done":true,"response":{"b":2}}"#))
    #expect(try await wait(stage, Self.running).get() == ["b": 2])
    let sleeps = stage.clock.sleeps
    #expect(sleeps.prefix(3) == [.milliseconds(50), .milliseconds(75), .microseconds(112_500)])
    #expect(sleeps.last == .seconds(5))
    #expect(zip(sleeps, sleeps.dropFirst()).allSatisfy { $0 <= $1 })
    stage.transport.finish()
  }

  @Test(arguments: [
    (5, APIError.Kind.notFound), (6, .alreadyExists), (10, .aborted), (3, .invalidArgument),
    (9, .failedPrecondition), (7, .permissionDenied(permission: nil, resource: nil)),
    (13, .unavailable), (8, .rateLimited), (12, .other), (99, .other),
  ])
  func theErrorOfAnOperationKeepsItsCode(_ code: Int, _ kind: APIError.Kind) async throws {
    let stage = Stage()
    let done = #"{"name":"\#(Self.name)","done":true,"error":{"code":\#(code),"message":"m"}}"#
    stage.transport.stub(.get, Self.url, .json(done))
    let error = try #require(try await failure(stage, Self.running))
    #expect(error.kind == kind)
    #expect(error.operation == Self.name)
    #expect(error.httpStatus == nil)
  }

  @Test func neverDone() async throws {
    let stage = Stage(limits: .init(timeout: .seconds(20)))
    for _ in 0..<40 { stage.transport.stub(.get, Self.url, .json(Self.running)) }
    let error = try await failure(stage, Self.running)
    #expect(error?.kind == .deadline)
    #expect(error?.operation == Self.name)
    #expect(stage.clock.uptime < .seconds(20))
  }

  @Test func aFailedPollSaysNothingAboutTheResource() async throws {
    for (status, text) in [(404, "NOT_FOUND"), (403, "PERMISSION_DENIED")] {
      let stage = Stage()
      stage.transport.stub(
        .get, Self.url,
        .json(#"{"error":{"code":\#(status),"message":"m","status":"\#(text)"}}"#, status))
      #expect(try await failure(stage, Self.running)?.kind == .ambiguous)
    }
  }

  @Test func temporaryPollFaultsAreRetried() async throws {
    let stage = Stage()
    stage.transport.stub(
      .get, Self.url, .json("", 503), .failure(.ambiguous),
      .json(#"{"name":"\#(Self.name)","done":true}"#))
    #expect(try await wait(stage, Self.running).get() == [:])
    stage.transport.finish()
  }

  @Test(arguments: [
    "{}", #"{"name":"projects/p/locations/us/operations/other","done":true}"#, #"{"done":true}"#,
    #"{"name":"NAME","done":"true"}"#, #"{"name":"NAME","done":1}"#,
    #"{"name":"NAME","done":true,"error":"broken"}"#, #"{"name":"NAME","done":true,"error":null}"#,
    #"{"name":"NAME","done":true,"response":[]}"#, #"{"name":7,"done":true}"#,
  ])
  func aPollAboutAnotherOperationIsAmbiguous(_ text: String) async throws {
    let stage = Stage()
    stage.transport.stub(.get, Self.url, .json(text.replacing("NAME", with: Self.name)))
    #expect(try await failure(stage, Self.running)?.kind == .ambiguous)
  }

  @Test func answersThatAreNotOperations() async throws {
    #expect(
      try await failure(Stage(), #"{"name":"projects/p/locations/us/repositories/r"}"#)?.kind
        == .ambiguous)
    #expect(try await failure(Stage(), "{}")?.kind == .ambiguous)
    #expect(try await failure(Stage(), #"{"name":"../../x"}"#)?.kind == .ambiguous)
  }
}
