public import Model

/// Carries out the operations of a plan: in dependency order, independent work in parallel, failures isolated.
public struct Executor: Sendable {
  private let runner: any OperationRunner
  private let parallelism: Int
  private let stop: StopSignal
  private let uptime: @Sendable () -> Duration

  /// - Parameters:
  ///   - parallelism: how many operations run at once.
  ///   - uptime: monotonic time, for the durations in events.
  public init(
    runner: any OperationRunner, parallelism: Int, stop: StopSignal,
    uptime: @escaping @Sendable () -> Duration
  ) {
    self.runner = runner
    self.parallelism = max(1, parallelism)
    self.stop = stop
    self.uptime = uptime
  }

  /// Runs every operation that can be run and reports each one exactly once; `events` is called in order, one at a time.
  ///
  /// A failure skips what depends on it and nothing else. After a stop is requested nothing new starts, and what is in
  /// flight is waited for.
  public func execute(
    _ operations: [Operation], events: (ExecutorEvent) -> Void
  ) async -> ExecutionReport {
    var queue = OperationQueue(operations)
    var report = ExecutionReport()
    func emit(_ event: ExecutorEvent) {
      report.record(event)
      events(event)
    }
    emit(
      .began(
        operations: operations.count, things: operations.reduce(0) { $0 + $1.covers.count }))
    await withTaskGroup(of: Finished.self) { group in
      var running = 0
      while true {
        while running < parallelism, !stop.isRequested, let operation = queue.popReady() {
          emit(.started(operation))
          running += 1
          group.addTask { [runner, uptime] in await Self.run(operation, runner, uptime) }
        }
        guard running > 0, let finished = await group.next() else { break }
        running -= 1
        switch finished.outcome {
        case .success(let result):
          queue.succeeded(finished.operation.id)
          emit(.finished(finished.operation, result, took: finished.took))
        case .failure(let failure):
          emit(.failed(finished.operation, failure, took: finished.took))
          for (operation, because) in queue.failed(finished.operation.id) {
            emit(.skipped(operation, because: because))
          }
        }
      }
    }
    for operation in queue.remaining() { emit(.notStarted(operation)) }
    return report
  }

  private struct Finished: Sendable {
    let operation: Operation
    let outcome: Result<OperationResult, OperationFailure>
    let took: Duration
  }

  private static func run(
    _ operation: Operation, _ runner: any OperationRunner, _ uptime: @Sendable () -> Duration
  ) async -> Finished {
    let start = uptime()
    do throws(OperationFailure) {
      let result = try await runner.run(operation)
      return Finished(operation: operation, outcome: .success(result), took: uptime() - start)
    } catch {
      return Finished(operation: operation, outcome: .failure(error), took: uptime() - start)
    }
  }
}
