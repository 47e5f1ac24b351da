import JSON
import Model

/// A Google service that a project has enabled: declared in a Project's `services`, never a document of its own.
struct ServiceKind: ResourceKind {
  let name = "Service"
  let id = Address.Kind.service
  let summary = "A Google service that a project has enabled, from the Project's `services`."
  let place = Place.setting
  let deletion = Deletion.never
  let limits = KindLimits()
  var mustExist: Refusal { .createIsFalse }
  let isCredential = false
  let service: String? = nil
  let hasPolicy = false
  let takesDefaultLabels = false
  let collection = "services"
  let fullNameForm = "projects/P/services/ID"
  private static let names = NameTemplate("projects/*/services/*")
  func fullName(of address: Address) -> String { Self.names.name(of: address) }
  func read(reference text: String, project: String) -> KindReference? {
    Self.names.read(text, kind: id, project: project)
  }
  let schema = Schema([])
  func problem(withName name: String) -> String? { NameRules.service(name) }
  func check(_ spec: JSONObject) -> [SpecProblem] { [] }
  func problem(inLive live: JSONValue, written: JSONObject) -> String? { nil }
  func isMade(_ spec: JSONObject) -> Bool { false }
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? { nil }
  func findings(on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool)
    -> [GraphFinding]
  { [] }
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec { PreparedSpec(spec) }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] { [] }
  func contents(of live: JSONValue?) -> String? { nil }
  func advice(onDeleting live: JSONValue) -> Statement? { nil }
  /// Its name is its identity.
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject { [:] }
  func policyName(of address: Address) -> PolicyName? { nil }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }
  func isSwitchedOff(by change: Change) -> Bool { false }
}
