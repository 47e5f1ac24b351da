import JSON
import Testing

@testable import Sandbox

@Suite struct CleanupTests {
  private let fixture: PackageFixture
  private let base = "\(PackageFixture.place)/py"

  /// Four versions, one day apart; the last one was uploaded now.
  init() throws {
    fixture = try PackageFixture()
    // From the past to the present: a token of the present would not be valid in the future.
    fixture.test.call("POST", "/_sandbox/clock", ["advanceSeconds": -259_200])
    for number in 1...4 {
      if number > 1 { fixture.test.call("POST", "/_sandbox/clock", ["advanceSeconds": 86_400]) }
      fixture.upload("demo-\(number).0.tar.gz", version: "\(number).0")
    }
  }

  private func clean(_ policies: JSONValue, dry: Bool = false) throws -> [String] {
    let patched = fixture.test.call(
      "PATCH", "/v1/\(base)?updateMask=cleanupPolicies,cleanupPolicyDryRun",
      ["cleanupPolicies": policies, "cleanupPolicyDryRun": .bool(dry)])
    try #require(patched.status == 200, "\(patched.message)")
    let answer = fixture.test.call("POST", "/_sandbox/cleanup", ["repository": .string(base)])
    let one = try #require(answer["repositories"]?.array?.first)
    #expect(one["dryRun"] == .bool(dry))
    return (one[dry ? "wouldDelete" : "deleted"]?.array ?? []).compactMap {
      $0.string?.split(separator: "/").last.map(String.init)
    }
  }

  private func delete(_ condition: JSONValue) -> JSONValue {
    ["action": "DELETE", "condition": condition]
  }

  @Test func oldVersionsAreDeleted() throws {
    #expect(try clean(["old": delete(["olderThan": "129600s"])]) == ["1.0", "2.0"])
    #expect(fixture.blobs.count == 2)
    #expect(fixture.get("/py/demo/demo-1.0.tar.gz").status == 404)
    #expect(fixture.file("/py/demo/demo-4.0.tar.gz").status == 200)
  }

  @Test func aDryRunDeletesNothing() throws {
    let policies: JSONValue = ["all": delete(["tagState": "ANY"])]
    #expect(try clean(policies, dry: true).count == 4)
    #expect(fixture.blobs.count == 4)
    #expect(try clean(policies).count == 4)
    #expect(fixture.blobs.isEmpty)
  }

  @Test func aKeepPolicyTakesPrecedence() throws {
    let all = delete(["tagState": "ANY"])
    #expect(
      try clean(
        [
          "all": all,
          "recent": ["action": "KEEP", "mostRecentVersions": ["keepCount": 2]],
          "first": ["action": "KEEP", "condition": ["versionNamePrefixes": ["1."]]],
        ], dry: true) == ["2.0"])
    #expect(
      try clean(
        [
          "all": all,
          "others": [
            "action": "KEEP",
            "mostRecentVersions": ["keepCount": 2, "packageNamePrefixes": ["other"]],
          ],
        ], dry: true
      ).count == 4)
    #expect(try clean(["only": ["action": "KEEP", "condition": ["tagState": "ANY"]]]).isEmpty)
  }

  @Test(
    arguments: [
      (["newerThan": "129600s"], 2), (["olderThan": "36000s", "newerThan": "129600s"], 1),
      (["tagState": "UNTAGGED"], 4), (["tagState": "TAGGED"], 0), (["tagPrefixes": ["v"]], 0),
      (["packageNamePrefixes": ["x", "de"]], 4), (["packageNamePrefixes": ["x"]], 0),
      (["versionNamePrefixes": ["3", "4"]], 2),
      (["versionNamePrefixes": ["3", "4"], "olderThan": "36000s"], 1),
    ] as [(JSONValue, Int)])
  func everyPartOfAConditionMustHold(condition: JSONValue, count: Int) throws {
    #expect(try clean(["p": delete(condition)], dry: true).count == count)
  }

  @Test func withoutANameAllRepositoriesAreCleanedUp() throws {
    fixture.test.repository(
      "other",
      ["format": "PYTHON", "cleanupPolicies": ["all": delete(["tagState": "ANY"])]])
    fixture.upload("demo-1.0.tar.gz", to: "other")
    let answer = fixture.test.call("POST", "/_sandbox/cleanup")
    #expect(answer["repositories"]?.array?.count == 1)
    #expect(fixture.blobs.count == 4)
    #expect(
      fixture.test.call("POST", "/_sandbox/cleanup", ["repository": "projects/x"]).status == 404)
  }
}
