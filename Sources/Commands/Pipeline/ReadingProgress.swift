import GoogleCloud
import Platform
import Rendering
import Synchronization

/// The progress line of reading the cloud: on a terminal, after half a second.
final class ReadingProgress: Sendable {
  private struct State {
    var done = 0
    var total = 0
    /// The last call that waits before it is repeated.
    var pause: RequestContext.Pause?
    var isDrawn = false
    var isOver = false
  }
  private let reporter: Reporter
  private let state = Mutex(State())
  private let ticker: Task<Void, Never>?

  init(_ reporter: Reporter) {
    self.reporter = reporter
    guard reporter.canRewrite else {
      ticker = nil
      return
    }
    let (ticks, continuation) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))
    let clock = reporter.context.clock
    ticker = Task(executorPreference: Workers.current) {
      defer { continuation.finish() }
      do {
        try await clock.sleep(for: .milliseconds(500))
        while true {
          continuation.yield()
          try await clock.sleep(for: .milliseconds(100))
        }
      } catch {}
    }
    Task(executorPreference: Workers.current) { [weak self] in
      for await _ in ticks { self?.draw() }
    }
  }

  func update(_ done: Int, _ total: Int) {
    state.withLock {
      $0.done = done
      $0.total = total
    }
  }

  /// Shows that a call waits before it is repeated; nil: one of them goes on.
  func wait(for pause: RequestContext.Pause?) { state.withLock { $0.pause = pause } }

  /// Removes the line.
  func end() {
    ticker?.cancel()
    state.withLock { state in
      state.isOver = true
      if state.isDrawn { reporter.context.console.err("\r\u{1B}[K") }
      state.isDrawn = false
    }
  }

  private func draw() {
    state.withLock { state in
      guard !state.isOver else { return }
      state.isDrawn = true
      let count = state.total == 0 ? "" : " \(state.done) of \(state.total)"
      let left = state.pause.map { $0.end - reporter.context.clock.uptime } ?? .zero
      let pause =
        state.pause.map { left > .zero ? " (\($0.cause), again in \(spokenSeconds(left)))" : "" }
        ?? ""
      reporter.context.console.err("\r\u{1B}[Kreading\(count)...\(pause)")
    }
  }
}
