package import JSON

/// A canonical code of google.rpc, with the HTTP status that it maps to.
package enum Status: String, Sendable {
  case invalidArgument = "INVALID_ARGUMENT"
  case failedPrecondition = "FAILED_PRECONDITION"
  case outOfRange = "OUT_OF_RANGE"
  case unauthenticated = "UNAUTHENTICATED"
  case permissionDenied = "PERMISSION_DENIED"
  case notFound = "NOT_FOUND"
  case alreadyExists = "ALREADY_EXISTS"
  case aborted = "ABORTED"
  case resourceExhausted = "RESOURCE_EXHAUSTED"
  case `internal` = "INTERNAL"
  case unimplemented = "UNIMPLEMENTED"
  case unavailable = "UNAVAILABLE"

  /// The HTTP status.
  package var http: Int {
    switch self {
    case .invalidArgument, .failedPrecondition, .outOfRange: 400
    case .unauthenticated: 401
    case .permissionDenied: 403
    case .notFound: 404
    case .alreadyExists, .aborted: 409
    case .resourceExhausted: 429
    case .internal: 500
    case .unimplemented: 501
    case .unavailable: 503
    }
  }
}

/// An error answer in Google's form.
package struct APIError: Error, Sendable {
  package let status: Status
  package let message: String
  /// What the older form's `errors[0].reason` says; nil where the API does not send that part.
  var reason: String?
  /// Members of `error.details`.
  var details: [JSONValue] = []
  /// The whole body where it has another form (the token endpoints').
  package var otherBody: JSONValue?
  /// The status where it is not the one of `status`.
  package var otherStatus: Int?

  package init(
    _ status: Status, _ message: String, reason: String? = nil, details: [JSONValue] = []
  ) {
    self.status = status
    self.message = message
    self.reason = reason
    self.details = details
  }

  /// The HTTP status of the answer.
  package var httpStatus: Int { otherStatus ?? status.http }

  /// The body: `{"error": {code, message, status, errors?, details?}}`.
  var body: JSONValue {
    if let otherBody { return otherBody }
    var error: JSONObject = [
      "code": .integer(Int64(status.http)), "message": .string(message),
    ]
    if let reason {
      error["errors"] = [
        ["message": .string(message), "domain": "global", "reason": .string(reason)]
      ]
    }
    error["status"] = .string(status.rawValue)
    if !details.isEmpty { error["details"] = .array(details) }
    return ["error": .object(error)]
  }

  /// A google.rpc.ErrorInfo detail.
  package static func errorInfo(
    _ reason: String, domain: String, _ metadata: JSONObject
  ) -> JSONValue {
    [
      "@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": .string(reason),
      "domain": .string(domain), "metadata": .object(metadata),
    ]
  }

  /// A google.rpc.BadRequest detail naming one field.
  package static func badField(_ field: String, _ message: String) -> APIError {
    APIError(
      .invalidArgument, message,
      details: [
        [
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          "fieldViolations": [["field": .string(field), "description": .string(message)]],
        ]
      ])
  }

  /// An INVALID_ARGUMENT for each of the messages, as Google gives them together; no field is named.
  package static func violations(_ messages: [String]) -> APIError {
    APIError(
      .invalidArgument, messages.joined(separator: "\n"),
      details: [
        [
          "@type": "type.googleapis.com/google.rpc.BadRequest",
          "fieldViolations": .array(messages.map { ["description": .string($0)] }),
        ]
      ])
  }

  /// An INVALID_ARGUMENT that names no field.
  package static func invalid(_ message: String) -> APIError { APIError(.invalidArgument, message) }
}
