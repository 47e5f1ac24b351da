import Crypto
import JSON
import Testing

@testable import Sandbox

/// Numbers and lengths that a request, a token or a stored row can carry, at their ends: an overflow ends the process.
@Suite struct BoundsTests {
  private let sandbox: TestSandbox
  init() throws { sandbox = try TestSandbox("my-project") }

  private func forged(_ issued: JSONValue, _ expires: JSONValue) -> String {
    let header: JSONValue = ["alg": "RS256"]
    let claims: JSONValue = [
      "iss": .string(OwnerAccount.email), "sub": .string(OwnerAccount.email), "iat": issued,
      "exp": expires, "scope": .string(TokenScope.cloud),
    ]
    let parts = [header, claims].map { Base64.urlEncode($0.serialized()) }
    return parts.joined(separator: ".") + "." + Base64.urlEncode([UInt8](repeating: 1, count: 256))
  }

  private static let ends: [(JSONValue, JSONValue)] = [
    (.integer(.min), .integer(.max)), (.integer(.max), .integer(.min)),
    (.integer(.min), .integer(.min)), (.integer(.max), .integer(.max)), (0, .integer(.max)),
    (.integer(.min), 0), (.real(1e300), .real(-1e300)), (.real(-9e14), .real(9e14)),
  ]

  @Test(arguments: ends)
  func aForgedTokenIsRefused(_ issued: JSONValue, _ expires: JSONValue) {
    let token = forged(issued, expires)
    #expect(sandbox.call("GET", "/v1/projects", token: token).status == 401)
    let basic = Base64.encode(Array("oauth2accesstoken:\(token)".utf8))
    let reply = sandbox.raw(
      "GET", "/us-python.pkg.dev/my-project/x/simple/",
      headers: ["host": "localhost", "authorization": "Basic \(basic)"])
    #expect(reply.status == 401)
  }

