import HTTP
import JSON
import Synchronization
import Testing

@testable import GoogleCloud

@Suite struct APIClientTests {
  static let url = "https://iam.googleapis.com/v1/x"
  static let unavailable = ScriptedTransport.Answer.json("busy", 503)

  func call(_ retry: RetryClass = .read, _ method: HTTPMethod = .get) -> APICall {
    APICall(.iam, method: method, path: "/v1/x", retry: retry, label: "iam.x")
  }

  func failure(_ client: APIClient, _ call: APICall) async -> APIError? {
    await thrown { () throws(APIError) in try await client.call(call) }
  }

  @Test func sendsOneRequest() async throws {
    let stage = Stage()
    stage.transport.stub(
      .post, "https://artifactregistry.googleapis.com/v1/projects/p/x?repositoryId=a%2Fb&q=%C3%A9",
      .json("{}"))
    let client = try stage.client(quotaProject: "qp")
    let answer = try await client.call(
      APICall(
        .artifactRegistry, method: .post, path: APIPath.join("v1", "projects", "p", "x"),
        query: [("repositoryId", "a/b"), ("q", "é")], body: ["format": "PYTHON"],
        retry: .namedCreate, label: "l"))
    #expect(answer == [:])
    let request = try #require(stage.transport.requests.first)
    #expect(request.headers["Authorization"] == "Bearer ya29.t")
    #expect(request.headers["X-Goog-User-Project"] == "qp")
    #expect(request.headers["Content-Type"] == "application/json")
    #expect(request.body == Array(#"{"format":"PYTHON"}"#.utf8))
    #expect(request.connection == .fresh)
    #expect(stage.run.statistics == .init(calls: 1, requests: 1, retries: 0))
    #expect(stage.observed.value.withLock { $0.map(\.status) } == [200])
    stage.transport.finish()
  }

  /// A wait before a repeat is observed by the task of the call, with its cause, and its end.
  @Test func aPauseIsObserved() async throws {
    let stage = Stage()
    stage.transport.stub(.get, Self.url, Self.unavailable)
    stage.transport.stub(.get, Self.url, .json("{}"))
    let client = try stage.client()
    let seen = Mutex<[String?]>([])
    let observer = RequestContext.PauseObserver { pause in
      seen.withLock { $0.append(pause?.cause) }
    }
    _ = try await RequestContext.$pauseObserver.withValue(observer) {
      try await client.call(call())
    }
    #expect(seen.withLock { $0 } == ["503", nil])
    stage.transport.finish()
  }

