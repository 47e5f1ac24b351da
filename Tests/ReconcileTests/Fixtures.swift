import Diagnostics
import JSON
import Model
import TestSupport

@testable import Reconcile

/// Sample addresses, manifests and answers, so that these tests do not depend on Google's kinds.
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
