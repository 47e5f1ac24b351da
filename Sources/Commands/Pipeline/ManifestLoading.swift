import DesiredState
import Diagnostics
import Kinds
import Manifests
import Model

/// The valid manifests of a run.
struct LoadedManifests: Sendable {
  let graph: DesiredGraph
  private(set) var source: SourceText
  /// The warnings and notes about them, which are already reported.
  let diagnostics: [Diagnostic]
  /// The approvals of refused rows, and warnings about their file.
  var approvals = ApprovalsFile.Loaded()
  /// Projects that the command line names.
  var otherProjects: [String] = []
  /// The names of the variables that the Stack declares.
  var variables: Set<String> = []
  /// The comparison with an earlier commit, if the run makes one.
  var since: SinceManifests?
  /// What the run does not look at, for the plan.
  var notChecked: [String] = []

  /// Adds the lines of other files.
  mutating func addSource(_ other: @escaping SourceText) {
    let own = source
    source = { file, line in own(file, line) ?? other(file, line) }
  }

  /// The graph to read the cloud for: with what left the manifests.
  var wholeGraph: DesiredGraph { since?.pruned ?? graph }
  /// The graph that a plan carries out.
  var plannedGraph: DesiredGraph { since?.prunes == true ? wholeGraph : graph }

  /// Projects that the manifests or the command line name and that are not created: a sandbox starts with them.
  var existingProjects: [String] {
    let created = wholeGraph.resources.values.filter {
      $0.address.resource?.place.isRoot == true && $0.lifecycle.create && $0.origin == .declared
    }
    let all = Set(wholeGraph.addresses.map(\.project) + otherProjects)
    return all.subtracting(created.map(\.address.project)).sorted()
  }
}

extension ManifestOptions {
  /// Reads and checks the manifests. Reports all errors before it throws `EarlyExit`.
  ///
  /// - Parameters:
  ///   - warns: whether to report warnings and notes about manifests without errors.
  ///   - permitsOtherVariables: whether the caller compares the names of `--var` with `LoadedManifests.variables`.
  func load(
    _ reporter: Reporter, warns: Bool = true, permitsOtherVariables: Bool = false
  ) throws(EarlyExit) -> LoadedManifests {
    let context = reporter.context
    var options = loadOptions(context)
    options.permitsOtherVariables = permitsOtherVariables
    options.also = also
    let result = loadManifests(
      options, kinds: Kinds.catalog, fileSystem: context.files, now: context.clock.now)
    if warns || result.graph == nil {
      reporter.report(result.diagnostics, source: result.sourceLine)
    }
    guard let graph = result.graph else {
      let summary = DiagnosticList(result.diagnostics).summary
      context.console.err("\(summary). Nothing was sent.\n")
      throw EarlyExit(.invalid)
    }
    return LoadedManifests(
      graph: graph, source: result.sourceLine, diagnostics: result.diagnostics,
      variables: result.variables)
  }

  /// The paths to read: those of the command line, or the default folder.
  var readPaths: [String] { paths.isEmpty ? [LoadOptions.defaultFolder] : paths }

  func loadOptions(_ context: RunContext) -> LoadOptions {
    var options = LoadOptions(
      paths: readPaths, variables: variables, variableFiles: variableFiles,
      environment: context.environment.variables, project: project, location: location,
      projects: projects.map(AddressGlob.init))
    options.savedVariables = savedVariables
    return options
  }
}
