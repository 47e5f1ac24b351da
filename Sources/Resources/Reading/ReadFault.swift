import CloudResources
import GoogleCloud
import Model

extension ReadProblem {
  /// The reason of a failed call.
  init(_ error: APIError, project: String) {
    let message = error.description
    switch error.kind {
    case .permissionDenied:
      self.init(.forbidden, message, help: error.advice?.help ?? "")
      missing = error.advice.map {
        MissingPermission(permission: $0.permission, role: $0.role, isOnlyCause: $0.isPlain)
      }
    case .serviceDisabled(let service, _):
      let help =
        service.map {
          "add `\($0)` to `services` of Project \(project), "
            + "or run: gcloud services enable \($0) --project \(project)"
        } ?? ""
      self.init(.serviceDisabled, message, help: help)
    case .unauthenticated, .refused: self.init(.unauthenticated, message)
    case .notReachable, .tls, .unavailable, .deadline, .cancelled: self.init(.notReachable, message)
    case .notFound, .alreadyExists, .aborted, .failedPrecondition, .invalidArgument, .rateLimited,
      .ambiguous, .malformed, .other:
      self.init(.other, message)
    }
  }

  /// A problem that is not a failed call.
  static func local(_ message: String) -> ReadProblem { ReadProblem(.other, message) }
}

extension APIError {
  /// Whether this is the 403 that Google also returns for an absent project, and not one for another reason (the
  /// project that pays, a service perimeter) or from a proxy.
  var mayMeanAbsentProject: Bool {
    isPermissionDenied && status == "PERMISSION_DENIED"
      && (reason == nil || reason == "IAM_PERMISSION_DENIED")
  }
  /// Whether another call to the same API may succeed where this one failed. Without a connection, a credential, the
  /// API or time it cannot.
  var leavesOtherReads: Bool {
    switch kind {
    case .notReachable, .tls, .refused, .unauthenticated, .serviceDisabled, .rateLimited, .deadline,
      .cancelled:
      false
    case .permissionDenied, .notFound, .alreadyExists, .aborted, .failedPrecondition,
      .invalidArgument, .unavailable, .ambiguous, .malformed, .other:
      true
    }
  }
  var isServiceDisabled: Bool { if case .serviceDisabled = kind { true } else { false } }
}
