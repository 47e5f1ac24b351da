/// Determines the kind of failure of an error answer: by ErrorInfo's reason, then by status, then by text
/// (docs/google-apis.md#errors).
enum ErrorClassification {
  /// The error of an answer that is not 2xx.
  static func error(
    httpStatus: Int, body: GoogleErrorBody?, label: String
  ) -> APIError {
    guard let body else { return unrecognized(httpStatus, label) }
    return error(
      body, kind: kind(of: body, httpStatus: httpStatus), httpStatus: httpStatus, label: label)
  }

  /// The error of a finished operation, whose code is gRPC's.
  static func operationError(_ body: GoogleErrorBody, name: String, label: String) -> APIError {
    var body = body
    body.status = body.status ?? body.code.flatMap { grpcStatus[$0] }
    var result = error(body, kind: kind(of: body, httpStatus: 0), httpStatus: nil, label: label)
    result.operation = name
    return result
  }

  private static func error(
    _ body: GoogleErrorBody, kind: APIError.Kind, httpStatus: Int?, label: String
  ) -> APIError {
    APIError(
      kind, label: label, body.message.isEmpty ? "no message" : body.message,
      httpStatus: httpStatus,
      status: body.status, reason: body.reason, metadata: body.metadata)
  }

  /// An error answer that is not in Google's form: a proxy or a gateway wrote it, or the URL is not an API's. It says
  /// nothing about the resource.
  private static func unrecognized(_ httpStatus: Int, _ label: String) -> APIError {
    let kind: APIError.Kind =
      switch httpStatus {
      case 401: .unauthenticated
      case 403: .permissionDenied(permission: nil, resource: nil)
      case 407: .notReachable
      case 429: .rateLimited
      case 408, 500, 502...599: .unavailable
      default: .malformed
      }
    let text =
      switch httpStatus {
      case 300...399:
        "answered with a redirect, which is not followed; is there a proxy in between?"
      case 407: "the proxy asks for a user name and password"
      default: "the answer is not in Google's form"
      }
    return APIError(kind, label: label, text, httpStatus: httpStatus)
  }

  private static func kind(of body: GoogleErrorBody, httpStatus: Int) -> APIError.Kind {
    if let kind = byReason(body) { return kind }
    let kind =
      byStatus(body.status) ?? byLegacyReason(body.legacyReason) ?? byHTTPStatus(httpStatus)
    return byText(body.message, kind)
  }

  private static func byReason(_ body: GoogleErrorBody) -> APIError.Kind? {
    switch body.reason {
    case "SERVICE_DISABLED":
      .serviceDisabled(service: body.metadata["service"], consumer: body.metadata["consumer"])
    case "IAM_PERMISSION_DENIED":
      .permissionDenied(
        permission: body.metadata["permission"], resource: body.metadata["resource"])
    case "USER_PROJECT_DENIED":
      .permissionDenied(
        permission: "serviceusage.services.use", resource: body.metadata["consumer"])
    case "RATE_LIMIT_EXCEEDED", "CONCURRENT_OPERATIONS_QUOTA_EXCEEDED": .rateLimited
    case "ACCESS_TOKEN_EXPIRED", "CREDENTIALS_MISSING", "ACCESS_TOKEN_TYPE_UNSUPPORTED",
      "ACCOUNT_STATE_INVALID":
      .unauthenticated
    default: nil
    }
  }

  private static func byStatus(_ status: String?) -> APIError.Kind? {
    switch status {
    case "UNAUTHENTICATED": .unauthenticated
    case "PERMISSION_DENIED": .permissionDenied(permission: nil, resource: nil)
    case "NOT_FOUND": .notFound
    case "ALREADY_EXISTS": .alreadyExists
    case "ABORTED": .aborted
    case "FAILED_PRECONDITION": .failedPrecondition
    case "INVALID_ARGUMENT", "OUT_OF_RANGE": .invalidArgument
    case "RESOURCE_EXHAUSTED": .rateLimited
    case "UNAVAILABLE", "INTERNAL", "UNKNOWN", "DEADLINE_EXCEEDED", "DATA_LOSS", "CANCELLED":
      .unavailable
    case "UNIMPLEMENTED": .other
    default: nil
    }
  }

