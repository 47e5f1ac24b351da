import Glibc
package import JSON

/// Headers and framing of answers, as Google's front end sends them.
package enum Answers {
  /// An answer with a JSON body.
  package static func json(_ status: Int, _ value: JSONValue, api: API) -> WireResponse {
    var body = value.serialized()
    body.append(0x0A)
    return WireResponse(status: status, headers: ofJSON, body: body)
  }

  /// The answer to a failed call.
  package static func failure(_ error: APIError, _ api: API) -> WireResponse {
    var response = json(error.httpStatus, error.body, api: api)
    if error.status == .unauthenticated, api != .tokens {
      response.headers.append(("WWW-Authenticate", "Bearer realm=\"https://accounts.google.com/\""))
    }
    return response
  }

  /// An answer with one line of plain text.
  package static func text(_ status: Int, _ text: String) -> WireResponse {
    WireResponse(
      status: status, headers: [("Content-Type", "text/plain; charset=UTF-8")] + common,
      body: Array("\(text)\n".utf8))
  }

  private static let ofJSON = [("Content-Type", "application/json; charset=UTF-8")] + common

  private static let common: [(name: String, value: String)] = [
    ("Vary", "Origin"), ("Vary", "X-Origin"), ("Vary", "Referer"), ("Server", "ESF"),
    ("Cache-Control", "private"), ("X-XSS-Protection", "0"), ("X-Frame-Options", "SAMEORIGIN"),
    ("X-Content-Type-Options", "nosniff"),
  ]
}

/// The real clock.
package enum RealTime {
  /// Microseconds since 1970.
  package static func microseconds() -> Int64 {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000
  }
}
