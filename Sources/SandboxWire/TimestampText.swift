extension Timestamps {
  /// Such as `2026-11-21T01:02:03.456789Z`; without a fraction if it is zero.
  package static func text(_ microseconds: Int64) -> String {
    let seconds = seconds(microseconds)
    return text(seconds, fraction: microseconds - seconds * 1_000_000)
  }

  /// Such as `2026-11-21T01:02:03Z`.
  package static func text(seconds: Int64) -> String { text(seconds, fraction: 0) }

  /// Writes the digits straight into the string: a list shows several times of each of up to 1,000 resources.
  private static func text(_ seconds: Int64, fraction: Int64) -> String {
    let time = ((seconds % 86_400) + 86_400) % 86_400
    let date = Date(day: (seconds - time) / 86_400)
    // The year has four digits, or as many as it needs: a clock that was moved before its limits may be stored.
    let yearWidth = date.year > 9999 ? String(date.year).utf8.count : 4
    return String(unsafeUninitializedCapacity: yearWidth + 23) { bytes in
      var writer = DigitWriter(bytes: bytes)
      writer.write(date.year, yearWidth, "-")
      writer.write(date.month, 2, "-")
      writer.write(date.day, 2, "T")
      writer.write(time / 3600, 2, ":")
      writer.write(time / 60 % 60, 2, ":")
      writer.write(time % 60, 2, fraction == 0 ? "Z" : ".")
      if fraction != 0 { writer.write(fraction, 6, "Z") }
      return writer.count
    }
  }

  /// A date of the Gregorian calendar.
  private struct Date {
    let year: Int64
    let month: Int64
    let day: Int64

    /// - Parameter day: days since 1970.
    ///
    /// Counts from the 1st of March of the year 0, so that a leap day ends its year. 400 years have 146,097 days.
    init(day: Int64) {
      let days = day + 719_468
      let era = (days >= 0 ? days : days - 146_096) / 146_097
      let dayOfEra = days - era * 146_097
      let yearOfEra =
        (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
      let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
      let monthFromMarch = (5 * dayOfYear + 2) / 153
      self.day = dayOfYear - (153 * monthFromMarch + 2) / 5 + 1
      month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
      year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
    }
  }

  /// Appends numbers to a buffer.
  private struct DigitWriter {
    let bytes: UnsafeMutableBufferPointer<UInt8>
    var count = 0

    init(bytes: UnsafeMutableBufferPointer<UInt8>) { self.bytes = bytes }

    /// Writes a number with leading zeros (a negative one as zeros), and a character after it.
    mutating func write(_ number: Int64, _ width: Int, _ end: Unicode.Scalar) {
      var rest = max(0, number)
      for place in (count..<(count + width)).reversed() {
        bytes[place] = UInt8(ascii: "0") + UInt8(rest % 10)
        rest /= 10
      }
      count += width
      bytes[count] = UInt8(ascii: end)
      count += 1
    }
  }
}
