import JSON
import Model
import Platform
import Rendering
import Synchronization

/// The JSON-lines log of one apply: `.arctl/log/TIME-PLANID.jsonl`, 0600, with no secret in it.
///
/// If the log cannot be written, the apply continues and reports that once.
final class ApplyLog: Sendable {
  private let reporter: Reporter
  private let path: String
  private let isOpen = Mutex(true)
  private let hasEnded = Mutex(false)

  init(plan: Plan, _ reporter: Reporter) {
    self.reporter = reporter
    let time = timestamp(reporter.context.clock.now).replacing(":", with: "-")
    path = ".arctl/log/\(time)-\(plan.id ?? "nothing").jsonl"
    attempt {
      try reporter.context.files.makeWorkFolder()
      try reporter.context.files.makeFolders(".arctl/log", permissions: 0o700)
    }
    append { $0.header(planID: plan.id ?? "", caller: plan.caller, version: arctlVersion) }
  }

  func write(_ event: ExecutorEvent) { append { $0.event(event) } }

  /// Writes the last line, once: the exit code. `isCut`: a second signal ends the process with operations in flight.
  func end(_ outcome: Outcome, isCut: Bool = false) {
    let isFirst = hasEnded.withLock { hasEnded in
      defer { hasEnded = true }
      return !hasEnded
    }
    if isFirst { append { $0.footer(exitCode: outcome.code, isCut: isCut) } }
  }

  private func append(_ line: (ApplyLogLine) -> JSONValue) {
    let value = line(ApplyLogLine(time: timestamp(reporter.context.clock.now)))
    attempt {
      try reporter.context.files.append(value.serialized() + [UInt8(ascii: "\n")], to: path)
    }
  }

  private func attempt(_ step: () throws -> Void) {
    isOpen.withLock { isOpen in
      guard isOpen else { return }
      do {
        try step()
      } catch {
        isOpen = false
        reporter.note("note: cannot write the log of this apply: \(error)")
      }
    }
  }
}
