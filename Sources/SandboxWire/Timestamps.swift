import Glibc

/// Converts microseconds since 1970 to the RFC 3339 text of Google's APIs (`TimestampText.swift`), and back.
package enum Timestamps {
  /// The times that Google's APIs can represent: the years 1 to 9999 (protobuf's Timestamp, CEL's timestamp).
  ///
  /// Subtracting two of them, or adding a Duration, cannot overflow.
  package static let known: ClosedRange<Int64> = -62_135_596_800_000_000...253_402_300_799_999_999

  /// The same range in whole seconds.
  package static let knownSeconds: ClosedRange<Int64> = -62_135_596_800...253_402_300_799

  /// The longest duration in either direction, in seconds (protobuf's Duration): ten thousand years.
  package static let longestDuration: Int64 = 315_576_000_000

  /// Whole seconds, rounded down.
  package static func seconds(_ microseconds: Int64) -> Int64 {
    let (seconds, rest) = microseconds.quotientAndRemainder(dividingBy: 1_000_000)
    return rest < 0 ? seconds - 1 : seconds
  }

  /// The microseconds of an RFC 3339 time with `Z` or a numeric offset; nil if it is malformed.
  package static func parse(_ text: String) -> Int64? {
    let pattern =
      /(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d\d):(\d\d))/
    guard let match = text.wholeMatch(of: pattern) else { return nil }
    var parts = tm()
    let fields = [match.1, match.2, match.3, match.4, match.5, match.6].map { Int32($0) ?? 0 }
    guard (1...12).contains(fields[1]), (1...31).contains(fields[2]), fields[3] < 24,
      fields[4] < 60, fields[5] < 61
    else { return nil }
    parts.tm_year = fields[0] - 1900
    parts.tm_mon = fields[1] - 1
    parts.tm_mday = fields[2]
    parts.tm_hour = fields[3]
    parts.tm_min = fields[4]
    parts.tm_sec = fields[5]
    var seconds = Int64(timegm(&parts))
    // timegm converts 31 February to a day in March; such a date is malformed.
    guard parts.tm_mday == fields[2] else { return nil }
    if let sign = match.8, let hours = match.9.flatMap({ Int64($0) }),
      let minutes = match.10.flatMap({ Int64($0) })
    {
      seconds -= (sign == "+" ? 1 : -1) * (hours * 3600 + minutes * 60)
    }
    let fraction = match.7.map { String($0) + String(repeating: "0", count: 9 - $0.count) }
    return seconds * 1_000_000 + (fraction.flatMap { Int64($0) } ?? 0) / 1000
  }
}

extension Timestamps {
  /// Such as `Sat, 21 Nov 2026 01:02:03 GMT` (RFC 9110, 5.6.7).
  package static func httpDate(_ microseconds: Int64) -> String {
    var time = time_t(seconds(microseconds))
    var parts = tm()
    gmtime_r(&time, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let text = text(seconds: seconds(microseconds))
    return "\(days[Int(parts.tm_wday) % 7]), \(text.dropFirst(8).prefix(2)) "
      + "\(months[Int(parts.tm_mon) % 12]) \(text.prefix(4)) \(text.dropFirst(11).prefix(8)) GMT"
  }
}
