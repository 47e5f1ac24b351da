import Crypto
import HTTP
import JSON
import Testing

@testable import GoogleCloud

/// Which clock a run takes for the server's.
@Suite struct ServerClockTests {
  private static let day: Double = 86_400
  private static let sandbox = "http://127.0.0.1:8085"

  private func lead(_ time: Double, from start: Double = 1000, to end: Double = 1005) -> Double {
    var clock = ServerClock()
    clock.learn(time, from: start, to: end, tolerance: 60)
    return clock.lead
  }

  /// The server answers at some moment of the exchange, so a slow one is no difference.
  @Test func onlyMoreThanTheToleranceIsADifference() {
    for time in [940, 1000, 1003, 1065] { #expect(lead(Double(time)) == 0) }
    #expect(lead(1066) == 61)
    #expect(lead(939) == -61)
    #expect(lead(1300, from: 1000, to: 1300) == 0)
  }

  @Test func theFirstTimeStays() {
    var clock = ServerClock()
    #expect(!clock.isKnown)
    clock.learn(1000, from: 1000, to: 1000, tolerance: 60)
    clock.learn(9000, from: 1000, to: 1000, tolerance: 60)
    #expect(clock.isKnown && clock.lead == 0)
  }

  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777.0), ("Thu, 01 Jan 1970 00:00:00 GMT", 0),
    ("Fri, 31 Dec 2027 23:59:59 GMT", 1_830_297_599),
  ]) func readsDates(text: String, time: Double) {
    #expect(ServerClock.date(of: HTTPResponse(status: 200, headers: ["Date": text])) == time)
  }

  @Test(arguments: [
    "", "x", "Sun, 06 Nov 1994 08:49:37", "Sun, 06 Nov 1994 08:49:37 CET",
    "06 Nov 1994 08:49:37 GMT",
    "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994", "Sun, 06 nov 1994 08:49:37 GMT",
    "Sun, 32 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 25:49:37 GMT",
    "Sun, +6 Nov 1994 08:49:37 GMT",
    "Sun, 06 Nov 19x4 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT GMT",
    "Sun,  06 Nov 1994 08:49:37 GMT",
  ]) func anythingElseIsNoDate(text: String) {
    #expect(ServerClock.date(of: HTTPResponse(status: 200, headers: ["Date": text])) == nil)
  }

  @Test func theDateOfAStoredAnswerIsNotNow() {
    let headers: HTTPHeaders = ["Date": "Sun, 06 Nov 1994 08:49:37 GMT", "Age": "0"]
    #expect(ServerClock.date(of: HTTPResponse(status: 200, headers: headers)) == nil)
  }

  // MARK: Google

  private func afterACall(_ status: Int, _ headers: HTTPHeaders) async throws -> Double {
    let stage = Stage()
    stage.transport.stub(.get, APIClientTests.url, .json("{}", status, headers: headers))
    _ = try? await stage.client().call(APIClientTests().call())
    #expect(stage.run.serverNow == stage.clock.now + stage.run.serverLead)
    return stage.run.serverLead
  }

  /// `VirtualClock.start` is 15 January 2027, 08:00 UTC.
  @Test func anAnswerOfAnAPIDatesTheRun() async throws {
    let date = "Wed, 17 Mar 2027 08:00:00 GMT"
    #expect(try await afterACall(200, ["Date": date]) == 61 * Self.day)
    #expect(try await afterACall(200, ["Date": "Thu, 14 Jan 2027 08:00:00 GMT"]) == -Self.day)
    #expect(try await afterACall(200, ["Date": "Fri, 15 Jan 2027 08:00:59 GMT"]) == 0)
    #expect(try await afterACall(200, [:]) == 0)
    // An error may be that of a proxy.
    #expect(try await afterACall(403, ["Date": date]) == 0)
  }

  // MARK: sandboxes

  private func followed(
    _ answer: ScriptedTransport.Answer, at url: String = sandbox, token: String = "arctlsbx.x",
    _ stage: Stage = Stage()
  ) async throws -> Double {
    stage.transport.stub(.get, "\(url)/_sandbox/clock", answer)
    try await stage.client(token: token, endpoints: try Endpoints(all: url)).followSandboxClock()
    stage.transport.finish()
    return stage.run.serverLead
  }

  @Test func aRunFollowsTheClockOfASandbox() async throws {
    #expect(
      try await followed(.json(#"{"now": "2027-03-16T08:00:00Z"}"#)) == 60 * Self.day)
    #expect(try await followed(.json(#"{"now": "2027-01-15T08:00:01.5Z"}"#)) == 0)
    #expect(try await followed(.json(#"{"now": "2026-01-15T08:00:00Z"}"#)) == -365 * Self.day)
  }

  @Test func anotherServerIsNoSandbox() async throws {
    for text in ["{}", "[]", "", #"{"now": 5}"#, #"{"now": "soon"}"#] {
      #expect(try await followed(.json(text)) == 0)
    }
    #expect(try await followed(.json(#"{"now": "2027-03-16T08:00:00Z"}"#, 404)) == 0)
    #expect(try await followed(.failure(.notSent)) == 0)
  }

  /// The sandbox's answers have the real `Date`, which must not move its clock back.
  @Test func datesDoNotMoveTheClockOfASandbox() async throws {
    let stage = Stage()
    let sandbox = Self.sandbox
    _ = try await followed(.json(#"{"now": "2027-03-16T08:00:00Z"}"#), stage)
    stage.transport.stub(
      .get, "\(sandbox)/v1/x", .json("{}", headers: ["Date": "Fri, 15 Jan 2027 08:00:00 GMT"]))
    let client = try stage.client(token: "arctlsbx.x", endpoints: try Endpoints(all: sandbox))
    _ = try await client.call(APIClientTests().call())
    #expect(stage.run.serverLead == 60 * Self.day)
  }

  /// Only another machine's sandbox asks for a token.
  @Test func thisMachinesServersGetNoToken() async throws {
    let (near, far) = (Stage(), Stage())
    let answer = ScriptedTransport.Answer.json(#"{"now": "2027-03-16T08:00:00Z"}"#)
    #expect(try await followed(answer, near) == 60 * Self.day)
    #expect(near.transport.requests.map { $0.headers["Authorization"] } == [nil])
    #expect(try await followed(answer, at: "https://sandbox.example", far) == 60 * Self.day)
    #expect(far.transport.requests.map { $0.headers["Authorization"] } == ["Bearer arctlsbx.x"])
  }

  @Test func googleIsNotAsked() async throws {
    let stage = Stage()
    try await stage.client().followSandboxClock()
    #expect(stage.transport.requests.isEmpty)
  }

  @Test func signInsAreDatedByTheServer() async throws {
    let stage = Stage()
    _ = try await followed(.json(#"{"now": "2027-03-16T08:00:00Z"}"#), stage)
    let pair = try RSAPrivateKey(generatingBits: 2048)
    let assertion = try ServiceAccountSignIn.assertion(
      email: "a@p.iam.gserviceaccount.com", keyID: "k", key: pair,
      endpoints: try Endpoints(all: Self.sandbox), run: stage.run)
    let claims = try #require(assertion.split(separator: ".").dropFirst().first.map(String.init))
    let padded = claims.replacing("-", with: "+").replacing("_", with: "/")
    let text = padded + String(repeating: "=", count: (4 - padded.utf8.count % 4) % 4)
    let value = try JSONValue(parsing: try #require(Base64.decode(text)))
    #expect(value["iat"]?.integer == Int64(stage.clock.now + 60 * Self.day))
  }

  /// The sign-in does not wait for the clock. One that bore the wrong time is made again.
  @Test(arguments: [("2027-01-15T08:00:00Z", 1), ("2027-03-16T08:00:00Z", 2)])
  func theSignInRunsBesideTheQuestion(_ time: String, _ signIns: Int) async throws {
    let stage = Stage()
    let source = CountingTokens(stage.clock)
    let clock = "\(Self.sandbox)/_sandbox/clock"
    stage.transport.stub(.get, clock, .json(#"{"now": "\#(time)"}"#))
    let credential = Credential(
      kind: .serviceAccount, principal: nil, source: "test", reach: .sandboxes, quotaProject: nil,
      tokens: TokenCache(source, clock: stage.clock))
    let client = try APIClient(
      credential: credential, endpoints: try Endpoints(all: Self.sandbox), run: stage.run)
    await client.followSandboxClock()
    #expect(stage.transport.requests.count == 1)
    _ = try await credential.accessToken()
    for _ in 0..<100 { await Task.yield() }
    #expect(source.count.withLock { $0 } == signIns)
  }
}
