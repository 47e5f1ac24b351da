import Diagnostics
import JSON
import Model
import TestSupport

@testable import Reconcile

/// Made-up addresses, manifests and answers, so that these tests need nothing of Google.
enum Fixture {
  static let place = SourcePosition(file: "a.yaml", line: 1, column: 1)

  static func repository(_ id: String) -> Address {
    Address(project: "p-one", .repository, "us", id)
  }
  static func account(_ id: String) -> Address { Address(project: "p-one", .serviceAccount, id) }
  static func member(_ id: String) -> String {
    "serviceAccount:\(id)@p-one.iam.gserviceaccount.com"
  }

  static func resource(
    _ address: Address, _ spec: JSONObject = [:], ensure: Lifecycle.Ensure = .present,
    on dependencies: Set<Address> = []
  ) -> DesiredResource {
    var lifecycle = Lifecycle()
    lifecycle.ensure = ensure
    return DesiredResource(
      address: address, spec: spec, lifecycle: lifecycle, source: place, dependencies: dependencies)
  }

  static func graph(
    _ resources: [DesiredResource], policies: [DesiredPolicy] = [], keys: [DesiredKey] = []
  ) -> DesiredGraph {
    var graph = DesiredGraph()
    for resource in resources { graph.resources[resource.address] = resource }
    for policy in policies { graph.policies[policy.address] = policy }
    for key in keys { graph.keys[key.address] = key }
    return graph
  }

  static func policy(
    _ resource: Address, _ role: String, _ members: [String], absent: [String] = [],
    exclusive: Bool = false, on dependencies: Set<Address> = []
  ) -> DesiredPolicy {
    DesiredPolicy(
      address: resource.policy,
      entries: [
        PolicyEntry(
          role: role, members: members.map { SourcedText($0, place) },
          absent: absent.map { SourcedText($0, place) }, exclusive: exclusive, source: place)
      ], dependencies: dependencies.union([resource]))
  }

  static func bindings(_ pairs: (String, [String])...) -> JSONValue {
    [
      "bindings": .array(
        pairs.map { ["role": .string($0.0), "members": .array($0.1.map(JSONValue.string))] }),
      "etag": "BwYabcdef00=",
    ]
  }

  static func present(_ address: Address, _ value: JSONValue) -> Observation<LiveResource> {
    .present(LiveResource(address: address, value: value))
  }
}

/// Answers of a small imaginary cloud.
struct FixtureRules: PlanRules {
  /// What is dangerous in every row of a resource, where a test wants something to be.
  var hazard: Hazard?
  var limits = PlanLimits(
    policyMembers: 1500, policyGroups: 250, policyBytes: 64 << 10, keysPerAccount: 10,
    perProject: [
      .role: .init(5, isAdjustable: false), .serviceAccount: .init(12, isAdjustable: true),
    ],
    labels: [.repository: 4])
  func schema(for kind: Address.Kind) -> Schema? { kind == .service ? nil : MadeUpKind.schema }
  func rank(of kind: Address.Kind) -> Int {
    switch kind {
    case .project: 0
    case .service: 1
    case .role: 2
    case .serviceAccount: 3
    case .repository: 4
    case .iam: 5
    case .serviceAccountKey: 6
    }
  }
  func canBeMadeAgain(_ kind: Address.Kind) -> Bool { kind != .project }
  func prepare(
    _ spec: JSONObject, kind: Address.Kind, live: JSONValue?
  ) -> (spec: JSONObject, remarks: [Statement]) {
    (spec, spec["marker"] == nil ? [] : ["marked"])
  }
  func hazards(of change: Change, spec: JSONObject, live: JSONValue?) -> [Hazard] {
    change.address.isPolicy ? [] : [hazard].compactMap { $0 }
  }
  func hazards(granting role: String, to member: String, permissions: [String]?) -> [Hazard] {
    (role == "roles/owner" ? [Hazard(.privileged, "owner may do everything")] : [])
      + (member == "allUsers" ? [Hazard(.publicGrant, "everybody")] : [])
  }
  func allowsSettingPolicies(_ role: String) -> Bool { role == "roles/owner" }
  func isServiceAgent(_ member: String, projectNumber: String?) -> Bool {
    member.contains("gcp-sa-")
  }
  func resolveServiceAgent(_ member: String, projectNumbers: [String: String]) -> String? { nil }
  func otherManager(of live: JSONValue) -> String? {
    live["labels"]?["goog-terraform-provisioned"] == nil ? nil : "Terraform"
  }
  func contents(of live: JSONValue, kind: Address.Kind) -> String? {
    live["size"]?.string.map { "\($0) bytes" }
  }
  func identity(of live: JSONValue, kind: Address.Kind, before action: Change.Action) -> JSONObject
  {
    var identity = JSONObject()
    identity["born"] = live["born"]
    return identity
  }
  func advice(onDeleting live: JSONValue, kind: Address.Kind) -> Statement? {
    live["wise"]?.string.map { Statement("wise", "\($0) first") }
  }
  func policyName(of address: Address) -> PolicyName? {
    switch address.kind {
    case .serviceAccount: .member(Fixture.member(address.id))
    case .role: .role("projects/\(address.project)/roles/\(address.id)")
    case .project, .service, .repository, .serviceAccountKey, .iam: nil
    }
  }
}
