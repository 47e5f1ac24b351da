/// The options, besides variables and the selection, that decide what the manifests mean.
public struct PlanInputs: Sendable, Hashable {
  /// `--project`: the project of documents that name none.
  public var project: String?
  /// `--location`: the location of documents that name none.
  public var location: String?
  /// `--projects`: the glob that limits reads and writes.
  public var projects: String?

  /// By default a run without these options.
  public init(project: String? = nil, location: String? = nil, projects: String? = nil) {
    self.project = project
    self.location = location
    self.projects = projects
  }

  /// Whether none of them was given.
  public var isEmpty: Bool { self == PlanInputs() }

  /// The equivalent options.
  public var options: [CommandOption] {
    [("project", project), ("location", location), ("projects", projects)].compactMap {
      name, value in value.map { CommandOption(name, $0) }
    }
  }
}
