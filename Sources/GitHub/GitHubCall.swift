import GoogleCloud
import HTTP
import JSON

/// One call of GitHub's API, as a value.
struct GitHubCall: Sendable {
  /// What may follow an answer from which the outcome is not known.
  enum Repeat: Sendable, Hashable {
    /// It changes nothing: it is sent again.
    case read
    /// Twice has the effect of once: it is sent again, and then the outcome may still be unknown.
    case idempotent
    /// It is not sent again: the caller reads first.
    case never
  }

  var method = HTTPMethod.get
  /// Percent-encoded, with the query.
  var path: String
  var body: JSONValue?
  var onAmbiguity = Repeat.read
  /// The name in messages: `github.secrets.get acme/lib KEY`.
  var label: String
  /// What it acts on.
  var place: GitHubPlace
  /// The permission that it needs.
  var permission: GitHubPermission
  /// The statuses with which GitHub answers a success. Only 200 has a body that matters.
  var successes: Set<Int> = [200]

  var isWrite: Bool { onAmbiguity != .read }

  /// The request, with its headers (https://docs.github.com/en/rest/using-the-rest-api/getting-started-with-the-rest-api).
  func request(to host: GitHubHost, with token: GitHubToken, timeout: Duration) -> HTTPRequest {
    var request = HTTPRequest(
      method, host.baseURL + path,
      headers: [
        "Authorization": "Bearer \(token.value)", "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
      ],
      // libcurl itself repeats a request on a connection that the server closed.
      connection: onAmbiguity == .never ? .fresh : .reused, timeout: timeout)
    if let body {
      request.headers.add("Content-Type", "application/json")
      request.body = body.serialized()
    }
    return request
  }
}

/// The answer to a successful call.
struct GitHubAnswer: Sendable, Hashable {
  let status: Int
  /// An object; empty where the status has no body that matters.
  let value: JSONValue
}
