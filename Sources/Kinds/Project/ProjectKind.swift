import CloudResources
import Diagnostics
import GoogleCloud
import Grammar
import JSON
import Model
import Resources

/// A Google Cloud project that exists already or, with `parent`, that arctl creates.
struct ProjectKind: CloudKind {
  let name = "Project"
  let addressName = "project"
  let summary =
    "A project that exists, or, with `parent`, one to create; its services, labels, billing account and policy."
  let place = Place.root
  let limits = KindLimits(labels: 64)
  let isCredential = false
  let service: String? = nil
  let hasPolicy = true
  let policyService: String? = "cloudresourcemanager.googleapis.com"
  let takesDefaultLabels = false
  let collection = "projects"
  let fullNameForm = "projects/P"
  var schema: Schema { Self.schema }
  /// A project's id can never be used again (docs/google-apis.md#project-ids).
  let deletion = Deletion.soft(
    isDeleted: { $0["state"]?.string == "DELETE_REQUESTED" },
    returning: .init(orCreate: false) { _ in
      Statement("undelete", "it was deleted and can be undeleted for 30 days")
    })
  func problem(withName name: String) -> Problem? { NameRules.projectID(name) }

  /// Projects with a domain in their id are older than the rule that forbids them (docs/google-apis.md#project-ids).
  func problem(creating name: String) -> Problem? {
    guard name.contains(":") else { return nil }
    return Problem(
      "has a domain, which ids of new projects cannot have", help: "add lifecycle: {create: false}")
  }

  func check(_ spec: JSONObject) -> [Problem] {
    LabelRules.project.problems(in: spec["labels"])
      + IAMRules.problems(inEntriesOf: spec, publicMembers: .refusedByProjects)
      + IAMRules.emptyServices(spec) + identityProblems(spec) + absentProblems(spec)
  }

  private func absentProblems(_ spec: JSONObject) -> [Problem] {
    let services = Set((spec["services"]?.array ?? []).compactMap(\.string))
    return (spec["absentServices"]?.array ?? []).enumerated().compactMap { index, value in
      let place = FieldPath().field("absentServices").appending(.index(index))
      guard let name = value.string else { return nil }
      if services.contains(name) {
        return Problem(
          place, "`\(name)` must be enabled and must not be enabled", code: .fieldConflict,
          help: "remove it from `services` or from `absentServices`")
      }
      guard APIHost.unavoidable.contains(where: { $0.serviceName == name }) else { return nil }
      return Problem(
        place, "arctl calls `\(name)` itself: without it, it cannot see what the project holds",
        help: "disable it by hand, once arctl manages nothing in the project")
    }
  }

  /// An agent exists only where its service is enabled.
  private func identityProblems(_ spec: JSONObject) -> [Problem] {
    let services = Set((spec["services"]?.array ?? []).compactMap(\.string))
    return (spec["serviceIdentities"]?.array ?? []).enumerated().compactMap { index, value in
      guard let name = value.string.map(ServiceAgents.service(named:)), !services.contains(name)
      else { return nil }
      return Problem(
        FieldPath().field("serviceIdentities").appending(.index(index)),
        "`\(name)` is not among `services`, so its agent may not exist",
        help: "add `\(name)` to `services`")
    }
  }

  /// Every project of an organisation has a parent. A value without one is a project outside any organisation, or an
  /// incomplete answer: arctl does not move projects, so in both cases a person must check it.
  func problem(inLive live: JSONValue, written: JSONObject) -> String? {
    guard written["parent"]?.string != nil else { return nil }
    if let parent = live["parent"]?.string, !parent.isEmpty {
      return StringRules.parent.check?(parent) == nil
        ? nil : "`parent` is neither a folder nor an organization"
    }
    return
      "`parent` is missing: the project is not in a folder or organization, or the answer leaves it out"
  }

