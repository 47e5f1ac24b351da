import DesiredState
import Diagnostics
import Kinds
import Manifests
import Model

/// The valid manifests of a run.
struct LoadedManifests: Sendable {
  let graph: DesiredGraph
  let source: SourceText
  /// The warnings and notes about them, which are already reported.
  let diagnostics: [Diagnostic]
  /// Projects that the command line names.
  var otherProjects: [String] = []

  /// Projects that the manifests or the command line name and that are not created: a sandbox starts with them.
  var existingProjects: [String] {
    let created = graph.resources.values.filter {
      $0.address.resource?.place.isRoot == true && $0.lifecycle.create && $0.origin == .declared
    }
    let all = Set(graph.addresses.map(\.project) + otherProjects)
    return all.subtracting(created.map(\.address.project)).sorted()
  }
}

extension ManifestOptions {
  /// Reads and checks the manifests. Reports all errors before it throws `EarlyExit`.
  ///
  /// - Parameter warns: whether to report warnings and notes about manifests without errors.
  func load(_ reporter: Reporter, warns: Bool = true) throws(EarlyExit) -> LoadedManifests {
    let context = reporter.context
    let options = LoadOptions(
      paths: paths.isEmpty ? [LoadOptions.defaultFolder] : paths, variables: variables,
      variableFiles: variableFiles, environment: context.environment.variables, project: project,
      location: location, projects: projects.map(AddressGlob.init))
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
      graph: graph, source: result.sourceLine, diagnostics: result.diagnostics)
  }
}
