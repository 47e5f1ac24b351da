/// What carries out one operation against the live cloud: the seam between the executor and Google.
public protocol OperationRunner: Sendable {
  /// Carries out one operation to its end, with its own retries and waits; what it depends on is done.
  ///
  /// It is never cancelled: an operation that began is brought to an end that is known.
  func run(_ operation: Operation) async throws(OperationFailure) -> OperationResult
}

/// What an operation that succeeded has to say.
public struct OperationResult: Sendable, Hashable {
  /// A short addition for people: `key 1f2e...`, `already there`; may be empty.
  public var detail: String
  /// Things that need attention although it succeeded (a spare key, additions that were refused).
  public var warnings: [String]
  /// Where the private half of a key lies now; nil for everything else.
  public var file: String?
  /// A success without anything to say, unless something is given.
  public init(detail: String = "", warnings: [String] = [], file: String? = nil) {
    self.detail = detail
    self.warnings = warnings
    self.file = file
  }
}

/// Why an operation did not reach its end.
public struct OperationFailure: Error, Sendable, Hashable {
  /// What it means for the run's exit code.
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
  /// Which exit code the run ends with.
  public var kind: Kind
  /// The API call and its status: `PATCH repositories/x: 400 INVALID_ARGUMENT`.
  public var call: String
  /// What went wrong, for people: Google's message, or what was found instead of what the plan saw.
  public var message: String
  /// What to do: the missing permission and a role that has it, the command that revokes a key.
  public var help: String
  /// Whether a part of it was done (removals written, additions refused).
  public var isPartial: Bool
  /// Whether running again gives the same answer until a person changes something.
  public var isFinal = false
  /// For a policy: the changes of single grants that were not carried out.
  public var refusedGrants: [RefusedGrant] = []
  /// Whether a policy was written but for single grants.
  public var isPolicyInPart: Bool { isPartial && !refusedGrants.isEmpty }

  /// A failure of which nothing was done and which may pass, unless said otherwise; `isFinal` and `refusedGrants` are set
  /// after.
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
