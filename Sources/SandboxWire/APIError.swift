package import JSON

/// A canonical code of google.rpc, with its HTTP status.
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

  /// The number in google.rpc.Code.
  var code: Int64 {
    switch self {
    case .invalidArgument: 3
    case .notFound: 5
    case .alreadyExists: 6
    case .permissionDenied: 7
    case .resourceExhausted: 8
    case .failedPrecondition: 9
    case .aborted: 10
    case .outOfRange: 11
    case .unimplemented: 12
    case .internal: 13
    case .unavailable: 14
    case .unauthenticated: 16
    }
  }

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

/// An error answer in Google's form (docs/google-apis.md#bodies-of-errors).
package struct APIError: Error, Sendable {
  /// Google's code.
  package let status: Status
  /// The text for the user.
  package let message: String
  /// The `errors[0].reason` of the older form; nil if the API does not send that part.
  var reason: String?
  /// The members of `error.details`.
  var details: [JSONValue] = []
  /// The whole body, if it has another form (that of token endpoints).
  package var otherBody: JSONValue?
  /// The HTTP status, if it is not that of `status`.
  package var otherStatus: Int?

  /// An error in Google's form.
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

  /// The error as a google.rpc.Status, with which an operation ends.
  package var operationError: JSONValue {
    ["code": .integer(status.code), "message": .string(message)]
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

  /// An error with a google.rpc.BadRequest detail that names one field.
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

  /// One INVALID_ARGUMENT for all of the messages, as Google combines them. Names no field.
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
