public import JSON
public import Model

/// A custom role of a project.
public struct RoleKind: Kind {
  public init() {}
  public let name = "Role"
  public let segment: Address.Kind? = .role
  public let summary = "A custom role of a project; it can be granted only inside that project."
  public let identity = KindIdentity.name
  public var schema: Schema { Self.schema }
  /// For weeks after its deletion a role's id cannot be used (gcp-api.md 2.6).
  public var canBeMadeAgain: Bool { false }
  public func problem(withName name: String) -> String? { NameRules.roleID(name) }

  public func check(_ spec: JSONObject) -> [SpecProblem] {
    guard spec["includedPermissions"]?.array?.isEmpty == true else { return [] }
    return [
      SpecProblem(
        FieldPath().field("includedPermissions"), "this role grants nothing", isWarning: true)
    ]
  }

  /// iam v1 `Role`, discovery revision 20261023.
  private static let schema = Schema([
    SharedFields.project,
    Field(
      "title", .string(StringRules.bytes(atMost: 100)),
      "The name that people see; at most 100 bytes of UTF-8."),
    Field("description", .string(), "What the role is for."),
    Field(
      "stage", .enumeration(stages), default: "ALPHA",
      "How mature the role is. `disabled` makes it grant nothing."),
    Field(
      "includedPermissions", .list(.string(StringRules.permission), .set),
      "Every permission that the role grants, an exact set: `artifactregistry.repositories.get`."),
    Field(
      "name", .string(), [.outputOnly, .returned], "Google's name for it: `projects/P/roles/ID`."),
    Field("etag", .string(), [.outputOnly], "A checksum of its present state."),
    Field("deleted", .boolean, [.outputOnly], "Whether it is deleted and can still be restored."),
  ])

  /// Google returns no stage for ALPHA, which is what a role has when none was sent [DISC].
  private static let stages = Enumeration(
    ["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"], unspecified: nil)
}
