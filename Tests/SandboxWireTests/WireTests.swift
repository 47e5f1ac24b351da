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

  /// As a proxy gets it, and as RFC 9112 (3.2.2) wants a server to take it.
  @Test(arguments: [
    ("http://iam.googleapis.com/v1/x?y=http://z/", "/v1/x", "y=http://z/", "iam.googleapis.com"),
    ("HTTP://a.pkg.dev:80/p", "/p", "", "a.pkg.dev:80"), ("http://a?b=c", "/", "b=c", "a"),
    ("http://a", "/", "", "a"), ("/http://a/b", "/http://a/b", "", "header"),
    ("/p?q", "/p", "q", "header"), ("https://a/b", "https://a/b", "", "header"),
    ("*", "*", "", "header"),
  ])
  func targetsInAbsoluteForm(_ target: String, _ path: String, _ query: String, _ host: String) {
    let request = WireRequest(method: "GET", target: target, headers: ["host": "header"])
    #expect(request.path == path && request.query == query && request.headers["host"] == host)
  }

  @Test func hostNames() {
    var check = HostCheck()
    let usual = [
      "127.0.0.1:80", "localhost", "[::1]:1", "IAM.googleapis.com:443", "us-east4-python.pkg.dev",
      "artifactregistry.us-central1.rep.googleapis.com",
    ]
    let foreign = [
      "example.com", "googleapis.com.example.com", "xgoogleapis.com", "pkg.dev.evil", "10.0.0.1:80",
      "pypi.org", "host.docker.internal:8085", "", "10.0.0.1.example.com",
    ]
    #expect(usual.allSatisfy { check.allows($0) })
    #expect(!foreign.contains { check.allows($0) } && !check.allows(nil))
    check.names = ["pypi.org", "host.docker.internal"]
    check.allowsAddresses = true
    #expect(
      foreign.filter { check.allows($0) } == [
        "10.0.0.1:80", "pypi.org", "host.docker.internal:8085",
      ])
    #expect(check.allows("PyPI.org:443"))
  }

  @Test func addressesToListenOn() {
    #expect(ListenAddress("127.0.0.1") == .loopback)
    #expect(
      ListenAddress("0.0.0.0")?.isEvery == true && ListenAddress("10.0.0.1")?.isEvery == false)
    #expect(ListenAddress("192.0.2.1")?.description == "192.0.2.1")
    for text in [
      "", "localhost", "::", "::1", "1.2.3", "127.1", "1.2.3.4:5", "256.1.1.1", "01.2.3.4",
    ] {
      #expect(ListenAddress(text) == nil, "\(text)")
    }
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
