/// Why a call of a Google API failed, or the request for its token.
public struct APIError: Error, Sendable, Hashable, CustomStringConvertible {
  /// The kind of failure, by which callers decide.
  public enum Kind: Sendable, Hashable {
    /// The server did not answer: no address, no connection, or (for reads only) no complete answer. Nothing changed.
    case notReachable
    /// The peer's certificate or the handshake was refused. Nothing was sent.
    case tls
    /// The credential must not be sent to that endpoint. Nothing was sent.
    case refused
    /// There is no valid token: the sign-in failed, or the API refused a new one.
    case unauthenticated
    /// A permission is missing, or the resource is absent and Google does not say so
    /// (docs/google-apis.md#what-a-403-may-mean).
    case permissionDenied(permission: String?, resource: String?)
    /// The API is not enabled in the consumer project (`projects/123`).
    case serviceDisabled(service: String?, consumer: String?)
    case notFound
    case alreadyExists
    /// The etag is not current any more: read again and apply the change to what is there.
    case aborted
    case failedPrecondition
    case invalidArgument
    case rateLimited
    /// A read that the server could not answer, or an operation that failed for a temporary reason.
    case unavailable
    /// A write that may have been carried out: read again before you decide.
    case ambiguous
    /// An answer in a form that the API does not document: an incomplete list, text that is not JSON. It never means
    /// that something is absent.
    case malformed
    /// The run's time ended before the call started, or before an operation was done.
    case deadline
    /// The task was cancelled before a write was sent.
    case cancelled
    case other
  }

  /// The kind, by which callers decide.
  public var kind: Kind
  /// The label of the call.
  public var label: String
  /// The HTTP status; nil if there was no answer, and for the error of an operation.
  public var httpStatus: Int?
  /// Google's status, such as `PERMISSION_DENIED`.
  public var status: String?
  /// The text of Google's answer or of the transport. Its length is limited; it is not escaped for a terminal.
  public var message: String
  /// The reason in ErrorInfo, such as `SERVICE_DISABLED`.
  public var reason: String?
  /// The metadata in ErrorInfo.
  public var metadata: [String: String]
  /// The long-running operation that the error is about.
  public var operation: String?
  /// For a refusal: the permission that is missing, and what to do about it; nil for other errors, and where neither is
  /// known.
  public var advice: PermissionAdvice?

  /// How much of a server's text is kept, in characters.
  static let maximumMessage = 2000

  /// An error with its known details. A long message is cut.
  public init(
    _ kind: Kind, label: String, _ message: String, httpStatus: Int? = nil,
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

/// What a refused call lacked.
public struct PermissionAdvice: Sendable, Hashable {
  /// The permission: as the server named it, else the one that the call needs.
  public var permission: String
  /// What to do about it, for people.
  public var help: String
  /// A predefined role that has it; nil if none is known.
  public var role: String?
  /// Whether there is nothing to add to the permission and the role: no other possible cause of the refusal.
  public var isPlain: Bool
  /// Pairs a permission with what to do about its absence.
  public init(permission: String, help: String, role: String? = nil, isPlain: Bool = false) {
    self.permission = permission
    self.help = help
    self.role = role
    self.isPlain = isPlain
  }
}

/// The start of a text, with an ellipsis if something was cut off.
package func bounded(_ text: String, to count: Int) -> String {
  text.unicodeScalars.count <= count
    ? text : String(String.UnicodeScalarView(text.unicodeScalars.prefix(count))) + "…"
}
