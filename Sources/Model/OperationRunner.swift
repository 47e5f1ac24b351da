/// Carries out one operation against the live cloud: the seam between the executor and Google.
public protocol OperationRunner: Sendable {
  /// Carries out one operation to its end, with its own retries and waits; its dependencies are complete.
  ///
  /// It is never cancelled, so that every operation that starts has a known outcome.
  func run(_ operation: Operation) async throws(OperationFailure) -> OperationResult
}

/// The result of an operation that succeeded.
public struct OperationResult: Sendable, Hashable {
  /// A short addition for people: `key 1f2e...`, `already there`; may be empty.
  public var detail: String
  /// Matters that need attention despite the success (an extra key, additions that were refused).
  public var warnings: [String]
  /// The file with the private half of a key; nil for everything else.
  public var file: String?
  /// By default a success without details.
  public init(detail: String = "", warnings: [String] = [], file: String? = nil) {
    self.detail = detail
    self.warnings = warnings
    self.file = file
  }
}

/// Why an operation failed.
public struct OperationFailure: Error, Sendable, Hashable {
  /// Its effect on the run's exit code.
  public enum Kind: String, Sendable, Hashable {
    /// Credentials, permission or network: exit 4.
    case access
    /// The cloud is no longer what the plan saw: exit 6.
    case stale
    /// Key material needs attention: exit 9.
    case key
    /// Everything else: exit 7, safe to run again.
    case other
  }
  /// The group of the failure, which determines the exit code.
  public var kind: Kind
  /// The API call and its status: `PATCH repositories/x: 400 INVALID_ARGUMENT`.
  public var call: String
  /// What went wrong: Google's message, or the difference from what the plan saw.
  public var message: String
  /// What to do: for example, the missing permission and a role with it, or the command that revokes a key.
  public var help: String
  /// Whether a part of it was carried out (removals written, additions refused).
  public var isPartial: Bool
  /// Whether another run gives the same result until a person changes something.
  public var isFinal = false
  /// For a policy: the changes of single grants that were not carried out.
  public var refusedGrants: [RefusedGrant] = []
  /// Whether a policy was written without single grants.
  public var isPolicyInPart: Bool { isPartial && !refusedGrants.isEmpty }

  /// By default a failure that changed nothing and may be temporary; `isFinal` and `refusedGrants` are set afterwards.
  public init(
    _ kind: Kind, call: String, message: String, help: String = "", isPartial: Bool = false
  ) {
    self.kind = kind
    self.call = call
    self.message = message
    self.help = help
    self.isPartial = isPartial
  }
}
