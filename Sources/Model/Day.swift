import FoundationEssentials

/// A day of the calendar in UTC, as messages print it: `2026-11-21`.
package struct Day: Sendable, Hashable, CustomStringConvertible {
  private let seconds: Int64

  /// The day of a Unix time in seconds.
  package init(_ seconds: Int64) { self.seconds = seconds }

  package var description: String { Self.text(seconds) }

  /// The day of a Unix time in seconds.
  package static func text(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds)).formatted(
      Date.ISO8601FormatStyle().year().month().day())
  }
}
