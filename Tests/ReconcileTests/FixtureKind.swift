import JSON
import Model
import TestSupport

/// A kind of the in-memory cloud.
struct FixtureKind: ResourceKind {
  let addressName: String
  let place: Place
  let deletion: Deletion
  init(
    _ addressName: String, in place: Place, _ deletion: Deletion, isCredential: Bool = false,
    hazard: Hazard? = nil, limits: KindLimits = KindLimits(),
    policyName: @escaping @Sendable (Address) -> PolicyName? = { _ in nil }
  ) {
    self.addressName = addressName
    self.place = place
    self.deletion = deletion
    self.isCredential = isCredential
    self.hazard = hazard
    self.limits = limits
    self.policyName = policyName
  }

  /// The danger of every change, if a test sets one.
  var hazard: Hazard?
  var limits = KindLimits()

  var name: String { addressName }
  var summary: String { "A made-up kind." }
  var schema: Schema { place.isSetting ? Schema([]) : MadeUpKind.schema }
  let isCredential: Bool
  var mustExist: Refusal { .createIsFalse }
  var service: String? { nil }
  var hasPolicy: Bool { !isCredential }
  let policyService: String? = nil
  var takesDefaultLabels: Bool { false }
  var collection: String { "\(addressName)s" }
  var fullNameForm: String { "a full name" }

  func fullName(of address: Address) -> String { "\(address)" }
  func read(reference text: String, project: String) -> KindReference? { nil }
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? { nil }
  func policiesNeeded(by spec: JSONObject) -> [Address] { [] }
  func findings(
    on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool
  ) -> [GraphFinding] { [] }
  func problem(withName name: String) -> Problem? { nil }
  func problem(creating name: String) -> Problem? { nil }
  func check(_ spec: JSONObject) -> [Problem] { [] }
  func problem(inLive live: JSONValue, written: JSONObject) -> String? { nil }
  func isMade(_ spec: JSONObject) -> Bool { true }
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec {
    PreparedSpec(spec, remarks: spec["marker"] == nil ? [] : [Statement("marked", "marked")])
  }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] {
    [hazard].compactMap { $0 }
  }
  func contents(of live: JSONValue?) -> String? {
    place.isRoot ? "everything in it" : live?["size"]?.string.map { "\($0) bytes" }
  }
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    var identity = JSONObject()
    identity["born"] = live["born"]
    return identity
  }
  func advice(onDeleting live: JSONValue) -> Statement? {
    live["wise"]?.string.map { Statement("wise", "\($0) first") }
  }
  let policyName: @Sendable (Address) -> PolicyName?
  func policyName(of address: Address) -> PolicyName? { policyName(address) }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? {
    (spec["includedPermissions"] ?? live?["includedPermissions"])?.array?.compactMap(\.string)
  }
  func state(of live: JSONValue) -> ObservedState {
    deletion.isDeleted(live) ? .softDeleted : .present
  }
  let standard: StandardResources? = nil
  var isListedBeforeItsProjectGoes: Bool { hasPolicy }
  func writtenForm(of live: JSONValue, at address: Address) -> WrittenForm {
    .document(WrittenFields.of(live, schema))
  }
  func isSwitchedOff(by change: Change) -> Bool {
    change.fields.contains { $0.path.description == "disabled" && $0.to == true }
  }
}

/// The sample kinds that these tests use in place of Google's.
extension KindID {
  static let project = FixtureKind("project", in: .root, .gone(orCreate: false)).id
  static let service = FixtureKind("service", in: .setting(of: .project), .never).id
  static let role = FixtureKind(
    "role", in: .project(.project), .gone(orCreate: true),
    limits: KindLimits(perProject: .init(5, isAdjustable: false)),
    policyName: { .role("projects/\($0.project)/roles/\($0.id)") }
  ).id
  static let serviceAccount = FixtureKind(
    "serviceAccount", in: .project(.project), .hidden(returning: .made(orCreate: true)),
    limits: KindLimits(perProject: .init(12, isAdjustable: true)),
    policyName: { .member(Fixture.member($0.id)) }
  ).id
  static let serviceAccountKey = FixtureKind(
    "serviceAccountKey", in: .child(of: .serviceAccount, field: "serviceAccount"),
    .final(idIsReusable: true), isCredential: true
  ).id
  static let repository = repository()

  /// Repositories with this danger in every change.
  static func repository(hazard: Hazard? = nil) -> KindID {
    FixtureKind(
      "repository", in: .location(of: .project), .final(idIsReusable: true), hazard: hazard,
      limits: .init(labels: 4)
    ).id
  }
}

extension Deletion {
  fileprivate static func gone(orCreate: Bool) -> Deletion {
    .soft(isDeleted: { $0["deleted"]?.bool == true }, returning: .made(orCreate: orCreate))
  }
}

extension Deletion.Return {
  fileprivate static func made(orCreate: Bool) -> Deletion.Return {
    .init(orCreate: orCreate) { uid in Statement("returns", "returns \(uid ?? "as it was")") }
  }
}
