import Crypto
import GoogleCloud
import HTTP
import JSON
import TestSupport
import Testing

@testable import GitHub

/// A run against a scripted GitHub.
struct Stage {
  static let token = "ghp_16C7e42F292c6912E7710c838347Ae178B4a"

  let cloud = FakeCloud()
  let clock = InstantClock()
  let run: RequestContext
  let client: GitHubClient

  init(
    token: String = Stage.token, host: String? = nil, endpoints: Endpoints = .google,
    timeout: Duration = .seconds(1800)
  ) throws {
    run = RequestContext(
      transport: cloud, clock: clock, random: HalfRandom(),
      limits: RequestContext.Limits(timeout: timeout))
    client = try GitHubClient(
      host: GitHubHost(host, endpoints: endpoints), token: try #require(GitHubToken(token)),
      run: run)
  }

  /// The repository acme/lib, and its environment prod.
  static var repository: GitHubPlace {
    get throws { try #require(GitHubPlace(repository: "acme/lib")) }
  }
  static var environment: GitHubPlace {
    get throws { try #require(GitHubPlace(repository: "acme/lib", environment: "prod/eu")) }
  }
}

extension Result where Success == HTTPResponse, Failure == HTTPFailure {
  /// An answer without a body.
  static func status(_ status: Int, headers: HTTPHeaders = [:]) -> Self {
    .success(HTTPResponse(status: status, headers: headers))
  }
  /// An error answer in GitHub's form.
  static func github(_ status: Int, _ message: String, headers: HTTPHeaders = [:]) -> Self {
    .success(
      HTTPResponse(
        status: status, headers: headers,
        body: JSONValue.object([
          "message": .string(message), "documentation_url": "https://docs.github.com/rest",
          "status": .string(String(status)),
        ]).serialized()))
  }
}

/// The error that `body` throws.
func thrown<Value>(_ body: () async throws(APIError) -> Value) async -> APIError? {
  do {
    _ = try await body()
    return nil
  } catch {
    return error
  }
}

func secret(_ text: String) -> SecretBytes {
  var secret = SecretBytes()
  secret.append(text)
  return secret
}
