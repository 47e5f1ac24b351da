import FoundationEssentials
import HTTP

/// The wall clock of a run's server, as a distance from this machine's.
///
/// Dates are compared and written by the server's clock. Deadlines and pauses go by uptime, and the ages of files by
/// this machine's clock.
struct ServerClock: Sendable, Hashable {
  /// How many seconds it is ahead of this machine's clock; negative if it is behind, 0 while nothing is known.
  private(set) var lead: Double = 0
  /// Whether an answer has said what the server's time is. Only the first one counts, so that one run has one clock.
  private(set) var isKnown = false

  /// The tolerance for the `Date` of an answer, which has whole seconds and may be that of a slow network: a minute.
  static let dateTolerance: Double = 60
  /// The tolerance for the time of a sandbox, which is asked for by itself.
  static let sandboxTolerance: Double = 2

  /// Learns the server's time from an exchange that took from `start` to `end` by this machine's clock.
  ///
  /// A time within that interval, or out of it by no more than the tolerance, is no difference.
  mutating func learn(_ time: Double, from start: Double, to end: Double, tolerance: Double) {
    guard !isKnown else { return }
    isKnown = true
    if time > end + tolerance {
      lead = time - end
    } else if time < start - tolerance {
      lead = time - start
    }
  }

  /// The time of an answer by its `Date` (RFC 9110, 6.6.1), in Unix seconds; nil without one that can be read. A stored
  /// answer has an `Age`, and its `Date` says nothing about now.
  static func date(of response: HTTPResponse) -> Double? {
    guard response.headers["Age"] == nil, let text = response.headers["Date"] else { return nil }
    // `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that servers may send (RFC 9110, 5.6.7).
    let parts = text.split(separator: " ", omittingEmptySubsequences: false)
    guard parts.count == 6, parts[1].utf8.count == 2, parts[3].utf8.count == 4, parts[5] == "GMT",
      let month = months.firstIndex(of: parts[2])
    else { return nil }
    let day = "\(parts[3])-\(month < 9 ? "0" : "")\(month + 1)-\(parts[1])"
    let iso = "\(day)T\(parts[4])Z"
    // Foundation reads hour 25 as the next day; only the usual form comes back as it was.
    guard let date = try? Date(iso, strategy: .iso8601), date.formatted(.iso8601) == iso else {
      return nil
    }
    return date.timeIntervalSince1970
  }

  private static let months: [Substring] = [
    "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
  ]
}
