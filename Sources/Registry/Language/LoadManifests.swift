public import Diagnostics
public import Platform
public import Reconcile
import Synchronization
import YAML

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

/// What came of reading a set of manifests.
public struct LoadResult: Sendable {
  /// Nil when there is an error among the diagnostics.
  public var graph: DesiredGraph?
  /// In the order of files and lines.
  public var diagnostics: [Diagnostic]
  /// A line of a file that was read, counted from 1, with secrets masked.
  public var sourceLine: SourceText
}

/// Reads manifests: bytes to the desired graph, or to everything that is wrong with them. No network.
///
/// `now` (Unix seconds) decides whether an `until` is past.
public func loadManifests(
  _ options: LoadOptions, fileSystem: some FileSystem, now: Double
) -> LoadResult {
  let sink = DiagnosticSink()
  let files = ManifestFiles(options.paths, fileSystem, sink)
  let documents = files.documents().compactMap { node -> Document? in
    let document = Document(node, sink)
    if document == nil { sink.noteLostDocument() }
    return document
  }
  let variableFiles = VariableFiles(options.variableFiles, fileSystem, sink)
  var stack = StackReader(
    documents,
    VariableValues.Given(
      flags: options.variables, files: variableFiles.maps, environment: options.environment), sink)
  stack.override(project: options.project, location: options.location)
  stack.confine(to: files.folders)

  var expansion = Expansion(variables: stack.variables, sink: sink)
  for document in documents where document.kind.name != "Stack" { expansion.add(document) }
  reportUnused(stack, expansion.used, sink)

  var manifests = expansion.manifests
  var placement = Placement(defaults: stack.defaults, sink: sink)
  placement.place(&manifests)
  if documents.allSatisfy({ $0.kind.name == "Stack" }), sink.errorCount == 0 {
    sink.error(
      .noManifests, "the manifests declare no resource", at: stack.settings.source,
      help: "add a document of another kind than Stack")
  }

  let resolver = ReferenceResolver(SetIndex(manifests, sink), sink)
  var graph = GraphBuilder(manifests, stack, resolver, now: now).graph
  graph.fileCount = files.files.count
  if let projects = options.projects { reportOutside(projects, graph, sink) }
  var diagnostics = sink.sorted
  if sink.errorCount > 0 { diagnostics = DocumentNotes(documents).adding(to: diagnostics) }
  return LoadResult(
    graph: sink.errorCount == 0 ? graph : nil, diagnostics: diagnostics,
    sourceLine: sourceText(files.files + variableFiles.files))
}

private func reportUnused(_ stack: StackReader, _ used: Set<String>, _ sink: DiagnosticSink) {
  guard !sink.hasLostDocuments else { return }
  for declaration in stack.declarations where declaration.isSound {
    guard !used.contains(declaration.name), !stack.used.contains(declaration.name) else { continue }
    sink.error(
      .unusedVariable, "variable `\(declaration.name)` is used nowhere", at: declaration.position,
      help: "use ${\(declaration.name)} in a value, or remove it")
  }
}

/// `--projects` confines what is read and written, so that a slip in a manifest cannot reach further.
private func reportOutside(_ glob: AddressGlob, _ graph: DesiredGraph, _ sink: DiagnosticSink) {
  var places: [Address: SourcePosition] = [:]
  for resource in graph.resources.values { places[resource.address] = resource.source }
  for policy in graph.policies.values { places[policy.address] = policy.source }
  for key in graph.keys.values { places[key.address] = key.source }
  for address in places.keys.sorted() where !glob.matches(address.project) {
    sink.error(
      .outsideProjects, "`\(address)` is outside of --projects \(glob)", at: places[address],
      help: "widen --projects, or leave this document out")
  }
}

private func sourceText(_ files: [ManifestFiles.File]) -> SourceText {
  let bytes = Dictionary(files.map { ($0.path, $0.bytes) }) { first, _ in first }
  let divided = DividedFiles()
  return { file, line in bytes[file].flatMap { divided.lines(of: file, $0)[line] } }
}

/// The lines of files that diagnostics quote, each file divided once.
private final class DividedFiles: Sendable {
  private let files = Mutex<[String: SourceLines]>([:])

  func lines(of file: String, _ bytes: [UInt8]) -> SourceLines {
    files.withLock { files in
      if let known = files[file] { return known }
      let lines = SourceLines(bytes)
      files[file] = lines
      return lines
    }
  }
}
