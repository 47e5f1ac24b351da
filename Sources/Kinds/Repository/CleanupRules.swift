import Grammar
import JSON
import Model

/// Checks cleanup policies, which delete artifacts: errors where the API would refuse, warnings where it would not and
/// the result is probably a mistake.
enum CleanupRules {
  /// The most cleanup policies of a repository (docs/google-apis.md#counted-limits).
  static let maximum = 10
  /// "Under 128 characters" (docs/google-apis.md#fields-of-a-repository).
  static let maximumIDLength = 127

  static func problems(in policies: JSONValue?) -> [Problem] {
    guard let policies = policies?.object else { return [] }
    let path = FieldPath().field("cleanupPolicies")
    var problems: [Problem] = []
    if policies.count > maximum {
      problems.append(
        Problem(path, "\(policies.count) cleanup policies; there may be at most \(maximum)"))
    }
    let actions = policies.map { $0.value["action"]?.string }
    if !actions.isEmpty && actions.allSatisfy({ $0 == "KEEP" }) {
      problems.append(
        Problem(
          path, "these cleanup policies only keep, so nothing is ever deleted", isWarning: true,
          help: "a version is deleted when a `delete` policy matches it and no `keep` policy does"))
    }
    for (id, policy) in policies {
      let place = path.appending(.element(id))
      problems += idProblems(id, policy: policy, at: place)
      problems += shapeProblems(policy, place)
      problems += conditionProblems(policy["condition"], place.field("condition"))
      problems += mostRecentProblems(policy, place.field("mostRecentVersions"))
    }
    return problems
  }

  private static func idProblems(
    _ id: String, policy: JSONValue, at path: FieldPath
  ) -> [Problem] {
    if id.isEmpty { return [Problem(path, "the id of a cleanup policy must not be empty")] }
    if id.unicodeScalars.count > maximumIDLength {
      return [
        Problem(
          path, "the id of a cleanup policy must have at most \(maximumIDLength) characters")
      ]
    }
    guard let written = policy["id"]?.string, written != id else { return [] }
    return [
      Problem(path.field("id"), "the policy's key is `\(id)` and its `id` is `\(written)`")
    ]
  }

  /// Exactly one of condition and most recent versions, and only with the right action.
  private static func shapeProblems(_ policy: JSONValue, _ path: FieldPath) -> [Problem] {
    let hasCondition = RepositoryRules.isWritten(policy["condition"])
    let hasMostRecent = RepositoryRules.isWritten(policy["mostRecentVersions"])
    let deletes = policy["action"]?.string == "DELETE"
    if deletes && hasMostRecent {
      return [
        Problem(
          path.field("mostRecentVersions"), "`mostRecentVersions` works only with `action: keep`",
          help: "write `condition` here, and keep the newest versions with a separate policy")
      ]
    }
    if hasCondition && hasMostRecent {
      return [
        Problem(
          path.field("mostRecentVersions"),
          "`condition` and `mostRecentVersions` cannot be used together",
          help: "write two policies")
      ]
    }
    if !hasCondition && !hasMostRecent {
      return [
        Problem(
          path, "this cleanup policy does not say which versions it matches",
          help: deletes
            ? "write `condition: {olderThan: 30d}`"
            : "write `mostRecentVersions: {keepCount: 5}` or `condition: {tagState: tagged}`")
      ]
    }
    if deletes && !RepositoryRules.isWritten(policy["condition"]?["olderThan"]) {
      return [
        Problem(
          path.field("condition"),
          "this policy has no `olderThan`, so it also deletes what was pushed a minute ago",
          isWarning: true, help: "add `olderThan: 30d`")
      ]
    }
    return []
  }

  private static func conditionProblems(
    _ condition: JSONValue?, _ path: FieldPath
  ) -> [Problem] {
    guard let condition = condition?.object else { return [] }
    let lists = ["tagPrefixes", "versionNamePrefixes", "packageNamePrefixes"]
    return lists.compactMap { emptyPrefix(condition[$0], path.field($0)) }
      + ageProblems(condition, path) + tagProblems(condition, path)
  }

  private static func ageProblems(_ condition: JSONObject, _ path: FieldPath) -> [Problem] {
    let older = condition["olderThan"]?.string.flatMap(ApiDuration.init(parsing:))
    let newer = condition["newerThan"]?.string.flatMap(ApiDuration.init(parsing:))
    if let older, let newer, older >= newer {
      return [
        Problem(
          path.field("newerThan"),
          "no version is older than \(older.text) and newer than \(newer.text)", isWarning: true,
          help: "`olderThan` must be less than `newerThan`")
      ]
    }
    guard let older, older.seconds == 0 else { return [] }
    return [
      Problem(
        path.field("olderThan"), "every version is older than \(older.text)", isWarning: true)
    ]
  }

  private static func tagProblems(_ condition: JSONObject, _ path: FieldPath) -> [Problem] {
    guard condition["tagPrefixes"]?.array?.isEmpty == false else { return [] }
    let state = condition["tagState"]?.string
    if state == "TAGGED" { return [] }
    let isContradiction = state == "UNTAGGED"
    return [
      Problem(
        path.field("tagPrefixes"),
        isContradiction
          ? "a version without tags has no tag to match"
          : "`tagPrefixes` works only with `tagState: tagged`", isWarning: !isContradiction,
        help: "write `tagState: tagged`")
    ]
  }

  private static func mostRecentProblems(_ policy: JSONValue, _ path: FieldPath) -> [Problem] {
    guard let recent = policy["mostRecentVersions"]?.object else { return [] }
    var problems: [Problem] = []
    if recent["keepCount"]?.integer ?? 0 == 0 {
      problems.append(
        Problem(
          recent["keepCount"] == nil ? path : path.field("keepCount"),
          "this policy keeps no version", isWarning: true, help: "write `keepCount: 5`"))
    }
    let prefixes = "packageNamePrefixes"
    return problems + [emptyPrefix(recent[prefixes], path.field(prefixes))].compactMap { $0 }
  }

  /// Every name begins with the empty text.
  private static func emptyPrefix(_ list: JSONValue?, _ path: FieldPath) -> Problem? {
    guard let index = list?.array?.firstIndex(of: "") else { return nil }
    return Problem(
      path.appending(.index(index)), "every name begins with the empty prefix", isWarning: true,
      help: "leave it out: without prefixes everything matches")
  }
}
