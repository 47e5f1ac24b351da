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

  func forget() async { await base.forget() }

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

  /// The account in a `generateAccessToken` URL; nil for every other URL, and with a query.
  static func email(in url: String) -> String? {
    guard let url = StrictURL(url), url.query == nil else { return nil }
    let parts = url.path.split(separator: "/", omittingEmptySubsequences: false).suffix(5)
    let verb = ":generateAccessToken"
    guard parts.count == 5, let last = parts.last, last.hasSuffix(verb), parts.first == "v1",
      parts.dropFirst().first == "projects", parts.dropLast().last == "serviceAccounts"
    else { return nil }
    let email = last.dropLast(verb.count)
    let isPlain = email.utf8.allSatisfy { byte in
      (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
        || ".-_@".utf8.contains(byte)
    }
    return email.isEmpty || !isPlain ? nil : String(email)
  }
}
