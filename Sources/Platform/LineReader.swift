import Glibc
import Synchronization

/// Reads a pipe to its end and keeps the first line. Owns the descriptor.
///
/// The rest is discarded, so that the writer neither blocks nor gets SIGPIPE.
final class LineReader: Sendable {
  private struct State {
    var line: [UInt8] = []
    /// Whether `line` is complete, or the pipe has ended.
    var isFinished = false
    var isWhole = false
    /// Whether the time ran out, perhaps before `firstLine` was called.
    var isLate = false
    var waiting: [CheckedContinuation<Void, Never>] = []
  }

  private static let longestLine = 1 << 16
  private let state = Mutex(State())

  /// Throws, and closes the descriptor, if no thread can read it.
  init(_ descriptor: Int32) throws(FileError) {
    do throws(FileError) {
      try Threads.start { [self] in readAll(descriptor) }
    } catch {
      close(descriptor)
      throw error
    }
  }

  private func readAll(_ descriptor: Int32) {
    var bytes = [UInt8](repeating: 0, count: 4096)
    while let count = try? check("read", "pipe", { read(descriptor, &bytes, bytes.count) }),
      count > 0
    {
      take(bytes.prefix(count))
    }
    state.withLock { $0.isFinished = true }
    resumeWaiting()
    close(descriptor)
  }

  /// The first line; nil if the pipe was closed or the time ran out before its end.
  func firstLine(within time: Duration) async -> String? {
    let timer = Task(executorPreference: Workers.current) {
      try? await SystemClock().sleep(for: time)
      self.resumeWaiting(isLate: true)
    }
    defer { timer.cancel() }
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let ready = state.withLock { state in
          if !state.isFinished && !state.isLate { state.waiting.append(continuation) }
          return state.isFinished || state.isLate
        }
        if ready { continuation.resume() }
      }
    } onCancel: {
      timer.cancel()
    }
    return state.withLock { $0.isWhole ? String(decoding: $0.line, as: UTF8.self) : nil }
  }

  private func take(_ bytes: ArraySlice<UInt8>) {
    let finished = state.withLock { state in
      guard !state.isFinished else { return false }
      let part = bytes.prefix { $0 != UInt8(ascii: "\n") }
      state.line += part
      state.isWhole = part.count < bytes.count
      state.isFinished = state.isWhole || state.line.count > Self.longestLine
      return state.isFinished
    }
    if finished { resumeWaiting() }
  }

  /// Resumes the waiting tasks, without a line if the time ran out.
  private func resumeWaiting(isLate: Bool = false) {
    let waiting = state.withLock { state in
      if isLate { state.isLate = true }
      defer { state.waiting = [] }
      return state.waiting
    }
    for continuation in waiting { continuation.resume() }
  }
}
