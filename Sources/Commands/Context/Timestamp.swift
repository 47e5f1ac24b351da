import FoundationEssentials

/// A time as RFC 3339 with milliseconds: `2026-11-21T01:19:00.000Z`.
func timestamp(_ unixSeconds: Double) -> String {
  Date(timeIntervalSince1970: unixSeconds).formatted(
    Date.ISO8601FormatStyle(includingFractionalSeconds: true))
}
