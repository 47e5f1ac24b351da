import CloudResources
import Grammar
import JSON
import Model
import Resources

/// A workload identity pool: a set of identities of other systems that a project trusts.
struct WorkloadIdentityPoolKind: CloudKind {
  let name = "WorkloadIdentityPool"
  let addressName = "workloadIdentityPool"
  let summary =
    "A pool of identities from outside Google, such as workflows of GitHub: access without keys."
  var place: Place { .project(.project) }
  let limits = KindLimits()
  let isCredential = false
  var mustExist: Refusal { .createIsFalse }
  let service: String? = "iam.googleapis.com"
  let hasPolicy = true
  let policyService: String? = nil
  let takesDefaultLabels = false
  let collection = "workloadIdentityPools"
  let fullNameForm = "projects/P/locations/global/workloadIdentityPools/ID"
  var schema: Schema { Schema(PoolFields.all) }

  /// A deleted pool is listed for 30 days, and its id is not free before (docs/google-apis.md#workload-identity-pools).
  let deletion = Deletion.soft(
    isDeleted: { $0["state"] == "DELETED" },
    returning: .init(orCreate: true) { _ in
      Statement(
        "undelete.pool",
        "undelete, or create if Google refuses; with the pool return its providers, and the access of all identities that "
          + "policies still name")
    })

  func problem(withName name: String) -> Problem? { FederationNames.existingPool(name) }
  func problem(creating name: String) -> Problem? { FederationNames.new(name) }
  func check(_ spec: JSONObject) -> [Problem] {
    PoolRules.problems(in: spec) + IAMRules.problems(inEntriesOf: spec)
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
  {
    PoolFindings(pool: resource.address, graph).findings
  }
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec { PreparedSpec(spec) }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] {
    FederationHazards.ofPool(change)
  }
  func contents(of live: JSONValue?) -> String? { nil }
  func advice(onDeleting live: JSONValue) -> Statement? {
    FederationAdvice.beforeDeleting(live, "pool")
  }

  /// A pool has neither a number nor a creation time, so its contents are its identity before a deletion or an undelete.
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    guard action != .update else { return [:] }
    return [
      "displayName": .string(live["displayName"]?.string ?? ""),
      "description": .string(live["description"]?.string ?? ""),
      "mode": .string(live["mode"]?.string ?? PoolFields.federation),
    ]
  }
  func policyName(of address: Address) -> PolicyName? { nil }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }
  func state(of live: JSONValue) -> ObservedState { FederationStates.state(of: live) }
  let standard: StandardResources? = nil
  let isListedBeforeItsProjectGoes = false
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm {
    guard live["mode"] != "SYSTEM_TRUST_DOMAIN", FederationNames.new(address.id) == nil else {
      return .none("Google made it")
    }
    return .document(WrittenFields.of(live, schema))
  }
  func isSwitchedOff(by change: Change) -> Bool { false }

  var rest: RESTResource { Self.rest }
  var listForm: ListForm? { Self.listForm }
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)? {
    ResourceWriter(calls: calls, address: address)
  }

  /// IAM v1 `projects.locations.workloadIdentityPools`. A finished operation has no response, so a GET decides what it
  /// did. Answers name the project by its number (recorded).
  private static let rest = RESTResource(
    host: .iam, version: "v1",
    name: "projects/{project}/locations/global/workloadIdentityPools/{pool}", proof: .name,
    noun: "pool", plural: "workload identity pools", permission: "iam.workloadIdentityPools",
    permissionVerbs: ["patch": "update"],
    roles: FederationRights.roles,
    rights: FederationRights.of("workloadIdentityPools", hasPolicy: true),
    grouping: .list(
      items: "workloadIdentityPools", pageSize: 1000, query: [("showDeleted", "true")]),
    create: .init(id: .query("workloadIdentityPoolId"), answer: .operation(version: "v1")),
    update: .init(
      method: "patch", mask: .query, sendsETag: false, answer: .operation(version: "v1")),
    delete: .init(sendsETag: false, answer: .operation(version: "v1")),
    undelete: .init(sendsETag: false, answer: .operation(version: "v1")),
    policy: .postWithOptions(version: "v1"), namesProjectNumber: true,
    isSoughtOnlyWhereNamed: true)

  private static let listForm = ListForm(
    "pools", summary: "the workload identity pools of the projects",
    [
      ListColumns.address,
      ListColumn("displayName", .text, at: .member("displayName"), rank: 3),
      ListColumn(
        "mode", .choice(PoolFields.modes), at: .member("mode", ifMissing: "federation_only"),
        rank: 4),
      ListColumn("disabled", .flag, at: .member("disabled", ifMissing: false), rank: 1),
      ListColumn("state", .choice(FederationStates.all), at: .member("state"), rank: 1),
      ListColumns.declared, ListColumns.project, ListColumns.googleName,
      ListColumns.detail("description"),
    ], order: ["address"])
}

extension KindID {
  /// The kind `WorkloadIdentityPoolKind`.
  static let workloadIdentityPool = WorkloadIdentityPoolKind().id
}
