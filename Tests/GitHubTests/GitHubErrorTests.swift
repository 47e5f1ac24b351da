import GoogleCloud
import HTTP
import JSON
import TestSupport
import Testing

@testable import GitHub

@Suite struct GitHubErrorTests {
  static let path = "/repos/acme/lib/actions/secrets/GCP_KEY"
  static let metadata = GitHubClientTests.metadata

  func failure(
    _ answer: FakeCloud.Answer, token: String = Stage.token, in place: GitHubPlace? = nil
  ) async throws -> APIError {
    let stage = try Stage(token: token)
    let place = try place ?? Stage.repository
    stage.cloud.on("PUT \(place.secrets)/GCP_KEY", answer)
    let value = GitHubSealedValue(place: place, keyID: "1", text: "AA==")
    return try #require(
      await thrown { () throws(APIError) in try await stage.client.putSecret("GCP_KEY", value) })
  }

  // MARK: Rate limits

  @Test func aRateLimitIsAWait() async throws {
    let stage = try Stage()
    let reset = String(Int(InstantClock.start) + 100)
    stage.cloud.on(
      "GET \(Self.path)",
      .github(
        403, "API rate limit exceeded for user ID 1.",
        headers: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": reset]),
      .github(429, "slow down", headers: ["retry-after": "7"]),
      .github(403, "You have exceeded a secondary rate limit."), .json(Self.metadata))
    _ = try await stage.client.secret("GCP_KEY", in: Stage.repository)
    #expect(stage.clock.uptime == .seconds(101 + 7 + 60))
  }

  @Test func aWriteWaitsToo() async throws {
    let stage = try Stage()
    stage.cloud.on(
      "POST /repos/acme/lib/actions/variables",
      .github(403, "no", headers: ["Retry-After": "30"]), .status(201))
    try await stage.client.createVariable("A", value: "b", in: Stage.repository)
    #expect(stage.clock.uptime == .seconds(30))
  }

  /// After the limit of one call, no other call is sent before its time either.
  @Test func everyCallKeepsQuiet() async throws {
    let stage = try Stage(timeout: .seconds(60))
    stage.cloud.on(
      "GET \(Self.path)", .github(429, "slow down", headers: ["retry-after": "100"]))
    let place = try Stage.repository
    for other in ["GCP_KEY", "OTHER"] {
      let error = await thrown { () throws(APIError) in
        try await stage.client.secret(other, in: place)
      }
      #expect(error?.kind == .rateLimited)
    }
    #expect(stage.cloud.requests == ["GET \(Self.path)"])
  }

  @Test func noWaitIsLongerThanTheRun() async throws {
    let stage = try Stage(timeout: .seconds(60))
    let reset = String(Int(InstantClock.start) + 3000)
    stage.cloud.on(
      "GET \(Self.path)",
      .github(
        403, "API rate limit exceeded.",
        headers: ["x-ratelimit-remaining": "0", "x-ratelimit-reset": reset]))
    let place = try Stage.repository
    let error = await thrown { () throws(APIError) in
      try await stage.client.secret("GCP_KEY", in: place)
    }
    #expect(error?.kind == .rateLimited)
    #expect(error?.message.contains("taken again in 3001 s") == true)
    #expect(stage.clock.uptime == .zero)
  }

  // MARK: Refusals

  @Test(arguments: [
    (Stage.token, "a classic token needs the scope `repo`"),
    (
      "github_pat_11AAAAAAA0abcdefghij_x",
      "a fine-grained token needs the permission \"Secrets\": write"
    ),
    (
      "ghs_16C7e42F292c6912E7710c838347Ae178B4a",
      "a GitHub App needs the permission \"Secrets\": write"
    ),
    (
      "0123456789abcdef0123456789abcdef01234567",
      "the token needs the permission \"Secrets\": write"
    ),
  ])
  func aRefusalNamesWhatTheTokenNeeds(token: String, help: String) async throws {
    let error = try await failure(
      .github(
        403, "Resource not accessible by personal access token",
        headers: [
          "X-Accepted-GitHub-Permissions": "secrets=write", "x-ratelimit-remaining": "4999",
        ]
      ), token: token)
    #expect(
      error.kind == .permissionDenied(permission: "\"Secrets\": write", resource: "acme/lib"))
    #expect(error.advice?.help.hasPrefix(help) == true, "\(error.advice?.help ?? "-")")
    #expect(error.message == "Resource not accessible by personal access token")
  }

  @Test func theServersPermissionCounts() async throws {
    let error = try await failure(
      .github(
        403, "no",
        headers: ["X-Accepted-GitHub-Permissions": "organization_secrets=write; secrets=write"]))
    #expect(error.advice?.permission == "\"Organization secrets\": write")
    let other = try await failure(.github(403, "no"), in: try Stage.environment)
    #expect(other.advice?.permission == "\"Environments\": write")
    #expect(
      other.kind
        == .permissionDenied(
          permission: "\"Environments\": write", resource: "acme/lib, environment prod/eu"))
    let odd = try await failure(
      .github(403, "no", headers: ["X-Accepted-GitHub-Permissions": "\u{1B}[2J=write"]))
    #expect(odd.advice?.permission == "\"Secrets\": write")
  }

  @Test func eachStatusHasItsKind() async throws {
    let cases: [(FakeCloud.Answer, APIError.Kind, String)] = [
      (.github(401, "Bad credentials"), .unauthenticated, "ARCTL_GITHUB_TOKEN is not accepted"),
      (.github(422, "Validation Failed"), .invalidArgument, "Validation Failed"),
      (.status(301, headers: ["Location": "https://evil.example/"]), .other, "not followed"),
      (.status(407), .notReachable, "proxy"), (.github(410, "Gone"), .other, "Gone"),
      (.status(202), .ambiguous, "GitHub's form"), (.failure(.tls), .tls, "tls"),
      (.failure(.localProxy), .refused, "localProxy"),
      (.status(200), .ambiguous, "GitHub's form"),
      (
        .github(404, "Not Found"), .permissionDenied(permission: nil, resource: "acme/lib"),
        "the token cannot see it"
      ),
    ]
    for (answer, kind, text) in cases {
      let error = try await failure(answer)
      #expect(error.kind == kind, "\(error)")
      #expect(error.message.contains(text), "\(error)")
    }
  }

  @Test func noRedirectIsFollowed() async throws {
    let stage = try Stage()
    stage.cloud.on(
      "GET \(Self.path)", .status(302, headers: ["Location": "https://evil.example/"]))
    let place = try Stage.repository
    _ = await thrown { () throws(APIError) in try await stage.client.secret("GCP_KEY", in: place) }
    #expect(stage.cloud.raw.map(\.url) == ["https://api.github.com\(Self.path)"])
  }

  @Test func detailsOfAnErrorAreShown() async throws {
    let error = try await failure(
      .json(
        [
          "message": "Validation Failed",
          "errors": ["one", ["message": "two"], ["field": "key_id", "code": "invalid"]],
        ], 422))
    #expect(error.message == "Validation Failed; one; two; key_id: invalid")
  }

  // MARK: The token

  /// Whatever a server or a proxy sends back, no error has the token, nor a half of it.
  @Test func noErrorHasTheToken() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    var random = SeededRandom(state: seed)
    for _ in 0..<400 {
      let token = Self.token(&random)
      let answer = Self.echo(token, &random)
      let stage = try Stage(token: token)
      stage.cloud.on("GET \(Self.path)", answer)
      stage.cloud.on("GET /repos/acme/lib/actions/secrets", answer)
      let place = try Stage.repository
      let error = await thrown { () throws(APIError) in
        try await stage.client.secret("GCP_KEY", in: place)
      }
      let shown = String(reflecting: error) + "\(error?.description ?? "")"
      #expect(!shown.contains(token.suffix(20)), "\(seed)")
      #expect(!shown.contains(token.prefix(20)), "\(seed)")
      #expect(error != nil)
    }
  }

  private static func token(_ random: inout SeededRandom) -> String {
    let alphabets = ["abcdefghijklmnopqrstuvwxyz", "ABCabc0123456789", "0123456789abcdef"]
    let letters = Array(random.pick(alphabets))
    let prefix = random.pick(["ghp_", "github_pat_", "ghs_", ""])
    return prefix + String((0..<36).map { _ in random.pick(letters) })
  }

  private static func echo(_ token: String, _ random: inout SeededRandom) -> FakeCloud.Answer {
    let status = random.pick([200, 202, 301, 400, 401, 403, 404, 409, 422, 429, 500, 503])
    let headers: HTTPHeaders = [
      "X-Accepted-GitHub-Permissions": "\(token)=write", "Location": "https://x/\(token)",
      "x-ratelimit-reset": token, "retry-after": random.pick(["1", token]),
    ]
    switch Int.random(in: 0..<4, using: &random) {
    case 0: return .github(status, "no: Bearer \(token)", headers: headers)
    case 1:
      return .json(
        [
          "message": .string(token), "name": .string(token), "created_at": .string(token),
          "errors": [.string(token), ["field": .string(token), "code": .string(token)]],
        ], status)
    case 2:
      return .success(
        HTTPResponse(status: status, headers: headers, body: Array("<p>\(token)</p>".utf8)))
    default:
      return .failure(HTTPFailure(random.pick([.ambiguous, .notSent, .tls]), "sent \(token)"))
    }
  }
}