  /// Only `parent` says where to create it.
  func isMade(_ spec: JSONObject) -> Bool { spec["parent"]?.string != nil }
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? { nil }
  func policiesNeeded(by spec: JSONObject) -> [Address] { [] }
  /// No policy of the set grants something to the agent of a service that is to be disabled.
  func findings(on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool)
    -> [GraphFinding]
  {
    let own = graph.resources.values.filter { $0.address.project == resource.address.project }
    let disabled = own.filter {
      $0.address.kind == ServiceKind().id && $0.lifecycle.ensure == .absent
    }
    guard !disabled.isEmpty else { return [] }
    let granted = graph.policies.values.flatMap { $0.entries.flatMap(\.members) }.filter {
      NumberedMember.project(in: $0.text) == resource.address.project
    }
    return disabled.compactMap { service in
      guard
        let member = granted.first(where: {
          ServiceAgents.service(of: $0.text) == service.address.id
        })
      else { return nil }
      return GraphFinding(
        Diagnostic(
          .fieldConflict, "`\(service.address.id)` is to be disabled, and its agent holds a role",
          at: service.source, related: [.init(member.source, "granted here")],
          help: ["remove the grant first, or leave the service enabled"]))
    }
  }
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec { PreparedSpec(spec) }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] { [] }
  func contents(of live: JSONValue?) -> String? { "everything in it" }
  func advice(onDeleting live: JSONValue) -> Statement? { nil }
  /// Its id is its identity, because it can never be used again.
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject { [:] }
  func policyName(of address: Address) -> PolicyName? { nil }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }
  func state(of live: JSONValue) -> ObservedState {
    let state = live["state"]?.string ?? ""
    return state == "ACTIVE"
      ? .present : .unknown("its state is `\(state)`, which arctl does not know")
  }
  let standard: StandardResources? = nil
  let isListedBeforeItsProjectGoes = false
  /// Without its parent, with which a missing project would be created.
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm {
    var fields = WrittenFields.of(live, schema)
    if fields["displayName"] == .string(address.project) { fields["displayName"] = nil }
    let parent = fields["parent"]?.string
    fields["parent"] = nil
    return .document(
      fields,
      remarks: parent.map {
        ["The project is in \($0). With `parent`, arctl would create it where it does not exist."]
      } ?? [])
  }
  func isSwitchedOff(by change: Change) -> Bool { false }

  let mustExist = Refusal(
    .mustExist,
    Statement(
      "must-exist.project",
      "does not exist, or you may not see it; without `parent` it is not created"),
    remedy: "correct the name, create it first, or give it a `parent`")

  var rest: RESTResource { Self.rest }
  let listForm: ListForm? = nil
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)? {
    ResourceWriter(calls: calls, address: address).map(ProjectWriter.init)
  }

  /// Resource Manager v3 `projects`. Policies are read from v1, as gcloud does, because v1 has a separate quota. The
  /// billing account belongs to Cloud Billing; `ProjectWriter` links it.
  private static let rest = RESTResource(
    host: .resourceManager, version: "v3", name: "projects/{project}",
    proof: .memberAndNumber("projectId"), noun: "project", plural: "projects",
    permission: "resourcemanager.projects",
    roles: .init(
      reads: nil, writes: nil,
      verbs: [
        "get": "roles/browser", "create": "roles/resourcemanager.projectCreator",
        "delete": "roles/resourcemanager.projectDeleter",
        "setIamPolicy": "roles/resourcemanager.projectIamAdmin",
        "createBillingAssignment": "roles/billing.projectManager",
        "deleteBillingAssignment": "roles/billing.projectManager", "update": "roles/owner",
      ]),
    rights: .init(
      checkedOn: .itself, get: ["get"], list: [], locations: [], contents: [],
      foreign: ["get"], create: ["create"], update: ["update"], delete: ["delete"],
      undelete: ["undelete"],
      policyRead: ["getIamPolicy"], policyWrite: ["setIamPolicy"], field: fieldRights,
      parentField: "parent"),
    grouping: .alone,
    create: .init(id: .member("projectId"), answer: .operation(version: "v3")),
    update: .init(mask: .query, sendsETag: true, answer: .operation(version: "v3")),
    delete: .init(sendsETag: false, answer: .operation(version: "v3")),
    undelete: .init(sendsETag: false, answer: .operation(version: "v3")),
    policy: .postWithOptions(version: "v1"), foreignFields: ["billingAccount"])

  /// Linking a billing account needs a permission on the account, too; null unlinks the project.
  private static let fieldRights:
    @Sendable (String, JSONValue, Bool) -> [RESTResource.Rights.FieldRight] =
      { name, value, isNew in
        guard name == "billingAccount" else { return [] }
        guard let account = value.string, !account.isEmpty else {
          return isNew ? [] : [.init("deleteBillingAssignment")]
        }
        return [
          .init("createBillingAssignment"),
          .init("billing.resourceAssociations.create", on: account),
        ]
      }

  /// cloudresourcemanager v3 `Project`, discovery revision 20261107.
  private static let schema = Schema([
    Field(
      "displayName", .string(StringRule(check: displayNameProblem)),
      "The display name: 4 to 30 letters, digits, spaces, hyphens, quotes and exclamation points."
    ),
    Field("labels", .labels, "Labels of the project; keys that are not written stay."),
    Field(
      "parent", .string(StringRules.parent), [.immutable],
      "The folder or organisation in which to create the project: `folders/123`, `organizations/456`. "
        + "Without it the project must exist."),
    Field(
      "billingAccount", .string(StringRules.billingAccount), [.otherAPI],
      "The billing account to link, `billingAccounts/XXXXXX-XXXXXX-XXXXXX`; it is set by Cloud Billing's API."
    ),
    Field(
      "services", .list(.string(StringRules.service), .set), [.manifestOnly],
      "Google services to enable. Services that are enabled and not listed stay enabled."
    ).with(.notNull, .notEmpty),
    Field(
      "absentServices", .list(.string(StringRules.service), .set), [.manifestOnly],
      "Google services to disable. Disabling one is guarded like a deletion, and Google refuses it while other enabled "
        + "services depend on it."),
    Field(
      "serviceIdentities", .list(.string(serviceIdentity), .set), [.manifestOnly],
      "Services among `services` whose agent arctl creates before something is granted to it: `artifactregistry`. Google "
        + "creates some agents only when they are first used, and a policy cannot name one that does not exist."
    ),
    Field(
      "tags", .map(.string(), idField: nil), [.inputOnly, .immutable],
      "Tags to bind when the project is created, as `\"123/environment\": production`. Google's API has this "
        + "in preview and does not return it."),
    SharedFields.iam,
    Field(
      "name", .string(), [.outputOnly, .returned],
      "Google's name for it: `projects/` and its number."),
    Field(
      "projectId", .string(), [.outputOnly, .returned], "The id; in a manifest, `metadata.name`."),
    Field(
      "state", .enumeration(states), [.outputOnly, .returned],
      "Whether the project is in use or being deleted."),
    Field("createTime", .timestamp, [.outputOnly, .returned], "When the project was created."),
    Field("updateTime", .timestamp, [.outputOnly], "When the project was last changed."),
    Field("deleteTime", .timestamp, [.outputOnly], "When its deletion was requested."),
    Field("etag", .string(), [.outputOnly], "A checksum of its current state."),
    Field(
      "configuredCapabilities", .list(.string(), .set), [.outputOnly],
      "The capabilities of the parent folder of a management project."),
    Field("isManagementProject", .boolean, [.outputOnly], "Whether it is a management project."),
    Field(
      "managementType", .enumeration(managementTypes), [.outputOnly],
      "The type of the management project."),
  ])

  private static let serviceIdentity = StringRule { text in
    NameRules.service(ServiceAgents.service(named: text)) == nil
      ? nil : "must be a service, such as `artifactregistry`"
  }

  private static let states = Enumeration(
    ["ACTIVE", "DELETE_REQUESTED"], unspecified: "STATE_UNSPECIFIED")
  private static let managementTypes = Enumeration(
    ["SELF_MANAGED", "HUB"], unspecified: "MANAGEMENT_TYPE_UNSPECIFIED")

  /// 4 to 30 of `[A-Za-z0-9'" !-]` (docs/google-apis.md#project-ids).
  private static func displayNameProblem(_ text: String) -> Problem? {
    guard text.utf8.allSatisfy({ NameRules.isAlphanumeric($0) || "'\" !-".utf8.contains($0) })
    else {
      return "may contain letters, digits, spaces, hyphens, quotes and exclamation points only"
    }
    return (4...30).contains(text.utf8.count)
      ? nil : "must have 4 to 30 characters; this has \(text.utf8.count)"
  }
}

extension KindID {
  /// The kind `ProjectKind`.
  static let project = ProjectKind().id
}
