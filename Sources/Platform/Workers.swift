import Glibc
import Synchronization

/// The threads that run a program's tasks, all created at its start.
///
///     let workers = Workers(extra: 3)
///     let code = workers.run { await work() }
///
/// Swift's own pool creates threads when it needs them, and waits forever without an error if the system gives none.
/// These exist from the start, so a later shortage changes nothing, and the calling thread alone is enough. They also
/// run the timers, because the pool's timers need a thread and descriptors of their own.
///
/// A task that is started by `Task(executorPreference: Workers.current)` runs on the workers of the task that started
/// it.
public final class Workers: TaskExecutor {
  /// The workers of the running task; nil if tasks run on Swift's pool, as in tests.
  @TaskLocal public static var current: Workers?

  private enum Work: Sendable {
    case job(UnownedJob)
    case call(@Sendable () -> Void)
  }

  private struct Timer: Sendable {
    /// By the monotonic clock.
    let end: Duration
    let call: @Sendable () -> Void
  }

  private struct State: Sendable {
    var queue: [Work] = []
    var head = 0
    /// In descending order: the next one is last.
    var timers: [Timer] = []
    var isOver = false
  }

  private let monitor = Monitor(State())
  private let clock = SystemClock()
  /// The stack in bytes, as large as the main thread's usually is. This is address space; memory is used as it is
  /// touched.
  private static let stackSize = 8 << 20

  /// With `extra` threads besides the one that calls `run`, or as many as the system gives.
  public init(extra: Int) {
    for _ in 0..<extra {
      do throws(FileError) {
        try startThread(stackSize: Self.stackSize) { [self] in work() }
      } catch {
        return
      }
    }
  }

  /// With exactly this many threads of its own, for calls. Throws if the system does not give them.
  public init(threads: Int) throws(FileError) {
    for _ in 0..<threads {
      do throws(FileError) {
        try startThread(stackSize: Self.stackSize) { [self] in work() }
      } catch {
        end()
        throw error
      }
    }
  }

  /// Ends its own threads. Work that has not started is dropped.
  public func end() {
    monitor.withLock { $0.isOver = true }
    monitor.signalAll()
  }

  /// As many as this process has processors, between 2 and 8; one if memory is limited, because the allocator reserves
  /// much for each thread. (sysconf)
  public static var usualCount: Int {
    Limits.isAddressSpaceLimited ? 1 : min(max(sysconf(Int32(_SC_NPROCESSORS_ONLN)), 2), 8)
  }

  /// Runs a task to its end; the calling thread is one of the workers in the meantime. Can be called once.
  public func run<Result: Sendable>(_ body: @escaping @Sendable () async -> Result) -> Result {
    let result = Outcome<Result>()
    Task(executorPreference: self) {
      let value = await Workers.$current.withValue(self) { await body() }
      result.value.withLock { $0 = value }
      self.end()
    }
    while true {
      work()
      if let value = result.value.withLock({ $0 }) { return value }
    }
  }

  private final class Outcome<Result: Sendable>: Sendable {
    let value = Mutex<Result?>(nil)
  }

  /// Runs a part of a task on a worker. Swift calls it for tasks that prefer these workers.
  public func enqueue(_ job: consuming ExecutorJob) { add(.job(UnownedJob(job))) }

  /// Calls `body` on a worker, after the work that is already queued.
  public func call(_ body: @escaping @Sendable () -> Void) { add(.call(body)) }

  /// Calls `body` on a worker after `time` has passed.
  public func call(after time: Duration, _ body: @escaping @Sendable () -> Void) {
    add(Timer(end: clock.uptime + time, call: body))
  }

  /// Waits without a thread. Throws at once if the task is cancelled.
  func sleep(for time: Duration) async throws(CancellationError) {
    let sleep = Sleep()
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        guard sleep.begin(continuation) else { return }
        call(after: time) { sleep.end() }
      }
    } onCancel: {
      sleep.end()
    }
    if Task.isCancelled { throw CancellationError() }
  }

  /// One sleeping task, until its time is over or it is cancelled.
  private final class Sleep: Sendable {
    private let state = Mutex<(isOver: Bool, waiting: CheckedContinuation<Void, Never>?)>(
      (false, nil))

    /// Returns false if it has already ended: the task then continues without waiting.
    func begin(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
      let isOver = state.withLock { state in
        if !state.isOver { state.waiting = continuation }
        return state.isOver
      }
      if isOver { continuation.resume() }
      return !isOver
    }

    func end() {
      let waiting = state.withLock { state in
        state.isOver = true
        defer { state.waiting = nil }
        return state.waiting
      }
      waiting?.resume()
    }
  }

  // MARK: The loop of each worker

  private func add(_ work: Work) {
    monitor.withLock { $0.queue.append(work) }
    monitor.signal()
  }

  private func add(_ timer: Timer) {
    monitor.withLock { state in
      let place = state.timers.lastIndex { $0.end >= timer.end }.map { $0 + 1 } ?? 0
      state.timers.insert(timer, at: place)
    }
    monitor.signal()
  }

  /// Runs work as it arrives, until `run` ends.
  private func work() {
    while let work = monitor.wait({ self.look(&$0) }) {
      switch work {
      case .job(let job): job.runSynchronously(on: asUnownedTaskExecutor())
      case .call(let call): call()
      }
    }
  }

  /// Due timers come first, so that a queue that never empties does not delay them.
  private func look(_ state: inout State) -> Monitor<State>.Look<Work?> {
    if state.isOver { return .found(nil) }
    if let next = state.timers.last, next.end <= clock.uptime {
      return .found(.call(state.timers.removeLast().call))
    }
    if state.head < state.queue.count {
      let work = state.queue[state.head]
      state.head += 1
      if state.head == state.queue.count || state.head > 1024 {
        state.queue.removeFirst(state.head)
        state.head = 0
      }
      return .found(work)
    }
    return .wait(until: state.timers.last?.end)
  }
}
