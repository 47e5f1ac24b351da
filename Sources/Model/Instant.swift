import FoundationEssentials

/// A time of RFC 3339, for the order of times that servers write with different fractions.
package struct Instant: Sendable, Hashable, Comparable {
  /// Unix seconds, without the fraction.
  package let seconds: Int64
  /// The fraction, nine digits at most.
  private let nanoseconds: Int64

  /// Reads `2026-11-28T15:00:00.123456Z`; nil for any other text.
  package init?(_ text: String) {
    let parts = text.split(separator: ".", maxSplits: 1)
    var whole = text
    var fraction: Substring = "0"
    if parts.count == 2 {
      fraction = parts[1].prefix { $0.isASCII && $0.isNumber }
      guard (1...9).contains(fraction.count) else { return nil }
      whole = String(parts[0] + parts[1].dropFirst(fraction.count))
    }
    guard let date = try? Date.ISO8601FormatStyle().parse(whole),
      let digits = Int64(fraction.padding(to: 9))
    else { return nil }
    seconds = Int64(date.timeIntervalSince1970)
    nanoseconds = digits
  }

  package static func < (left: Instant, right: Instant) -> Bool {
    (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
  }
}

extension Substring {
  /// The digits with zeros on the right, up to a length.
  fileprivate func padding(to length: Int) -> String {
    self + String(repeating: "0", count: length - count)
  }
}
