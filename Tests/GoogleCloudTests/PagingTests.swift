import HTTP
import JSON
import Testing

@testable import GoogleCloud

@Suite struct PagingTests {
  static let url = "https://artifactregistry.googleapis.com/v1/r"
  let call = APICall(.artifactRegistry, "/v1/r", label: "list")

  func read(_ pages: [(String, ScriptedTransport.Answer)]) async throws -> Result<
    [JSONValue], APIError
  > {
    let stage = Stage()
    for (query, answer) in pages { stage.transport.stub(.get, Self.url + query, answer) }
    let client = try stage.client()
    defer { stage.transport.finish() }
    do throws(APIError) {
      return .success(try await client.pages(call, items: "repositories", pageSize: 2))
    } catch {
      return .failure(error)
    }
  }

  @Test func followsTokens() async throws {
    let items = try await read([
      (
        "?pageSize=2", .json(#"{"repositories":[{"name":"a"},{"name":"b"}],"nextPageToken":"t/1"}"#)
      ),
      (
        "?pageSize=2&pageToken=t%2F1", .json(#"{"repositories":[{"name":"c"}],"nextPageToken":""}"#)
      ),
    ]).get()
    #expect(items.map { $0["name"]?.string } == ["a", "b", "c"])
  }

  @Test func anEmptyListIsLeftOut() async throws {
    #expect(try await read([("?pageSize=2", .json("{}"))]).get() == [])
  }

  @Test(arguments: [
    #"{"error":{"code":500}}"#, #"{"items":[]}"#, #"{"message":"please log in"}"#,
  ])
  func anotherShapeIsNotAnEmptyList(_ text: String) async throws {
    guard case .failure(let error) = try await read([("?pageSize=2", .json(text))]) else {
      Issue.record("took \(text)")
      return
    }
    #expect(error.kind == .malformed)
  }

  @Test func aPartialAnswerIsNotAnEmptyList() async throws {
    let part = ScriptedTransport.Answer.json("{}", 206)
    let result = try await read((0..<4).map { _ in ("?pageSize=2", part) })
    #expect(throws: APIError.self) { try result.get() }
  }

  @Test func anEmptyPageIsNotTheEnd() async throws {
    let items = try await read([
      ("?pageSize=2", .json(#"{"nextPageToken":"t"}"#)),
      ("?pageSize=2&pageToken=t", .json(#"{"repositories":[{}]}"#)),
    ]).get()
    #expect(items.count == 1)
  }

  @Test(arguments: [
    #"{"repositories":{}}"#, #"{"repositories":["a"]}"#, #"{"repositories":[],"nextPageToken":7}"#,
    #"{"repositories":[],"unreachable":["projects/p/locations/us"]}"#,
  ])
  func aMalformedPageFailsTheList(_ text: String) async throws {
    guard case .failure(let error) = try await read([("?pageSize=2", .json(text))]) else {
      Issue.record("took \(text)")
      return
    }
    #expect(error.kind == .malformed)
  }

  @Test func aRepeatedPageTokenFailsTheList() async throws {
    let page = ScriptedTransport.Answer.json(#"{"repositories":[{}],"nextPageToken":"t"}"#)
    let result = try await read([("?pageSize=2", page), ("?pageSize=2&pageToken=t", page)])
    #expect(throws: APIError.self) { try result.get() }
  }

  @Test func aFailedSecondPageFailsTheList() async throws {
    let result = try await read([
      ("?pageSize=2", .json(#"{"repositories":[{}],"nextPageToken":"t"}"#)),
      (
        "?pageSize=2&pageToken=t",
        .json(#"{"error":{"code":403,"message":"m","status":"PERMISSION_DENIED"}}"#, 403)
      ),
    ])
    guard case .failure(let error) = result else {
      Issue.record("half a list")
      return
    }
    #expect(error.kind == .permissionDenied(permission: nil, resource: nil))
  }

  /// Reads an endless list with pages of this length.
  private func readEndless(_ bytes: Int) async throws -> (error: APIError?, requests: Int) {
    let endless = EndlessTransport(filler: String(repeating: "x", count: bytes))
    let run = RequestContext(transport: endless, clock: VirtualClock(), random: FixedRandom())
    let token = try #require(AccessToken("t", expires: nil))
    let credential = Credential(
      kind: .accessToken, principal: nil, source: "test", reach: .google, quotaProject: nil,
      tokens: TokenCache(StaticToken(token: token), clock: run.clock))
    let client = try APIClient(credential: credential, endpoints: .google, run: run)
    let call = call
    let error = await thrown { () throws(APIError) in
      try await client.pages(call, items: "repositories")
    }
    return (error, run.statistics.requests)
  }

  @Test func theNumberOfPagesIsLimited() async throws {
    let (error, requests) = try await readEndless(0)
    #expect(error?.kind == .malformed)
    #expect(requests == APIClient.maximumPages)
  }

  @Test func theSizeOfAllPagesIsLimited() async throws {
    let (error, requests) = try await readEndless(8 << 20)
    #expect(error?.kind == .malformed)
    #expect(error?.message == "the list has over 64 MiB in 8 pages")
    #expect(requests == 8)
  }
}

/// An endless list: each page names another one.
private final class EndlessTransport: HTTPTransport {
  private let count = Box(0)
  private let filler: String
  init(filler: String) { self.filler = filler }
  func send(_ request: HTTPRequest) async throws(HTTPFailure) -> HTTPResponse {
    let number = count.value.withLock {
      $0 += 1
      return $0
    }
    let text = #"{"nextPageToken":"\#(number)","etag":"\#(filler)"}"#
    return HTTPResponse(status: 200, body: Array(text.utf8))
  }
}
