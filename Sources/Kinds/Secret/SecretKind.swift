import CloudResources
import Grammar
import JSON
import Model
import Resources

/// A secret of Secret Manager: its settings and its policy. Values are its versions, which no manifest holds.
struct SecretKind: CloudKind {
  let name = "Secret"
  let addressName = "secret"
  let summary =
    "A secret of Secret Manager: where it is stored and who may read it. Its values never stand in a manifest."
  var place: Place { .project(.project) }
  let deletion = Deletion.final(idIsReusable: true)
  let limits = KindLimits(labels: 64)
  let isCredential = false
  var mustExist: Refusal { .createIsFalse }
  let service: String? = "secretmanager.googleapis.com"
  let hasPolicy = true
  let policyService: String? = nil
  let takesDefaultLabels = true
  let collection = "secrets"
  let fullNameForm = "projects/P/secrets/ID"
  var schema: Schema { Schema(SecretFields.all) }
  func problem(withName name: String) -> Problem? { NameRules.secretID(name) }
  func problem(creating name: String) -> Problem? { nil }
  func check(_ spec: JSONObject) -> [Problem] {
    SecretRules.problems(in: spec) + IAMRules.problems(inEntriesOf: spec)
  }

  func problem(inLive live: JSONValue, written: JSONObject) -> String? {
    SecretReplication.problem(in: live["replication"])
  }
  func isMade(_ spec: JSONObject) -> Bool { true }
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? { nil }
  func policiesNeeded(by spec: JSONObject) -> [Address] {
    SecretReplication.keys(in: spec["replication"]).compactMap { key in
      guard case .full(let address)? = CryptoKeyKind().read(reference: key, project: "") else {
        return nil
      }
      return address.policy
    }
  }
  func findings(on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool)
    -> [GraphFinding]
  { [] }
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec {
    PreparedSpec(SecretTimes.adopted(SecretReplication.adopted(spec, live: live), live: live))
  }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] { [] }

  /// No answer about a secret says whether it has versions, and a list of them can fail. So every deletion counts as one
  /// of values.
  func contents(of live: JSONValue?) -> String? { "all its versions, with their values" }
  func advice(onDeleting live: JSONValue) -> Statement? { nil }
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    LiveMembers.of(live, ["createTime"])
  }
  func policyName(of address: Address) -> PolicyName? { nil }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }
  /// A secret in an answer exists: the API has no other state.
  func state(of live: JSONValue) -> ObservedState { .present }
  let standard: StandardResources? = nil
  let isListedBeforeItsProjectGoes = true

  /// Without the annotations of arctl's keys, which no manifest may write.
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm {
    var fields = WrittenFields.of(live, schema)
    let others = (fields["annotations"]?.object ?? [:])
      .filter { !SecretRules.isReserved($0.key) }.sorted { $0.key < $1.key }
    fields["annotations"] =
      others.isEmpty ? nil : .object(JSONObject(others.map { ($0.key, $0.value) }))
    return .document(fields)
  }
  func isSwitchedOff(by change: Change) -> Bool { false }

  var rest: RESTResource { Self.rest }
  var listForm: ListForm? { Self.listForm }
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)? {
    ResourceWriter(calls: calls, address: address)
  }

  /// Secret Manager v1 `projects.secrets`; no method returns a long-running operation. Answers name the project by its
  /// number (docs/google-apis.md#secrets).
  private static let rest = RESTResource(
    host: .secretManager, version: "v1", name: "projects/{project}/secrets/{secret}",
    proof: .name, noun: "secret", plural: "secrets", permission: "secretmanager.secrets",
    permissionVerbs: ["patch": "update"],
    roles: .init(reads: "roles/secretmanager.viewer", writes: "roles/secretmanager.admin"),
    rights: .init(
      checkedOn: .itself, get: ["get"], list: ["list"], locations: [],
      contents: ["secretmanager.versions.list"], foreign: [], create: ["create"],
      update: ["update"], delete: ["delete"], undelete: [], policyRead: ["getIamPolicy"],
      policyWrite: ["setIamPolicy"], field: RESTResource.Rights.noFields, parentField: nil),
    grouping: .list(items: "secrets", pageSize: 1000),
    create: .init(id: .query("secretId"), answer: .resource),
    update: .init(method: "patch", mask: .query, sendsETag: true, answer: .resource),
    delete: .init(sendsETag: true, answer: .empty), undelete: nil, policy: .get,
    namesProjectNumber: true, isSoughtOnlyWhereNamed: true, refusesStaleETagsAs400: true)
}

extension KindID {
  /// The kind `SecretKind`.
  static let secret = SecretKind().id
}
