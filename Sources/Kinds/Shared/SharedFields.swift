import Grammar
import Model

/// Fields that several kinds share.
enum SharedFields {
  static let project = Field(
    "project", .string(StringRules.project), [.manifestOnly, .immutable],
    "The project that it belongs to. Taken from the Stack's defaults if it is not written.")

  static let condition: [Field] = [
    Field("title", .string(), [.required], "The title of the condition."),
    Field("description", .string(), "What the condition is for."),
    Field(
      "expression", .string(), [.required],
      "When the grant holds, in the Common Expression Language: "
        + "`request.time < timestamp('2027-01-01T00:00:00Z')`."),
  ]

  static let role = Field(
    "role", .string(StringRules.role), [.required, .manifestOnly],
    "The role: `roles/artifactregistry.reader`, a full custom role name, or the short name of a Role "
      + "of the set.")
  static let members = Field(
    "members", .list(.string(StringRules.member), .set), [.manifestOnly],
    "Who holds the role: `user:`, `group:`, `serviceAccount:`, `domain:` or `principal://` members. "
      + "Members that others granted stay, unless the entry is `exclusive`."
  ).with(.notEmptyWithout("exclusive"), .requiredWithout("absent"))
  static let absent = Field(
    "absent", .list(.string(StringRules.member), .set), [.manifestOnly],
    "Who must not hold the role under this condition."
  ).with(.notEmpty)
  static let conditionField = Field(
    "condition", .object(condition), [.manifestOnly],
    "When the grant holds. A role with another condition is another binding; white space makes no difference."
  )
  static let until = Field(
    "until", .string(StringRules.until), [.manifestOnly],
    "The day or instant when the grant ends, in place of a condition; once past, the entry plans the removal; "
      + "after that, the plan says that you can remove the entry."
  ).with(.excludes("condition"))
  static let exclusive = Field(
    "exclusive", .booleanOr(["role"]), [.manifestOnly],
    "With `true`, only `members` may hold the role under this condition; any other member is removed. With "
      + "`role`, only the declared members may hold the role on this policy, under any condition."
  ).with(.needs("members"))

  /// The fields of one entry of `iam`.
  static let iamEntry: [Field] = [
    role, members, absent,
    conditionField, until, exclusive,
  ]

  /// The policy of the resource, written with it.
  static let iam = Field(
    "iam", .list(.object(iamEntry), .ordered), [.manifestOnly],
    "Grants on it. Entries add to the IAMBinding documents of the same policy, and to what others granted."
  )
}
