import HTTP
import JSON

/// What one attempt came to, and whether it may be repeated as it is.
///
/// Pure: RELIABILITY's table of faults against retry classes, and nothing else.
enum FaultPolicy {
  enum Verdict: Sendable, Hashable {
    case success(JSONValue)
    /// Not to be repeated by the client.
    case final(APIError)
    /// Not carried out, or a read: repeat, after the server's own delay where it named one.
    case repeatable(APIError, after: Duration?)
    /// The token was refused: get another one and send it again, once.
    case refresh(APIError)
  }

  /// The largest answer that is taken; a page of 1,000 repositories is about 1 MB.
  static let maximumBody = 64 << 20

  /// Whether waiting helps against a failed connection: where nothing listens on this machine, nothing will.
  static func mayPass(_ failure: HTTPFailure, at origin: Origin?) -> Bool {
    failure.kind != .notSent || origin?.isLoopback != true
  }

  static func verdict(
    on failure: HTTPFailure, of call: APICall, at origin: Origin
  ) -> Verdict {
    func error(_ kind: APIError.Kind) -> APIError { APIError(kind, call.label, failure.message) }
    switch failure.kind {
    case .notSent where !mayPass(failure, at: origin): return .final(error(.notReachable))
    case .notSent: return .repeatable(error(.notReachable), after: nil)
    case .tls: return .final(error(.tls))
    case .invalid: return .final(error(.other))
    case .cancelled: return .final(error(call.retry.isWrite ? .ambiguous : .cancelled))
    case .ambiguous:
      if call.retry.isWrite { return .final(error(.ambiguous)) }
      return .repeatable(error(.notReachable), after: nil)
    }
  }

  static func verdict(on response: HTTPResponse, of call: APICall) -> Verdict {
    guard !(200...299).contains(response.status) else { return answer(response, call) }
    let body = GoogleErrorBody(response.body)
    let error = ErrorClassification.error(
      httpStatus: response.status, body: body, label: call.label)
    let delay = retryAfter(response) ?? body?.retryDelay
    switch error.kind {
    case .unauthenticated: return .refresh(error)
    // Quota is checked before anything is carried out.
    case .rateLimited: return .repeatable(error, after: delay)
    case .unavailable, .malformed:
      if call.retry.isWrite { return .final(ambiguous(error)) }
      return error.kind == .unavailable ? .repeatable(error, after: delay) : .final(error)
    // "Another activation is in progress": refused, and the same request is right a little later.
    case .aborted where response.status == 400: return .repeatable(error, after: delay)
    default: return .final(error)
    }
  }

  /// A 2xx counts only with one complete JSON object; an empty body is not `{}`.
  private static func answer(_ response: HTTPResponse, _ call: APICall) -> Verdict {
    if let value = try? JSONValue(parsing: response.body, maximumBytes: maximumBody),
      value.object != nil
    {
      return .success(value)
    }
    let error = APIError(
      .malformed, call.label, "the answer is not one complete JSON object",
      httpStatus: response.status)
    if call.retry.isWrite { return .final(ambiguous(error)) }
    return .repeatable(error, after: nil)
  }

  private static func ambiguous(_ error: APIError) -> APIError {
    var error = error
    error.kind = .ambiguous
    return error
  }

  /// `Retry-After` in seconds; its date form is not taken, Google does not send it.
  static func retryAfter(_ response: HTTPResponse) -> Duration? {
    guard let text = response.headers["Retry-After"], let seconds = Int64(text),
      (0...86_400).contains(seconds)
    else { return nil }
    return .seconds(seconds)
  }
}

extension FaultPolicy.Verdict {
  /// The same, where a server or a proxy repeats the token in its complaint: errors go to terminals and logs.
  func withoutSecret(_ secret: String) -> Self {
    switch self {
    case .success: self
    case .final(let error): .final(error.withoutSecret(secret))
    case .repeatable(let error, let delay): .repeatable(error.withoutSecret(secret), after: delay)
    case .refresh(let error): .refresh(error.withoutSecret(secret))
    }
  }
}

extension APIError {
  fileprivate func withoutSecret(_ secret: String) -> APIError {
    guard !secret.isEmpty else { return self }
    var error = self
    func clean(_ text: String) -> String { text.replacing(secret, with: "(the access token)") }
    error.message = clean(message)
    error.status = status.map(clean)
    error.reason = reason.map(clean)
    error.metadata = metadata.mapValues(clean)
    return error
  }
}
