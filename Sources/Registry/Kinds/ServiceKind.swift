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
  public let schema = Schema([])
  public func problem(withName name: String) -> String? { NameRules.service(name) }
  public func check(_ spec: JSONObject) -> [SpecProblem] { [] }
  public func problem(inLive live: JSONValue, written: JSONObject) -> String? { nil }
  public func isMade(_ spec: JSONObject) -> Bool { false }
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
