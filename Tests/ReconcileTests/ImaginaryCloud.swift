import JSON
import Model
import TestSupport

@testable import Reconcile

/// A cloud in memory that carries out operations as a server does: masks, soft deletion, and members that become
/// `deleted:` with their accounts.
struct ImaginaryCloud {
  var resources: [Address: JSONValue] = [:]
  var deletedRoles: [Address: JSONValue] = [:]
  /// By the policy's address: bindings and other parts.
  var policies: [Address: JSONValue] = [:]
  private var lastUID = 0

  mutating func run(_ operations: [Operation]) throws {
    var done: Set<OperationID> = []
    var rest = operations
    while !rest.isEmpty {
      let ready = rest.filter { $0.dependencies.isSubset(of: done) }
      guard !ready.isEmpty else { throw Stuck(operations: rest.map(\.id)) }
      for operation in ready {
        try run(operation)
        done.insert(operation.id)
      }
      rest.removeAll { done.contains($0.id) }
    }
  }

  struct Stuck: Error { var operations: [OperationID] }
  struct Impossible: Error { var operation: OperationID }

  private mutating func run(_ operation: Operation) throws {
    let address = operation.address
    switch operation.action {
    case .create(let spec):
      guard resources[address] == nil, deletedRoles[address] == nil else {
        throw Impossible(operation: operation.id)
      }
      resources[address] = .object(SchemaDiff.createBody(spec: spec, schema: MadeUpKind.schema))
      policies[address.policy] = [:]
    case .update(let spec, _, _): try update(address, spec, operation)
    case .delete: try delete(address, operation)
    case .undelete(let uid, let spec, _):
      if let uid {
        resources[address] = [:]
        policies[address.policy] = [:]
        rename("deleted:\(Fixture.member(address.id))?uid=\(uid)", to: Fixture.member(address.id))
      } else {
        resources[address] = deletedRoles.removeValue(forKey: address)
        policies[address.policy] = [:]
      }
      try update(address, spec, operation)
    case .setPolicy(let intent, _):
      guard let policy = policies[address] else { throw Impossible(operation: operation.id) }
      policies[address] = intent.apply(to: policy)
    case .enableServices, .key: throw Impossible(operation: operation.id)
    }
  }

  private mutating func update(_ address: Address, _ spec: JSONObject, _ operation: Operation)
    throws
  {
    guard let live = resources[address] else { throw Impossible(operation: operation.id) }
    let fields = SchemaDiff.changes(desired: spec, live: live, schema: MadeUpKind.schema)
    let (body, mask) = SchemaDiff.patchBody(
      spec: spec, fields: fields, live: live, schema: MadeUpKind.schema)
    var result = live
    for path in mask {
      let names = path.split(separator: ".").map(String.init)
      result = Self.set(names[...], in: result, from: .object(body))
    }
    resources[address] = result
  }

  /// One path of a mask: replaced by the body's value, or removed if the body has none.
  private static func set(_ path: ArraySlice<String>, in live: JSONValue, from body: JSONValue?)
    -> JSONValue
  {
    guard let name = path.first else { return live }
    var object = live.object ?? [:]
    object[name] =
      path.count == 1
      ? body?[name] : set(path.dropFirst(), in: object[name] ?? [:], from: body?[name])
    return .object(object)
  }

  private mutating func delete(_ address: Address, _ operation: Operation) throws {
    guard let live = resources.removeValue(forKey: address) else {
      throw Impossible(operation: operation.id)
    }
    policies[address.policy] = nil
    if address.kind == .role { deletedRoles[address] = live }
    if address.kind == .serviceAccount {
      lastUID += 1
      rename(
        Fixture.member(address.id), to: "deleted:\(Fixture.member(address.id))?uid=9\(lastUID)")
    }
  }

  private mutating func rename(_ member: String, to other: String) {
    for (address, policy) in policies {
      guard let bindings = policy["bindings"]?.array else { continue }
      var object = policy.object ?? [:]
      object["bindings"] = .array(
        bindings.map { binding in
          var result = binding.object ?? [:]
          result["members"] = .array(
            (binding["members"]?.array ?? []).map { $0.string == member ? .string(other) : $0 })
          return .object(result)
        })
      policies[address] = .object(object)
    }
  }

  /// The snapshot that a run would read of it.
  func snapshot(for graph: DesiredGraph, random: inout SeededRandom) -> Snapshot {
    var snapshot = Snapshot()
    for address in graph.resources.keys.shuffled(using: &random) {
      if let value = resources[address] {
        snapshot.resources[address] = Fixture.present(address, value)
      } else if let value = deletedRoles[address] {
        snapshot.resources[address] = .softDeleted(LiveResource(address: address, value: value))
      } else {
        snapshot.resources[address] = .absent(.confirmed)
      }
    }
    let read = Set(graph.policies.keys).union(graph.resources.keys.map(\.policy))
    for address in read.shuffled(using: &random) {
      if let policy = policies[address] {
        snapshot.policies[address] = .present(Self.shuffled(policy, &random))
      } else if let resource = address.policyResource {
        snapshot.policies[address] = .absent(.notYetThere(because: resource))
      }
    }
    snapshot.undeclared = resources.filter { graph.resources[$0.key] == nil }
      .map { LiveResource(address: $0.key, value: $0.value) }.shuffled(using: &random)
    return snapshot
  }

  /// The same policy with bindings and members in another order.
  private static func shuffled(_ policy: JSONValue, _ random: inout SeededRandom) -> JSONValue {
    guard let bindings = policy["bindings"]?.array else { return policy }
    var object = policy.object ?? [:]
    object["bindings"] = .array(
      bindings.map { binding in
        var result = binding.object ?? [:]
        result["members"] = .array((binding["members"]?.array ?? []).shuffled(using: &random))
        return .object(result)
      }.shuffled(using: &random))
    return .object(object)
  }
}
