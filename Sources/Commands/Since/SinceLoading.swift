import Diagnostics
import Git
import Model
import Reconcile

extension RunOptions {
  /// Reads the manifests and, with `--since`, those of the earlier commit. Reports all errors before it throws `EarlyExit`.
  func loadManifests(_ reporter: Reporter) async throws -> LoadedManifests {
    guard let since else { return try manifests.load(reporter) }
    var loaded = try manifests.load(reporter, permitsOtherVariables: true)
    var names = loaded.variables
    do throws(SinceProblem) {
      names.formUnion(try await compare(since, &loaded, reporter.context))
    } catch {
      let problem = error
      guard since.isAutomatic else {
        reporter.report(problem.diagnostics, source: problem.source)
        throw reporter.earlyExit(
          .invalid, code: .sinceUnusable, problem.message, help: problem.help)
      }
      reporter.report([
        Diagnostic(.sinceUnusable, severity: .warning, problem.message, help: problem.help)
      ])
      loaded.notChecked.append("what left the manifests: \(problem.message)")
    }
    try check(names, reporter)
    return loaded
  }

  /// Adds the comparison to the manifests; returns the names of the earlier set's variables.
  private func compare(
    _ since: SinceOptions, _ loaded: inout LoadedManifests, _ context: RunContext
  ) async throws(SinceProblem) -> Set<String> {
    let repository: GitRepository
    do throws(GitError) { repository = try await GitRepository(run: context.git) } catch {
      throw SinceProblem(error)
    }
    let reference = SinceReference(
      repository: repository, environment: context.environment, stack: loaded.graph.stack.name)
    let commit =
      since.isAutomatic
      ? try await reference.automatic() : try await reference.commit(since.reference)
    let earlier = try await EarlierManifests(
      options: manifests, context: context, repository: repository, commit: commit,
      elsewhere: loaded.graph.others.addresses
    ).load()
    for path in earlier.missing {
      loaded.notChecked.append(
        "what left the manifests: `\(path)` is not in \(SinceReport.short(commit))")
    }
    let glob = manifests.projects.map(AddressGlob.init)
    loaded.since = SinceManifests(
      commit: commit, prunes: since.prunes,
      dropped: DroppedDeclarations(
        from: earlier.graph, to: loaded.graph, besides: loaded.graph.others.graphs,
        isIncluded: { glob?.matches($0) ?? true }))
    loaded.addSource(earlier.source)
    return earlier.variables
  }

  /// A name on the command line that neither set declares.
  private func check(_ names: Set<String>, _ reporter: Reporter) throws(EarlyExit) {
    let unknown = manifests.variables.keys.filter { !names.contains($0) }.sorted()
    guard !unknown.isEmpty else { return }
    reporter.report(
      unknown.map { name in
        let near = closestMatch(to: name, in: names.sorted())
        return Diagnostic(
          .undefinedVariable,
          "--var \(escapedForTerminal(name)): the Stack declares no variable of this name, now or at the earlier commit",
          help: near.map { ["did you mean `\($0)`?"] } ?? [])
      })
    throw EarlyExit(.invalid)
  }
}
