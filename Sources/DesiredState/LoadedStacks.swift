import Diagnostics
import Manifests
import Model
import Platform

/// Reads a set together with other stacks, which are context: what they declare is known and never changed.
enum LoadedStacks {
  static func load(
    _ options: LoadOptions, kinds: KindSet, fileSystem: some FileSystem, now: Double
  ) -> LoadResult {
    let all = [options] + options.also.map(options.context)
    // References between stacks go both ways, so the names of each are known before any is resolved.
    let documents = all.map { options in
      let sink = DiagnosticSink(kinds: kinds)
      return placed(
        ManifestSet.read(options, fileSystem: fileSystem, sink: sink), Elsewhere([Address]()), sink)
    }
    let results = all.indices.map { number in
      let others = documents.enumerated().filter { $0.offset != number }.flatMap(\.element)
      return DesiredState.load(
        all[number], elsewhere: Elsewhere(others), kinds: kinds, fileSystem: fileSystem, now: now)
    }
    return joined(results)
  }

  /// The first set's result, with the errors of the others and of all of them together.
  private static func joined(_ results: [LoadResult]) -> LoadResult {
    var result = results[0]
    let others = results.dropFirst()
    result.sourceLine = { file, line in
      results.lazy.compactMap { $0.sourceLine(file, line) }.first
    }
    // A warning of another stack is for those who change it.
    result.diagnostics += others.flatMap(\.diagnostics).filter { $0.severity == .error }
    result.steps += others.map(\.steps).reduce(0, +)
    let graphs = others.compactMap(\.graph)
    guard var graph = result.graph, graphs.count == others.count else {
      result.graph = nil
      return result
    }
    let overlaps = graphs.flatMap { StackOverlap(own: graph, other: $0).diagnostics() }
    graph.others = OtherStacks(graphs)
    result.graph = overlaps.isEmpty ? graph : nil
    result.diagnostics += overlaps
    return result
  }
}
