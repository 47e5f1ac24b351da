public import Diagnostics
public import Manifests
public import Model
public import Platform

/// The result of reading a set of manifests.
public struct LoadResult: Sendable {
  /// Nil if the diagnostics contain an error.
  public var graph: DesiredGraph?
  /// In the order of files and lines.
  public var diagnostics: [Diagnostic]
  /// A line of a file that was read, counted from 1, with secrets masked.
  public var sourceLine: SourceText
  /// The names of the variables that the Stack declares.
  public var variables: Set<String> = []
  /// The steps of the work that could grow faster than the input, for tests and benchmarks.
  package var steps = 0
}

/// Reads manifests: from bytes to the desired graph, or to all problems with them. No network.
///
/// - Parameters:
///   - kinds: the kinds that documents may declare.
///   - now: Unix seconds; decides whether an `until` is past.
public func loadManifests(
  _ options: LoadOptions, kinds: KindSet, fileSystem: some FileSystem, now: Double
) -> LoadResult {
  guard options.also.isEmpty else {
    return LoadedStacks.load(options, kinds: kinds, fileSystem: fileSystem, now: now)
  }
  return load(
    options, elsewhere: Elsewhere(options.elsewhere), kinds: kinds, fileSystem: fileSystem,
    now: now)
}

/// Reads one set.
///
/// - Parameter elsewhere: what other stacks declare.
func load(
  _ options: LoadOptions, elsewhere: Elsewhere, kinds: KindSet, fileSystem: some FileSystem,
  now: Double
) -> LoadResult {
  let sink = DiagnosticSink(kinds: kinds)
  let set = ManifestSet.read(options, fileSystem: fileSystem, sink: sink)
  let manifests = placed(set, elsewhere, sink)
  if set.declaresNothing, sink.isSound() {
    sink.error(
      .noManifests, "the manifests declare no resource", at: set.stack.settings.source,
      help: "add a document of another kind than Stack")
  }

  let index = ManifestIndex(manifests)
  index.reportDuplicates(sink)
  let resolver = ReferenceResolver(index, sink, elsewhere: elsewhere)
  var builder = GraphBuilder(manifests, stack: set.stack, resolver: resolver)
  var graph = builder.build(now: now)
  graph.fileCount = set.fileCount
  if let projects = options.projects { reportOutside(projects, graph: graph, sink: sink) }
  let isSound = sink.isSound()
  return LoadResult(
    graph: isSound ? graph : nil,
    diagnostics: isSound ? sink.sorted : set.notes.adding(to: sink.sorted),
    sourceLine: set.sourceLine, variables: set.stack.variableNames,
    steps: sink.steps)
}

/// The documents of a set with their addresses.
func placed(_ set: ManifestSet, _ elsewhere: Elsewhere, _ sink: DiagnosticSink) -> [Manifest] {
  var manifests = set.manifests
  var placement = AddressAssigner(
    defaults: set.stack.defaults, elsewhere: elsewhere.addresses, sink: sink)
  placement.place(&manifests)
  return manifests
}

/// `--projects` limits what a run reads and writes, so that a mistake in a manifest cannot reach other projects.
private func reportOutside(_ glob: AddressGlob, graph: DesiredGraph, sink: DiagnosticSink) {
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
