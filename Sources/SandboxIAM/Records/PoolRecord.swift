package import SandboxStore

/// A workload identity pool.
package struct PoolRecord: Record {
  /// The id of its project.
  package let project: String
  /// As the caller chose it.
  package let id: String
  /// The members that clients can set, in wire form.
  package var fields: JSONText
  /// When it was deleted; nil while it is active.
  package var deleteTime: Int64?

  /// An active pool.
  package init(project: String, id: String, fields: JSONText) {
    self.project = project
    self.id = id
    self.fields = fields
  }

  /// The resource name, with the project's id: `projects/p/locations/global/workloadIdentityPools/pool`.
  package var name: String { Self.name(id, in: project) }

  /// The resource name of the pool with an id.
  package static func name(_ id: String, in project: String) -> String {
    "\(place(of: project))/workloadIdentityPools/\(id)"
  }

  fileprivate static func place(of project: String) -> String {
    "projects/\(project)/locations/global"
  }
}

extension PoolRecord {
  /// The name of its table in the store.
  package static var table: String { "workloadIdentityPool" }
  /// Reads show its changes late, as Google's services may do (docs/google-apis.md#eventual-consistency).
  package static var lag: LagRule { .hidden }
  /// Its resource name.
  package var key: String { name }
  /// The location of its project, which has one only.
  package var parent: String? { "projects/\(project)" }
  /// The name of its policy and its providers.
  package var names: [String] { [name] }
}

/// A provider of a workload identity pool.
package struct ProviderRecord: Record {
  /// The resource name of its pool, with the project's id.
  package let pool: String
  /// As the caller chose it.
  package let id: String
  /// The members that clients can set, in wire form.
  package var fields: JSONText
  /// When it was deleted; nil while it is active.
  package var deleteTime: Int64?

  /// An active provider.
  package init(pool: String, id: String, fields: JSONText) {
    self.pool = pool
    self.id = id
    self.fields = fields
  }

  /// The key of the provider with an id.
  package static func key(_ id: String, of pool: String) -> String { "\(pool)/providers/\(id)" }
}

extension ProviderRecord {
  /// The name of its table in the store.
  package static var table: String { "workloadIdentityPoolProvider" }
  /// As for pools.
  package static var lag: LagRule { .hidden }
  /// Its resource name.
  package var key: String { Self.key(id, of: pool) }
  /// Its pool.
  package var parent: String? { pool }
  /// Empty: the sandbox keeps no keys of providers.
  package var names: [String] { [] }
}

/// What pools and providers have in common: they can be undeleted for a while, and be disabled.
package protocol FederationRecord: Record {
  /// The members that clients can set, in wire form.
  var fields: JSONText { get set }
  /// When it was deleted; nil while it is active.
  var deleteTime: Int64? { get set }
}

extension FederationRecord {
  /// How long a deleted one can be undeleted, and its id is taken, in microseconds: 30 days (discovery `iam.v1`).
  private static var grace: Int64 { 30 * 86_400 * 1_000_000 }

  /// When it is gone for good; nil while it is active.
  package var expireTime: Int64? { deleteTime.map { $0 + Self.grace } }

  /// Whether it is gone for good.
  package func isPurged(now: Int64) -> Bool { expireTime.map { now >= $0 } ?? false }

  /// Whether it is neither deleted nor disabled.
  package var isUsable: Bool { deleteTime == nil && fields.value["disabled"] != true }
}

extension PoolRecord: FederationRecord {}
extension ProviderRecord: FederationRecord {}
