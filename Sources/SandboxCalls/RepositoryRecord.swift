package import SandboxStore

/// A repository: the members that clients can set, and what the server adds.
package struct RepositoryRecord: Record {
  /// The id of its project.
  package let project: String
  /// Such as `us-east4`.
  package let location: String
  /// As the caller chose it.
  package let id: String
  /// The writable fields, normalized, in wire form.
  package var fields: JSONText
  /// When it was created.
  package let createTime: Int64
  /// When it was last changed.
  package var updateTime: Int64
  /// When vulnerability scanning was last enabled.
  package var lastScanEnableTime: Int64

  /// Creates a record from all its parts.
  package init(
    project: String, location: String, id: String, fields: JSONText, createTime: Int64,
    updateTime: Int64, lastScanEnableTime: Int64
  ) {
    self.project = project
    self.location = location
    self.id = id
    self.fields = fields
    self.createTime = createTime
    self.updateTime = updateTime
    self.lastScanEnableTime = lastScanEnableTime
  }

  /// The resource name: `projects/p/locations/l/repositories/r`.
  package var name: String { "projects/\(project)/locations/\(location)/repositories/\(id)" }
}

extension RepositoryRecord {
  /// The name of its table in the store.
  package static var table: String { "repository" }
  /// Reads show its changes late, as Google's services may do (docs/google-apis.md#eventual-consistency).
  package static var lag: LagRule { .hidden }
  /// `PROJECT/LOCATION/ID`.
  package var key: String { Self.key(project: project, location: location, id: id) }
  /// Its location.
  package var parent: String? { "projects/\(project)/locations/\(location)" }
  /// The name of its policy, its files and its rules.
  package var names: [String] { [name] }

  fileprivate static func key(project: String, location: String, id: String) -> String {
    "\(project)/\(location)/\(id)"
  }
}

extension State {
  /// The repository with an id in a project (by id) and location.
  package func repository(project: String, location: String, id: String) -> RepositoryRecord? {
    self[RepositoryRecord.self][RepositoryRecord.key(project: project, location: location, id: id)]
  }

  /// The repositories of one location, by id.
  package func repositories(_ project: String, _ location: String) -> [RepositoryRecord] {
    self[RepositoryRecord.self].children(of: "projects/\(project)/locations/\(location)")
  }

  /// The first repositories of one location after an id, by id.
  ///
  /// - Parameter after: need not be the id of a repository; nil for the first ones of all.
  package func repositories(
    _ project: String, _ location: String, after: String?, limit: Int
  ) -> [RepositoryRecord] {
    self[RepositoryRecord.self].children(
      of: "projects/\(project)/locations/\(location)",
      after: after.map { RepositoryRecord.key(project: project, location: location, id: $0) },
      limit: limit)
  }
}
