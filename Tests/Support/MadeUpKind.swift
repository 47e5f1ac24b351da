package import Model

/// A sample kind with a field of every type, so that tests of fields do not depend on Google's kinds.
package enum MadeUpKind {
  package static let schema = Schema([
    Field(
      "format", .enumeration(Enumeration(["PYTHON", "DOCKER"], unspecified: "FORMAT_UNSPECIFIED")),
      [.required, .immutable], "f"),
    Field(
      "mode",
      .enumeration(
        Enumeration(
          ["STANDARD_REPOSITORY", "REMOTE_REPOSITORY"], unspecified: "MODE_UNSPECIFIED",
          suffix: "_REPOSITORY")), [.immutable], default: "STANDARD_REPOSITORY", "m"),
    Field("description", .string(), "d"),
    Field("labels", .labels, "l"),
    Field("dryRun", .boolean, "b"),
    Field("size", .int64, [.outputOnly], "s"),
    Field("permissions", .list(.string(), .set), "p"),
    Field(
      "policies",
      .map(
        .object([
          Field("id", .string(), "i"),
          Field(
            "action",
            .enumeration(Enumeration(["DELETE", "KEEP"], unspecified: "ACTION_UNSPECIFIED")), "a"),
          Field(
            "condition",
            .object([Field("olderThan", .duration, "o"), Field("tagState", .string(), "t")]), "c"),
        ]), idField: "id"), "p"),
    Field(
      "upstreams",
      .list(
        .object([
          Field("id", .string(), "i"), Field("priority", .integer(0...100), "p"),
        ]), .keyed("id")), "u"),
    Field(
      "remote",
      .object([
        Field("uri", .string(), [.immutable], "u"),
        Field(
          "credentials",
          .object([
            Field("username", .string(), [.ownMask], "n"),
            Field("password", .string(), [.ownMask], "v"),
          ]), "c"),
        Field("skipCheck", .boolean, [.inputOnly], "k"),
        Field("state", .string(), [.outputOnly], "st"),
      ]), "r"),
    Field("marker", .object([]), "n"),
  ])
}
