import GoogleCloud
import Model
import Platform
import Rendering
import Synchronization

/// Shows an apply while it runs: live lines on a terminal, one line per finished operation and a heartbeat elsewhere.
final class ApplyScreen: Sendable {
  private struct State {
    var progress: ApplyProgress
    /// The number of live lines on the terminal.
    var drawn = 0
    var lastOutput: Duration
    var isOver = false
  }
  private let reporter: Reporter
  private let isLive: Bool
  private let state: Mutex<State>
  private let ticker = Mutex<Task<Void, Never>?>(nil)
  private static let heartbeat = Duration.seconds(30)

  init(operationText: OperationText, reporter: Reporter) {
    self.reporter = reporter
    // If standard output is a pipe, its reader may print to this terminal as well, below the live lines.
    isLive = reporter.canRewrite && reporter.terminal.outputIsTerminal
    let clock = reporter.context.clock
    state = Mutex(
      State(progress: ApplyProgress(operationText: operationText), lastOutput: clock.uptime))
    let pause: Duration = isLive ? .milliseconds(200) : .seconds(1)
    let task = Task(executorPreference: Workers.current) { [weak self] in
      do {
        while true {
          try await clock.sleep(for: pause)
          self?.tick()
        }
      } catch {}
    }
    ticker.withLock { $0 = task }
  }

  /// Records one event of the executor and prints its line.
  func record(_ event: ExecutorEvent) {
    let uptime = reporter.context.clock.uptime
    state.withLock { state in
      let line = state.progress.record(event, at: uptime, style: reporter.outputStyle)
      guard let line else { return redraw(&state, uptime) }
      erase(&state)
      reporter.context.console.out(line.text(reporter.outputStyle.style) + "\n")
      state.lastOutput = uptime
      redraw(&state, uptime)
    }
  }

  /// Shows that a call of an operation waits before it is repeated; nil: it goes on.
  func wait(_ operation: Operation, for pause: RequestContext.Pause?) {
    let uptime = reporter.context.clock.uptime
    state.withLock { state in
      guard !state.isOver else { return }
      state.progress.wait(operation, for: pause.map { ($0.cause, $0.end) })
      redraw(&state, uptime)
    }
  }

  /// Prints a permanent line to standard error.
  func say(_ line: String) {
    let uptime = reporter.context.clock.uptime
    state.withLock { state in
      guard !state.isOver else { return }
      erase(&state)
      reporter.context.console.err(line + "\n")
      redraw(&state, uptime)
    }
  }

  /// Removes the live lines before the process ends, and prints which operations are in flight.
  func abandon() {
    let inFlight = state.withLock { $0.progress.inFlight }
    end()
    let names = inFlight.isEmpty ? "none" : inFlight
    reporter.context.console.err(
      "\nStopped at once; operations in flight: \(names). Running again is safe.\n")
  }

  /// Removes the live lines for good.
  func end() {
    ticker.withLock { $0?.cancel() }
    state.withLock { state in
      state.isOver = true
      erase(&state)
    }
  }

  private func tick() {
    let uptime = reporter.context.clock.uptime
    state.withLock { state in
      guard !state.isOver else { return }
      if isLive { return redraw(&state, uptime) }
      guard !reporter.options.isQuiet, uptime - state.lastOutput >= Self.heartbeat,
        let line = state.progress.heartbeat(at: uptime)
      else { return }
      reporter.context.console.err(line + "\n")
      state.lastOutput = uptime
    }
  }

  private func erase(_ state: inout State) {
    guard state.drawn > 0 else { return }
    let up = String(repeating: "\u{1B}[A\u{1B}[2K", count: state.drawn - 1)
    reporter.context.console.err("\r\u{1B}[2K" + up)
    state.drawn = 0
  }

  private func redraw(_ state: inout State, _ uptime: Duration) {
    guard isLive else { return }
    let style = TextStyle(style: reporter.terminal.errorStyle, width: reporter.terminal.width)
    let lines = state.progress.liveLines(
      at: uptime, style: style, height: reporter.context.console.height)
    erase(&state)
    reporter.context.console.err(lines.map { $0.text(style.style) }.joined(separator: "\n"))
    state.drawn = lines.count
  }
}
