/// Why a call of a Google API, or the request for its token, failed.
public struct APIError: Error, Sendable, Hashable, CustomStringConvertible {
  /// What kind of failure it is: what the caller decides by.
  public enum Kind: Sendable, Hashable {
    /// The server did not answer: no address, no connection, or (reads only) no whole answer. Nothing changed.
    case notReachable
    /// The peer's certificate or the handshake was refused; nothing was sent.
    case tls
    /// The credential may not be sent to that endpoint; nothing was sent.
    case refused
    /// There is no valid token: sign-in failed, or the API refused a fresh one.
    case unauthenticated
    /// A permission is missing, or the resource is absent and Google does not say so
    /// (docs/google-apis.md#what-a-403-may-mean).
    case permissionDenied(permission: String?, resource: String?)
    /// The API is not enabled in the consumer project (`projects/123`).
    case serviceDisabled(service: String?, consumer: String?)
    case notFound
    case alreadyExists
    /// The etag is no longer current: re-read and apply the intent again.
    case aborted
    case failedPrecondition
    case invalidArgument
    case rateLimited
    /// A read that the server could not serve, or an operation that failed with a passing cause.
    case unavailable
    /// A write that may or may not have been carried out: re-read before deciding.
    case ambiguous
    /// An answer that is not what the API documents: a list that cannot be trusted, no JSON. Never
    /// to be read as an absence.
    case malformed
    /// The run's time was over before the call began, or before an operation was done.
    case deadline
    /// The task was cancelled before anything that matters was sent.
    case cancelled
    case other
  }

  /// What the caller decides by.
  public var kind: Kind
  /// The label of the call.
  public var label: String
  /// HTTP status; nil where there was no answer, and for the error of an operation.
  public var httpStatus: Int?
  /// Google's status, as `PERMISSION_DENIED`.
  public var status: String?
  /// The text of Google's answer or of the transport; of bounded length, not yet escaped for a terminal.
  public var message: String
  /// ErrorInfo's reason, as `SERVICE_DISABLED`.
  public var reason: String?
  /// ErrorInfo's metadata.
  public var metadata: [String: String]
  /// The long-running operation that it is about.
  public var operation: String?

  /// The most characters of a server's text that are kept.
  static let maximumMessage = 2000

  /// An error with the details that are known; a long message is cut.
  public init(
    _ kind: Kind, _ label: String, _ message: String, httpStatus: Int? = nil,
    status: String? = nil, reason: String? = nil, metadata: [String: String] = [:],
    operation: String? = nil
  ) {
    self.kind = kind
    self.label = label
    self.httpStatus = httpStatus
    self.status = status
    self.message = bounded(message, to: APIError.maximumMessage)
    self.reason = reason
    self.metadata = metadata
    self.operation = operation
  }

  /// Whether the request may have been carried out although it failed.
  public var isAmbiguous: Bool { kind == .ambiguous }

  public var description: String {
    var facts: [String] = []
    if let httpStatus { facts.append("HTTP \(httpStatus)") }
    if let status { facts.append(status) }
    if let reason, reason != status { facts.append(reason) }
    if let operation { facts.append("operation \(operation)") }
    let suffix = facts.isEmpty ? "" : " (\(facts.joined(separator: ", ")))"
    return "\(label): \(message)\(suffix)"
  }
}

/// The beginning of a text, with an ellipsis where something was cut off.
func bounded(_ text: String, to count: Int) -> String {
  text.unicodeScalars.count <= count
    ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(count))) + "…"
}
