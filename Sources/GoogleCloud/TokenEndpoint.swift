import HTTP
import JSON

/// Sends requests for tokens, and repeats them as far as token endpoints allow.
struct TokenEndpoint: Sendable {
  let run: RequestContext

  /// The outcome of one attempt.
  private enum Attempt {
    case answer(HTTPResponse)
    case final(APIError)
    case repeatable(APIError, after: Duration?)
  }

  /// Sends a request. A failed sign-in is not a failure of the API call that needs the token: a refusal by the endpoint
  /// becomes `unauthenticated`, so that no list counts as forbidden because of it.
  ///
  /// No error contains `secrets`, which are those of the request.
  func send(
    _ request: HTTPRequest, without secrets: Secrets, label: String
  ) async throws(APIError) -> HTTPResponse {
    run.countCall()
    for text in secrets.lasting { run.sentSecrets.add(text) }
    var attempt = 1
    while true {
      guard run.remaining > .zero else {
        throw APIError(.deadline, label: label, "the run's time is over")
      }
      switch await self.attempt(request, without: secrets, label: label) {
      case .answer(let response): return response
      case .final(let error): throw error
      case .repeatable(let error, let delay): try await wait(after: attempt, error, delay)
      }
      attempt += 1
    }
  }

  private func attempt(
    _ request: HTTPRequest, without secrets: Secrets, label: String
  ) async -> Attempt {
    do throws(HTTPFailure) {
      let shown = String(request.url.prefix { $0 != "?" })
      let response = try await run.send(request, shownURL: shown)
      // RFC 6749 (5.1), STS and generateAccessToken use 200. Another 2xx may be a part of an answer.
      if response.status == 200 { return .answer(response) }
      let error = refusal(response, without: secrets, label: label)
      return TokenEndpoint.isTemporary(response.status)
        ? .repeatable(error, after: FaultPolicy.retryAfter(response)) : .final(error)
    } catch {
      let mayRecover = FaultPolicy.mayRecover(error, at: Origin(of: request.url))
      let error = TokenEndpoint.error(secrets.removed(from: error), label)
      return error.kind == .notReachable && mayRecover
        ? .repeatable(error, after: nil) : .final(error)
    }
  }

  private func wait(
    after attempt: Int, _ failed: APIError, _ delay: Duration?
  ) async throws(APIError) {
    let mayContinue: Bool
    do {
      mayContinue = try await run.waitToRepeat(
        after: attempt, delay: delay, isRateLimit: failed.kind == .rateLimited,
        because: failed.httpStatus.map(String.init) ?? "no answer")
    } catch {
      throw APIError(.cancelled, label: failed.label, "cancelled")
    }
    guard mayContinue else { throw failed }
  }

  /// The same, for an answer that is one JSON object.
  func json(
    _ request: HTTPRequest, without secrets: Secrets, label: String
  ) async throws(APIError) -> JSONValue {
    let response = try await send(request, without: secrets, label: label)
    guard let value = try? JSONValue(parsing: response.body, maximumBytes: 1 << 20),
      value.object != nil
    else { throw TokenEndpoint.noToken(label) }
    return value
  }

  /// Posts a form and reads `access_token` and `expires_in`. `secrets` are those that are not fields of the form.
  func token(
    _ url: String, form: [(String, String)], headers: [(String, String)] = [],
    secrets: [String] = [], label: String
  ) async throws(APIError) -> AccessToken {
    var request = HTTPRequest(.post, url, body: Array(APIPath.form(form).utf8))
    request.headers["Content-Type"] = "application/x-www-form-urlencoded"
    for (name, value) in headers { request.headers[name] = value }
    request.timeout = .seconds(30)
    let secrets = Secrets(of: request, form: form, and: secrets)
    return try read(try await json(request, without: secrets, label: label), label: label)
  }

  /// The token in an answer (RFC 6749, 5.1). `expires_in` is a number of seconds.
  func read(_ answer: JSONValue, label: String) throws(APIError) -> AccessToken {
    let seconds = answer["expires_in"]?.integer.map { Double(min(max(0, $0), 86_400)) }
    guard let text = answer["access_token"]?.string,
      let token = AccessToken(text, expires: seconds.map { run.clock.now + $0 })
    else { throw TokenEndpoint.noToken(label) }
    return token
  }

  static func noToken(_ label: String) -> APIError {
    APIError(.unauthenticated, label: label, "the answer contains no token")
  }

  private func refusal(
    _ response: HTTPResponse, without secrets: Secrets, label: String
  ) -> APIError {
    let body = GoogleErrorBody(
      response.body, without: secrets, sent: run.sentSecrets.traces)
    var error = ErrorClassification.error(httpStatus: response.status, body: body, label: label)
    switch error.kind {
    case .rateLimited, .unavailable, .notReachable: break
    default: error.kind = .unauthenticated
    }
    return error
  }

  /// The statuses that google-auth repeats at token endpoints (docs/google-apis.md#token-endpoints).
  private static func isTemporary(_ status: Int) -> Bool {
    [408, 429, 500, 502, 503, 504].contains(status)
  }

  private static func error(_ failure: HTTPFailure, _ label: String) -> APIError {
    let kind: APIError.Kind =
      switch failure.kind {
      case .notSent, .ambiguous, .exhausted: .notReachable
      case .localProxy: .refused
      case .tls: .tls
      case .cancelled: .cancelled
      case .invalid, .tooLarge: .other
      }
    return APIError(kind, label: label, failure.message)
  }
}
