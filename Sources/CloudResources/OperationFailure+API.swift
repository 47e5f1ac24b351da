package import GoogleCloud
package import Model

extension OperationFailure {
  /// The effect of a failed call on the run.
  package init(_ error: APIError, isPartial: Bool = false) {
    let status = [error.httpStatus.map(String.init), error.status].compactMap { $0 }
    let call = status.isEmpty ? error.label : "\(error.label): \(status.joined(separator: " "))"
    self.init(
      Self.kind(of: error), call: call, message: error.message, help: Self.help(for: error),
      isPartial: isPartial)
    isFinal = Self.isFinal(error)
  }

  /// Whether a person must change something first: grant a role, correct a name. A later run alone does not help.
  private static func isFinal(_ error: APIError) -> Bool {
    switch error.kind {
    case .notReachable, .rateLimited, .unavailable, .ambiguous, .aborted, .deadline, .cancelled,
      .malformed, .notFound, .serviceDisabled, .other:
      false
    case .tls, .refused, .unauthenticated, .permissionDenied, .alreadyExists, .failedPrecondition,
      .invalidArgument:
      true
    }
  }

  private static func kind(of error: APIError) -> Kind {
    switch error.kind {
    case .notReachable, .tls, .refused, .unauthenticated, .permissionDenied, .serviceDisabled:
      .access
    case .notFound, .alreadyExists, .aborted, .failedPrecondition, .invalidArgument, .rateLimited,
      .unavailable, .ambiguous, .malformed, .deadline, .cancelled, .other:
      .other
    }
  }

  private static func help(for error: APIError) -> String {
    switch error.kind {
    case .permissionDenied: return error.advice?.help ?? ""
    case .serviceDisabled(let service?, _):
      return "add `\(service)` to `services` of the Project, and apply again"
    case .deadline:
      guard let operation = error.operation else { return "" }
      return "operation \(operation) continues; run the command again to wait for it"
    case .ambiguous: return "it may have been carried out; run the command again to find out"
    default: return ""
    }
  }

  /// The cloud is no longer as the plan saw it.
  package static func stale(_ call: String, _ message: String) -> OperationFailure {
    OperationFailure(.stale, call: call, message: message, help: "plan again, and review it")
  }
}

/// Runs calls and turns their errors into a failure of the operation.
package func mappingAPIErrors<Value>(
  _ body: () async throws(APIError) -> Value
) async throws(OperationFailure) -> Value {
  do {
    return try await body()
  } catch {
    throw OperationFailure(error)
  }
}
