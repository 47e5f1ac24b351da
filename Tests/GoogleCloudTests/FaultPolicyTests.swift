import HTTP
import JSON
import Testing

@testable import GoogleCloud

/// The table of docs/reliability.md#faults: every fault against every retry class.
@Suite struct FaultPolicyTests {
  enum Outcome: Equatable { case success, retried, refresh, final(APIError.Kind) }

  static func call(_ retry: RetryClass) -> APICall {
    APICall(.iam, method: retry == .read ? .get : .post, path: "/v1/x", retry: retry, label: "l")
  }

  static func outcome(_ verdict: FaultPolicy.Verdict) -> Outcome {
    switch verdict {
    case .success: .success
    case .final(let error): .final(error.kind)
    case .repeatable: .retried
    case .refresh: .refresh
    }
  }

  static let writes: [RetryClass] = [.idempotentWrite, .namedCreate, .unnamedCreate]

  @Test(arguments: [
    (HTTPFailure.Kind.notSent, Outcome.retried, Outcome.retried),
    (.tls, .final(.tls), .final(.tls)),
    (.invalid, .final(.other), .final(.other)),
    (.ambiguous, .retried, .final(.ambiguous)),
    (.cancelled, .final(.cancelled), .final(.ambiguous)),
    (.exhausted, .final(.notReachable), .final(.notReachable)),
    (.tooLarge, .final(.malformed), .final(.ambiguous)),
    (.localProxy, .final(.refused), .final(.refused)),
  ])
  func failures(_ kind: HTTPFailure.Kind, _ read: Outcome, _ write: Outcome) throws {
    let failure = HTTPFailure(kind, "m")
    let far = try #require(Origin(scheme: "https", authority: "iam.googleapis.com"))
    for retry in RetryClass.allCases {
      let verdict = FaultPolicy.verdict(on: failure, of: Self.call(retry), at: far)
      #expect(Self.outcome(verdict) == (retry == .read ? read : write), "\(retry)")
    }
  }

  @Test(arguments: ["localhost:1", "127.0.0.1:1", "[::1]:1"])
  func aLocalServerThatDoesNotListenIsNotRetried(_ authority: String) throws {
    let near = try #require(Origin(scheme: "http", authority: authority))
    for retry in RetryClass.allCases {
      let (refused, cut) = (HTTPFailure(.notSent, "m"), HTTPFailure(.ambiguous, "m"))
      let verdict = FaultPolicy.verdict(on: refused, of: Self.call(retry), at: near)
      #expect(Self.outcome(verdict) == .final(.notReachable))
      let other = FaultPolicy.verdict(on: cut, of: Self.call(retry), at: near)
      #expect(Self.outcome(other) == (retry == .read ? .retried : .final(.ambiguous)))
    }
  }

  static func body(_ code: Int, _ status: String, _ message: String = "m") -> String {
    #"{"error":{"code":\#(code),"message":"\#(message)","status":"\#(status)"}}"#
  }

  @Test(arguments: [
    // status, body, outcome of a read, outcome of a write
    (200, #"{"a":1}"#, Outcome.success, Outcome.success), (200, "{}", .success, .success),
    (201, "{}", .retried, .final(.ambiguous)), (202, "{}", .retried, .final(.ambiguous)),
    (203, "{}", .retried, .final(.ambiguous)), (206, "{}", .retried, .final(.ambiguous)),
    (206, #"{"a":1}"#, .retried, .final(.ambiguous)), (299, "{}", .retried, .final(.ambiguous)),
    (200, "", .retried, .final(.ambiguous)), (204, "", .retried, .final(.ambiguous)),
    (200, #"{"a":"#, .retried, .final(.ambiguous)), (200, "[]", .retried, .final(.ambiguous)),
    (200, "{} {}", .retried, .final(.ambiguous)),
    (200, "<html>", .retried, .final(.ambiguous)),
    (301, "", .final(.malformed), .final(.ambiguous)),
    (400, body(400, "INVALID_ARGUMENT"), .final(.invalidArgument), .final(.invalidArgument)),
    (
      400,
      body(400, "FAILED_PRECONDITION", "Another activation or deactivation is in progress for x"),
      .retried, .retried
    ),
    (401, body(401, "UNAUTHENTICATED"), .refresh, .refresh), (401, "", .refresh, .refresh),
    (
      403, body(403, "PERMISSION_DENIED"),
      .final(.permissionDenied(permission: nil, resource: nil)),
      .final(.permissionDenied(permission: nil, resource: nil))
    ),
    (404, body(404, "NOT_FOUND"), .final(.notFound), .final(.notFound)),
    (404, "<html>404</html>", .final(.malformed), .final(.ambiguous)),
    (407, "<html>", .final(.notReachable), .final(.notReachable)),
    (408, "", .retried, .final(.ambiguous)),
    (409, body(409, "ALREADY_EXISTS"), .final(.alreadyExists), .final(.alreadyExists)),
    (409, body(409, "ABORTED"), .final(.aborted), .final(.aborted)),
    (429, body(429, "RESOURCE_EXHAUSTED"), .retried, .retried), (429, "", .retried, .retried),
    (500, body(500, "INTERNAL"), .retried, .final(.ambiguous)),
    (501, body(501, "UNIMPLEMENTED"), .final(.other), .final(.other)),
    (502, "<html>", .retried, .final(.ambiguous)),
    (503, body(503, "UNAVAILABLE"), .retried, .final(.ambiguous)),
    (504, body(504, "DEADLINE_EXCEEDED"), .retried, .final(.ambiguous)),
  ])
  func responses(_ status: Int, _ body: String, _ read: Outcome, _ write: Outcome) {
    let response = HTTPResponse(status: status, body: Array(body.utf8))
    for retry in RetryClass.allCases {
      let verdict = FaultPolicy.verdict(on: response, of: Self.call(retry))
      #expect(Self.outcome(verdict) == (retry == .read ? read : write), "\(retry)")
    }
  }

  @Test func delaysOfTheServer() {
    func delay(_ headers: HTTPHeaders, _ body: String) -> Duration? {
      let response = HTTPResponse(status: 429, headers: headers, body: Array(body.utf8))
      guard
        case .repeatable(_, let delay) = FaultPolicy.verdict(on: response, of: Self.call(.read))
      else { return nil }
      return delay
    }
    let info = #"""
      {"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"m","details":[
      {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"2.5s"}]}}
      """#
    #expect(delay(["retry-after": "7"], info) == .seconds(7))
    #expect(delay([:], info) == .milliseconds(2500))
    #expect(delay(["Retry-After": "Wed, 21 Oct 2026 07:28:00 GMT"], "") == nil)
    #expect(delay(["Retry-After": "-1"], "") == nil)
  }
}
