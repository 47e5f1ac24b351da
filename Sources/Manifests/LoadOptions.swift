public import Model

/// What to read, and what the command line says about it.
public struct LoadOptions: Sendable {
  /// Files and folders.
  public var paths: [String]
  /// `--var NAME=VALUE`.
  public var variables: [String: String]
  /// `--var-file`: YAML files that hold one map; later ones win.
  public var variableFiles: [String]
  /// The process's environment, of which `ARCTL_VAR_NAME` is read.
  public var environment: [String: String]
  /// `--project` and `--location`: they win over the Stack's defaults.
  public var project: String?
  public var location: String?
  /// `--projects`: nothing outside may be named.
  public var projects: AddressGlob?

  public init(
    paths: [String] = ["manifests"], variables: [String: String] = [:],
    variableFiles: [String] = [], environment: [String: String] = [:], project: String? = nil,
    location: String? = nil, projects: AddressGlob? = nil
  ) {
    self.paths = paths
    self.variables = variables
    self.variableFiles = variableFiles
    self.environment = environment
    self.project = project
    self.location = location
    self.projects = projects
  }
}
