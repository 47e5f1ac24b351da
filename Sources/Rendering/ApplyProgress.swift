import Diagnostics
package import Model

/// The progress of an apply, computed from its events; printed as live lines, finished lines and heartbeats.
package struct ApplyProgress: Sendable {
  /// One operation in flight.
  private struct Running: Sendable {
    let operation: Operation
    let since: Duration
    /// The failure after which a call of it is repeated, and when, while it waits for that.
    var pause: (cause: String, end: Duration)?

    /// `   503, again in 2s`; empty if it does not wait.
    func pauseText(at uptime: Duration) -> String {
      pause.map { "   \($0.cause), again in \(spokenSeconds($0.end - uptime))" } ?? ""
    }
  }
  private let operationText: OperationText
  /// Counted in resources, as in the plan and the report: one call that enables twenty services counts as twenty.
  private var total = 0
  private var over = 0
  private var failures = 0
  private var running: [Running] = []

  /// The progress of an apply that has not begun.
  package init(operationText: OperationText) { self.operationText = operationText }

  /// The operations that have begun and not ended: ten of them, and a count.
  package var inFlight: String {
    let names = running.prefix(10).map { operationText.intent($0.operation) }
    let more = running.count > 10 ? " and \(running.count - 10) more" : ""
    return names.joined(separator: ", ") + more
  }

  /// Records that a call of an operation waits before it is repeated; nil: it goes on.
  package mutating func wait(_ operation: Operation, for pause: (cause: String, end: Duration)?) {
    guard let index = running.firstIndex(where: { $0.operation.id == operation.id }) else { return }
    running[index].pause = pause
  }

  /// Records one event and returns the permanent line for it, if there is one.
  package mutating func record(_ event: ExecutorEvent, at uptime: Duration, style: TextStyle)
    -> StyledLine?
  {
    switch event {
    case .began(let operations, let things):
      total = things ?? operations
      return nil
    case .started(let operation):
      running.append(Running(operation: operation, since: uptime))
      return nil
    case .finished(let operation, let result, let took):
      end(operation)
      return finishedLine(operation, result: result, took: took, style: style)
    case .failed(let operation, let failure, let took):
      end(operation)
      failures += operation.covers.count
      return failedLine(operation, failure: failure, took: took, style: style)
    case .skipped(let operation, let because):
      over += operation.covers.count
      var line = StyledLine("?", .warning, indent: 2)
      line.add(" skipped \(operationText.intent(operation))")
      line.add("   needs \(operationText.intent(because))", .dimmed)
      return line
    case .notStarted(let operation):
      over += operation.covers.count
      return nil
    }
  }

  private mutating func end(_ operation: Operation) {
    over += operation.covers.count
    running.removeAll { $0.operation.id == operation.id }
  }

  /// The path of the written file goes on a line of its own if it does not fit on the first.
  private func finishedLine(
    _ operation: Operation, result: OperationResult, took: Duration, style: TextStyle
  ) -> StyledLine {
    let verbs = operation.verbs
    var line = StyledLine(verbs.sign.symbol, verbs.sign.ink, indent: 2)
    line.add(" \(operationText.done(operation))")
    let detail = [withShortIDs(result.detail), result.file.map { "in \($0)" } ?? ""]
      .filter { !$0.isEmpty }.joined(separator: ", ")
      .escapedForTerminal
    let time = "   \(spoken(took))"
    let width = line.width + 3 + displayWidth(detail) + displayWidth(time)
    let fits = width <= style.width ?? .max
    if !detail.isEmpty, fits { line.add("   \(detail)") }
    line.add(time, .dimmed)
    if !detail.isEmpty, !fits { line.add("\n\(spaces(6))\(detail)") }
    return line
  }

  /// Shortens key ids of 40 hexadecimal digits to the first twelve; the log has them in full.
  private func withShortIDs(_ text: String) -> String {
    text.split(separator: " ", omittingEmptySubsequences: false).map { word in
      word.utf8.count == 40 && word.allSatisfy(\.isHexDigit) ? word.prefix(12) : word
    }.joined(separator: " ")
  }

  private func failedLine(
    _ operation: Operation, failure: OperationFailure, took: Duration, style: TextStyle
  ) -> StyledLine {
    var line = StyledLine("x", .refused, indent: 2)
    let count = failure.refusedGrants.count
    let part = count == 1 ? "done except for 1 grant" : "done except for \(count) grants"
    let failed = !failure.isPartial ? "failed" : count == 0 ? "done in part" : part
    line.add(" \(failed): \(operationText.intent(operation))   ")
    line.add(cut(failure.call.escapedForTerminal, to: style.room(after: line.width + 8)))
    line.add("   \(spoken(took))", .dimmed)
    return line
  }

  /// The operations in progress, one line each, and a count, no line wider than the terminal.
  ///
  /// - Parameter height: the lines of the terminal.
  package func liveLines(at uptime: Duration, style: TextStyle, height: Int) -> [StyledLine] {
    let room = max(1, height - 2)
    let width = style.layoutWidth - 1
    var lines = running.prefix(room).map { item in
      let verbs = item.operation.verbs
      let time = spoken(uptime - item.since) + item.pauseText(at: uptime)
      var line = StyledLine(verbs.sign.symbol, verbs.sign.ink, indent: 2)
      let text = cut(
        operationText.intent(item.operation), to: max(10, width - line.width - 5 - time.count))
      line.add(" \(text)")
      line.add("   \(time)", .dimmed)
      return line
    }
    if running.count > room {
      lines.append(StyledLine("and \(running.count - room) more", indent: 2))
    }
    lines.append(StyledLine(count, .heading))
    return lines
  }

  /// `7 of 12 done, 1 failed`.
  var count: String {
    "\(over) of \(total) done" + (failures > 0 ? ", \(failures) failed" : "")
  }

  /// The line that shows, where no lines are redrawn, that the apply still runs; nil if no operation runs.
  package func heartbeat(at uptime: Duration) -> String? {
    guard let oldest = running.min(by: { $0.since < $1.since }) else { return nil }
    return
      "... \(count), \(running.count) running; longest: \(operationText.intent(oldest.operation)), "
      + spoken(uptime - oldest.since) + oldest.pauseText(at: uptime)
  }
}

/// A remaining time in whole seconds, at least one: `2s`.
package func spokenSeconds(_ duration: Duration) -> String {
  "\(max(1, (duration + .milliseconds(999)).components.seconds))s"
}
