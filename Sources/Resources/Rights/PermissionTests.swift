import CloudResources
import JSON
import Model

/// The tests that the operations of a plan take: which permissions on which existing resources, all known before the
/// first answer.
struct PermissionTests: Sendable {
  /// One call.
  struct Batch: Sendable, Hashable {
    var resource: Address
    /// In order, at most as many as one call takes.
    var permissions: [String]
  }
  private struct Test: Sendable, Hashable {
    var permission: String
    var resource: Address
    var subject: Address
    var isFinal: Bool
  }

  /// In order of their resources.
  let batches: [Batch]
  private let tests: Set<Test>

  /// - Parameter caller: the e-mail of the caller, as far as it is known.
  init(_ operations: [Operation], caller: String) {
    let gains = Gains(operations, caller: caller)
    let created = Set(operations.filter(\.creates).flatMap(\.covers))
    var tests: Set<Test> = []
    for operation in operations {
      // A replacement deletes what exists, and creates it again.
      let absent = operation.deletes ? created.subtracting([operation.address]) : created
      for need in operation.needs {
        guard case .resource(let place) = need.place,
          let resource = Self.tested(for: place, besides: absent)
        else { continue }
        let concernsIt = resource == place && place == need.subject
        let isFinal =
          concernsIt && [.read, .change, .delete].contains(need.purpose)
          && !gains.mayInclude(need.permission, on: resource, before: operation)
        tests.insert(
          Test(
            permission: need.permission, resource: resource, subject: need.subject,
            isFinal: isFinal))
      }
    }
    self.tests = tests
    batches = Self.batches(
      Dictionary(grouping: tests, by: \.resource).mapValues { Set($0.map(\.permission)) })
  }

  /// The calls that test these permissions.
  static func batches(_ permissions: [Address: Set<String>]) -> [Batch] {
    let size = RESTResource.testedAtOnce
    return permissions.sorted { $0.key < $1.key }.flatMap { resource, permissions in
      let ordered = permissions.sorted()
      return stride(from: 0, to: ordered.count, by: size).map {
        Batch(
          resource: resource, permissions: Array(ordered[$0..<min($0 + size, ordered.count)]))
      }
    }
  }

  /// The permissions of a batch that are not held, for each operation that needs them.
  func missing(of batch: Batch, held: Set<String>) -> [PreflightResult.Missing] {
    let asked = Set(batch.permissions)
    return tests.filter {
      $0.resource == batch.resource && asked.contains($0.permission)
        && !held.contains($0.permission)
    }.map {
      .init(
        permission: $0.permission, tested: $0.resource, subject: $0.subject, isFinal: $0.isFinal)
    }
  }

  /// The resource itself, or the nearest one around it, that exists and has such a test; nil inside a new project, whose
  /// creator owns it.
  private static func tested(for place: Address, besides created: Set<Address>) -> Address? {
    let around = place.lineage
    guard !around.contains(where: { $0.parent == nil && created.contains($0) }) else { return nil }
    // What is in a new resource is new, too.
    let existing = around.lastIndex(where: created.contains).map { around.dropFirst($0 + 1) }
    return (existing ?? around[...]).first { $0.rest?.permissionTest($0, []) != nil }
  }
}

/// What a plan may grant the caller: by policies, and by roles that the caller may hold.
private struct Gains {
  private let policies: [(id: OperationID, resource: Address)]
  private let roles: [(id: OperationID, project: String, permissions: Set<String>)]

  init(_ operations: [Operation], caller: String) {
    policies = operations.compactMap { operation in
      guard case .setPolicy(let intent, _) = operation.action,
        let resource = operation.address.policyResource,
        intent.additions.contains(where: { Self.mayBe(caller, $0.member) })
      else { return nil }
      return (operation.id, resource)
    }
    roles = operations.compactMap { operation in
      let spec: JSONObject
      switch operation.action {
      case .create(let written), .update(let written, _, _), .undelete(_, let written, _):
        spec = written
      case .delete, .setPolicy, .enableServices, .key: return nil
      }
      guard let resource = operation.address.resource,
        let permissions = resource.permissions(in: spec, live: nil)
      else { return nil }
      return (operation.id, operation.address.project, Set(permissions))
    }
  }

  /// Whether an operation other than this one may grant the caller a permission on a resource.
  func mayInclude(
    _ permission: String, on resource: Address, before operation: Operation
  ) -> Bool {
    let lineage = Set(resource.lineage)
    return policies.contains { $0.id != operation.id && lineage.contains($0.resource) }
      || roles.contains {
        $0.id != operation.id && $0.project == resource.project
          && $0.permissions.contains(permission)
      }
  }

  /// Whether a member is the caller, or a set that may include the caller.
  private static func mayBe(_ caller: String, _ member: String) -> Bool {
    let isSet = [
      "group:", "domain:", "principal", "allUsers", "allAuthenticatedUsers", "projectOwner:",
      "projectEditor:", "projectViewer:",
    ].contains { member.hasPrefix($0) }
    return isSet || caller.isEmpty || member.lowercased().hasSuffix(":\(caller.lowercased())")
  }
}

extension Operation {
  /// Whether its address exists before it.
  fileprivate var deletes: Bool { if case .delete = action { true } else { false } }

  /// Whether its addresses may not exist before it.
  fileprivate var creates: Bool {
    switch action {
    case .create, .undelete, .enableServices: true
    case .update, .delete, .setPolicy, .key: false
    }
  }
}
