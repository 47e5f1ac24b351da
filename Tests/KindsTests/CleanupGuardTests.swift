import JSON
import Testing

@testable import Kinds

/// A change of cleanup policies needs the flag exactly if it may delete more.
@Suite struct CleanupGuardTests {
  private func widening(_ before: String, _ after: String) throws -> [String] {
    CleanupGuard.widening(
      from: try JSONValue(parsing: Array(before.utf8)),
      to: try JSONValue(parsing: Array(after.utf8)))
  }

  private func delete(_ condition: String) -> String {
    #"{"d": {"action": "DELETE", "condition": {\#(condition)}}}"#
  }

  private static let any = #""tagState": "ANY", "olderThan": "86400s""#

  @Test(arguments: [
    #""tagState": "UNTAGGED", "olderThan": "86400s""#,
    #""tagState": "TAGGED", "olderThan": "86400s""#,
    #""olderThan": "86400s""#, #""tagState": "ANY", "olderThan": "172800s""#,
    any + #", "packageNamePrefixes": ["tmp"]"#, any + #", "versionNamePrefixes": ["v1", "v2"]"#,
    any + #", "newerThan": "864000s""#,
    #""tagState": "TAGGED", "tagPrefixes": ["x"], "olderThan": "86400s""#,
  ])
  func narrowerConditionsNeedNoFlag(_ condition: String) throws {
    #expect(try widening(delete(Self.any), delete(condition)) == [])
    // The reverse change does, unless both conditions mean the same.
    let isSame = condition == #""olderThan": "86400s""#
    #expect(try widening(delete(condition), delete(Self.any)) == (isSame ? [] : ["d"]))
  }

