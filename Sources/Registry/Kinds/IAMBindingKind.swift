public import JSON
public import Model

/// Members with one role on one resource.
public struct IAMBindingKind: Kind {
  public init() {}
  public let name = "IAMBinding"
  public let summary = "Members with one role on one project, repository or service account."
  public let part = DocumentPart.grants
  public var schema: Schema { Self.schema }
  public func problem(withName name: String) -> String? { NameRules.freeName(name) }
  public func check(_ spec: JSONObject) -> [SpecProblem] {
    IAMRules.problems(inEntry: spec, at: FieldPath())
  }

  private static let schema = Schema([
    SharedFields.project,
    Field(
      "resource", .string(StringRules.resource), [.required, .manifestOnly],
      "What the grant is on: `project`, `repository/ID`, `serviceAccount/ID`, or a full Google name."
    ),
    SharedFields.role,
    SharedFields.members, SharedFields.absent,
    SharedFields.conditionField, SharedFields.until, SharedFields.exclusive,
  ])
}
