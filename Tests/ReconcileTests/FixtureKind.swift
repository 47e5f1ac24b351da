import JSON
import Model
import TestSupport

/// A kind of a small imaginary cloud.
struct FixtureKind: ResourceKind {
  let id: Address.Kind
  let place: Place
  /// What is dangerous in every change, where a test wants something to be.
  var hazard: Hazard?
  var limits = KindLimits()

  var name: String { id.rawValue }
  var summary: String { "A made-up kind." }
  var schema: Schema { place == .setting ? Schema([]) : MadeUpKind.schema }
  var isCredential: Bool { id == .serviceAccountKey }
  var mustExist: Refusal { .createIsFalse }
  var deletion: Deletion {
    switch id {
    case .project: .soft(isDeleted: isDeleted, returning: returning(orCreate: false))
    case .role: .soft(isDeleted: isDeleted, returning: returning(orCreate: true))
    case .serviceAccount: .hidden(returning: returning(orCreate: true))
    case .service: .never
    case .repository, .serviceAccountKey, .iam: .final(idIsReusable: true)
    }
  }
  private var isDeleted: @Sendable (JSONValue) -> Bool { { $0["deleted"]?.bool == true } }
  private func returning(orCreate: Bool) -> Deletion.Return {
    .init(orCreate: orCreate) { uid in Statement("returns", "returns \(uid ?? "as it was")") }
  }

  var service: String? { nil }
  var hasPolicy: Bool { !isCredential }
  var takesDefaultLabels: Bool { false }
  var collection: String { "\(id.rawValue)s" }
  var fullNameForm: String { "a full name" }

  func fullName(of address: Address) -> String { "\(address)" }
  func read(reference text: String, project: String) -> KindReference? { nil }
  func problem(
    referringTo target: Address, with targetSpec: JSONObject?, from address: Address,
    with spec: JSONObject
  ) -> ReferenceProblem? { nil }
  func findings(
    on resource: DesiredResource, in graph: DesiredGraph, hasCycle: Bool
  ) -> [GraphFinding] { [] }
  func problem(withName name: String) -> String? { nil }
  func check(_ spec: JSONObject) -> [SpecProblem] { [] }
  func problem(inLive live: JSONValue, written: JSONObject) -> String? { nil }
  func isMade(_ spec: JSONObject) -> Bool { true }
  func prepared(_ spec: JSONObject, live: JSONValue?) -> PreparedSpec {
    PreparedSpec(spec, remarks: spec["marker"] == nil ? [] : [Statement("marked", "marked")])
  }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] {
    [hazard].compactMap { $0 }
  }
  func contents(of live: JSONValue?) -> String? {
    place == .root ? "everything in it" : live?["size"]?.string.map { "\($0) bytes" }
  }
  func identity(of live: JSONValue, before action: Change.Action) -> JSONObject {
    var identity = JSONObject()
    identity["born"] = live["born"]
    return identity
  }
  func advice(onDeleting live: JSONValue) -> Statement? {
    live["wise"]?.string.map { Statement("wise", "\($0) first") }
  }
  func policyName(of address: Address) -> PolicyName? {
    switch id {
    case .serviceAccount: .member(Fixture.member(address.id))
    case .role: .role("projects/\(address.project)/roles/\(address.id)")
    case .project, .service, .repository, .serviceAccountKey, .iam: nil
    }
  }
  func permissions(in spec: JSONObject, live: JSONValue?) -> [String]? {
    (spec["includedPermissions"] ?? live?["includedPermissions"])?.array?.compactMap(\.string)
  }
  func isSwitchedOff(by change: Change) -> Bool {
    change.fields.contains { $0.path.description == "disabled" && $0.to == true }
  }
}
