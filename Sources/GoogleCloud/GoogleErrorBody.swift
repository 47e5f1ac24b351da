import JSON

/// The body of an error answer, in any of Google's three forms (docs/google-apis.md#bodies-of-errors).
struct GoogleErrorBody: Sendable, Hashable {
  var code: Int?
  var status: String?
  var message: String
  var reason: String?
  var metadata: [String: String] = [:]
  /// `errors[0].reason` of the older form, such as `rateLimitExceeded`.
  var legacyReason: String?
  /// The delay in RetryInfo.
  var retryDelay: Duration?

  /// Nil for bytes in another form: a proxy's page, a web server's 404.
  ///
  /// Secrets are removed before texts are cut, so that no part of a secret remains.
  init?(
    _ bytes: [UInt8], without secrets: Secrets = Secrets(), sent: SecretTraces = SecretTraces()
  ) {
    guard let value = try? JSONValue(parsing: bytes, maximumBytes: 1 << 20) else { return nil }
    let clean = secrets.removed(from: value)
    self.init(sent.areIn(clean) ? sent.marked(clean) : clean)
  }

  init?(_ value: JSONValue) {
    guard let error = value["error"] else { return nil }
    if let code = error.string {
      self.init(oauth: code, description: value["error_description"]?.string)
    } else if error.object != nil {
      self.init(rpcStatus: error)
    } else {
      return nil
    }
  }

  private init(oauth code: String, description: String?) {
    status = bounded(code, to: 100)
    message = description.map { "\(code): \($0)" } ?? code
  }

  /// A google.rpc.Status, as in the `error` of an operation.
  init(rpcStatus error: JSONValue) {
    code = error["code"]?.integer.map { Int(clamping: $0) }
    status = error["status"]?.string.map { bounded($0, to: 100) }
    message = error["message"]?.string ?? ""
    legacyReason = error["errors"]?.array?.first?["reason"]?.string
    for detail in error["details"]?.array ?? [] { read(detail) }
  }

  private mutating func read(_ detail: JSONValue) {
    switch detail["@type"]?.string {
    case "type.googleapis.com/google.rpc.ErrorInfo" where reason == nil:
      reason = detail["reason"]?.string.map { bounded($0, to: 100) }
      guard let members = detail["metadata"]?.object else { return }
      for (key, value) in members {
        guard metadata.count < 32, let text = value.string else { continue }
        metadata[bounded(key, to: 100)] = bounded(text, to: 500)
      }
    case "type.googleapis.com/google.rpc.RetryInfo":
      retryDelay = detail["retryDelay"]?.string.flatMap(GoogleErrorBody.duration)
    default: break
    }
  }

  /// A protobuf Duration in JSON: `1.5s`.
  private static func duration(_ text: String) -> Duration? {
    guard text.hasSuffix("s"), let seconds = Double(text.dropLast()), seconds >= 0,
      seconds <= 86_400
    else { return nil }
    return .milliseconds(Int64(seconds * 1000))
  }
}
