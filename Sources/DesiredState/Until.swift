import FoundationEssentials
import Grammar
import Model

/// The end of a grant: a day or an instant, and the condition that expresses it.
///
///     Until("2027-01-01")?.condition?.title        // "until-2027-01-01"
struct Until {
  /// Unix seconds.
  let time: Double
  let condition: PolicyCondition

  /// Nil for a text that is neither a day nor an instant of RFC 3339.
  init?(_ text: String) {
    guard ApiTimestamp.isDayOrInstant(text) else { return nil }
    let instant = text.utf8.count == 10 ? "\(text)T00:00:00Z" : text
    let hasFraction = instant.contains(".")
    let style = Date.ISO8601FormatStyle(includingFractionalSeconds: hasFraction)
    guard let date = try? style.parse(instant) else { return nil }
    time = date.timeIntervalSince1970
    condition = .until(text)
  }
}