  @Test(arguments: ends)
  func timesOfAnySizeAreCompared(_ issued: JSONValue, _ expires: JSONValue) {
    let times = [issued, expires].map { $0.integer ?? 900_000_000_000_000 }
    #expect(
      !Authentication.isInTime(issued: times[0], expires: times[1], nowSeconds: 1_795_000_000))
  }

  @Test(arguments: [
    Int64.min, .max, .min + 1, -315_576_000_000, 315_576_000_000, 315_576_000_001,
    -999_999_999_999, 999_999_999_999,
  ])
  func theClockStaysBetweenTheYears1And9999(_ seconds: Int64) {
    for _ in 0..<20 {
      let reply = sandbox.call(
        "POST", "/_sandbox/clock", ["advanceSeconds": .integer(seconds)], token: "")
      #expect(reply.status == 400)
    }
    #expect(sandbox.call("GET", "/v1/projects/my-project").status == 200)
  }

  @Test func theClockGoesFromTheFirstDayToTheLast() {
    for day in ["9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"] {
      #expect(
        sandbox.call("POST", "/_sandbox/clock", ["now": .string(day)], token: "").status == 200)
      #expect(
        sandbox.call("GET", "/_sandbox/clock", token: "")["now"]?.string?.prefix(4) == day.prefix(4)
      )
      #expect(sandbox.call("GET", "/v1/projects", token: "").status == 401)
    }
    for day in ["0000-12-31T23:59:59Z", "9999-12-31T23:59:59-00:01", "0001-01-01T00:00:00+00:01"] {
      #expect(
        sandbox.call("POST", "/_sandbox/clock", ["now": .string(day)], token: "").status == 400)
    }
  }

  @Test(arguments: [Int64.min, .max, 9_000_000_000_000_000_000])
  func aStoredClockOfAnySizeIsBounded(_ offset: Int64) {
    var state = State()
    state.meta.clockOffset = offset
    let now = RealTime.microseconds()
    let (time, overflow) = now.addingReportingOverflow(state.offset)
    #expect(!overflow && !time.subtractingReportingOverflow(-time).overflow)
  }

  @Test func secondsAreRoundedDownEverywhere() {
    #expect(Timestamps.seconds(.min) == -9_223_372_036_855)
    #expect(Timestamps.seconds(.max) == 9_223_372_036_854)
    #expect(Timestamps.seconds(-1) == -1 && Timestamps.seconds(-1_000_000) == -1)
    #expect(Timestamps.parse("0001-01-01T00:00:00Z") == Timestamps.known.lowerBound)
    #expect(Timestamps.parse("9999-12-31T23:59:59.999999Z") == Timestamps.known.upperBound)
  }

  @Test func durationsAreAtMostTenThousandYears() {
    let policies = { (age: String) -> JSONValue in
      [
        "format": "PYTHON",
        "cleanupPolicies": ["a": ["action": "DELETE", "condition": ["olderThan": .string(age)]]],
      ]
    }
    for (index, age) in ["999999999999d", "315576000001s", "999999999999.5s"].enumerated() {
      #expect(sandbox.repository("long-\(index)", policies(age)).status == 400, "\(age)")
    }
    #expect(sandbox.repository("longest", policies("315576000000s")).status == 200)
  }

  /// Rows from before durations were bounded.
  @Test(arguments: ["86399999999913600s", "1e308s", "-1e308s", "nans", "infs"])
  func aStoredDurationOfAnySizeIsCompared(_ age: String) {
    let file = PackageFileRecord(
      repository: "r", package: "p", version: "1", fileName: "p-1.tar.gz", blob: "b", size: 1,
      sha256: "", createTime: 0, summary: "", requiresPython: "", displayName: "p")
    let version = RepositoryContents.Version(id: "1", package: "p", files: [file])
    for member in ["olderThan", "newerThan"] {
      let cleanup = Cleanup(
        ["a": ["action": "DELETE", "condition": [member: .string(age)]]],
        now: RealTime.microseconds())
      #expect(cleanup.doomed([version]).count <= 1)
    }
  }

  @Test(arguments: [
    "timestamp(\"9999-12-31T23:59:59Z\")"
      + String(repeating: " + duration(\"315575999999s\")", count: 29),
    "timestamp(\"0001-01-01T00:00:00Z\")"
      + String(repeating: " - duration(\"315575999999s\")", count: 29),
    "timestamp(\"9999-12-31T23:59:59Z\") + duration(\"1s\")",
    "timestamp(\"0000-12-31T23:59:59Z\")", "request.time + duration(\"999999999999s\")",
  ])
  func timesOutOfBoundsGrantNothing(_ time: String) throws {
    let context = Condition.Context(
      now: RealTime.microseconds(), resource: .project("my-project"))
    for test in ["\(time) < request.time", "(\(time)).getHours(\"+23:59\") in [0, 12, 23]"] {
      _ = try ConditionParser.parse(test)
      for text in [test, "!(\(test))"] {
        let condition = PolicyRecord.Condition(
          title: "t", description: "", expression: text, location: "")
        #expect(!Condition.holds(condition, in: context), "\(text)")
      }
    }
  }

  @Test func theEndsOfTimeHavePartsInEveryZone() {
    let context = Condition.Context(now: 0, resource: .project("my-project"))
    for text in [
      "timestamp(\"9999-12-31T23:59:59Z\").getFullYear(\"+23:59\") == 10000",
      "timestamp(\"0001-01-01T00:00:00Z\").getFullYear(\"-23:59\") == 0",
    ] {
      let condition = PolicyRecord.Condition(
        title: "t", description: "", expression: text, location: "")
      #expect(Condition.holds(condition, in: context), "\(text)")
    }
  }

  @Test(arguments: [
    "resource.name" + String(repeating: ".extract(\"{a}\")", count: 200_000) + " == \"x\"",
    "resource.name" + String(repeating: ".extract(\"{a}\")", count: 101) + " == \"x\"",
    "request.time" + String(repeating: "+duration(\"1s\")", count: 200_000) + " > request.time",
    "request.time" + String(repeating: "-duration('1s')", count: 101) + " > request.time",
    "resource.name == \"" + String(repeating: "a", count: 8_000_000) + "\"",
    "resource.name in [" + String(repeating: "'a',", count: 3_000) + "'a']",
  ])
  func longExpressionsAreRefused(_ expression: String) {
    #expect(throws: ConditionError.self) { try ConditionParser.parse(expression) }
    // As a row that an older sandbox stored: it grants nothing.
    let condition = PolicyRecord.Condition(
      title: "t", description: "", expression: expression, location: "")
    let context = Condition.Context(now: 0, resource: .project("my-project"))
    #expect(!Condition.holds(condition, in: context))
  }

  @Test func aHundredStepsAreTaken() throws {
    let chain = String(repeating: ".extract(\"{a}\")", count: 100)
    _ = try ConditionParser.parse("resource.name\(chain) == \"x\"")
  }
}
