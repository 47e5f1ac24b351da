import Platform
import Reconcile
import Synchronization

/// What Ctrl-C, SIGTERM and SIGHUP lead to: the first starts nothing new, the second ends the process. A hangup is never
/// the second one: a closed terminal sends it more than once, and nobody is there to ask for the end.
final class Interruption: Sendable {
  private struct State {
    var first: Signal?
    var handlers: [Int: @Sendable () -> Void] = [:]
    var next = 0
    var abandon: [@Sendable () -> Void] = []
  }
  /// Asked for with the first signal: what the executor looks at.
  let stop = StopSignal()
  private let state = Mutex(State())

  /// The outcome that the first signal leads to; nil while there was none.
  var outcome: Outcome? {
    state.withLock { $0.first }.map { first in
      switch first {
      case .interrupt: .interrupted
      case .terminate: .terminated
      case .hangup: .hungUp
      }
    }
  }

  /// Takes in one signal; true when it asks for the end at once.
  func receive(_ signal: Signal) -> Bool {
    let (isAgain, handlers) = state.withLock { state in
      let isAgain = state.first != nil
      if !isAgain { state.first = signal }
      return (isAgain, Array(state.handlers.values))
    }
    stop.request()
    if !isAgain { handlers.forEach { $0() } }
    return isAgain && signal != .hangup
  }

  /// Runs work that a first signal cancels; throws `Stop` when one came.
  func cancelling<Result: Sendable>(
    _ work: @escaping @Sendable () async -> Result
  ) async throws(Stop) -> Result {
    let task = Task(executorPreference: Workers.current) { await work() }
    let id = add { task.cancel() }
    let result = await task.value
    remove(id)
    if let outcome { throw Stop(outcome) }
    return result
  }

  /// Waits for work that cannot be cancelled, or for a first signal: then throws `Stop` and leaves the work alone.
  func abandoning<Result: Sendable>(
    _ work: @escaping @Sendable () async -> Result
  ) async throws(Stop) -> Result {
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
    guard let result else { throw Stop(outcome ?? .interrupted) }
    return result
  }

  /// Adds what is to be done with the first signal.
  func onStop(_ handler: @escaping @Sendable () -> Void) { _ = add(handler) }

  /// Adds what is to be done before a second signal ends the process: a program of ours is not to stay behind.
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
