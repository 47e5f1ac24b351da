import CloudResources
import Grammar
import JSON
import Model

/// A key of Cloud KMS that encrypts repositories. It has no documents: other tools make keys, and arctl manages the
/// policy that lets Artifact Registry use one.
struct CryptoKeyKind: CloudKind {
  let name = "CryptoKey"
  let addressName = "cryptoKey"
  let summary = "A key of Cloud KMS, which IAMBindings can name as their `resource`."
  var place: Place { .child(of: .keyRing, field: "keyRing") }
  let deletion = Deletion.never
  let limits = KindLimits()
  var mustExist: Refusal { .createIsFalse }
  let isCredential = false
  let service: String? = "cloudkms.googleapis.com"
  let policyService: String? = nil
  let takesDefaultLabels = false
  let hasPolicy = true
  let collection = "cryptoKeys"
  let fullNameForm = "projects/P/locations/L/keyRings/R/cryptoKeys/K"
  let schema = Schema([])
  func problem(withName name: String) -> Problem? { NameRules.keyID(name) }
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
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec { PreparedSpec(spec) }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] { [] }
  func contents(of live: JSONValue?) -> String? { nil }
  func advice(onDeleting live: JSONValue) -> Statement? { nil }
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject { [:] }
  func policyName(of address: Address) -> PolicyName? { nil }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }
  /// What an answer shows exists: rings and keys are never deleted, only versions of keys are destroyed.
  func state(of live: JSONValue) -> ObservedState { .present }
  let standard: StandardResources? = nil
  let isListedBeforeItsProjectGoes = false
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm {
    .none("arctl only refers to it")
  }
  func isSwitchedOff(by change: Change) -> Bool { false }

  var rest: RESTResource { Self.rest }
  let listForm: ListForm? = nil
  /// arctl writes neither rings nor keys.
  func writer(of address: Address, _ calls: CloudCalls) -> (any ResourceWrites)? { nil }

  /// Cloud KMS v1 `projects.locations.keyRings.cryptoKeys`.
  private static let rest = RESTResource(
    host: .keyManagement, version: "v1",
    name: "projects/{project}/locations/{location}/keyRings/{keyRing}/cryptoKeys/{cryptoKey}",
    proof: .name, noun: "key", plural: "keys", permission: "cloudkms.cryptoKeys",
    roles: .init(reads: "roles/cloudkms.viewer", writes: "roles/cloudkms.admin"),
    rights: .init(
      checkedOn: .itself, get: ["get"], list: [], locations: [], contents: [],
      foreign: [], create: [], update: [], delete: [], undelete: [],
      policyRead: ["getIamPolicy"], policyWrite: ["setIamPolicy"],
      field: RESTResource.Rights.noFields, parentField: nil),
    grouping: .alone, create: nil, update: nil, delete: nil, undelete: nil, policy: .get)
}

extension KindID {
  /// The kind `CryptoKeyKind`.
  static let cryptoKey = CryptoKeyKind().id
}
