package import SandboxStore

/// A custom role.
package struct RoleRecord: Record {
  /// The id of its project.
  package let project: String
  /// As the caller chose it.
  package let id: String
  /// Empty when there is none.
  package var title: String
  /// Empty when there is none.
  package var description: String
  /// In order.
  package var permissions: [String]
  /// As on the wire, such as `GA`.
  package var stage: String
  /// Another one after each change.
  package var etag: String
  /// Set while it is deleted.
  package var deleteTime: Int64?

  /// A new role, or one with all that is known of it.
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
  /// Reads see its changes late, as Google's services may show them.
  package static var lag: LagRule { .hidden }
  /// Its resource name.
  package var key: String { "projects/\(project)/roles/\(id)" }
  /// Its project.
  package var parent: String? { "projects/\(project)" }
  /// Nothing is below it.
  package var names: [String] { [] }
}

extension RoleRecord {
  /// How long a deleted role holds its id, in microseconds: 37 days, of which it can come back for 7.
  private static let retention: Int64 = 37 * 86_400 * 1_000_000

  /// Whether it is gone for good: no read shows it, and its id is free.
  package func isGone(now: Int64) -> Bool {
    deleteTime.map { now - $0 > Self.retention } ?? false
  }
}
