import Testing

@testable import SandboxWire

@Suite struct WireTests {
  @Test func queriesDecodeAndTakeSnakeCase() {
    let query = Query(
      "repository_id=a%2Fb&names=x&names=y+z&%24alt=json%3Benum-encoding%3Dint&bare")
    #expect(query["repositoryId"] == "a/b")
    #expect(query.all("names") == ["x", "y z"])
    #expect(query["$alt"] == "json;enum-encoding=int")
    #expect(query["bare"] == "")
    #expect(query["absent"] == nil)
    #expect(
      Query("options.requested_policy_version=3")["options.requestedPolicyVersion"] == "3")
  }

  @Test(arguments: ["%", "%2", "%g0", "%ff"])
  func malformedEscapesAreNil(_ text: String) {
    #expect(PercentEncoding.decode(text) == nil)
  }

  @Test(arguments: [
    ("2026-11-21T01:02:03Z", "2026-11-21T01:02:03Z"),
    ("2026-11-21T01:02:03.5Z", "2026-11-21T01:02:03.500000Z"),
    ("2026-11-21T01:02:03.000001+02:00", "2026-11-20T23:02:03.000001Z"),
    ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
  ])
  func timesRoundTrip(_ text: String, _ expected: String) throws {
    #expect(Timestamps.text(try #require(Timestamps.parse(text))) == expected)
  }

  @Test(arguments: ["2026-11-21", "2026-13-21T01:02:03Z", "2026-02-30T00:00:00Z", "now", ""])
  func malformedTimesAreNil(_ text: String) { #expect(Timestamps.parse(text) == nil) }

  @Test func secondsAreRoundedDownEverywhere() {
    #expect(Timestamps.seconds(.min) == -9_223_372_036_855)
    #expect(Timestamps.seconds(.max) == 9_223_372_036_854)
    #expect(Timestamps.seconds(-1) == -1 && Timestamps.seconds(-1_000_000) == -1)
    #expect(Timestamps.parse("0001-01-01T00:00:00Z") == Timestamps.known.lowerBound)
    #expect(Timestamps.parse("9999-12-31T23:59:59.999999Z") == Timestamps.known.upperBound)
  }

  @Test func pagesCoverAListExactlyOnce() throws {
    let items = (0..<25).map { String(format($0)) }
    var seen: [String] = []
    var token = ""
    repeat {
      let page = try Page(Query("pageSize=10&pageToken=\(token)"), standard: 5, maximum: 10)
      let (part, next) = page.cut(items) { $0 }
      #expect(part.count <= 10)
      seen += part
      token = next ?? ""
    } while !token.isEmpty
    #expect(seen == items)
  }

  private func format(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }

  @Test(arguments: ["pageSize=-1", "pageSize=x", "pageToken=zzz"])
  func badPagesAreRefused(_ query: String) {
    #expect(throws: APIError.self) { try Page(Query(query), standard: 5, maximum: 10) }
  }

  @Test func wildcards() {
    #expect(Wildcard.matches("a*", "abc"))
    #expect(Wildcard.matches("*b*", "abc"))
    #expect(!Wildcard.matches("ab*bc", "abc"))
    #expect(!Wildcard.matches("a", "abc"))
  }
}
