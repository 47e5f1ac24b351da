import Grammar
import JSON
import Model

/// Members with one role on one resource.
struct IAMBindingKind: Kind {
  let name = "IAMBinding"
  let summary = "Members with one role on one project, repository or service account."
  let part = DocumentPart.grants
  var schema: Schema { Self.schema }
  func problem(withName name: String) -> Problem? { NameRules.freeName(name) }
  func check(_ spec: JSONObject) -> [Problem] {
    IAMRules.problems(inEntry: spec, at: FieldPath())
  }

  private static let schema = Schema([
    SharedFields.project,
    Field(
      "resource", .string(StringRules.resource), [.required, .manifestOnly],
      "The resource of the grant: `project`, `repository/ID`, `serviceAccount/ID`, or a full Google name."
    ),
    SharedFields.role,
    SharedFields.members, SharedFields.absent,
    SharedFields.conditionField, SharedFields.until, SharedFields.exclusive,
  ])
}
