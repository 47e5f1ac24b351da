import CommandLine
import Diagnostics
import Manifests
import Model

/// The options of `arctl graph`, checked.
struct GraphOptions: Sendable {
  enum Form: String, Sendable, Hashable, CaseIterable { case mermaid, dot }

  var run: RunOptions
  var form = Form.mermaid
  /// Whether it draws who may use what, not the order of an apply.
  var isAboutAccess: Bool
  /// Whether the policies are those of the cloud, not those of the manifests.
  var isLive: Bool
  /// What to draw; empty: everything.
  var selection: Selection
  /// Which projects to draw; nil: all.
  var projectGlob: AddressGlob?

  init(_ arguments: ParsedArguments) throws(UsageError) {
    run = try RunOptions(arguments)
    isAboutAccess = arguments.has("access")
    isLive = arguments.has("live")
    if let text = arguments.value("output") {
      guard let known = Form(rawValue: text) else {
        throw UsageError("`--output \(escapedForTerminal(text))`: expected mermaid or dot")
      }
      form = known
    }
    guard isAboutAccess || !isLive else {
      throw UsageError(
        "`--live` needs `--access`: the order of an apply comes from the manifests alone")
    }
    // A selection of drawn things, which is checked against what there is.
    selection = run.selection
    run.selection = Selection()
    projectGlob = run.manifests.projects.map(AddressGlob.init)
    run.manifests.projects = nil
  }

  /// Reads the manifests. A live picture needs none if `--project` names the project.
  func load(_ reporter: Reporter) throws(EarlyExit) -> LoadedManifests {
    let folder = try? reporter.context.files.status(of: LoadOptions.defaultFolder)
    if isLive, let project = run.manifests.project, run.manifests.paths.isEmpty, folder == nil {
      return LoadedManifests(
        graph: DesiredGraph(), source: { _, _ in nil }, diagnostics: [], otherProjects: [project])
    }
    return try run.manifests.load(reporter, warns: false)
  }

  /// Whether a project is drawn.
  func draws(_ project: String) -> Bool { projectGlob?.matches(project) ?? true }

  /// Throws, reported, if a pattern of the command line matches nothing.
  func check(_ addresses: some Collection<Address>, _ reporter: Reporter) throws(EarlyExit) {
    let drawn = addresses.filter { draws($0.project) }
    if drawn.isEmpty, let projectGlob {
      throw reporter.earlyExit(
        .invalid, code: .selectionEmpty, "`--projects \(projectGlob)` matches no project")
    }
    let unmatched = selection.targets.filter { glob in !drawn.contains { glob.selects($0) } }
    guard !unmatched.isEmpty else { return }
    reporter.report(
      unmatched.map { glob in
        let near = closestMatch(to: glob.pattern, in: addresses.map(\.local).sorted())
        return Diagnostic(
          .selectionEmpty, "`\(glob)` matches nothing that could be drawn",
          help: near.map { ["did you mean `\($0)`?"] } ?? [])
      })
    throw EarlyExit(.invalid)
  }
}
