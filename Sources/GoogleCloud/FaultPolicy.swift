package import HTTP
import JSON

/// Determines the outcome of one attempt, and whether it can be repeated as it is.
///
/// A pure function: the table in docs/reliability.md#faults by retry class, and nothing else.
package enum FaultPolicy {
  enum Verdict: Sendable, Hashable {
    /// The answer and its size in bytes.
    case success(JSONValue, bytes: Int)
    /// The client must not repeat it.
    case final(APIError)
    /// Not carried out, or a read: repeat it, after the server's delay if it sent one.
    case repeatable(APIError, after: Duration?)
    /// The token was refused: get another one and send the request again, once.
    case refresh(APIError)
  }

  /// The limit on an answer; a page of 1,000 repositories takes about 1 MB.
  static let maximumBody = 64 << 20
  /// The limit on the values in one answer, since each takes many times the memory of its text. A page of 1,000
  /// repositories has about 40,000.
  static let maximumValues = 1 << 20

  /// Whether waiting helps against a failed connection. Not on this machine, where a server that does not listen was
  /// not started (docs/decisions/0012-local-connections.md).
  package static func mayRecover(_ failure: HTTPFailure, at origin: Origin?) -> Bool {
    switch failure.kind {
    case .exhausted, .localProxy: false
    case .notSent: origin?.isLoopback != true
    case .tls, .ambiguous, .cancelled, .invalid, .tooLarge: true
    }
  }

  static func verdict(
    on failure: HTTPFailure, of call: APICall, at origin: Origin
  ) -> Verdict {
    func error(_ kind: APIError.Kind) -> APIError {
      APIError(kind, label: call.label, failure.message)
    }
    switch failure.kind {
    case .notSent where !mayRecover(failure, at: origin): return .final(error(.notReachable))
    case .notSent: return .repeatable(error(.notReachable), after: nil)
    case .tls: return .final(error(.tls))
    case .exhausted: return .final(error(.notReachable))
    case .localProxy: return .final(error(.refused))
    case .tooLarge: return .final(error(call.retry.isWrite ? .ambiguous : .malformed))
    case .invalid: return .final(error(.other))
    case .cancelled: return .final(error(call.retry.isWrite ? .ambiguous : .cancelled))
    case .ambiguous:
      if call.retry.isWrite { return .final(error(.ambiguous)) }
      return .repeatable(error(.notReachable), after: nil)
    }
  }

  /// `secrets` are those of the request; no error contains them. `sent` is what the whole run has sent; no answer with
  /// it is used.
  static func verdict(
    on response: HTTPResponse, of call: APICall,
    without secrets: @autoclosure () -> Secrets = Secrets(), sent: SecretTraces = SecretTraces()
  ) -> Verdict {
    guard !(200...299).contains(response.status) else {
      return answer(response, to: call, sent: sent)
    }
    let body = GoogleErrorBody(response.body, without: secrets(), sent: sent)
    let error = ErrorClassification.error(
      httpStatus: response.status, body: body, label: call.label)
    let delay = retryAfter(response) ?? body?.retryDelay
    switch error.kind {
    case .unauthenticated: return .refresh(error)
    // Google checks quotas before it carries anything out (docs/google-apis.md#errors-that-pass).
    case .rateLimited: return .repeatable(error, after: delay)
    case .unavailable, .malformed:
      if call.retry.isWrite { return .final(ambiguous(error)) }
      return error.kind == .unavailable ? .repeatable(error, after: delay) : .final(error)
    // "Another activation is in progress": refused now, and accepted a little later.
    case .aborted where response.status == 400: return .repeatable(error, after: delay)
    default: return .final(error)
    }
  }

  /// A success needs status 200 and one complete JSON object; an empty body is not `{}`.
  ///
  /// No call of arctl is documented with another 2xx: 206 is a part, 203 is rewritten by a proxy, 202 is not done yet.
  private static func answer(
    _ response: HTTPResponse, to call: APICall, sent: SecretTraces
  ) -> Verdict {
    guard response.status == 200 else {
      return incomplete(
        call, response: response,
        message: "the API answers with status 200; this may be a part of an answer")
    }
    let parsed = Result { () throws(JSONParseError) in
      try JSONValue(
        parsing: response.body, maximumBytes: maximumBody, maximumValues: maximumValues)
    }
    if case .failure(let error) = parsed, error.isTooLarge {
      return unusable(
        call, response: response, message: "the answer is too large: \(error.message)")
    }
    guard let value = try? parsed.get(), value.object != nil else {
      return incomplete(
        call, response: response, message: "the answer is not one complete JSON object")
    }
    // Policies are written back with what they contained, so such an answer is neither shown nor used, not even in
    // part.
    guard !sent.areIn(value, parsedFrom: response.body) else {
      return unusable(
        call, response: response,
        message: "the answer repeats the credential of arctl; it is not used")
    }
    return .success(value, bytes: response.body.count)
  }

  private static func incomplete(
    _ call: APICall, response: HTTPResponse, message: String
  ) -> Verdict {
    let error = APIError(.malformed, label: call.label, message, httpStatus: response.status)
    return call.retry.isWrite ? .final(ambiguous(error)) : .repeatable(error, after: nil)
  }

  /// An answer that a repeat would not improve.
  static func unusable(
    _ call: APICall, response: HTTPResponse, message: String
  ) -> Verdict {
    let error = APIError(.malformed, label: call.label, message, httpStatus: response.status)
    return .final(call.retry.isWrite ? ambiguous(error) : error)
  }

  private static func ambiguous(_ error: APIError) -> APIError {
    var error = error
    error.kind = .ambiguous
    return error
  }

  /// `Retry-After` in seconds. Its date form is ignored (docs/google-apis.md#errors-that-pass).
  package static func retryAfter(_ response: HTTPResponse) -> Duration? {
    guard let text = response.headers["Retry-After"], let seconds = Int64(text),
      (0...86_400).contains(seconds)
    else { return nil }
    return .seconds(seconds)
  }
}
