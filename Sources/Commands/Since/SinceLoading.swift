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
      // A run that prunes must not end well without having looked; only the first one has nothing to look at.
      guard since.isAutomatic, !since.prunes || problem.isFirstRun else {
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
    try checkValues(of: earlier, loaded, context)
    if let file = manifests.readPaths.first(where: { !isFolder($0, context) }) {
      loaded.notChecked.append(
        "what left the manifests: `\(file)` is compared alone, without other files of its folder")
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

  private func isFolder(_ path: String, _ context: RunContext) -> Bool {
    (try? context.files.status(of: path))?.kind == .folder
  }

  /// A variable of the earlier set alone, which has its default there, beside a value for a variable of the present set
  /// alone: the first may be the second under its former name, and the default may mean another environment.
  private func checkValues(
    of earlier: EarlierManifests.Loaded, _ loaded: LoadedManifests, _ context: RunContext
  ) throws(SinceProblem) {
    func isGiven(_ name: String) -> Bool {
      manifests.variables[name] != nil || context.environment["ARCTL_VAR_\(name)"] != nil
    }
    let new = loaded.variables.subtracting(earlier.variables).filter(isGiven).sorted()
    let old = earlier.variables.subtracting(loaded.variables).filter { !isGiven($0) }.sorted()
    guard let new = new.first, let old = old.first else { return }
    throw SinceProblem(
      message:
        "the earlier manifests have the variable `\(old)` and not `\(new)`, and without a value `\(old)` had its default",
      help: ["give it the value that it had: --var \(old)=VALUE"])
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
