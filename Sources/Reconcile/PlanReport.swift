import Diagnostics
import FoundationEssentials

/// What a plan has to say besides its changes.
struct PlanReport {
  let draft: PlanDraft

  func diagnostics() -> [Diagnostic] { keyWarnings() }

  private func keyWarnings() -> [Diagnostic] {
    draft.ordered().compactMap { change in
      guard let due = change.rotationDue else { return nil }
      let end = change.expires.map { ", and expires on \(Self.day($0))" } ?? ""
      return Diagnostic(
        .keyRotationDue, .warning,
        "`\(change.address)` is due for rotation since \(Self.day(due))\(end)", at: change.source,
        help: ["make a new one with --reissue \(change.address)"])
    }
  }

  /// The day of a Unix time, in UTC: `2026-11-21`.
  private static func day(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(
      Date.ISO8601FormatStyle().year().month().day())
  }
}
