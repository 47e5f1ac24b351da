package import SandboxStore

/// A custom role.
package struct RoleRecord: Record {
  package let project: String
  package let id: String
  package var title: String
  package var description: String
  package var permissions: [String]
  package var stage: String
  package var etag: String
  package var deleteTime: Int64?

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
  package static var table: String { "role" }
  package static var lag: LagRule { .hidden }
  /// Its resource name.
  package var key: String { "projects/\(project)/roles/\(id)" }
  package var parent: String? { "projects/\(project)" }
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
