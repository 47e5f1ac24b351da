package import SandboxStore

/// A folder above projects. The sandbox also accepts folders without a record, since every folder can be the parent of a
/// project.
package struct FolderRecord: Record {
  /// A number.
  package let id: String
  /// Unique below its parent.
  package let displayName: String
  /// `folders/1` or `organizations/1`.
  package let container: String
  /// In microseconds since 1970 on the sandbox's clock.
  package let createTime: Int64

  /// A folder with all its parts.
  package init(id: String, displayName: String, container: String, createTime: Int64) {
    self.id = id
    self.displayName = displayName
    self.container = container
    self.createTime = createTime
  }
}

extension FolderRecord {
  /// The name of its table in the store.
  package static var table: String { "folder" }
  /// Reads show a new folder late, as Google's services may do (docs/google-apis.md#eventual-consistency).
  package static var lag: LagRule { .hidden }
  /// Its resource name.
  package var key: String { "folders/\(id)" }
  /// The folder or organization that it is in.
  package var parent: String? { container }
  /// Its own name, which folders in it have as their parent.
  package var names: [String] { [key] }
}

extension State {
  /// The folders and the organization above a project or a folder, from the nearest to the topmost that is known.
  package func containers(above resource: Resource) -> [String] {
    var found: [String] = []
    var next =
      resource.kind == .folder
      ? self[FolderRecord.self][resource.path]?.container
      : self[ProjectRecord.self][resource.project]?.parent
    // A folder is created in one that exists, so there is no circle.
    while let name = next {
      found.append(name)
      next = self[FolderRecord.self][name]?.container
    }
    return found
  }

  /// Whether a folder or an organization exists: it was created here, or something of the sandbox is in it.
  package func hasContainer(_ name: String) -> Bool {
    self[FolderRecord.self][name] != nil || !self[FolderRecord.self].children(of: name).isEmpty
      || self[ProjectRecord.self].rows.values.contains { $0.parent == name }
  }
}