  /// The reasons of the older error form: the only classification of a body without `status`.
  private static func byLegacyReason(_ reason: String?) -> APIError.Kind? {
    switch reason {
    case "notFound": .notFound
    case "alreadyExists", "duplicate": .alreadyExists
    case "aborted": .aborted
    case "forbidden": .permissionDenied(permission: nil, resource: nil)
    case "accessNotConfigured": .serviceDisabled(service: nil, consumer: nil)
    case "rateLimitExceeded", "userRateLimitExceeded", "quotaExceeded": .rateLimited
    case "authError": .unauthenticated
    case "backendError", "internalError": .unavailable
    case "failedPrecondition": .failedPrecondition
    case "badRequest", "invalid": .invalidArgument
    default: nil
    }
  }

  /// A 404 without `NOT_FOUND` comes from a gateway that has no such route. It does not mean that the resource is
  /// absent.
  private static func byHTTPStatus(_ httpStatus: Int) -> APIError.Kind {
    switch httpStatus {
    case 400: .invalidArgument
    case 401: .unauthenticated
    case 403: .permissionDenied(permission: nil, resource: nil)
    case 404: .malformed
    case 412: .aborted
    case 429: .rateLimited
    case 408, 500, 502...599: .unavailable
    default: .other
    }
  }

  /// The kind by the text, for errors whose form says too little.
  private static func byText(_ message: String, _ kind: APIError.Kind) -> APIError.Kind {
    switch kind {
    case .permissionDenied:
      if message.contains("has not been used in project ") && message.contains("it is disabled") {
        return .serviceDisabled(
          service: nil, consumer: word(in: message, after: "in project ").map { "projects/\($0)" })
      }
      if message.contains("Quota exceeded for quota metric") { return .rateLimited }
      let permission = quoted(in: message, after: "Permission '")
      let resource = quoted(in: message, after: "denied on resource '")
      return .permissionDenied(permission: permission, resource: resource)
    // The API has no such method: this is about the URL, not about a resource.
    case .notFound where message.hasPrefix("Method not found"): return .malformed
    case .invalidArgument, .failedPrecondition:
      return message.contains(activationInProgress) ? .aborted : kind
    default: return kind
    }
  }

  /// Service Usage's 400 while another service is being enabled. Nothing changed
  /// (docs/google-apis.md#errors-that-pass).
  private static let activationInProgress = "Another activation or deactivation is in progress"

  private static func quoted(in text: String, after marker: String) -> String? {
    rest(of: text, after: marker)?.split(
      separator: "'", maxSplits: 1, omittingEmptySubsequences: false
    ).first.map { bounded(String($0), to: 500) }
  }

  private static func word(in text: String, after marker: String) -> String? {
    rest(of: text, after: marker)?.split(separator: " ", maxSplits: 1).first
      .map { bounded(String($0), to: 100) }
  }

  private static func rest(of text: String, after marker: String) -> Substring? {
    text.firstRange(of: marker).map { text[$0.upperBound...] }
  }

  /// google.rpc.Code.
  static let grpcStatus: [Int: String] = [
    1: "CANCELLED", 2: "UNKNOWN", 3: "INVALID_ARGUMENT", 4: "DEADLINE_EXCEEDED", 5: "NOT_FOUND",
    6: "ALREADY_EXISTS", 7: "PERMISSION_DENIED", 8: "RESOURCE_EXHAUSTED",
    9: "FAILED_PRECONDITION", 10: "ABORTED", 11: "OUT_OF_RANGE", 12: "UNIMPLEMENTED",
    13: "INTERNAL", 14: "UNAVAILABLE", 15: "DATA_LOSS", 16: "UNAUTHENTICATED",
  ]
}
