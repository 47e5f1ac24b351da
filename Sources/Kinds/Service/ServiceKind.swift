import CloudResources
import Grammar
import JSON
import Model
import Resources

/// A Google service that a project has enabled: declared in a Project's `services`, never a document of its own.
struct ServiceKind: CloudKind {
  let name = "Service"
  let addressName = "service"
  let summary = "A Google service that a project has enabled, from the Project's `services`."
  var place: Place { .setting(of: .project) }
  let deletion = Deletion.final(idIsReusable: true)
  let limits = KindLimits()
  var mustExist: Refusal { .createIsFalse }
  let isCredential = false
  let service: String? = nil
  let hasPolicy = false
  let policyService: String? = nil
  let takesDefaultLabels = false
  let collection = "services"
  let fullNameForm = "projects/P/services/ID"
  let schema = Schema([])
  func problem(withName name: String) -> Problem? { NameRules.service(name) }
  func problem(creating name: String) -> Problem? { nil }
  func check(_ spec: JSONObject) -> [Problem] { [] }
  func problem(inLive live: JSONValue, written: JSONObject) -> String? { nil }
  func isMade(_ spec: JSONObject) -> Bool { false }
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? { nil }
  func policiesNeeded(by spec: JSONObject) -> [Address] { [] }
  func findings(on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool)
    -> [GraphFinding]
  { [] }
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec {
    guard spec["identity"] == true else { return PreparedSpec(spec) }
    return PreparedSpec(
      spec, creation: Statement("service.identity", "with its service agent"))
  }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] { [] }
  func contents(of live: JSONValue?) -> String? { nil }
  func advice(onDeleting live: JSONValue) -> Statement? { nil }
  /// Its name is its identity.
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject { [:] }
  func policyName(of address: Address) -> PolicyName? { nil }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }
  func state(of live: JSONValue) -> ObservedState {
    let state = live["state"]?.string ?? ""
    switch state {
    case "ENABLED": return .present
    case "DISABLED": return .absent
    default: return .unknown("its state is `\(state)`, which arctl does not know")
    }
  }
  var standard: StandardResources? { DefaultServices.standard }
  let isListedBeforeItsProjectGoes = false
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm {
    .entry(field: "services")
  }
  func isSwitchedOff(by change: Change) -> Bool { false }
  var rest: RESTResource { Self.rest }
  var listForm: ListForm? { Self.listForm }
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)? {
    ServiceWriter(calls: calls, address: address)
  }

  private static let listForm = ListForm(
    "services", summary: "the enabled services of the projects",
    [
      ListColumns.address, ListColumns.declared,
      // Google enables some services in new projects, or together with others.
      ListColumn("standard", .flag, rank: 1), ListColumns.project, ListColumns.googleName,
    ], order: ["address"])

  /// Service Usage v1 `services`. `ServiceCalls` enables them in batches. The list is read without the configuration of
  /// each service, which has several kilobytes.
  private static let rest = RESTResource(
    host: .serviceUsage, version: "v1", name: "projects/{project}/services/{service}",
    proof: .name, noun: "service", plural: "services", permission: "serviceusage.services",
    permissionVerbs: ["batchGet": "get", "batchEnable": "enable"],
    roles: .init(
      reads: "roles/serviceusage.serviceUsageViewer",
      writes: "roles/serviceusage.serviceUsageAdmin",
      verbs: ["use": "roles/serviceusage.serviceUsageConsumer"]),
    rights: .init(
      checkedOn: .parent, get: ["get"], list: ["list"], locations: [], contents: [],
      foreign: [], create: ["enable"], update: [], delete: ["disable"], undelete: [],
      policyRead: [], policyWrite: [], field: RESTResource.Rights.noFields, parentField: nil),
    grouping: .batch(verb: "batchGet", parameter: "names", items: "services", size: 30),
    create: nil, update: nil, delete: nil, undelete: nil, policy: nil, namesProjectNumber: true,
    inventory: .init(
      pageSize: 200,
      query: [
        ("filter", "state:ENABLED"), ("fields", "services/name,services/state,nextPageToken"),
      ]))
}
