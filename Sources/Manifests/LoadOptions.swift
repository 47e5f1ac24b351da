public import JSON
public import Model

/// The manifests to read, with the command line's options about them.
public struct LoadOptions: Sendable {
  /// Files and folders.
  public var paths: [String]
  /// `--var NAME=VALUE`.
  public var variables: [String: String]
  /// `--var-file`: YAML files that hold one map; later ones win.
  public var variableFiles: [String]
  /// The process's environment, of which `ARCTL_VAR_NAME` is read.
  public var environment: [String: String]
  /// The values of a saved plan, which count where nothing else but a default gives a variable its value.
  public var savedVariables: [String: JSONValue] = [:]
  /// `--project` and `--location`: they win over the Stack's defaults.
  public var project: String?
  /// `--location`: wins over the Stack's default.
  public var location: String?
  /// `--also`: the manifests of other stacks, which are read as context.
  public var also: [String] = []
  /// Resources of other stacks that `also` does not name; references may name them.
  public var elsewhere: [Address] = []
  /// Whether it is another stack: values for variables that its Stack does not declare are for the set of the run.
  public var isContext = false
  /// `--projects`: no document may name a project outside of it.
  public var projects: AddressGlob?
  /// Whether `--var` may name variables that the Stack does not declare, because another set may: a caller that allows it
  /// compares the names with `LoadResult.variables`.
  public var permitsOtherVariables = false
  /// Whether it is an earlier state of the set: it may declare nothing, and its variable files may hold other names too.
  public var isEarlier = false

  /// The folder that is read if no path is given.
  public static let defaultFolder = "manifests"

  /// The folder `manifests` with nothing from the command line or the environment, unless given otherwise.
  public init(
    paths: [String] = [defaultFolder], variables: [String: String] = [:],
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

  /// The options for another stack: its own defaults, and those of the given variables that it declares.
  package func context(_ path: String) -> LoadOptions {
    var options = LoadOptions(
      paths: [path], variables: variables, variableFiles: variableFiles, environment: environment)
    options.isContext = true
    return options
  }
}
