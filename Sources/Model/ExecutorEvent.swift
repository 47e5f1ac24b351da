/// One thing that happened while a plan was carried out; live progress, the log and the report are folds of these.
public enum ExecutorEvent: Sendable {
  /// `things` is how many addresses they are about, as one call can enable twenty services; nil: one each.
  case began(operations: Int, things: Int? = nil)
  case started(Operation)
  case finished(Operation, OperationResult, took: Duration)
  case failed(Operation, OperationFailure, took: Duration)
  /// Not tried, because this operation, on which it depends, failed or was skipped.
  case skipped(Operation, because: OperationID)
  /// Not tried, because the run was asked to stop or its time was up.
  case notStarted(Operation)
}

/// What became of an apply: a fold of its events.
public struct ExecutionReport: Sendable {
  /// The operations that succeeded, in the order in which they ended.
  public var done: [(operation: Operation, result: OperationResult)] = []
  /// The operations that failed, each with its reason, in the order in which they ended.
  public var failed: [(operation: Operation, failure: OperationFailure)] = []
  /// The operations that were not tried, each with the failed or skipped one that it depends on.
  public var skipped: [(operation: Operation, because: OperationID)] = []
  /// The operations that were not tried because the run was stopped.
  public var notStarted: [Operation] = []

  /// The report of a run in which nothing has ended yet.
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
  /// The declared keys that were made, in the place of another one or not.
  public var issuedKeys: Set<Address> {
    Set(
      done.compactMap { operation, _ in
        guard case .key(let order, _) = operation.action else { return nil }
        switch order {
        case .issue, .reissue, .supersede, .resume: return operation.address
        case .adopt, .tidy, .delete: return nil
        }
      })
  }
  /// Whether all that failed are policies that were written but for single grants, and nothing was skipped.
  public var isPartial: Bool {
    !failed.isEmpty && failed.allSatisfy(\.failure.isPolicyInPart) && skipped.isEmpty
      && notStarted.isEmpty
  }
  /// Whether running again would fail in the same way until a person changes something.
  public var isFinal: Bool {
    !failed.isEmpty && notStarted.isEmpty
      && failed.allSatisfy { $0.failure.isFinal || $0.failure.kind == .key }
  }
  /// Whether no operation failed, was skipped, or was not started.
  public var isComplete: Bool { failed.isEmpty && skipped.isEmpty && notStarted.isEmpty }
}
