import Foundation
import Testing

@testable import SandboxWire

@Suite struct TimestampTests {
  /// The same by the C library. (gmtime_r, strftime)
  private func expected(_ seconds: Int64) -> String {
    var time = time_t(seconds)
    var parts = tm()
    gmtime_r(&time, &parts)
    let year = String(Int(parts.tm_year) + 1900)
    var rest = [CChar](repeating: 0, count: 32)
    let count = strftime(&rest, rest.count, "-%m-%dT%H:%M:%SZ", &parts)
    let text = String(decoding: rest.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    return String(repeating: "0", count: max(0, 4 - year.count)) + year + text
  }

  @Test func everyDayOfManyYears() {
    let day: Int64 = 86_400
    // From the year 1 to 22000, in steps that meet every day of the year, and around the ends of centuries.
    var times = Array(
      stride(from: Timestamps.knownSeconds.lowerBound, to: 632_000_000_000, by: 97 * 86_400 + 3607))
    for century in stride(from: Int64(-62_135_596_800), to: 253_402_300_800, by: 36_524 * Int(day))
    {
      times += (-3...3).map { century + $0 * day - 1 }.filter { $0 >= -62_135_596_800 }
    }
    for time in times + [0, -1, 951_782_400, 253_402_300_799] {
      #expect(Timestamps.text(seconds: time) == expected(time))
    }
  }

  @Test(arguments: [
    (0, "1970-01-01T00:00:00Z"), (1, "1970-01-01T00:00:00.000001Z"),
    (-1, "1969-12-31T23:59:59.999999Z"), (1_795_827_723_456_789, "2026-11-28T01:02:03.456789Z"),
    (951_827_696_100_000, "2000-02-29T12:34:56.100000Z"),
  ])
  func fractions(_ microseconds: Int64, _ text: String) {
    #expect(Timestamps.text(microseconds) == text)
    #expect(Timestamps.parse(text) == microseconds)
  }
}
