package import SandboxStore

/// A repository: the members of the wire object that a client may set, and what the server knows.
package struct RepositoryRecord: Record {
  package let project: String
  package let location: String
  package let id: String
  /// The writable fields, normalised, in the wire form.
  package var fields: JSONText
  package let createTime: Int64
  package var updateTime: Int64
  package var lastScanEnableTime: Int64

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
  package static var table: String { "repository" }
  package static var lag: LagRule { .hidden }
  package var key: String { Self.key(project, location, id) }
  package var parent: String? { "projects/\(project)/locations/\(location)" }
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