  @Test(arguments: [
    (#""packageNamePrefixes": ["a"]"#, #""packageNamePrefixes": ["ab", "ac"]"#),
    (#""packageNamePrefixes": ["a", "b"]"#, #""packageNamePrefixes": ["b"]"#),
    (#""newerThan": "100s""#, #""newerThan": "50s""#),
    (
      #""tagPrefixes": ["r"], "tagState": "TAGGED""#,
      #""tagPrefixes": ["rc-"], "tagState": "TAGGED""#
    ),
  ])
  func longerPrefixesAreNarrower(_ wide: String, _ narrow: String) throws {
    #expect(try widening(delete(wide), delete(narrow)) == [])
    #expect(try widening(delete(narrow), delete(wide)) == ["d"])
  }

  private static let old = #""d": {"action": "DELETE", "condition": {"olderThan": "86400s"}}"#
  private static func keep(_ id: String, _ count: Int, _ prefixes: String = "[]") -> String {
    #""\#(id)": {"action": "KEEP", "mostRecentVersions": {"keepCount": \#(count), "packageNamePrefixes": \#(prefixes)}}"#
  }

  @Test func addedAndRemovedPolicies() throws {
    let (old, keep) = (Self.old, Self.keep)
    #expect(try widening("{\(old)}", "{}") == [])
    #expect(try widening("{\(old)}", "{\(old), \(keep("k", 5, "[]"))}") == [])
    #expect(try widening("{\(old), \(keep("k", 5, "[]"))}", "{\(old)}") == ["k"])
    #expect(
      try widening("{\(old), \(keep("k", 5, "[]"))}", "{\(old), \(keep("k", 6, "[]"))}") == [])
    #expect(
      try widening("{\(old), \(keep("k", 5, "[]"))}", "{\(old), \(keep("k", 4, "[]"))}") == ["k"])
    #expect(
      try widening("{\(old), \(keep("k", 5, #"["a"]"#))}", "{\(old), \(keep("other", 5, "[]"))}")
        == [])
    #expect(
      try widening("{\(old), \(keep("k", 5, "[]"))}", "{\(old), \(keep("k", 5, #"["a"]"#))}") == [
        "k"
      ])
    // The same policy under another name, and another action under the same name.
    #expect(try widening("{\(old)}", "{\(old.replacing(#""d""#, with: #""e""#))}") == [])
    #expect(try widening("{\(old)}", "{\(old.replacing("DELETE", with: "KEEP"))}") == [])
    #expect(try widening("{\(old.replacing("DELETE", with: "KEEP"))}", "{\(old)}") == ["d"])
    #expect(try widening("{}", "{\(old)}") == ["d"])
  }

  @Test(arguments: [
    (
      #"{"d": {"action": "DELETE", "condition": {"olderThan": "1s"}}}"#,
      #"{"d": {"action": "DELETE", "condition": {"olderThan": "2s", "lastUsed": "3s"}}}"#
    ),
    (
      #"{"d": {"action": "DELETE", "condition": {"lastUsed": "1s"}}}"#,
      #"{"d": {"action": "DELETE", "condition": {"lastUsed": "2s"}}}"#
    ),
    (
      #"{"d": {"action": "DELETE"}}"#,
      #"{"d": {"action": "DELETE", "condition": {"olderThan": "2s"}}}"#
    ),
    (
      #"{"d": {"action": "DELETE", "condition": {}}}"#,
      #"{"d": {"action": "DELETE", "condition": {"olderThan": "2s"}}}"#
    ),
    (
      #"{"d": {"action": "DELETE", "condition": {"tagState": "PULLED"}}}"#,
      #"{"d": {"action": "DELETE", "condition": {"tagState": "UNTAGGED"}}}"#
    ),
    (
      #"{"d": {"action": "DELETE", "condition": {"olderThan": "P1D"}}}"#,
      #"{"d": {"action": "DELETE", "condition": {"olderThan": "172800s"}}}"#
    ),
    (
      #"{"d": {"action": "ARCHIVE", "condition": {"olderThan": "1s"}}}"#,
      #"{"d": {"action": "ARCHIVE", "condition": {"olderThan": "2s"}}}"#
    ),
    (
      #"{"d": {"action": "DELETE", "condition": {"olderThan": "1s"}, "scope": "all"}}"#,
      #"{"d": {"action": "DELETE", "condition": {"olderThan": "2s"}, "scope": "all"}}"#
    ),
  ])
  func unknownFieldsNeedTheFlag(_ before: String, _ after: String) throws {
    #expect(try widening(before, after) == ["d"])
    #expect(try widening(before, before) == [])
  }

  // MARK: against a model of what is deleted

  private struct Version {
    let package: String
    let name: String
    let tags: [String]
    let age: Double
  }

  private func matches(_ rule: JSONValue, _ version: Version, rank: Int) -> Bool {
    func begins(_ text: String, _ list: JSONValue?) -> Bool {
      let prefixes = (list?.array ?? []).compactMap(\.string)
      return prefixes.isEmpty || prefixes.contains { text.hasPrefix($0) }
    }
    if let recent = rule["mostRecentVersions"] {
      return Int64(rank) < recent["keepCount"]?.integer ?? 0
        && begins(version.package, recent["packageNamePrefixes"])
    }
    guard let condition = rule["condition"] else { return false }
    func seconds(_ name: String) -> Double? {
      condition[name]?.string.flatMap { Double($0.dropLast()) }
    }
    let tags = (condition["tagPrefixes"]?.array ?? []).compactMap(\.string)
    let fitsTags =
      switch condition["tagState"]?.string {
      case "TAGGED": !version.tags.isEmpty
      case "UNTAGGED": version.tags.isEmpty
      default: true
      }
    return fitsTags
      && (tags.isEmpty || version.tags.contains { tag in tags.contains { tag.hasPrefix($0) } })
      && begins(version.package, condition["packageNamePrefixes"])
      && begins(version.name, condition["versionNamePrefixes"])
      && seconds("olderThan").map { version.age > $0 } ?? true
      && seconds("newerThan").map { version.age < $0 } ?? true
  }

  private func deleted(_ policies: JSONValue, _ versions: [Version]) -> Set<Int> {
    var deleted: Set<Int> = []
    for (index, version) in versions.enumerated() {
      let rank = versions.count { $0.package == version.package && $0.age < version.age }
      func isMatched(_ action: String) -> Bool {
        (policies.object ?? [:]).contains {
          $0.value["action"]?.string == action && matches($0.value, version, rank: rank)
        }
      }
      if isMatched("DELETE"), !isMatched("KEEP") { deleted.insert(index) }
    }
    return deleted
  }

  private struct Generator: RandomNumberGenerator {
    var state: UInt64
    mutating func next() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state ^ (state >> 29)
    }
    mutating func flip(_ one: Int = 2) -> Bool { Int.random(in: 0..<one, using: &self) == 0 }
    mutating func prefixes() -> JSONValue? {
      guard flip() else { return nil }
      let all = ["a", "ab", "abc", "b", "v", "v1"].filter { _ in flip(3) }
      return .array(all.map { .string($0) })
    }
    mutating func seconds() -> JSONValue? {
      flip() ? .string("\(Int.random(in: 1...5, using: &self))s") : nil
    }
    mutating func rule() -> JSONValue {
      let isKeep = flip(3)
      var rule: JSONObject = ["action": isKeep ? "KEEP" : "DELETE"]
      if isKeep, flip() {
        var recent: JSONObject = ["keepCount": .integer(Int64.random(in: 0...3, using: &self))]
        recent["packageNamePrefixes"] = prefixes()
        rule["mostRecentVersions"] = .object(recent)
        return .object(rule)
      }
      var condition: JSONObject = [
        "tagState": ["ANY", "TAGGED", "UNTAGGED"].randomElement(using: &self) ?? "ANY"
      ]
      for name in ["tagPrefixes", "versionNamePrefixes", "packageNamePrefixes"] where flip() {
        condition[name] = prefixes()
      }
      condition["olderThan"] = seconds()
      condition["newerThan"] = seconds()
      rule["condition"] = .object(condition)
      return .object(rule)
    }
    mutating func policies() -> JSONObject {
      JSONObject((0..<Int.random(in: 1...3, using: &self)).map { ("r\($0)", rule()) })
    }
    /// The same policies, with one of them changed, dropped or added, so that related ones are common.
    mutating func variant(_ policies: JSONObject) -> JSONObject {
      var variant = policies
      let id = "r\(Int.random(in: 0...2, using: &self))"
      guard var rule = variant[id]?.object, var condition = rule["condition"]?.object, !flip(4)
      else {
        variant[id] = flip() ? nil : self.rule()
        return variant
      }
      let name =
        ["tagState", "tagPrefixes", "packageNamePrefixes", "olderThan", "newerThan"]
        .randomElement(using: &self) ?? "olderThan"
      switch name {
      case "tagState":
        condition[name] = ["ANY", "TAGGED", "UNTAGGED"].randomElement(using: &self) ?? "ANY"
      case "olderThan", "newerThan": condition[name] = seconds()
      default: condition[name] = prefixes()
      }
      rule["condition"] = .object(condition)
      variant[id] = .object(rule)
      return variant
    }
    mutating func version() -> (String, String, [String], Double) {
      (
        ["a", "ab", "abc", "b"].randomElement(using: &self) ?? "a",
        ["v1", "v2", "a1"].randomElement(using: &self) ?? "v1",
        ["a", "ab", "b", "v1"].filter { _ in flip(4) }, Double.random(in: 0...6, using: &self)
      )
    }
  }

  @Test func aChangeWithoutAFlagNeverDeletesMore() {
    var random = SystemRandomNumberGenerator()
    let seed = random.next() % 1_000_000
    var generator = Generator(state: seed)
    var free = 0
    for _ in 0..<3000 {
      let before = generator.policies()
      let after = generator.variant(before)
      guard CleanupGuard.widening(from: .object(before), to: .object(after)).isEmpty else {
        continue
      }
      free += before == after ? 0 : 1
      for _ in 0..<8 {
        let versions = (0..<12).map { _ in
          let (package, name, tags, age) = generator.version()
          return Version(package: package, name: name, tags: tags, age: age)
        }
        let more = deleted(.object(after), versions).subtracting(deleted(.object(before), versions))
        #expect(more.isEmpty, "seed \(seed): \(before) to \(after)")
      }
    }
    #expect(free > 200, "seed \(seed): hardly anything was let through")
  }
}
