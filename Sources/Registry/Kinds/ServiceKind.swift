public import JSON
public import Model

/// A Google service that a project has enabled: declared in a Project's `services`, never a document of its own.
public struct ServiceKind: ResourceKind {
  public init() {}
  public let name = "Service"
  public let id = Address.Kind.service
  public let summary = "A Google service that a project has enabled, from the Project's `services`."
  public let place = Place.setting
  public let deletion = Deletion.never
  public let limits = KindLimits()
  public var mustExist: Refusal { .createIsFalse }
  public let isCredential = false
  public let service: String? = nil
  public let hasPolicy = false
  public let takesDefaultLabels = false
  public let collection = "services"
  public let fullNameForm = "projects/P/services/ID"
  private static let names = NameTemplate("projects/*/services/*")
  public func fullName(of address: Address) -> String { Self.names.name(of: address) }
  public func read(reference text: String, project: String) -> KindReference? {
    Self.names.read(text, kind: id, project: project)
  }
  public let schema = Schema([])
  public func problem(withName name: String) -> String? { NameRules.service(name) }
  public func check(_ spec: JSONObject) -> [SpecProblem] { [] }
  public func problem(inLive live: JSONValue, written: JSONObject) -> String? { nil }
  public func isMade(_ spec: JSONObject) -> Bool { false }
  public func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? { nil }
  public func findings(on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool)
    -> [GraphFinding]
  { [] }
  public func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec { PreparedSpec(spec) }
  public func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] { [] }
  public func contents(of live: JSONValue?) -> String? { nil }
  public func advice(onDeleting live: JSONValue) -> Statement? { nil }
  /// Its name is its identity.
  public func identity(of live: JSONValue, before action: Change.Action) -> JSONObject { [:] }
  public func policyName(of address: Address) -> PolicyName? { nil }
  public func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? { nil }
  public func isSwitchedOff(by change: Change) -> Bool { false }
}
