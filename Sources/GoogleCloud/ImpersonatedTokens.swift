import FoundationEssentials
import HTTP
import JSON

/// Gets tokens for a service account with another credential's token (docs/google-apis.md#kinds-of-credentials).
struct ImpersonatedTokens: TokenSource {
  let base: TokenCache
  /// `.../serviceAccounts/EMAIL:generateAccessToken`.
  let url: String
  /// E-mails; first the one that the base credential may act as.
  let delegates: [String]
  let lifetime: Int
  let email: String
  let quotaProject: String?
  let run: RequestContext

  func fetch() async throws(APIError) -> AccessToken {
    let label = "impersonation of \(email)"
    var body: JSONObject = [
      "scope": [.string(ServiceAccountKey.scope)], "lifetime": .string("\(lifetime)s"),
    ]
    if !delegates.isEmpty {
      body["delegates"] = .array(delegates.map { .string("projects/-/serviceAccounts/\($0)") })
    }
    let token = try await base.token()
    var request = HTTPRequest(
      .post, url, body: JSONValue.object(body).serialized(), timeout: .seconds(30))
    request.headers["Authorization"] = "Bearer \(token.value)"
    request.headers["Content-Type"] = "application/json"
    request.headers["X-Goog-User-Project"] = quotaProject
    let answer = try await TokenEndpoint(run: run)
      .json(request, without: Secrets(of: request), label: label)
    guard let text = answer["accessToken"]?.string, let time = answer["expireTime"]?.string,
      let expires = ImpersonatedTokens.seconds(time),
      let token = AccessToken(text, expires: expires)
    else { throw TokenEndpoint.noToken(label) }
    return token
  }

  /// The Unix seconds of an RFC 3339 time, without its fraction.
  static func seconds(_ time: String) -> Double? {
    let whole = time.prefix { $0 != "." && $0 != "Z" }
    return (try? Date(whole + "Z", strategy: .iso8601))?.timeIntervalSince1970
  }

  /// The account in a `generateAccessToken` URL.
  static func email(in url: String) -> String? {
    guard let last = url.split(separator: "/").last, last.hasSuffix(":generateAccessToken")
    else { return nil }
    return String(last.dropLast(":generateAccessToken".count))
  }
}
