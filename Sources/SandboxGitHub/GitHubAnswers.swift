import JSON
package import SandboxWire

/// Why GitHub refuses a request.
struct GitHubRefusal: Error, Sendable {
  let status: Int
  let message: String

  /// The answer for whatever is absent, and for what the token cannot see.
  static let notFound = GitHubRefusal(status: 404, message: "Not Found")

  /// A value that is not taken.
  static func invalid(_ message: String) -> GitHubRefusal {
    GitHubRefusal(status: 422, message: message)
  }
}

/// Answers in GitHub's form.
package enum GitHubAnswers {
  /// An answer with a JSON body; nil for none.
  static func success(_ status: Int, _ value: JSONValue?) -> WireResponse {
    WireResponse(
      status: status, headers: value == nil ? Array(common.dropFirst()) : common,
      body: value?.serialized() ?? [])
  }

  /// An error: a text for people, and the status once more.
  package static func failure(_ status: Int, _ message: String) -> WireResponse {
    success(
      status,
      [
        "message": .string(message),
        "documentation_url": "https://docs.github.com/rest/actions/secrets",
        "status": .string(String(status)),
      ])
  }

  /// What GitHub answers with a status that a fault script chose.
  package static func standard(_ status: Int) -> WireResponse {
    status < 300 ? success(status, [:]) : failure(status, words[status] ?? "Server Error")
  }

  private static let words: [Int: String] = [
    401: "Bad credentials", 403: "Resource not accessible by personal access token",
    404: "Not Found", 409: "Conflict", 422: "Validation Failed",
    429:
      "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.",
  ]

  private static let common: [(name: String, value: String)] = [
    ("Content-Type", "application/json; charset=utf-8"), ("Server", "github.com"),
    ("X-GitHub-Media-Type", "github.v3; format=json"),
    ("X-GitHub-Api-Version-Selected", GitHubService.version),
    ("Cache-Control", "private, max-age=60, s-maxage=60"),
  ]
}
