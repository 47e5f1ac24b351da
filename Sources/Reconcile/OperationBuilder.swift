import Grammar
import JSON
import Model

/// Turns the changes of a plan into writes, with their dependencies.
struct OperationBuilder {
  let draft: PlanDraft

  /// The maximum number of services in one call (docs/google-apis.md#services).
  static let servicesPerCall = 20

  /// All writes, in plan order.
  func operations() -> [Operation] {
    let changes = draft.ordered(where: \.isWrite)
    func isSetting(_ change: Change) -> Bool {
      !change.address.isPolicy && change.address.resource?.place.isSetting == true
        && change.action != .delete
    }
    // Services are left for below: one call enables several of a project, whose changes belong to one operation.
    var operations = changes.filter { !isSetting($0) }.flatMap(operations(for:))
    operations += services(changes.filter(isSetting))
    return ordered(operations)
  }

  /// The operations of one change, still without the dependencies that `ordered` adds.
  private func operations(for change: Change) -> [Operation] {
    let address = change.address
    let spec = draft.specs[address] ?? [:]
    let live = draft.live(address) ?? [:]
    func operation(_ verb: String, _ action: Operation.Action) -> Operation {
      Operation(
        id: OperationID("\(verb) \(address)"), address: address, action: action,
        covers: [address], source: change.source)
    }
    if let order = change.key, let key = draft.graph.keys[address] {
      return [operation(change.action.rawValue, .key(order, draft.besideOthers(key)))]
    }
    if address.isPolicy {
      // The owners are counted again at the write, unless the user allowed a lockout at this address.
      let intent = PolicyIntent(
        change.bindings,
        keepsOwners: !draft.planner.allows(.lockout, address))
      return [
        operation("set", .setPolicy(intent, identities: identities(for: intent, of: address)))
      ]
    }
    switch change.action {
    case .create: return [operation("create", .create(spec: spec))]
    case .update:
      // With the live form that the plan showed: the writer compares with it what is there by then.
      return [operation("update", .update(spec: spec, fields: change.fields, live: live))]
    case .delete: return [operation("delete", .delete(live: live))]
    case .undelete:
      return [operation("undelete", .undelete(uid: change.resource?.uid, spec: spec, live: live))]
    // Two operations, since the name must be free first; `ordered` makes the creation depend on the deletion.
    case .replace:
      return [
        operation("delete", .delete(live: live, replacement: spec)),
        operation("create", .create(spec: spec)),
      ]
    case .unchanged, .gone, .heldElsewhere, .pending, .refused, .unreadable, .waiting: return []
    }
  }

  private func hasIdentity(_ service: Address) -> Bool {
    draft.graph.resources[service]?.spec["identity"] == true
  }

  /// The services whose agents this policy write adds, as far as the manifests want arctl to create them. Google has no
  /// call that shows whether an agent exists, so each write that adds one creates it first; that changes nothing for one
  /// that exists.
  private func identities(for intent: PolicyIntent, of policy: Address) -> [Address] {
    let added = Set(intent.additions.map(\.member))
    let members = draft.graph.policies[policy]?.entries.flatMap(\.members).map(\.text) ?? []
    let names = members.compactMap { member -> [String]? in
      let resolved = NumberedMember.resolved(
        member, projectNumbers: draft.snapshot.projectNumbers)
      guard let project = NumberedMember.project(in: member),
        let service = ServiceAgents.service(of: member),
        added.contains(member) || resolved.map(added.contains) == true
      else { return nil }
      return [project, service]
    }
    guard !names.isEmpty else { return [] }
    return draft.graph.resources.keys.filter { address in
      address.resource?.place.isSetting == true && hasIdentity(address)
        && names.contains([address.project, address.id])
    }.sorted()
  }

  /// The calls that enable the services of each project.
  private func services(_ changes: [Change]) -> [Operation] {
    // Sorted, because a dictionary has no order and the same changes must give the same plan.
    Dictionary(grouping: changes, by: \.address.project).sorted { $0.key < $1.key }.flatMap {
      project, changes in
      stride(from: 0, to: changes.count, by: Self.servicesPerCall).map { start in
        let group = changes[start..<min(start + Self.servicesPerCall, changes.count)]
        let addresses = group.map(\.address)
        return Operation(
          // Named after its first service; `covers` has all of them.
          id: OperationID("enable \(addresses[0])"), address: addresses[0],
          action: .enableServices(
            addresses.map(\.id), identities: addresses.filter(hasIdentity).map(\.id)),
          covers: addresses,
          source: group.compactMap(\.source).min())
      }
    }
  }

