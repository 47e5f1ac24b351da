import FoundationEssentials

/// The `Date` of answers (RFC 9110, 5.6.7).
package enum HTTPDates {
  /// The text for a time in Unix seconds: `Fri, 15 Jan 2027 08:00:00 GMT`.
  package static func text(_ time: Double) -> String {
    let iso = Date(timeIntervalSince1970: time.rounded(.down)).formatted(.iso8601)
    let (day, clock) = (iso.prefix(10).split(separator: "-"), iso.dropFirst(11).dropLast())
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    let number = Int((time / 86_400).rounded(.down))
    let weekday = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"][((number % 7) + 7) % 7]
    let month = months[(Int(day[1]) ?? 1) - 1]
    return "\(weekday), \(day[2]) \(month) \(day[0]) \(clock) GMT"
  }
}
