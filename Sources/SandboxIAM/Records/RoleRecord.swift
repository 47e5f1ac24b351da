package import SandboxStore

/// A custom role.
package struct RoleRecord: Record {
  /// The id of its project.
  package let project: String
  /// As the caller chose it.
  package let id: String
  /// Empty if there is none.
  package var title: String
  /// Empty if there is none.
  package var description: String
  /// Sorted.
  package var permissions: [String]
  /// As on the wire, such as `GA`.
  package var stage: String
  /// Different after each change.
  package var etag: String
  /// When it was deleted; nil for a live role.
  package var deleteTime: Int64?

  /// Creates a role; the parameters with defaults are for one that is copied.
  package init(
    project: String, id: String, title: String, description: String, permissions: [String],
    stage: String, etag: String, deleteTime: Int64? = nil
  ) {
    self.project = project
    self.id = id
    self.title = title
    self.description = description
    self.permissions = permissions
    self.stage = stage
    self.etag = etag
    self.deleteTime = deleteTime
  }
}

extension RoleRecord {
  /// The name of its table in the store.
  package static var table: String { "role" }
  /// Reads show its changes late, as Google's services may do (docs/google-apis.md#eventual-consistency).
  package static var lag: LagRule { .hidden }
  /// Its resource name.
  package var key: String { "projects/\(project)/roles/\(id)" }
  /// Its project.
  package var parent: String? { "projects/\(project)" }
  /// Empty: a role has no children.
  package var names: [String] { [] }
}

extension RoleRecord {
  /// How long a deleted role keeps its id, in microseconds: 37 days, in the first 7 of which it can be restored
  /// (docs/google-apis.md#deleted-roles).
  private static let retention: Int64 = 37 * 86_400 * 1_000_000

  /// Whether it is gone for good: reads no longer show it, and its id is free.
  package func isPurged(now: Int64) -> Bool {
    deleteTime.map { now - $0 > Self.retention } ?? false
  }
}
