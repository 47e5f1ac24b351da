import Testing

@testable import Kinds

struct CleanupRulesTests {
  private func check(_ policies: String) throws -> [String] {
    try found(RepositoryKind(), #"{"format": "PYTHON", "cleanupPolicies": {\#(policies)}}"#)
  }

  private static let deleteOld =
    #""old": {"id": "old", "action": "DELETE", "condition": {"olderThan": "2592000s"}}"#

  private static let casesAccepts: [String] = [
    "", deleteOld,
    deleteOld + #", "keep": {"action": "KEEP", "mostRecentVersions": {"keepCount": 5}}"#,
    deleteOld
      + #", "keep": {"action": "KEEP", "condition": {"tagState": "TAGGED", "tagPrefixes": ["v"]}}"#,
    #""window": {"action": "DELETE", "condition": {"olderThan": "86400s", "newerThan": "864000s"}}"#,
  ]

  @Test(arguments: casesAccepts)
  func accepts(_ policies: String) throws {
    #expect(try check(policies) == [])
  }

  private static let casesFinds: [(String, String)] = [
    (
      #""a": {"action": "DELETE", "condition": {"tagState": "UNTAGGED"}}"#,
      #"warning cleanupPolicies["a"].condition: this policy has no `olderThan`, so it also deletes what was pushed a minute ago"#
    ),
    (
      #""a": {"action": "KEEP", "mostRecentVersions": {"keepCount": 5}}"#,
      "warning cleanupPolicies: these cleanup policies only keep, so nothing is ever deleted"
    ),
    (
      #""a": {"action": "DELETE", "mostRecentVersions": {"keepCount": 5}}"#,
      #"error cleanupPolicies["a"].mostRecentVersions: `mostRecentVersions` works only with `action: keep`"#
    ),
    (
      deleteOld
        + #", "a": {"action": "KEEP", "condition": {}, "mostRecentVersions": {"keepCount": 5}}"#,
      #"error cleanupPolicies["a"].mostRecentVersions: `condition` and `mostRecentVersions` cannot be used together"#
    ),
    (
      #""a": {"action": "DELETE"}"#,
      #"error cleanupPolicies["a"]: this cleanup policy does not say which versions it matches"#
    ),
    (
      #""a": {"action": "DELETE", "condition": {"olderThan": "1s", "packageNamePrefixes": ["x", ""]}}"#,
      #"warning cleanupPolicies["a"].condition.packageNamePrefixes[1]: every name begins with the empty prefix"#
    ),
    (
      #""a": {"action": "DELETE", "condition": {"olderThan": "864000s", "newerThan": "86400s"}}"#,
      #"warning cleanupPolicies["a"].condition.newerThan: no version is older than 10d and newer than 1d"#
    ),
    (
      #""a": {"action": "DELETE", "condition": {"olderThan": "0s"}}"#,
      #"warning cleanupPolicies["a"].condition.olderThan: every version is older than 0s"#
    ),
    (
      deleteOld + #", "a": {"action": "KEEP", "mostRecentVersions": {"keepCount": 0}}"#,
      #"warning cleanupPolicies["a"].mostRecentVersions.keepCount: this policy keeps no version"#
    ),
    (
      deleteOld
        + #", "a": {"action": "KEEP", "condition": {"tagState": "UNTAGGED", "tagPrefixes": ["v"]}}"#,
      #"error cleanupPolicies["a"].condition.tagPrefixes: a version without tags has no tag to match"#
    ),
    (
      deleteOld + #", "a": {"action": "KEEP", "condition": {"tagPrefixes": ["v"]}}"#,
      #"warning cleanupPolicies["a"].condition.tagPrefixes: `tagPrefixes` works only with `tagState: tagged`"#
    ),
    (
      #""a": {"id": "b", "action": "DELETE", "condition": {"olderThan": "1s"}}"#,
      #"error cleanupPolicies["a"].id: the policy's key is `a` and its `id` is `b`"#
    ),
    (
      #""": {"action": "DELETE", "condition": {"olderThan": "1s"}}"#,
      #"error cleanupPolicies[""]: the id of a cleanup policy must not be empty"#
    ),
  ]

  @Test(arguments: casesFinds)
  func finds(_ policies: String, _ problem: String) throws {
    #expect(try check(policies) == [problem])
  }

  @Test func limits() throws {
    func policies(_ ids: [String]) -> String {
      ids.map { #""\#($0)": {"action": "DELETE", "condition": {"olderThan": "1s"}}"# }
        .joined(separator: ",")
    }
    let ten = (0..<10).map { "p\($0)" }
    #expect(try check(policies(ten)) == [])
    #expect(
      try check(policies(ten + ["p10"])) == [
        "error cleanupPolicies: 11 cleanup policies; there may be at most 10"
      ])
    #expect(try check(policies([String(repeating: "i", count: 127)])) == [])
    #expect(try check(policies([String(repeating: "i", count: 128)])).count == 1)
  }
}
