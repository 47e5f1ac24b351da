import FoundationEssentials
public import Model

/// One line about a live key.
public enum KeyRemark {
  /// `0123abcd..., made 2025-03-01, 20 months old, expires 2027-03-01`.
  public static func text(_ key: LiveKey, _ now: Int64) -> String {
    var parts = [key.id + (key.isUploaded ? " (uploaded)" : "")]
    if let start = key.validAfter {
      parts.append("made \(day(start)), \(age(now - start))")
    }
    // Google's keys without an end have a date in the year 9999.
    let end = key.validBefore.flatMap { $0 < endless ? $0 : nil }
    parts.append(end.map { "expires \(day($0))" } ?? "does not expire")
    if key.isDisabled { parts.append("disabled") }
    return parts.joined(separator: ", ")
  }

  /// The start of the year 9999, in Unix seconds.
  private static let endless: Int64 = 253_370_764_800

  /// In whole units of which there are at least two, so that it seldom changes.
  private static func age(_ seconds: Int64) -> String {
    let days = max(0, seconds) / 86_400
    if days < 60 { return days == 1 ? "1 day old" : "\(days) days old" }
    return days < 730 ? "\(days / 30) months old" : "\(days / 365) years old"
  }

  private static func day(_ seconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(seconds))
      .formatted(Date.ISO8601FormatStyle().year().month().day())
  }
}
