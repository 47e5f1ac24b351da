import Platform
import Reconcile
import Synchronization

/// Handles Ctrl-C, SIGTERM and SIGHUP: after the first signal no new operation starts, the second ends the process.
///
/// A hangup never counts as the second signal: a closed terminal sends it more than once, without a user's request.
final class Interruption: Sendable {
  private struct State {
    var first: Signal?
    var handlers: [Int: @Sendable () -> Void] = [:]
    var next = 0
    var abandon: [@Sendable () -> Void] = []
  }
  /// Requested by the first signal; the executor checks it.
  let stop = StopSignal()
  private let state = Mutex(State())

  /// The outcome that the first signal causes; nil before any signal.
  var outcome: Outcome? {
    state.withLock { $0.first }.map { first in
      switch first {
      case .interrupt: .interrupted
      case .terminate: .terminated
      case .hangup: .hungUp
      }
    }
  }

  /// Records one signal. Returns true if the process must end at once.
  func receive(_ signal: Signal) -> Bool {
    let (isRepeated, handlers) = state.withLock { state in
      let isRepeated = state.first != nil
      if !isRepeated { state.first = signal }
      return (isRepeated, Array(state.handlers.values))
    }
    stop.request()
    if !isRepeated { handlers.forEach { $0() } }
    return isRepeated && signal != .hangup
  }

  /// Runs work and cancels it on the first signal; then throws `EarlyExit`.
  func cancelling<Result: Sendable>(
    _ work: @escaping @Sendable () async -> Result
  ) async throws(EarlyExit) -> Result {
    let task = Task(executorPreference: Workers.current) { await work() }
    let id = add { task.cancel() }
    let result = await task.value
    remove(id)
    if let outcome { throw EarlyExit(outcome) }
    return result
  }

  /// Waits for work that cannot be cancelled. On the first signal throws `EarlyExit`, and the work continues.
  func abandoning<Result: Sendable>(
    _ work: @escaping @Sendable () async -> Result
  ) async throws(EarlyExit) -> Result {
    let (stream, continuation) = AsyncStream<Result>.makeStream()
    let id = add { continuation.finish() }
    Task(executorPreference: Workers.current) {
      continuation.yield(await work())
      continuation.finish()
    }
    var result: Result?
    for await value in stream {
      result = value
      break
    }
    remove(id)
    guard let result else { throw EarlyExit(outcome ?? .interrupted) }
    return result
  }

  /// Adds a handler for the first signal.
  func onStop(_ handler: @escaping @Sendable () -> Void) { _ = add(handler) }

  /// Adds a handler that runs before a second signal ends the process, for example to stop the sandbox.
  func onAbandon(_ handler: @escaping @Sendable () -> Void) {
    state.withLock { $0.abandon.append(handler) }
  }

  /// Listens for signals until the task is cancelled; the second one ends the process at once.
  func listen(_ context: RunContext) -> Task<Void, Never> {
    let signals = context.signals()
    return Task(executorPreference: Workers.current) {
      for await signal in signals where self.receive(signal) {
        self.state.withLock { $0.abandon }.forEach { $0() }
        try? await context.clock.sleep(for: .milliseconds(100))
        context.exitNow((self.outcome ?? .interrupted).code)
      }
    }
  }

  private func add(_ handler: @escaping @Sendable () -> Void) -> Int {
    let (id, isLate) = state.withLock { state in
      state.next += 1
      state.handlers[state.next] = handler
      return (state.next, state.first != nil)
    }
    if isLate { handler() }
    return id
  }

  private func remove(_ id: Int) { state.withLock { $0.handlers[id] = nil } }
}
