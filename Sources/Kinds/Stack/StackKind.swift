import Grammar
import JSON
import Model

/// The settings of one set of manifests.
struct StackKind: Kind {
  let name = "Stack"
  let summary =
    "Settings of this set of manifests: defaults, variables, scope, protection, limits, revoked members."
  let part = DocumentPart.settings
  var schema: Schema { Self.schema }
  func problem(withName name: String) -> Problem? { NameRules.freeName(name) }

  func check(_ spec: JSONObject) -> [Problem] {
    let defaults = FieldPath().field("defaults")
    return LabelRules.repository.problems(
      in: spec["defaults"]?["labels"], at: defaults.field("labels"))
      + (spec["variables"]?.object?.keys ?? []).compactMap(variableProblem)
  }

  /// A variable is used as `${name}` and set by `ARCTL_VAR_name`.
  private func variableProblem(_ name: String) -> Problem? {
    let bytes = name.utf8
    let isName =
      (1...63).contains(bytes.count) && !NameRules.isDigit(bytes.first ?? 48)
      && bytes.allSatisfy { NameRules.isAlphanumeric($0) || $0 == 95 }
    guard !isName else { return nil }
    return Problem(
      FieldPath().field("variables").appending(.element(name)),
      "`\(name)` cannot name a variable: letters, digits and `_`, no digit first, at most 63")
  }

  private static let schema = Schema([
    Field(
      "defaults", .object(defaults), [.manifestOnly], "Default values for the documents of the set."
    ),
    Field(
      "variables", .map(.object(variable), idField: nil), [.manifestOnly],
      "The variables of the set by name, used as `${name}` in values."),
    Field(
      "scope", .object(scope), [.manifestOnly],
      "What arctl does with undeclared live resources."),
    Field(
      "revoked", .list(.string(StringRules.member), .set), [.manifestOnly],
      "Members to remove from every policy that a run reads, for all roles."),
    Field(
      "formerly", .list(.string(StringRules.freeName), .set), [.manifestOnly],
      "Former names of the Stack: keys that were issued under them are still its keys."),
    Field(
      "protect", .list(.string(), .set), [.manifestOnly],
      "Address globs of resources that no flag can delete."),
    Field(
      "limits", .object(limits), [.manifestOnly],
      "Limits for deletions and removals in one run; they can only be lower than the defaults."),
  ])

  private static let defaults = [
    Field(
      "project", .string(StringRules.project), [.manifestOnly],
      "The project of documents that set none."),
    Field(
      "location", .string(StringRules.location), [.manifestOnly],
      "The location of repositories that set none."),
    Field(
      "labels", .labels, [.manifestOnly],
      "Labels of every repository of the set; a repository's own labels override them, key by key."),
  ]

  private static let variable = [
    Field(
      "type",
      .enumeration(Enumeration(["string", "list", "map"], unspecified: nil)), [.manifestOnly],
      default: "string", "The type of its value."),
    Field(
      "required", .boolean, [.manifestOnly], default: false,
      "Whether a value must be given (`--var`, `--var-file`, `ARCTL_VAR_NAME`)."),
    Field("default", .any, [.manifestOnly], "The value when none is given."),
    Field("oneOf", .list(.string(), .ordered), [.manifestOnly], "The values that it may have."),
    Field("description", .string(), [.manifestOnly], "What it is for."),
  ]

  private static let scope = [
    Field(
      "undeclared",
      .enumeration(Enumeration(["report", "ignore"], unspecified: nil)), [.manifestOnly],
      default: "report", "Whether undeclared resources and members are listed or ignored."),
    Field(
      "kinds",
      .map(
        .enumeration(Enumeration(["report", "ignore", "authoritative"], unspecified: nil)),
        idField: nil), [.manifestOnly],
      "The same for single kinds; `authoritative` plans the deletion of what is undeclared."),
    Field(
      "ignore", .list(.string(), .set), [.manifestOnly],
      "Address globs of ignored resources of any kind; the address of a policy ignores its undeclared members."
    ),
    Field(
      "ignoreMembers", .list(.string(), .set), [.manifestOnly],
      "Globs of undeclared members that are ignored in every policy, such as `group:sre-*@example.com`. Public and "
        + "privileged grants are never ignored."),
  ]

  private static let limits = [
    Field(
      "maxDeletes", .integer(0...1_000_000), [.manifestOnly],
      "How many resources of one kind and project a run may delete."),
    Field(
      "maxDeletePercent", .integer(0...100), [.manifestOnly],
      "The same as a percentage of the live resources."),
    Field(
      "maxRemovals", .integer(0...1_000_000), [.manifestOnly],
      "How many member entries of one policy a run may remove."),
  ]
}
