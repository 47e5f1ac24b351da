public import Model

/// Carries out the operations of a plan: in dependency order, independent ones in parallel, with isolated failures.
public struct Executor: Sendable {
  private let runner: any OperationRunner
  private let parallelism: Int
  private let stop: StopSignal
  private let waits: OperationWaits
  private let uptime: @Sendable () -> Duration
  /// How many times as many operations may run if all but `parallelism` wait for the server.
  private static let patience = 10

  /// - Parameters:
  ///   - parallelism: the maximum number of concurrent operations, not counting those that wait; with 1, each one ends
  ///     before the next one starts.
  ///   - waits: the running operations that only wait for the server, as far as the runner reports them.
  ///   - uptime: monotonic time, for the durations in events.
  public init(
    runner: any OperationRunner, parallelism: Int, stop: StopSignal,
    waits: OperationWaits = OperationWaits(), uptime: @escaping @Sendable () -> Duration
  ) {
    self.runner = runner
    // With zero, no operation would start, and the run would end without a failure.
    self.parallelism = max(1, parallelism)
    self.stop = stop
    self.waits = waits
    self.uptime = uptime
  }

  /// Runs every operation that can run and reports each one exactly once; calls `events` in order, one at a time.
  ///
  /// A failure skips only the operations that depend on it. After a stop request no operation starts, and the running
  /// ones are completed: an abandoned write would have an unknown outcome.
  public func execute(
    _ operations: [Operation], events: (ExecutorEvent) -> Void
  ) async -> ExecutionReport {
    var queue = OperationQueue(operations)
    var report = ExecutionReport()
    // The report and the listener see the same events, so they cannot disagree.
    func emit(_ event: ExecutorEvent) {
      report.record(event)
      events(event)
    }
    emit(
      // There may be fewer operations than things: one call enables many services.
      .began(
        operations: operations.count, things: operations.reduce(0) { $0 + $1.covers.count }))
    waits.begin()
    // Nil: an operation has begun to wait.
    await withTaskGroup(of: Finished?.self) { group in
      var running = 0
      var isListening = false
      defer { waits.end() }
      // Only this loop changes the queue and the counter, so neither needs a lock. It ends when nothing runs and
      // nothing can start.
      while true {
        // The stop is checked before each start, so that only operations which are running already end after it.
        while mayStart(besides: running), !stop.isRequested, let operation = queue.popReady() {
          emit(.started(operation))
          running += 1
          // The task only runs the operation; the result comes back to this loop, which alone changes the queue.
          group.addTask { [runner, uptime] in
            await Self.run(operation, with: runner, uptime: uptime)
          }
        }
        // One result at a time: a slow operation does not hold up what the others have made ready.
        guard running > 0 else { break }
        if parallelism > 1, !isListening {
          isListening = true
          group.addTask { [waits] in
            await waits.next()
            return nil
          }
        }
        guard let next = await group.next() else { break }
        guard let finished = next else {
          isListening = false
          continue
        }
        running -= 1
        switch finished.outcome {
        case .success(let result):
          queue.succeeded(finished.operation.id)
          emit(.finished(finished.operation, result, took: finished.took))
        case .failure(let failure):
          emit(.failed(finished.operation, failure, took: finished.took))
          // A dependent would write against a state that does not exist, for example the policy of a missing resource.
          // Also after a partial failure: what it left undone may be what a dependent needs.
          for (operation, because) in queue.failed(finished.operation.id) {
            emit(.skipped(operation, because: because))
          }
        }
      }
    }
    // After a stop these are ready or blocked operations; without one the queue is empty here.
    for operation in queue.remaining() { emit(.notStarted(operation)) }
    return report
  }

  private func mayStart(besides running: Int) -> Bool {
    guard parallelism > 1 else { return running == 0 }
    return running < parallelism * Self.patience && running - waits.count < parallelism
  }

  private struct Finished: Sendable {
    let operation: Operation
    let outcome: Result<OperationResult, OperationFailure>
    let took: Duration
  }

  private static func run(
    _ operation: Operation, with runner: any OperationRunner, uptime: @Sendable () -> Duration
  ) async -> Finished {
    let start = uptime()
    // The error becomes a value: a thrown one would end the task group, and with it the other operations.
    do throws(OperationFailure) {
      let result = try await runner.run(operation)
      return Finished(operation: operation, outcome: .success(result), took: uptime() - start)
    } catch {
      return Finished(operation: operation, outcome: .failure(error), took: uptime() - start)
    }
  }
}
