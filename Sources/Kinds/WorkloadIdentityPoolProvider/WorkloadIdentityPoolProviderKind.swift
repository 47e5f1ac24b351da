import CloudResources
import Grammar
import JSON
import Model
import Resources

/// A provider of a workload identity pool: an issuer whose tokens the pool accepts, and under which condition.
struct WorkloadIdentityPoolProviderKind: CloudKind {
  let name = "WorkloadIdentityPoolProvider"
  let addressName = "workloadIdentityPoolProvider"
  let summary =
    "An issuer whose identities may sign in through a pool: GitHub, GitLab, any OpenID Connect issuer, AWS, SAML or X.509."
  var place: Place { .child(of: .workloadIdentityPool, field: "pool") }
  let limits = KindLimits()
  let isCredential = false
  var mustExist: Refusal { .createIsFalse }
  let service: String? = "iam.googleapis.com"
  let hasPolicy = false
  let policyService: String? = nil
  let takesDefaultLabels = false
  let collection = "providers"
  let fullNameForm = "projects/P/locations/global/workloadIdentityPools/POOL/providers/ID"
  var schema: Schema { Schema(ProviderFields.all) }

  /// As for pools.
  let deletion = Deletion.soft(
    isDeleted: { $0["state"] == "DELETED" },
    returning: .init(orCreate: true) { _ in
      Statement(
        "undelete.provider",
        "undelete, or create if Google refuses; its identities get back the access that policies still give them"
      )
    })

  func problem(withName name: String) -> Problem? { FederationNames.existing(name) }
  func problem(creating name: String) -> Problem? { FederationNames.new(name) }
  func check(_ spec: JSONObject) -> [Problem] {
    let problems = GitHubBlock.problems(in: spec)
    return problems.isEmpty ? ProviderRules.problems(in: expanded(spec)) : problems
  }

  func problem(inLive live: JSONValue, written: JSONObject) -> String? {
    ProviderRules.problem(inLive: live, written: written)
  }
  func isMade(_ spec: JSONObject) -> Bool { true }
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? {
    guard let mode = targetSpec?["mode"]?.string, mode != PoolFields.federation else { return nil }
    return ReferenceProblem(
      "is a pool without providers: a trust domain gives identities to workloads at Google only",
      help: "refer to a pool with `mode: federation_only`",
      field: .init("mode", "this pool is a trust domain"))
  }
  func policiesNeeded(by spec: JSONObject) -> [Address] { [] }
  func findings(on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool)
    -> [GraphFinding]
  { ProviderFindings(resource, graph).findings }
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec {
    PreparedSpec(ActorNames.adopted(spec, live: live))
  }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] {
    FederationHazards.ofProvider(change)
  }
  func contents(of live: JSONValue?) -> String? { nil }
  func advice(onDeleting live: JSONValue) -> Statement? {
    FederationAdvice.beforeDeleting(live, "provider")
  }

  /// A provider has neither a number nor a creation time, so whom it lets in is its identity before a deletion or an
  /// undelete.
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    guard action != .update else { return [:] }
    return LiveMembers.of(
      live, ["attributeCondition", "attributeMapping"] + ProviderFields.types)
  }
  func policyName(of address: Address) -> PolicyName? { nil }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }
  func state(of live: JSONValue) -> ObservedState { FederationStates.state(of: live) }
  let standard: StandardResources? = nil
  let isListedBeforeItsProjectGoes = false
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm {
    if FederationNames.new(address.id) != nil { return .none("Google made it") }
    let fields = WrittenFields.of(live, schema)
    if let problem = check(fields).first(where: { !$0.isWarning }) {
      return .none("a manifest cannot write it: \(problem.message)")
    }
    return .document(fields)
  }
  func isSwitchedOff(by change: Change) -> Bool { false }

  var rest: RESTResource { Self.rest }
  let listForm: ListForm? = nil
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)? {
    ResourceWriter(calls: calls, address: address)
  }

  /// IAM v1 `projects.locations.workloadIdentityPools.providers`; as for pools, with pages of at most 100.
  private static let rest = RESTResource(
    host: .iam, version: "v1",
    name: "projects/{project}/locations/global/workloadIdentityPools/{pool}/providers/{provider}",
    proof: .name, noun: "provider", plural: "workload identity pool providers",
    permission: "iam.workloadIdentityPoolProviders", permissionVerbs: ["patch": "update"],
    roles: FederationRights.roles,
    rights: FederationRights.of("workloadIdentityPoolProviders", hasPolicy: false),
    grouping: .list(
      items: "workloadIdentityPoolProviders", pageSize: 100, query: [("showDeleted", "true")]),
    create: .init(
      id: .query("workloadIdentityPoolProviderId"), answer: .operation(version: "v1")),
    update: .init(
      method: "patch", mask: .query, sendsETag: false, answer: .operation(version: "v1")),
    delete: .init(sendsETag: false, answer: .operation(version: "v1")),
    undelete: .init(sendsETag: false, answer: .operation(version: "v1")), policy: nil,
    namesProjectNumber: true)
}