  /// What is recorded before a request has the time of sending, not that of the first wait.
  @Test func theHookRunsBeforeEachRequest() async throws {
    let stage = Stage()
    stage.transport.stub(.post, Self.url, .json("quota", 429))
    stage.transport.stub(.post, Self.url, .json("{}"))
    let client = try stage.client()
    var sent: [Int] = []
    _ = try await client.call(
      call(.unnamedCreate, .post),
      beforeSending: { () async throws(APIError) in sent.append(stage.transport.requests.count) })
    #expect(sent == [0, 1])
    let refusal = APIError(.other, label: "iam.x", "it cannot be noted")
    await #expect(throws: refusal) {
      try await client.call(
        call(.unnamedCreate, .post),
        beforeSending: { () async throws(APIError) in throw refusal })
    }
    #expect(stage.transport.requests.count == 2)
    stage.transport.finish()
  }

  @Test func onlyUnrepeatableCallsUseAFreshConnection() {
    #expect(!call(.read).needsFreshConnection)
    #expect(!call(.idempotentWrite).needsFreshConnection)
    #expect(call(.namedCreate).needsFreshConnection)
    #expect(call(.unnamedCreate).needsFreshConnection)
    #expect(
      APICall(
        .iam, method: .post, path: "/v1/k:upload", retry: .idempotentWrite, label: "l",
        freshConnection: true
      )
      .needsFreshConnection)
  }

  @Test func errorsDoNotContainATokenThatTheServerRepeats() async throws {
    let stage = Stage()
    stage.transport.stub(
      .get, Self.url,
      .json(
        #"{"error":{"code":403,"status":"PERMISSION_DENIED","message":"no: Bearer ya29.t"}}"#, 403))
    let error = await failure(try stage.client(), call())
    #expect(error?.message == "no: Bearer (the access token)")
  }

  @Test func aReadIsTriedAtMostFourTimes() async throws {
    let stage = Stage()
    stage.transport.stub(
      .get, Self.url, Self.unavailable, .failure(.ambiguous), .failure(.notSent), .json("{}", 200))
    #expect(try await stage.client().call(call()) == [:])
    #expect(
      stage.clock.sleeps.map { $0 / .seconds(1) }.map { ($0 * 10).rounded() / 10 } == [0.5, 2, 8])
    #expect(stage.run.statistics == .init(calls: 1, requests: 4, retries: 3))
    stage.transport.finish()
  }

  @Test func aFifthTryIsNotMade() async throws {
    let stage = Stage()
    for _ in 0..<4 { stage.transport.stub(.get, Self.url, Self.unavailable) }
    let error = await failure(try stage.client(), call())
    #expect(error?.kind == .unavailable)
    #expect(error?.httpStatus == 503)
    stage.transport.finish()
  }

  @Test(arguments: FaultPolicyTests.writes)
  func aWriteArrivesOnceAfterAnAmbiguousAnswer(_ retry: RetryClass) async throws {
    for answer in [Self.unavailable, .failure(.ambiguous), .json(#"{"name":"#)] {
      let stage = Stage()
      stage.transport.stub(.post, Self.url, answer)
      #expect(await failure(try stage.client(), call(retry, .post))?.kind == .ambiguous)
      #expect(stage.transport.requests.count == 1)
    }
  }

  @Test(arguments: FaultPolicyTests.writes)
  func aWriteThatWasNotCarriedOutIsRepeated(_ retry: RetryClass) async throws {
    let stage = Stage()
    stage.transport.stub(
      .post, Self.url, .failure(.notSent), .json("", 429, headers: ["Retry-After": "3"]),
      .json("{}"))
    #expect(try await stage.client().call(call(retry, .post)) == [:])
    #expect(stage.clock.sleeps.last == .seconds(3))
    stage.transport.finish()
  }

  @Test func quotaRefusalsWaitLonger() async throws {
    let stage = Stage()
    for _ in 0..<4 { stage.transport.stub(.get, Self.url, .json("", 429)) }
    #expect(await failure(try stage.client(), call())?.kind == .rateLimited)
    let seconds = stage.clock.sleeps.map { $0 / .seconds(1) }
    try #require(seconds.count == 3)
    #expect((2.4...2.6).contains(seconds[0]) && seconds[1] > 8 && seconds[2] > 30)
  }

  @Test func theRetryBudgetIsShared() async throws {
    let stage = Stage()
    let client = try stage.client()
    for _ in 0..<20 {
      for _ in 0..<4 { stage.transport.stub(.get, Self.url, Self.unavailable) }
    }
    for _ in 0..<20 { _ = await failure(client, call()) }
    #expect(stage.run.statistics == .init(calls: 20, requests: 30, retries: 10))
  }

  @Test func aTokenIsRefreshedDuringTheRun() async throws {
    let stage = Stage()
    stage.transport.stub(.post, Self.url, .json("", 401), .json("{}"))
    let client = try stage.client(source: CountingTokens(stage.clock))
    #expect(try await client.call(call(.unnamedCreate, .post)) == [:])
    #expect(
      stage.transport.requests.map { $0.headers["Authorization"] } == ["Bearer t1", "Bearer t2"])
    #expect(stage.run.statistics.retries == 0)
  }

  @Test func aSecondRefusalIsFinal() async throws {
    let stage = Stage()
    stage.transport.stub(.get, Self.url, .json("", 401), .json("", 401))
    let client = try stage.client(source: CountingTokens(stage.clock))
    #expect(await failure(client, call())?.kind == .unauthenticated)
    stage.transport.finish()
    let given = Stage()
    given.transport.stub(.get, Self.url, .json("", 401))
    #expect(await failure(try given.client(), call())?.kind == .unauthenticated)
    given.transport.finish()
  }

  @Test func manyRefusedCallsShareOneRefresh() async throws {
    let transport = RefusingTransport()
    let clock = VirtualClock()
    let source = CountingTokens(clock)
    let run = RequestContext(transport: transport, clock: clock, random: FixedRandom())
    let credential = Credential(
      kind: .accessToken, principal: nil, source: "test", reach: .google, quotaProject: nil,
      tokens: TokenCache(source, clock: clock))
    let client = try APIClient(credential: credential, endpoints: .google, run: run)
    let call = call()
    try await withThrowingTaskGroup(of: JSONValue.self) { group in
      for _ in 0..<50 { group.addTask { try await client.call(call) } }
      for try await answer in group { #expect(answer == [:]) }
    }
    #expect(source.count.withLock { $0 } == 2)
  }

  @Test func theRunEndsAtItsDeadline() async throws {
    let stage = Stage(limits: .init(timeout: .seconds(10)))
    let client = try stage.client()
    stage.transport.stub(.get, Self.url, .json("", 429, headers: ["Retry-After": "30"]))
    #expect(await failure(client, call())?.kind == .rateLimited)
    #expect(stage.clock.sleeps.isEmpty)
    #expect(stage.transport.requests[0].timeout == .seconds(10))
    stage.clock.advance(.seconds(11))
    #expect(await failure(client, call())?.kind == .deadline)
    stage.transport.finish()
  }

  @Test func aCancelledTaskSendsNothing() async throws {
    let stage = Stage()
    let client = try stage.client()
    let call = call()
    let task = Task {
      while !Task.isCancelled { await Task.yield() }
      return await thrown { () throws(APIError) in try await client.call(call) }
    }
    task.cancel()
    #expect(await task.value?.kind == .cancelled)
    #expect(stage.transport.requests.isEmpty)
  }

  @Test(arguments: ["v1/x", "/v1/../x", "/v1/./x", "/v1/x?y=z"])
  func unusualPathsAreNotSent(_ path: String) async throws {
    let stage = Stage()
    #expect(await failure(try stage.client(), APICall(.iam, path, label: "l"))?.kind == .other)
    #expect(stage.transport.requests.isEmpty)
  }

  @Test func readsAndWritesHaveTheirOwnLimits() async throws {
    let flight = Box((now: 0, most: 0))
    let stage = Stage(limits: .init(reads: 3, writes: 2)) { _ in
      flight.value.withLock {
        $0.now += 1
        $0.most = max($0.most, $0.now)
      }
      for _ in 0..<50 { await Task.yield() }
      flight.value.withLock { $0.now -= 1 }
    }
    let client = try stage.client()
    for (call, bound) in [(call(), 3), (call(.idempotentWrite, .post), 2)] {
      flight.value.withLock { $0 = (0, 0) }
      for _ in 0..<20 { stage.transport.stub(call.method, Self.url, .json("{}")) }
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<20 { group.addTask { _ = try await client.call(call) } }
        try await group.waitForAll()
      }
      #expect(flight.value.withLock { $0.most } == bound)
    }
    stage.transport.finish()
  }

  @Test func paths() {
    #expect(
      APIPath.join("v1", "projects", "example.com:p", "x", "a b/ü@z", verb: "getIamPolicy")
        == "/v1/projects/example.com%3Ap/x/a%20b%2F%C3%BC@z:getIamPolicy")
    #expect(APIPath.join(version: "v3", name: "operations/cp.1") == "/v3/operations/cp.1")
  }
}

/// Accepts every token except the first.
private struct RefusingTransport: HTTPTransport {
  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    await Task.yield()
    return request.headers["Authorization"] == "Bearer t1"
      ? HTTPResponse(status: 401) : HTTPResponse(status: 200, body: Array("{}".utf8))
  }
}
