import GoogleCloud
import HTTP
import JSON

/// The outcome of one attempt of a call, and whether it can be repeated as it is. A pure function of the answer.
enum GitHubVerdict: Sendable, Hashable {
  case success(GitHubAnswer)
  case final(APIError)
  /// Not carried out, or harmless to repeat: after the server's delay if it sent one.
  case repeatable(APIError, after: Duration?)

  /// What the token is shown as, should a server repeat it.
  static func secrets(of token: GitHubToken) -> Secrets {
    Secrets([token.value], shownAs: "(the GitHub token)")
  }

  // MARK: Without an answer

  init(_ failure: HTTPFailure, of call: GitHubCall, at host: GitHubHost, token: GitHubToken) {
    let failure = Self.secrets(of: token).removed(from: failure)
    func error(_ kind: APIError.Kind) -> APIError {
      APIError(kind, label: call.label, failure.message)
    }
    switch failure.kind {
    case .notSent where FaultPolicy.mayRecover(failure, at: host.origin):
      self = .repeatable(error(.notReachable), after: nil)
    case .notSent, .exhausted: self = .final(error(.notReachable))
    case .tls: self = .final(error(.tls))
    case .localProxy: self = .final(error(.refused))
    case .invalid: self = .final(error(.other))
    case .tooLarge: self = .final(error(call.isWrite ? .ambiguous : .malformed))
    case .cancelled: self = .final(error(call.isWrite ? .ambiguous : .cancelled))
    case .ambiguous: self = Self.unknown(error(.notReachable), of: call)
    }
  }

  // MARK: By an answer

  /// - Parameters:
  ///   - sent: what the whole run has sent; no answer with it is used.
  ///   - now: Unix seconds.
  init(
    _ response: HTTPResponse, to call: GitHubCall, token: GitHubToken, sent: SecretTraces,
    now: Double
  ) {
    if call.successes.contains(response.status) {
      self = Self.success(response, to: call, sent: sent)
      return
    }
    let words = GitHubErrorBody(response.body, without: Self.secrets(of: token), sent: sent)
    let kind = Self.kind(of: response, words)
    let error = APIError(
      kind, label: call.label, Self.message(response, words, token), httpStatus: response.status)
    switch kind {
    case .rateLimited:
      self = Self.limited(error, response, now: now)
    case .unavailable: self = Self.unknown(error, of: call, after: FaultPolicy.retryAfter(response))
    case .malformed: self = call.isWrite ? Self.unknown(error, of: call) : .final(error)
    case .permissionDenied:
      var error = error
      let permission =
        GitHubPermission(answering: response, without: Self.secrets(of: token))
        ?? call.permission
      error.kind = .permissionDenied(
        permission: permission.text, resource: call.place.description)
      error.advice = permission.advice(for: call.place, token: token)
      self = .final(error)
    default: self = .final(error)
    }
  }

  /// A success: one complete JSON object for status 200, and nothing that matters for 201 and 204.
  private static func success(
    _ response: HTTPResponse, to call: GitHubCall, sent: SecretTraces
  ) -> GitHubVerdict {
    guard response.status == 200 else {
      return .success(GitHubAnswer(status: response.status, value: [:]))
    }
    func error(_ message: String) -> APIError {
      APIError(.malformed, label: call.label, message, httpStatus: response.status)
    }
    guard
      let value = try? JSONValue(
        parsing: response.body, maximumBytes: 4 << 20, maximumValues: 100_000),
      value.object != nil
    else { return unknown(error("the answer is not one complete JSON object"), of: call) }
    guard !sent.areIn(value) else {
      return .final(error("the answer repeats the credential of arctl; it is not used"))
    }
    return .success(GitHubAnswer(status: 200, value: value))
  }

  /// An outcome that is not known: a write may have been carried out.
  private static func unknown(
    _ error: APIError, of call: GitHubCall, after delay: Duration? = nil
  ) -> GitHubVerdict {
    var error = error
    if call.isWrite { error.kind = .ambiguous }
    return call.onAmbiguity == .never ? .final(error) : .repeatable(error, after: delay)
  }

  private static func kind(of response: HTTPResponse, _ words: GitHubErrorBody?) -> APIError.Kind {
    switch response.status {
    case 401: .unauthenticated
    case 403 where isLimit(response, words), 429: .rateLimited
    case 403: .permissionDenied(permission: nil, resource: nil)
    // A gateway's 404 is not GitHub's: it says nothing about what was asked for.
    case 404: words == nil ? .malformed : .notFound
    case 407: .notReachable
    case 409: .alreadyExists
    case 422, 400: .invalidArgument
    case 408, 500...599: .unavailable
    case 300...399, 410, 451: .other
    default: .malformed
    }
  }

  private static func message(
    _ response: HTTPResponse, _ words: GitHubErrorBody?, _ token: GitHubToken
  ) -> String {
    switch response.status {
    case 300...399:
      return
        "answered with a redirect, which is not followed: the repository was renamed or moved, "
        + "or there is a proxy in between; write its present name"
    case 401:
      let what = token.kind == .sandbox ? "the token" : "the token of \(GitHubToken.variable)"
      return "\(what) is not accepted: \(words?.text ?? "no message")"
    case 407: return "the proxy asks for a user name and password"
    default: return words?.text ?? "the answer is not in GitHub's form"
    }
  }

  // MARK: Rate limits (https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api)

  /// Whether a 403 is about the number of requests, not about rights.
  private static func isLimit(_ response: HTTPResponse, _ words: GitHubErrorBody?) -> Bool {
    response.headers["x-ratelimit-remaining"] == "0" || response.headers["retry-after"] != nil
      || words?.text.lowercased().contains("rate limit") == true
  }

  /// GitHub counts before it carries anything out. Without a time it asks for at least a minute.
  private static func limited(
    _ error: APIError, _ response: HTTPResponse, now: Double
  ) -> GitHubVerdict {
    let delay = FaultPolicy.retryAfter(response) ?? untilReset(response, now: now) ?? .seconds(60)
    var error = error
    error.message += " (requests are taken again in \(delay.components.seconds) s)"
    return .repeatable(error, after: delay)
  }

  /// The time until `x-ratelimit-reset`, in Unix seconds, at which the hour's count starts again.
  private static func untilReset(_ response: HTTPResponse, now: Double) -> Duration? {
    guard response.headers["x-ratelimit-remaining"] == "0",
      let reset = response.headers["x-ratelimit-reset"].flatMap({ Int64($0) }),
      reset < 1 << 40
    else { return nil }
    return .seconds(min(max(1, Double(reset) - now + 1), 86_400))
  }
}

/// The text of an error answer of GitHub's.
struct GitHubErrorBody: Sendable, Hashable {
  let text: String

  /// Nil for bytes in another form, such as a proxy's page. Secrets are removed before the text is cut.
  init?(_ bytes: [UInt8], without secrets: Secrets, sent: SecretTraces) {
    guard
      let parsed = try? JSONValue(parsing: bytes, maximumBytes: 1 << 20, maximumValues: 10_000)
    else { return nil }
    let value = sent.marked(secrets.removed(from: parsed))
    guard let message = value["message"]?.string else { return nil }
    // `errors` is a list of texts or of objects, with a text or with codes.
    let details = (value["errors"]?.array ?? []).prefix(5).compactMap { error in
      error.string ?? error["message"]?.string
        ?? error["code"]?.string.map { code in
          [error["field"]?.string, code].compactMap { $0 }.joined(separator: ": ")
        }
    }
    text = bounded(([message] + details).joined(separator: "; "), to: 1000)
  }
}
