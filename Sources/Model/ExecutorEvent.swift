/// One event of an apply; progress, log and report are folds over these events.
public enum ExecutorEvent: Sendable {
  /// `things` is the number of addresses, as one call can enable twenty services; nil: one for each operation.
  case began(operations: Int, things: Int? = nil)
  case started(Operation)
  case finished(Operation, OperationResult, took: Duration)
  case failed(Operation, OperationFailure, took: Duration)
  /// Not tried, because this operation failed or was skipped, and the skipped one depends on it.
  case skipped(Operation, because: OperationID)
  /// Not tried, because the user stopped the run or its time limit passed.
  case notStarted(Operation)
}

/// The outcome of an apply: a fold over its events.
public struct ExecutionReport: Sendable {
  /// The operations that succeeded, in the order in which they ended.
  public var done: [(operation: Operation, result: OperationResult)] = []
  /// The operations that failed, each with its reason, in the order in which they ended.
  public var failed: [(operation: Operation, failure: OperationFailure)] = []
  /// The operations that were not tried, each with the failed or skipped one that it depends on.
  public var skipped: [(operation: Operation, because: OperationID)] = []
  /// The operations that were not tried because the run ended early.
  public var notStarted: [Operation] = []

  /// The report of a run in which no operation has ended yet.
  public init() {}

  /// Adds the outcome that an event reports; `began` and `started` change nothing.
  public mutating func record(_ event: ExecutorEvent) {
    switch event {
    case .began, .started: break
    case .finished(let operation, let result, _): done.append((operation, result))
    case .failed(let operation, let failure, _): failed.append((operation, failure))
    case .skipped(let operation, let because): skipped.append((operation, because))
    case .notStarted(let operation): notStarted.append(operation)
    }
  }
  /// The declared keys that were deleted.
  public var deletedKeys: Set<Address> {
    Set(
      done.compactMap { operation, _ in
        if case .key(.delete, _) = operation.action { operation.address } else { nil }
      })
  }
  /// The declared keys that were created, replacements included, or that took another step of their rotation.
  public var issuedKeys: Set<Address> {
    Set(
      done.compactMap { operation, _ in
        guard case .key(let order, _) = operation.action else { return nil }
        switch order {
        case .issue, .reissue, .supersede, .reclaim, .resume, .retire: return operation.address
        case .importExisting, .removeLeftovers, .delete: return nil
        }
      })
  }
  /// Whether the only failures are policies that were written without single grants, and nothing was skipped.
  public var isPartial: Bool {
    !failed.isEmpty && failed.allSatisfy(\.failure.isPolicyInPart) && skipped.isEmpty
      && notStarted.isEmpty
  }
  /// Whether another run would fail in the same way until a person changes something.
  public var isFinal: Bool {
    !failed.isEmpty && notStarted.isEmpty
      && failed.allSatisfy { $0.failure.isFinal || $0.failure.kind == .key }
  }
  /// Whether no operation failed, was skipped, or was not started.
  public var isComplete: Bool { failed.isEmpty && skipped.isEmpty && notStarted.isEmpty }
}
