import Model

/// The fields of a cleanup policy.
enum CleanupFields {
  static let all = [
    Field(
      "id", .string(),
      "The policy's name: the key under `cleanupPolicies`. It need not be repeated here."),
    Field(
      "action",
      .enumeration(Enumeration(["DELETE", "KEEP"], unspecified: "ACTION_UNSPECIFIED")),
      [.required], "The action for the versions that match."),
    Field(
      "condition", .object(condition), "Which versions match; all conditions must be met."),
    Field(
      "mostRecentVersions", .object(mostRecent),
      "Keeps the newest versions of every package; with `keep` only, in place of a condition."),
  ]

  private static let condition = [
    Field(
      "tagState",
      .enumeration(
        Enumeration(["TAGGED", "UNTAGGED", "ANY"], unspecified: "TAG_STATE_UNSPECIFIED")),
      default: "ANY", "Whether versions with a tag, without one, or both match."),
    Field(
      "tagPrefixes", .list(.string(), .set),
      "Versions with a tag that begins with one of these; needs `tagState: tagged`."),
    Field(
      "versionNamePrefixes", .list(.string(), .set), "Versions whose name begins with one of these."
    ),
    Field(
      "packageNamePrefixes", .list(.string(), .set),
      "Versions of packages whose name begins with one of these."),
    Field("olderThan", .duration, "Versions older than this: `30d`."),
    Field("newerThan", .duration, "Versions newer than this: `7d`."),
  ]

  private static let mostRecent = [
    Field(
      "keepCount", .integer(0...Int64(Int32.max)), "How many of the newest versions are kept."),
    Field(
      "packageNamePrefixes", .list(.string(), .set),
      "Only for packages whose name begins with one of these; for all packages if not set."),
  ]
}
