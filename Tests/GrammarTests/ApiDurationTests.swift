import Testing

@testable import Grammar

struct ApiDurationTests {
  @Test(
    arguments: [
      ("30d", 2_592_000, "30d"), ("12h", 43_200, "12h"), ("90m", 5_400, "90m"), ("45s", 45, "45s"),
      ("2592000s", 2_592_000, "30d"), ("2w", 1_209_600, "14d"), ("36h", 129_600, "36h"),
      ("0s", 0, "0s"), ("0d", 0, "0s"), ("2592000.000s", 2_592_000, "30d"), ("61s", 61, "61s"),
      ("60s", 60, "1m"), ("007d", 604_800, "7d"), ("315576000000s", 315_576_000_000, "3652500d"),
    ] as [(String, Int64, String)])
  func reads(_ text: String, seconds: Int64, pretty: String) throws {
    let duration = try #require(ApiDuration(parsing: text))
    #expect(duration.seconds == seconds)
    #expect(duration.wire == "\(seconds)s")
    #expect(duration.text == pretty)
    #expect(ApiDuration(parsing: duration.text) == duration)
    #expect(ApiDuration(parsing: duration.wire) == duration)
  }

  @Test(arguments: [
    "", "s", "d", "30", "30 d", " 30d", "30d ", "30D", "-1d", "+1d", "1.5h", "1.5s", "1.s", ".0s",
    "1.0000000000s", "1d12h", "٣d", "30days", "1e3s", "0x1s", "315576000001s",
    "9223372036854775807d", "9223372036854775808s", "30.0d",
  ])
  func refuses(_ text: String) {
    #expect(ApiDuration(parsing: text) == nil)
  }

  @Test(arguments: [
    "2027-01-01", "2028-02-29", "2000-02-29", "2027-12-31", "2027-01-01T00:00:00Z",
    "2027-01-01T23:59:59.123456789Z", "2027-01-01T12:00:00+02:00", "2027-01-01T12:00:00-00:30",
  ])
  func takesDaysAndInstants(_ text: String) {
    #expect(ApiTimestamp.isDayOrInstant(text))
  }

  @Test(arguments: [
    "", "2027", "2027-1-1", "2027-13-01", "2027-00-01", "2027-02-29", "2100-02-29", "2027-04-31",
    "1969-12-31", "2027-01-01T", "2027-01-01T00:00Z", "2027-01-01T24:00:00Z",
    "2027-01-01T00:60:00Z", "2027-01-01T00:00:00", "2027-01-01t00:00:00Z", "2027-01-01 00:00:00Z",
    "2027-01-01T00:00:00.Z", "2027-01-01T00:00:00+0200", "2027-01-01T00:00:00+25:00", "01/01/2027",
    "2027-01-01Z", "tomorrow",
  ])
  func refusesWhatIsNotADay(_ text: String) {
    #expect(!ApiTimestamp.isDayOrInstant(text))
  }
}
