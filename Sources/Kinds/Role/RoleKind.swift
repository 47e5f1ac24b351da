import CloudResources
import Grammar
import JSON
import Model
import Resources

/// A custom role of a project.
struct RoleKind: CloudKind {
  let name = "Role"
  let addressName = "role"
  let summary = "A custom role of a project; it can be granted only inside that project."
  var place: Place { .project(.project) }
  let limits = KindLimits(perProject: .init(300, isAdjustable: false))
  let isCredential = false
  var mustExist: Refusal { .createIsFalse }
  let service: String? = "iam.googleapis.com"
  let hasPolicy = false
  let policyService: String? = nil
  let takesDefaultLabels = false
  let collection = "roles"
  let fullNameForm = "projects/P/roles/ID"
  var schema: Schema { Self.schema }
  /// A role's id stays blocked for weeks after its deletion (docs/google-apis.md#deleted-roles). Google still returns
  /// the role, but not its deletion time, so arctl cannot know whether an undelete will succeed.
  let deletion = Deletion.soft(
    isDeleted: { $0["deleted"]?.bool == true },
    returning: .init(orCreate: true) { _ in
      Statement(
        "undelete.role",
        "undelete, or create if Google refuses: a role does not return after 7 days, and its id stays blocked for up to 37 "
          + "days after its deletion, the date of which is not known; then take another id")
    })
  func problem(withName name: String) -> Problem? { NameRules.roleID(name) }

  func problem(creating name: String) -> Problem? { nil }
  func check(_ spec: JSONObject) -> [Problem] {
    guard spec["includedPermissions"]?.array?.isEmpty == true else { return [] }
    return [
      Problem(
        FieldPath().field("includedPermissions"), "this role grants nothing", isWarning: true)
    ]
  }

  func problem(inLive live: JSONValue, written: JSONObject) -> String? { nil }
  func isMade(_ spec: JSONObject) -> Bool { true }
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? { nil }
  func policiesNeeded(by spec: JSONObject) -> [Address] { [] }
  func findings(on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool)
    -> [GraphFinding]
  { [] }
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec { PreparedSpec(spec) }

  /// A custom role with a dangerous permission is dangerous before any member holds it.
  ///
  /// An undelete or a reactivation (`stage`) restores the role's permissions to all members that hold it.
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] {
    let isGain = change.fields.contains {
      $0.path.description.hasPrefix("includedPermissions")
        || $0.path.description == "stage" && $0.from == "DISABLED"
    }
    guard change.action == .undelete || change.action != .delete && isGain else { return [] }
    let dangerous = (permissions(in: spec, live: live) ?? []).filter(PrivilegedGrants.isPrivileged)
      .sorted()
    guard !dangerous.isEmpty else { return [] }
    let names = dangerous.map { "`\($0)`" }.joined(separator: ", ")
    return [Hazard(.privileged, Statement("privileged.role", "the role would hold \(names)"))]
  }

  func contents(of live: JSONValue?) -> String? { nil }
  func advice(onDeleting live: JSONValue) -> Statement? { nil }

  /// A custom role has neither a number nor a creation time, so its contents are its identity before a deletion or an
  /// undelete.
  ///
  /// Its etag would identify it too, but a list and a GET may not return the same one, and a plan's id contains none.
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    guard action != .update else { return [:] }
    let permissions = (live["includedPermissions"]?.array ?? []).compactMap(\.string).sorted()
    return [
      "title": .string(live["title"]?.string ?? ""),
      "description": .string(live["description"]?.string ?? ""),
      // Google omits ALPHA (docs/google-apis.md#stages-of-roles).
      "stage": .string(live["stage"]?.string ?? "ALPHA"),
      "includedPermissions": .array(permissions.map(JSONValue.string)),
    ]
  }

  func policyName(of address: Address) -> PolicyName? {
    .role("projects/\(address.project)/roles/\(address.id)")
  }

  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? {
    (spec["includedPermissions"] ?? live?["includedPermissions"])?.array?.compactMap(\.string)
  }
  func state(of live: JSONValue) -> ObservedState { .present }
  let standard: StandardResources? = nil
  let isListedBeforeItsProjectGoes = false
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm {
    .document(WrittenFields.of(live, schema))
  }
  func isSwitchedOff(by change: Change) -> Bool { false }

  var rest: RESTResource { Self.rest }
  var listForm: ListForm? { Self.listForm }
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)? {
    ResourceWriter(calls: calls, address: address)
  }

  /// IAM v1 `projects.roles`. The list includes deleted roles.
  private static let rest = RESTResource(
    host: .iam, version: "v1", name: "projects/{project}/roles/{role}", proof: .name,
    noun: "role", plural: "custom roles", permission: "iam.roles",
    roles: .init(reads: "roles/iam.roleViewer", writes: "roles/iam.roleAdmin"),
    rights: .init(
      checkedOn: .parent, get: ["get"], list: ["list"], locations: [], contents: [],
      foreign: [], create: ["create"], update: ["update"], delete: ["delete"],
      undelete: ["undelete"],
      policyRead: [], policyWrite: [], field: RESTResource.Rights.noFields, parentField: nil),
    grouping: .list(
      items: "roles", pageSize: 1000, query: [("view", "FULL"), ("showDeleted", "true")]),
    create: .init(
      id: .beside(id: "roleId", resource: "role"), answer: .resource,
      blockedID: (
        "marked for deletion",
        "take another id for the role: that of a deleted one stays blocked for up to 37 days after its deletion, and "
          + "Google does not report when that was. In its first 7 days a plan shows the role as `undelete`"
      )),
    update: .init(mask: .query, sendsETag: true, answer: .resource),
    delete: .init(sendsETag: true, answer: .resource),
    undelete: .init(sendsETag: true, answer: .resource), policy: nil)

  private static let listForm = ListForm(
    "roles", summary: "the custom roles of the projects",
    [
      ListColumns.address, ListColumn("title", .text, at: .member("title"), rank: 1),
      ListColumn("stage", .choice(stages), at: .member("stage", ifMissing: "alpha"), rank: 4),
      ListColumn(
        "permissions", .count, at: .member("includedPermissions", ifMissing: 0), rank: 3),
      ListColumn("deleted", .flag, at: .member("deleted", ifMissing: false), rank: 1),
      ListColumns.declared, ListColumns.project, ListColumns.googleName,
      ListColumns.detail("description"),
    ], order: ["address"])

  /// iam v1 `Role`, discovery revision 20261023.
  private static let schema = Schema([
    SharedFields.project,
    Field(
      "title", .string(StringRules.bytes(atMost: 100)),
      "The display name; at most 100 bytes of UTF-8."),
    Field("description", .string(), "What the role is for."),
    Field(
      "stage", .enumeration(stages), default: "ALPHA",
      "How mature the role is. `disabled` makes it grant nothing."),
    Field(
      "includedPermissions", .list(.string(StringRules.permission), .set),
      "Every permission that the role grants, an exact set: `artifactregistry.repositories.get`."),
    Field(
      "name", .string(), [.outputOnly, .returned], "Google's name for it: `projects/P/roles/ID`."),
    Field("etag", .string(), [.outputOnly], "A checksum of its current state."),
    Field("deleted", .boolean, [.outputOnly], "Whether it is deleted and can still be restored."),
  ])

  /// Google returns no stage for ALPHA, the stage of a role that was created without one
  /// (docs/google-apis.md#stages-of-roles).
  private static let stages = Enumeration(
    ["ALPHA", "BETA", "GA", "DEPRECATED", "DISABLED", "EAP"], unspecified: nil)
}
