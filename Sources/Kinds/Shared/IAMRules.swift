import Grammar
import JSON
import Model

/// Checks the grants in manifests: `iam` entries and IAMBinding documents.
enum IAMRules {
  /// Whether a kind of resource accepts `allUsers` and `allAuthenticatedUsers`.
  enum PublicMembers { case accepted, refusedByProjects }

  /// Google's limit on `&&`, `||` and `!` in one condition (docs/google-apis.md#counted-limits).
  static let maximumOperators = 12

  static func problems(
    inEntriesOf spec: JSONObject, publicMembers: PublicMembers = .accepted
  ) -> [Problem] {
    let path = FieldPath().field("iam")
    if let iam = spec["iam"], iam.isNull || iam.array?.isEmpty == true {
      return [
        Problem(
          path, "`iam` is empty, which changes nothing", isWarning: true,
          help: "to remove a grant, list its members in `absent`")
      ]
    }
    return (spec["iam"]?.array ?? []).enumerated().flatMap { index, entry -> [Problem] in
      guard let entry = entry.object else { return [] }
      let place = path.appending(.index(index))
      return problems(inEntry: entry, at: place)
        + (publicMembers == .refusedByProjects ? publicProblems(entry, place) : [])
    }
  }

  static func problems(inEntry entry: JSONObject, at path: FieldPath) -> [Problem] {
    memberProblems(entry, path) + conditionProblems(entry, path)
  }

  /// `services: []`, or null, has no effect and looks as if it disabled every service.
  static func emptyServices(_ spec: JSONObject) -> [Problem] {
    guard let services = spec["services"], services.isNull || services.array?.isEmpty == true
    else { return [] }
    return [
      Problem(
        FieldPath().field("services"), "`services` is empty, which enables nothing",
        help: "leave `services` out; `absentServices` disables services")
    ]
  }

  private static func memberProblems(_ entry: JSONObject, _ path: FieldPath) -> [Problem] {
    let exclusive = entry["exclusive"] == true || entry["exclusive"] == "role"
    let members = entry["members"]?.array
    let absent = entry["absent"]?.array
    var problems: [Problem] = []
    if members?.isEmpty == true && !exclusive {
      problems.append(
        Problem(
          path.field("members"), "`members` is empty",
          help:
            "write `exclusive: true` to remove every member, or list those to remove in `absent`"))
    }
    if absent?.isEmpty == true {
      problems.append(
        Problem(path.field("absent"), "`absent` is empty", help: "leave it out"))
    }
    if members == nil && exclusive {
      problems.append(
        Problem(
          path.field("exclusive"), "`exclusive` needs `members`",
          help: "`members: []` with it removes everyone"))
    } else if members == nil && absent == nil {
      problems.append(
        Problem(path, "this grant has no members", help: "write `members` or `absent`"))
    }
    return problems
  }

  private static func conditionProblems(_ entry: JSONObject, _ path: FieldPath) -> [Problem] {
    let condition = entry["condition"]?.object
    let until = entry["until"]?.string
    var problems: [Problem] = []
    if condition != nil && until != nil {
      problems.append(
        Problem(
          path.field("until"), "`until` and `condition` cannot be used together",
          help: "put `request.time < timestamp('...')` into the condition's expression"))
    }
    if condition != nil || until != nil, let role = entry["role"]?.string,
      RoleName.basic.contains(role)
    {
      problems.append(
        Problem(
          path.field(condition == nil ? "until" : "condition"),
          "Google does not accept a condition on the basic role `\(role)`"))
    }
    if let expression = condition?["expression"]?.string {
      let count = operators(in: expression)
      if count > maximumOperators {
        problems.append(
          Problem(
            path.field("condition").field("expression"),
            "\(count) logical operators; Google allows at most \(maximumOperators)"))
      }
    }
    return problems
  }

  private static func publicProblems(_ entry: JSONObject, _ path: FieldPath) -> [Problem] {
    (entry["members"]?.array ?? []).enumerated().compactMap { index, member in
      guard let text = member.string, text == "allUsers" || text == "allAuthenticatedUsers" else {
        return nil
      }
      return Problem(
        path.field("members").appending(.index(index)),
        "Google does not accept `\(text)` on a project",
        help: "grant it on the repository")
    }
  }

  /// How many `&&`, `||` and `!` (not `!=`) are outside string literals.
  static func operators(in expression: String) -> Int {
    ConditionText.tokens(of: expression).count { ["&&", "||", "!"].contains($0) }
  }
}