  /// Sets the dependencies and sorts: dependencies first, plan order otherwise.
  private func ordered(_ operations: [Operation]) -> [Operation] {
    // Those after which an address is as declared, whether they create it or change it.
    var makers: [Address: Set<OperationID>] = [:]
    /// The operations that create their address.
    var creators: [Address: Set<OperationID>] = [:]
    var deleters: [Address: OperationID] = [:]
    for operation in operations {
      for address in operation.covers {
        if case .delete = operation.action {
          deleters[address] = operation.id
        } else if case .key(.delete, _) = operation.action {
          // A key is deleted by an action of its own, which orders like any other deletion.
          deleters[address] = operation.id
        } else {
          makers[address, default: []].insert(operation.id)
          if operation.action.creates { creators[address, default: []].insert(operation.id) }
        }
      }
    }
    var dependencies: [OperationID: Set<OperationID>] = [:]
    // Deletions are left for addDeletionOrder, since their order is the opposite one.
    for operation in operations where deleters[operation.address] != operation.id {
      for address in operation.covers {
        let needed =
          operation.action.creates
          ? draft.graph.dependencies(ofCreating: address) : draft.graph.dependencies(of: address)
        for dependency in needed {
          // A policy only needs its resource and its members to exist; their other fields may still be wrong. A role's
          // permissions come first, because the policy grants them.
          let needsExistence = address.isPolicy && !isRole(dependency)
          dependencies[operation.id, default: []].formUnion(
            (needsExistence ? creators : makers)[dependency] ?? [])
        }
        // The second half of a replacement.
        if let deletion = deleters[address] {
          dependencies[operation.id, default: []].insert(deletion)
        }
      }
    }
    addDeletionOrder(deleters, makers: makers, dependencies: &dependencies)
    addServiceOrder(operations, deleters, dependencies: &dependencies)
    addSuccessionOrder(creators, deleters, dependencies: &dependencies)
    return operations.map { operation in
      var operation = operation
      // Services of one call may need each other, and an operation that waits for itself would never start.
      operation.dependencies = (dependencies[operation.id] ?? []).subtracting([operation.id])
      return operation
    }
  }

  /// Services are switched off after the others of their project are enabled: enabling a service may enable those that it
  /// needs, and Google then refuses to switch them off, which must not look like success.
  private func addServiceOrder(
    _ operations: [Operation], _ deleters: [Address: OperationID],
    dependencies: inout [OperationID: Set<OperationID>]
  ) {
    for operation in operations {
      guard case .enableServices = operation.action else { continue }
      for (address, deletion) in deleters
      where address.kind == operation.address.kind && address.root == operation.address.root {
        dependencies[deletion, default: []].insert(operation.id)
      }
    }
  }

  /// What left the manifests and what came in its place: of two children of one parent Google may permit only one, so the
  /// old one goes first; anything else goes only after its successor, of the same name elsewhere, is there.
  private func addSuccessionOrder(
    _ creators: [Address: Set<OperationID>], _ deleters: [Address: OperationID],
    dependencies: inout [OperationID: Set<OperationID>]
  ) {
    for (old, deletion) in deleters where draft.graph.dropped.contains(old) {
      for (new, creations) in creators where new != old && new.kind == old.kind && !new.isPolicy {
        if old.resource?.place.isChild == true {
          guard new.parent == old.parent else { continue }
          for creation in creations { dependencies[creation, default: []].insert(deletion) }
        } else if new.id == old.id {
          dependencies[deletion, default: []].formUnion(creations)
        }
      }
    }
  }

  private func isRole(_ address: Address) -> Bool {
    if case .role = address.policyName { true } else { false }
  }

  /// References to a resource are removed before it: dependents that are deleted too, and grants that name it.
  private func addDeletionOrder(
    _ deleters: [Address: OperationID], makers: [Address: Set<OperationID>],
    dependencies: inout [OperationID: Set<OperationID>]
  ) {
    for (address, deletion) in deleters {
      for dependency in draft.graph.dependencies(of: address) {
        // The dependent goes first: while it exists, the API may refuse to delete what it needs.
        if let later = deleters[dependency] { dependencies[later, default: []].insert(deletion) }
      }
      // Not for a replacement: after it the name exists again.
      guard draft.changes[address]?.action == .delete,
        let name = address.policyName
      else { continue }
      for (policy, change) in draft.changes where policy.isPolicy && draft.removes(name, change) {
        dependencies[deletion, default: []].formUnion(makers[policy] ?? [])
      }
    }
  }
}

extension Operation.Action {
  /// Whether its address exists after it, and perhaps not before.
  fileprivate var creates: Bool {
    switch self {
    case .create, .undelete, .enableServices: true
    case .update, .delete, .setPolicy, .key: false
    }
  }
}
