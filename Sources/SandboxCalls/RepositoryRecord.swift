package import SandboxStore

/// A repository: the members of the wire object that a client may set, and what the server knows.
package struct RepositoryRecord: Record {
  /// The id of its project.
  package let project: String
  /// As `us-east4`.
  package let location: String
  /// As the caller chose it.
  package let id: String
  /// The writable fields, normalised, in the wire form.
  package var fields: JSONText
  /// When it was created.
  package let createTime: Int64
  /// When it was last changed.
  package var updateTime: Int64
  /// When scanning for vulnerabilities was last switched on.
  package var lastScanEnableTime: Int64

  /// A new repository, or one with all that is known of it.
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

  /// The resource name, as `projects/p/locations/l/repositories/r`.
  package var name: String { "projects/\(project)/locations/\(location)/repositories/\(id)" }
}

extension RepositoryRecord {
  /// The name of its table in the store.
  package static var table: String { "repository" }
  /// Reads see its changes late, as Google's services may show them.
  package static var lag: LagRule { .hidden }
  /// As `PROJECT/LOCATION/ID`.
  package var key: String { Self.key(project, location, id) }
  /// Its location.
  package var parent: String? { "projects/\(project)/locations/\(location)" }
  /// Its policy, its files and its rules are below it.
  package var names: [String] { [name] }

  fileprivate static func key(_ project: String, _ location: String, _ id: String) -> String {
    "\(project)/\(location)/\(id)"
  }
}

extension State {
  /// The repository of a project's id, a location and an id.
  package func repository(_ project: String, _ location: String, _ id: String) -> RepositoryRecord?
  {
    self[RepositoryRecord.self][RepositoryRecord.key(project, location, id)]
  }

  /// The repositories of one location, by id.
  package func repositories(_ project: String, _ location: String) -> [RepositoryRecord] {
    self[RepositoryRecord.self].children(of: "projects/\(project)/locations/\(location)")
  }
}
