import JSON
import SandboxWire

/// Turns an answer into what a fault makes of it.
enum FaultAnswers {
  /// - Parameter answer: the sandbox's own answer; nil if the request is not carried out.
  static func answer(_ fault: Fault, to answer: WireResponse?, _ api: API) -> WireResponse {
    if case .status(let code, let headers, let body) = fault {
      var response = body.map { plain(code, $0) } ?? standard(code, api)
      for header in headers {
        response.headers.removeAll { $0.name.lowercased() == header.name.lowercased() }
        response.headers.append((header.name, header.value))
      }
      return response
    }
    var response = answer ?? standard(503, api)
    response.transmission =
      switch fault {
      case .reset: .reset
      case .close: .close
      case .stall(let time): .stall(.milliseconds(time))
      case .delay(let time): .delayed(.milliseconds(time))
      case .halfHeaders: .halfHeaders
      case .truncatedBody(let bytes, let framed): .truncated(bytes: bytes, framed: framed)
      case .status, .slowOperation, .failedOperation, .lag: .whole
      }
    return response
  }

  /// The body in a script, as JSON if it looks like an object: proxies and gateways answer in HTML, and clients must
  /// handle both.
  private static func plain(_ code: Int, _ body: [UInt8]) -> WireResponse {
    let isJSON = body.first == UInt8(ascii: "{")
    return WireResponse(
      status: code,
      headers: [
        ("Content-Type", isJSON ? "application/json; charset=UTF-8" : "text/html; charset=UTF-8"),
        ("Server", "ESF"),
      ], body: body)
  }

  /// Google's usual body for a status.
  private static func standard(_ code: Int, _ api: API) -> WireResponse {
    // Google's front end sends 502 itself, in HTML.
    if code == 502 {
      return plain(code, Array("<!DOCTYPE html><title>Error 502 (Server Error)!!1</title>\n".utf8))
    }
    let (status, message) = words[code] ?? ("UNKNOWN", "An answer of the fault script.")
    var error: JSONObject = [
      "code": .integer(Int64(code)), "message": .string(message), "status": .string(status),
    ]
    if code == 429 { error["details"] = [rateLimit(api)] }
    if code == 200 { return Answers.json(code, [:], api: api) }
    return Answers.json(code, ["error": .object(error)], api: api)
  }

  /// The code and text that Google sends for a status.
  private static let words: [Int: (String, String)] = [
    400: ("INVALID_ARGUMENT", "Request contains an invalid argument."),
    401: ("UNAUTHENTICATED", "Request had invalid authentication credentials."),
    403: ("PERMISSION_DENIED", "The caller does not have permission"),
    404: ("NOT_FOUND", "Requested entity was not found."),
    409: ("ABORTED", "The operation was aborted."),
    429: (
      "RESOURCE_EXHAUSTED",
      "Quota exceeded for quota metric 'Requests' and limit 'Requests per minute'."
    ),
    500: ("INTERNAL", "Internal error encountered."),
    503: ("UNAVAILABLE", "The service is currently unavailable."),
    504: ("DEADLINE_EXCEEDED", "Deadline expired before operation could complete."),
  ]

  private static func rateLimit(_ api: API) -> JSONValue {
    APIError.errorInfo(
      "RATE_LIMIT_EXCEEDED", domain: "googleapis.com",
      [
        "service": .string(api.service), "quota_metric": .string("\(api.service)/requests"),
        "quota_limit": "RequestsPerMinutePerProject", "quota_location": "global",
      ])
  }
}
