import FoundationEssentials

/// The form of days and instants in manifests; the reader of the document interprets them.
public enum ApiTimestamp {
  /// Whether a text is `2027-01-01` or RFC 3339 with `Z` or an offset, from 1970 on, each part in its range.
  public static func isDayOrInstant(_ text: String) -> Bool {
    let shape =
      #/
      (?<day> (?: 19[7-9]\d | [2-9]\d{3} ) - \d{2} - \d{2} )
      (?: T (?: [01]\d | 2[0-3] ) : [0-5]\d : [0-5]\d (?: \.\d{1,9} )?
        (?: Z | [+-] (?: [01]\d | 2[0-3] ) : [0-5]\d ) )?
      /#.asciiOnlyDigits()
    guard let match = text.wholeMatch(of: shape) else { return false }
    return isInCalendar(match.day)
  }

  /// Whether the calendar has this day: a parser would read 30 February as another day.
  private static func isInCalendar(_ day: Substring) -> Bool {
    let style = Date.ISO8601FormatStyle().year().month().day()
    guard let date = try? style.parse(String(day)) else { return false }
    return date.formatted(style) == day
  }
}
