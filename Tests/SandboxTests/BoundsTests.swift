import Crypto
import JSON
import Testing

@testable import Sandbox
@testable import SandboxIAM
@testable import SandboxPackages
@testable import SandboxStore
@testable import SandboxWire

/// The extreme numbers and lengths in requests, tokens and stored rows: an overflow would end the process.
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
      "GET", "/us-python.pkg.dev/my-project/x/simple/demo/",
      headers: ["host": "localhost", "authorization": "Basic \(basic)"])
    #expect(reply.status == 401)
  }

  @Test(arguments: ends)
  func timesOfAnySizeAreCompared(_ issued: JSONValue, _ expires: JSONValue) {
    let times = [issued, expires].map { $0.integer ?? 900_000_000_000_000 }
    #expect(
      !Authentication.isWithinLifetime(
        issued: times[0], expires: times[1], nowSeconds: 1_795_000_000))
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

  @Test func theClockCoversAllTimes() {
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
  func aStoredClockOffsetIsLimited(_ offset: Int64) throws {
    var state = try State(records: ServedAPIs.records)
    state.meta.clockOffset = offset
    let now = RealTime.microseconds()
    let (time, overflow) = now.addingReportingOverflow(state.offset)
    #expect(!overflow && !time.subtractingReportingOverflow(-time).overflow)
  }

  @Test func durationsAreLimitedToTenThousandYears() {
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

  /// Rows of versions without a limit on durations.
  @Test(arguments: ["86399999999913600s", "1e308s", "-1e308s", "nans", "infs"])
  func aStoredDurationOfAnySizeIsCompared(_ age: String) {
    let file = PackageFileRecord(
      repository: "r", package: "p", version: "1", fileName: "p-1.tar.gz", blob: "b", size: 1,
      sha256: "", createTime: 0, summary: "", requiresPython: "", displayName: "p")
    let version = RepositoryContents.Version(id: "1", package: "p", files: [file], notes: [:])
    for member in ["olderThan", "newerThan"] {
      let cleanup = Cleanup(
        ["a": ["action": "DELETE", "condition": [member: .string(age)]]],
        now: RealTime.microseconds())
      #expect(cleanup.selected([version]).count <= 1)
    }
  }
}
